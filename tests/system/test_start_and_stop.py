"""Starting and stopping, as a person at a shell sees it."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from tests.processes import (
    ROOT,
    RunningShop,
    environment,
    running_shop,
    start,
    wait_for,
    write_config,
)


def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """`python -m servers ...` to its end."""
    return subprocess.run(
        [sys.executable, "-m", "servers", *arguments],
        cwd=ROOT,
        env=environment(variables),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )


def gone(pid: int) -> bool:
    """Whether a process has ended (a zombie that nobody waits for has)."""
    try:
        return (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def children(pid: int) -> list[int]:
    """The processes that a process has started."""
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in found.split()]


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_all_three_serve_without_a_terminal_and_leave_nothing_behind(
    tmp_path: Path, how: signal.Signals
) -> None:
    """`make run` in a pipe says where the shop is; whatever ends it ends the servers too."""
    config = write_config(tmp_path)
    log = tmp_path / "log"
    shop = start("--app", "--config", str(config), log=log)
    wait_for(lambda: "The shop is open" in log.read_text(), "the shop opens")
    said = log.read_text()
    url = next(line.split()[1] for line in said.splitlines() if line.startswith("frontend "))
    assert requests.get(f"{url}/info/3", timeout=5).json()["data"][0]["quantity"] == 37
    assert requests.put(f"{url}/purchase/3", timeout=5).status_code == 200
    started = children(shop.pid)
    assert len(started) == 3
    shop.send_signal(how)
    status = shop.wait(30)
    assert status == (-signal.SIGKILL if how == signal.SIGKILL else 0)
    wait_for(lambda: all(map(gone, started)), "all servers have ended")
    assert not list(tmp_path.glob("*/.owner"))
    assert "3,Xen and the Art of Surviving Undergraduate School,,undergraduate school,36,25" in (
        (tmp_path / "catalog/books.csv").read_text()
    )
    assert ",3,Xen and" in (tmp_path / "catalog/sales.csv").read_text()
    if how != signal.SIGKILL:
        assert "placed" in (tmp_path / "order/orders.csv").read_text()


def test_a_port_in_use_is_one_line_and_status_2(tmp_path: Path) -> None:
    """By itself and among the three; the others are stopped again."""
    config = write_config(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        alone = run("order", "--config", str(config), BAZAR_ORDER__LISTEN=address)
        together = run("--config", str(config), BAZAR_ORDER__LISTEN=address)
    for ended in (alone, together):
        assert ended.returncode == 2
        (line,) = [line for line in ended.stderr.splitlines() if " INFO " not in line]
        assert line.startswith(f"bazar: order: cannot listen on {address}: Address already in use")


def test_a_second_copy_on_one_folder_is_one_line_and_status_2(tmp_path: Path) -> None:
    """It says who has the folder."""
    with running_shop(tmp_path) as shop:
        pid = shop.processes["catalog"].pid
        second = run("catalog", "--config", str(shop.config), BAZAR_CATALOG__LISTEN="127.0.0.1:0")
        assert second.returncode == 2
        (line,) = second.stderr.splitlines()
        assert f"process {pid}" in line
        assert requests.get(f"{shop.url}/info/1", timeout=5).ok
        # All three: the other copy answers at these addresses, and yet nothing was opened.
        whole = run("--config", str(shop.config))
        assert whole.returncode == 2
        assert "The shop is open" not in whole.stdout
        shop.stop()


def test_a_host_that_cannot_be_is_one_line(tmp_path: Path) -> None:
    """A name that no resolver takes, and an address of another machine."""
    config = str(write_config(tmp_path))
    for host in ("a..b", "192.0.2.1"):
        ended = run("order", "--config", config, BAZAR_ORDER__LISTEN=f"{host}:5001")
        assert ended.returncode == 2
        (line,) = ended.stderr.splitlines()
        assert line.startswith(f"bazar: order: cannot listen on {host}:5001")
        assert "another copy" not in line


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--config", "no-such.toml"], "no-such.toml: cannot be read"),
        (["--config", "Makefile"], "Makefile: not TOML"),
        (["shelf"], "invalid choice: 'shelf'"),
    ],
)
def test_a_config_that_cannot_be_used_is_status_2(arguments: list[str], said: str) -> None:
    """And is named."""
    ended = run(*arguments)
    assert ended.returncode == 2
    assert said in ended.stderr


def test_bad_settings_name_the_variable_and_what_is_allowed(tmp_path: Path) -> None:
    """Among three servers it is said once."""
    ended = run("--config", str(write_config(tmp_path)), BAZAR_PURCHASE_ROUTE="both")
    assert ended.returncode == 2
    (line,) = ended.stderr.splitlines()
    assert "BAZAR_PURCHASE_ROUTE" in line
    assert "catalog-first" in line


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("id,title,author,subjects,quantity,price\n1,A,,s,many,3\n2,B,,s,1,-3\n",
         ["books.csv, line 2: 'many' is not a whole number", "books.csv, line 3"]),
        ("id,name\n", ["books.csv, line 1: unknown column 'name'"]),
    ],
)  # fmt: skip
def test_a_books_file_with_bad_rows_names_each_line(
    tmp_path: Path, content: str, said: list[str]
) -> None:
    """And it is left as it is."""
    config = write_config(tmp_path)
    (tmp_path / "catalog").mkdir()
    books = tmp_path / "catalog/books.csv"
    books.write_text(content)
    ended = run("catalog", "--config", str(config))
    assert ended.returncode == 2
    assert all(part in ended.stderr for part in said), ended.stderr
    assert books.read_text() == content


def test_a_missing_seed_is_named(tmp_path: Path) -> None:
    """One line, status 2."""
    ended = run("catalog", "--config", str(write_config(tmp_path, seed=tmp_path / "none.csv")))
    assert ended.returncode == 2
    assert "none.csv" in ended.stderr


def test_a_server_stopped_in_the_middle_of_requests_finishes_them(tmp_path: Path) -> None:
    """SIGTERM loses nobody's answer."""
    shop = RunningShop(tmp_path)
    try:
        shop.start()
        with requests.Session() as session:
            assert session.put(f"{shop.urls['catalog']}/purchase/2", timeout=5).ok
        shop.stop()
    finally:
        shop.end()
    assert shop.log("catalog").rstrip().endswith("stopped")
    assert "Traceback" not in "".join(map(shop.log, ("catalog", "order", "frontend")))


def test_help_says_what_there_is() -> None:
    """For a person with no manual."""
    said = run("--help").stdout
    assert all(word in said for word in ("catalog", "order", "frontend", "import", "--config"))


def test_reconcile_says_that_the_ledgers_agree(tmp_path: Path) -> None:
    """Status 0; 2 when a server is down."""
    with running_shop(tmp_path) as shop:
        assert requests.put(f"{shop.url}/purchase/3", timeout=5).ok
        order = f"{shop.urls['order']}/orders"
        wait_for(lambda: requests.get(order, timeout=5).json()["total"] == 1, "it is delivered")
        wait_for(lambda: run("reconcile", "--config", str(shop.config)).returncode == 0, "agreed")
        assert (
            "1 sales, 1 orders: they agree."
            in run("reconcile", "--config", str(shop.config)).stdout
        )
        shop.kill("order")
        assert run("reconcile", "--config", str(shop.config)).returncode == 2
        shop.stop()


def test_a_misspelt_variable_is_told_in_the_log(tmp_path: Path) -> None:
    """A server that starts with another route than was meant should say why."""
    shop = RunningShop(tmp_path)
    shop.variables["frontend"] = {"BAZAR_PURCHASE_ROTE": "order-first"}
    try:
        shop.start()
        shop.stop()
    finally:
        shop.end()
    warnings = [line for line in shop.log("frontend").splitlines() if " WARNING " in line]
    (line,) = warnings
    assert "BAZAR_PURCHASE_ROTE" in line
    assert "BAZAR_PURCHASE_ROUTE is near" in line


def test_a_start_after_kill_9_says_that_it_recovered(tmp_path: Path) -> None:
    """And one after a clean stop says nothing."""
    with running_shop(tmp_path) as shop:
        assert requests.put(f"{shop.url}/purchase/3", timeout=5).ok
        shop.kill("catalog")
        shop.start("catalog")
        assert "the last stop was not clean: records replayed: " in shop.log("catalog")
        shop.stop()
        shop.start()
        assert shop.log("catalog").count("not clean") == 1
        assert "not clean" not in shop.log("order")
        shop.stop()


def test_the_log_can_go_to_a_file(tmp_path: Path) -> None:
    """As it does under the app, whose screen it would spoil."""
    config = write_config(tmp_path)
    log = tmp_path / "logs/order.log"
    server = start("order", "--config", str(config), "--log", str(log))
    wait_for(lambda: log.exists() and "serving on" in log.read_text(), "the order server serves")
    os.kill(server.pid, signal.SIGTERM)
    _, error = server.communicate(timeout=30)
    assert (server.returncode, error) == (0, "")
    assert log.read_text().rstrip().endswith("stopped")


@pytest.mark.parametrize(
    ("content", "says"), [(None, "No such file"), ("", "no token"), ("a: s3cret b", "line 1")]
)
def test_a_file_of_tokens_that_cannot_be_used_stops_the_start(
    tmp_path: Path, content: str | None, says: str
) -> None:
    """In one line, without what is in it."""
    path = tmp_path / "admin.tokens"
    if content is not None:
        path.write_text(content)
    process = start(
        "catalog",
        "--config",
        str(write_config(tmp_path)),
        variables={"BAZAR_ADMIN__TOKEN_FILE": str(path)},
    )
    _, said = process.communicate(timeout=30)
    assert process.returncode == 2
    assert says in said
    assert "admin.token_file" in said
    assert "s3cret" not in said


def test_an_admin_of_two_tokens_stops_the_start(tmp_path: Path) -> None:
    """Which of them counts should be nobody's guess."""
    path = tmp_path / "admin.tokens"
    path.write_text("s3cret")
    variables = {"BAZAR_ADMIN__TOKEN_FILE": str(path), "BAZAR_ADMIN__TOKEN": "other"}
    process = start("catalog", "--config", str(write_config(tmp_path)), variables=variables)
    _, said = process.communicate(timeout=30)
    assert (process.returncode, "keep one of them" in said, "s3cret" in said) == (2, True, False)
