"""The one configuration file."""

import tomllib
from pathlib import Path

import pytest

from shared import config
from tests.processes import ROOT

WHOLE = (ROOT / "config/bazar.toml").read_text(encoding="utf-8")


def load(tmp_path: Path, text: str, **environment: str) -> config.Settings:
    """The settings of a file with this text."""
    path = tmp_path / "shop.toml"
    path.write_text(text, encoding="utf-8")
    return config.load(path, environment)


def test_the_files_that_come_with_the_shop_are_the_contract() -> None:
    """One machine, and three."""
    one = config.load(ROOT / "config/bazar.toml", {})
    assert one.purchase_route == "catalog-first"
    assert [s.listen for s in (one.catalog, one.order, one.frontend)] == [
        "127.0.0.1:5001",
        "127.0.0.1:5002",
        "127.0.0.1:5000",
    ]
    assert (one.catalog.data, one.catalog.seed) == ("data/run/catalog", "data/seed/books.csv")
    three = config.load(ROOT / "config/three-hosts.toml", {})
    assert [s.url for s in (three.catalog, three.frontend, three.order)] == [
        f"http://192.168.1.{host}:5000" for host in (207, 176, 35)
    ]


def test_a_variable_overrides_a_key(tmp_path: Path) -> None:
    """Whatever the file says; variables of other programs are left alone."""
    settings = load(
        tmp_path,
        WHOLE,
        BAZAR_CATALOG__LISTEN="[::1]:7001",
        BAZAR_PURCHASE_ROUTE="order-first",
        BAZAR_FRONTEND="http://elsewhere:5000",
        HOME="/root",
    )
    assert settings.catalog.listen == "[::1]:7001"
    assert settings.purchase_route == "order-first"


@pytest.mark.parametrize(
    ("listen", "url", "told", "reached"),
    [
        ("127.0.0.1:5001", "http://127.0.0.1:5001", "127.0.0.1:6001", "http://127.0.0.1:6001"),
        ("127.0.0.1:5001", "http://127.0.0.1:5001", "[::1]:6001", "http://[::1]:6001"),
        ("127.0.0.1:5001", "http://127.0.0.1:5001", "0.0.0.0:6001", "http://127.0.0.1:6001"),
        ("0.0.0.0:5001", "http://10.0.0.7:5001", "0.0.0.0:6001", "http://10.0.0.7:6001"),
        # Somebody else's port, as behind a proxy; and a port that only the system will know.
        ("127.0.0.1:5001", "https://shop.test", "127.0.0.1:6001", "https://shop.test"),
        ("127.0.0.1:5001", "http://127.0.0.1:5001", "127.0.0.1:0", "http://127.0.0.1:5001"),
    ],
)
def test_a_server_that_is_told_to_listen_elsewhere_is_reached_there(
    tmp_path: Path, listen: str, url: str, told: str, reached: str
) -> None:
    """Unless its `url` is told, too."""
    text = WHOLE.replace('"127.0.0.1:5001"', f'"{listen}"').replace(
        '"http://127.0.0.1:5001"', f'"{url}"'
    )
    assert load(tmp_path, text, BAZAR_CATALOG__LISTEN=told).catalog.url == reached
    both = {"BAZAR_CATALOG__LISTEN": told, "BAZAR_CATALOG__URL": "http://there:1"}
    assert load(tmp_path, text, **both).catalog.url == "http://there:1"


def test_a_file_may_be_all_variables(tmp_path: Path) -> None:
    """As in a container."""
    raw = tomllib.loads(WHOLE)
    variables = {
        f"BAZAR_{section.upper()}__{key.upper()}": value
        for section in ("catalog", "order", "frontend")
        for key, value in raw[section].items()
    }
    assert load(tmp_path, "", **variables) == load(tmp_path, WHOLE)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"catalog-first"', '"both"', ["purchase_route", '"order-first"']),
        ("listen = ", "listne = ", ["catalog.list", "catalog.listen"]),
        ("[order]", "[orders]", ["order.listen", "missing"]),
        ('"127.0.0.1:5001"', '"127.0.0.1"', ["catalog.listen", "host:port"]),
        ('"127.0.0.1:5001"', '"127.0.0.1:70000"', ["catalog.listen", "host:port"]),
        ('"127.0.0.1:5001"', "5001", ["catalog.listen", "host:port"]),
        ('"http://127.0.0.1:5001"', '"127.0.0.1:5001"', ["catalog.url", "http://host:port"]),
        ('"http://127.0.0.1:5001"', '"http://h:5001/shop"', ["catalog.url", "http://host:port"]),
        ('"data/run/order"', '""', ["order.data", "a folder"]),
        ("[frontend]", "color = 1\n[frontend]", ["order.color", "unknown key"]),
        ("[catalog]", "catalog = 3\n[x]", ["catalog", "section"]),
        ("[catalog]", "[colors]\n[catalog]", ["colors", "unknown section"]),
        ("[frontend]", "[frontend", ["not TOML"]),
    ],
)  # fmt: skip
def test_a_mistake_is_one_line_that_names_file_key_and_what_is_allowed(
    tmp_path: Path, old: str, new: str, words: list[str]
) -> None:
    """Nothing starts on half a config."""
    assert old in WHOLE
    with pytest.raises(config.ConfigError) as raised:
        load(tmp_path, WHOLE.replace(old, new, 1))
    said = str(raised.value)
    assert "\n" not in said
    assert all(word in said for word in ["shop.toml", *words]), said


@pytest.mark.parametrize(
    ("variable", "value"), [("BAZAR_CATALOG__LISTEN", "x"), ("BAZAR_CATALOG__LISTNE", "h:1")]
)
def test_a_mistake_in_a_variable_names_the_variable(
    tmp_path: Path, variable: str, value: str
) -> None:
    """Not the file, which is right."""
    with pytest.raises(config.ConfigError, match=variable):
        load(tmp_path, WHOLE, **{variable: value})


@pytest.mark.parametrize(
    ("variable", "near"),
    [("BAZAR_PURCHASE_ROTE", "BAZAR_PURCHASE_ROUTE"),
     ("BAZAR_CATALOG_LISTEN", "BAZAR_CATALOG__LISTEN"), ("BAZAR_XYZ", "")],
)  # fmt: skip
def test_a_variable_that_nothing_reads_is_told_with_what_it_is_near(
    variable: str, near: str
) -> None:
    """It may be somebody else's, so nothing is refused for it."""
    known = {"BAZAR_FRONTEND": "u", "BAZAR_GUTENBERG": "f", "BAZAR_CATALOG__LISTEN": "h:1"}
    assert not config.strays({**known, "BAZAR_PURCHASE_ROUTE": "order-first", "HOME": "/"})
    (line,) = config.strays({**known, variable: "x"})
    assert f"{variable} is" in line
    assert (near in line) if near else ("near" not in line)


def test_a_file_that_is_not_there_is_named() -> None:
    """With the reason."""
    with pytest.raises(config.ConfigError, match=r"none\.toml: cannot be read: No such file"):
        config.load(Path("none.toml"), {})


def test_a_token_comes_from_the_environment_and_never_from_the_file(tmp_path: Path) -> None:
    """The file is the same on every machine; what is wrong with a token is told without it."""
    settings = load(tmp_path, WHOLE, BAZAR_ADMIN__TOKEN="s3cret")
    assert settings.admin.token == "s3cret"
    assert load(tmp_path, WHOLE).admin == config.AdminSettings()
    assert load(tmp_path, WHOLE + "\n[admin]\n").admin == config.AdminSettings()
    named = load(tmp_path, WHOLE + '\n[admin]\ntoken_file = "x"\n')
    assert named.admin.token_file == "x"
    with pytest.raises(config.ConfigError, match="token_file") as failure:
        load(tmp_path, WHOLE + '\n[admin]\ntoken = "s3cret"\n')
    assert "s3cret" not in str(failure.value)
    for bad in ("s3cret word", " s3cret", "", "s3cret\udcff", "s3cr\xe9t"):
        with pytest.raises(config.ConfigError, match="without spaces") as failure:
            load(tmp_path, WHOLE, BAZAR_ADMIN__TOKEN=bad)
        assert "s3cret" not in str(failure.value)
