"""The person's settings: read, weighed against the command line, told where they are wrong."""

import subprocess
import sys
from pathlib import Path

import pytest

from tui import __main__ as command
from tui.opening import UsedWrongly, decide
from tui.remembered import Memory, Remembered
from tui.settings import Settings, read

NOTHING = Remembered()


def written(folder: Path, text: str) -> Path:
    path = folder / "settings.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_that_is_not_there_says_nothing(tmp_path: Path) -> None:
    assert read(tmp_path / "settings.toml", NOTHING) == Settings(tmp_path / "settings.toml")


def test_every_setting_is_read(tmp_path: Path) -> None:
    """The two ways to write a binding's id mean the same."""
    path = written(
        tmp_path,
        'frontend = "http://shop:5000/"\ntheme = "light"\nread_only = true\n'
        'admin_token_file = "token"\n[keys]\n"shop.buy" = "x"\nshop.more = "z"\n',
    )
    assert read(path, NOTHING) == Settings(
        path,
        "http://shop:5000",
        "light",
        read_only=True,
        admin_token_file=tmp_path / "token",
        keys={"shop.buy": "x", "shop.more": "z"},
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("frontend = 5", "frontend: it must be a text that looks like http://127.0.0.1:5000"),
        ('frontend = "ftp://x"', "frontend: it must look like http://127.0.0.1:5000"),
        ('theme = "pink"', "theme: it must be one of dark, light, ansi, high-contrast, colour"),
        ("theme = []", "theme: it must be one of dark"),
        ('read_only = "yes"', "read_only: it must be true or false"),
        ("admin_token_file = 1", "admin_token_file: it must be the name of a file"),
        ("keys = 1", 'keys: it must be a table: [keys] and lines like "shop.buy" = "x"'),
        ("[keys]\nshop.buy = 1", 'keys: "shop.buy": it must be a text like "x"'),
        ("colour = 1", "colour: no such setting; there are admin_token_file, frontend, keys"),
        ("=", "not TOML: "),
    ],
)
def test_what_cannot_be_used_is_told_in_one_line(tmp_path: Path, text: str, told: str) -> None:
    """It names the file, the key and what is allowed; the rest of the file counts."""
    path = written(tmp_path, text)
    settings = read(path, NOTHING)
    (problem,) = settings.problems
    assert problem.startswith(f"{path}: {told}")
    assert "\n" not in problem
    assert settings.frontend is None


def test_a_broken_file_opens_no_other_shop_and_allows_nothing_new(tmp_path: Path) -> None:
    """The shop and read_only are as the same file last said."""
    path = written(tmp_path, "frontend = ")
    last = Remembered(settings=str(path), frontend="http://shop:5000", read_only=True)
    settings = read(path, last)
    assert (settings.frontend, settings.read_only) == ("http://shop:5000", True)
    written(tmp_path, 'frontend = 5\nread_only = "no"\n')
    settings = read(path, last)
    assert (settings.frontend, settings.read_only) == ("http://shop:5000", True)
    assert read(written(tmp_path, ""), last) == Settings(path)
    (tmp_path / "other.toml").write_text("frontend = ")
    assert read(tmp_path / "other.toml", last).frontend is None


@pytest.mark.parametrize("text", ['read_only = "yes"', "read_only = true\n="])
def test_a_file_that_could_never_be_used_may_forbid_to_buy(tmp_path: Path, text: str) -> None:
    """So nothing is bought, and it says so."""
    path = written(tmp_path, text)
    settings = read(path, Remembered(settings="another.toml"))
    opening = decide(
        None, None, read_only=False, environment={}, settings=settings, remembered=NOTHING
    )
    assert opening.read_only == (True, f"{path}, until it can be used")
    assert settings.problems[0].endswith("; nothing is bought until it can be used")
    assert not read(written(tmp_path, 'theme = "pink"'), NOTHING).read_only


def test_the_command_line_goes_before_the_environment_and_that_before_the_file() -> None:
    settings = Settings(Path("s.toml"), frontend="http://file:1", theme="light")
    environment = {"BAZAR_FRONTEND": "http://environment:1"}

    def url(told: str | None, variables: dict[str, str], said: Settings) -> str:
        return decide(
            told, None, read_only=False, environment=variables, settings=said, remembered=NOTHING
        ).frontend.value

    assert url("http://told:1", environment, settings) == "http://told:1"
    assert url(None, environment, settings) == "http://environment:1"
    assert url(None, {}, settings) == "http://file:1"
    assert url(None, {}, Settings(Path("s.toml"))) == "http://127.0.0.1:5000"
    with pytest.raises(UsedWrongly, match="BAZAR_FRONTEND 'x': it must look like"):
        url(None, {"BAZAR_FRONTEND": "x"}, settings)


def test_a_theme_chosen_in_the_app_counts_until_the_file_says_another(tmp_path: Path) -> None:
    memory = Memory(tmp_path)
    memory.keep_theme("ansi", over="light")
    assert memory.load().theme_after("light") == "ansi"
    assert memory.load().theme_after("dark") == "dark"
    assert NOTHING.theme_after(None) is None
    assert Remembered(theme="ansi").theme_after(None) == "ansi"


def test_a_memory_that_is_damaged_is_no_memory(tmp_path: Path) -> None:
    """It is only a convenience."""
    (tmp_path / "remembered.json").write_text("{")
    memory = Memory(tmp_path)
    assert memory.load() == NOTHING
    memory.keep_theme("light", over=None)
    assert memory.load().theme == "light"
    assert [path.name for path in tmp_path.iterdir()] == ["remembered.json"]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A person's folders, empty."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.delenv("BAZAR_FRONTEND", raising=False)
    return tmp_path


def test_plain_settings_tells_what_holds_and_who_says_it(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Status 2 if something in the file cannot be used."""
    folder = home / "config" / "bazar"
    folder.mkdir(parents=True)
    path = written(folder, 'theme = "light"\n[keys]\n"shop.buy" = "x"\n')
    assert command.main(["--read-only", "--plain", "settings"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert f"settings\t{path}\t" in told
    assert "frontend\thttp://127.0.0.1:5000\tdefault" in told
    assert f"theme\tlight\t{path}" in told
    assert "read_only\ttrue\t--read-only" in told
    assert f"keys.shop.buy\tx\t{path}\tbuy" in told
    assert "keys.shop.more\tm\tdefault\tmore" in told
    assert "keys.window.down\tdown,j\tdefault\tdown" in told
    assert "keys.admin.restock\t+\tdefault\trestock" in told
    written(folder, '[keys]\n"shop.buy" = "o"\n')
    assert command.main(["--plain", "settings"]) == 2
    assert 'o is the key of "app.orders"' in capsys.readouterr().err


def test_a_settings_file_that_was_named_must_be_there(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main(["--settings", "nowhere.toml", "--plain", "orders"]) == 2
    assert capsys.readouterr().err == "--settings nowhere.toml: there is no such file\n"


def test_a_user_without_a_home_is_told_what_to_set(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As a service's user may be, of whom the system knows no folder."""
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("pwd.getpwuid", lambda _: (_ for _ in ()).throw(KeyError()))
    assert command.main(["--plain", "subjects"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "set an absolute HOME or XDG variable" in line


def test_the_settings_load_no_screens() -> None:
    """A script that asks for one book does not wait for Textual."""
    code = "import sys, tui.__main__, tui.plain; print('textual' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "False"
