"""What a project says about its code, patterns of paths, and which files are looked at."""

import os
from pathlib import Path

import pytest

from seawall_tools.lint import SettingsError, find_project, lint, projects_of
from tests.unit.seawall_tools.lint.looking import codes

WRONG = "import requests\nrequests.get(url)\n"


def write(root: Path, *paths: str) -> None:
    """Put a file with a finding at each path."""
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(WRONG, encoding="utf-8")


def configure(root: Path, text: str) -> None:
    (root / "pyproject.toml").write_text(f"[tool.seawall.lint]\n{text}\n", encoding="utf-8")


def looked_at(root: Path, *paths: str) -> list[str]:
    """The files that were looked at, each of which holds a finding."""
    outcome = lint(projects_of([root / path for path in paths or (".",)], None))
    return [Path(os.path.relpath(finding.path, root)).as_posix() for finding in outcome.findings]


def test_what_nobody_here_wrote_is_left_out(tmp_path: Path) -> None:
    """Hidden folders, environments and what was built are left out, unless they are given by name."""
    hidden = (".git/a.py", "venv/a.py", "env/a.py", "build/a.py", "web/node_modules/a.py", "x.egg-info/a.py", "__pycache__/a.py")
    write(tmp_path, "a.py", "b/c.py", "b/d.pyi", "b/notes.txt", *hidden)
    (tmp_path / "env/pyvenv.cfg").touch()
    assert looked_at(tmp_path) == ["a.py", "b/c.py", "b/d.pyi"]
    assert looked_at(tmp_path, "build", "b/notes.txt") == ["build/a.py", "b/notes.txt"]


def test_a_file_is_looked_at_once(tmp_path: Path) -> None:
    """A file that two of the given paths lead to is looked at once."""
    write(tmp_path, "a/b.py")
    assert looked_at(tmp_path, "a", "a/b.py", ".") == ["a/b.py"]


def test_a_link_to_its_own_folder_ends(tmp_path: Path) -> None:
    """Links to folders are not followed, so that a circle of them is no trap."""
    write(tmp_path, "a/b.py")
    (tmp_path / "a/loop").symlink_to(tmp_path)
    assert looked_at(tmp_path) == ["a/b.py"]


def test_what_is_no_file_is_left_out(tmp_path: Path) -> None:
    """A pipe called like a file of Python is not waited for."""
    os.mkfifo(tmp_path / "a.py")
    assert looked_at(tmp_path) == []


@pytest.mark.parametrize(
    ("pattern", "left"),
    [
        ("gen", ["a.py", "src/b.py", "src/b_pb2.py"]),
        ("*_pb2.py", ["a.py", "gen/c.py", "src/b.py", "src/gen/d.py"]),
        ("src/gen", ["a.py", "gen/c.py", "src/b.py", "src/b_pb2.py"]),
        ("src/*", ["a.py", "gen/c.py"]),
        ("**/gen/**", ["a.py", "src/b.py", "src/b_pb2.py"]),
        ("./src/**", ["a.py", "gen/c.py"]),
        ("?.py", ["src/b_pb2.py"]),
        ("[a].py", ["a.py", "gen/c.py", "src/b.py", "src/b_pb2.py", "src/gen/d.py"]),
    ],
)
def test_patterns_leave_files_out(pattern: str, left: list[str], tmp_path: Path) -> None:
    """Without a slash a pattern is a name anywhere, with one it counts from the project's folder, and stars know the slash."""
    write(tmp_path, "a.py", "src/b.py", "src/b_pb2.py", "src/gen/d.py", "gen/c.py")
    configure(tmp_path, f'exclude = ["{pattern}"]')
    assert looked_at(tmp_path) == left


def test_the_nearest_project_rules(tmp_path: Path) -> None:
    """Each path follows the settings of the nearest pyproject.toml above it, wherever the command was started."""
    write(tmp_path, "one/src/a.py", "two/src/a.py")
    configure(tmp_path / "one", 'exclude = ["src/a.py"]')
    configure(tmp_path, 'ignore = ["SWL6"]')
    assert looked_at(tmp_path, "one/src", "two") == ["two/src/a.py"]
    assert find_project(tmp_path / "two/src/a.py").settings.ignore == ("SWL6",)


def test_without_settings_paths_count_from_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no pyproject.toml, a file is of the same layer by itself, in its folder, and in the whole tree."""
    write(tmp_path, "shop/ui/a.py")
    monkeypatch.chdir(tmp_path)
    for path in (".", "shop", "shop/ui", "shop/ui/a.py"):
        assert [finding.code for finding in lint(projects_of([Path(path)], None)).findings] == ["SWL401", "SWL701"]


def test_a_projects_layers_are_its_own(tmp_path: Path) -> None:
    """The settings add files to a layer beside those that are known by their folders, and go before those."""
    configure(tmp_path, 'ui = ["shop/*_page.py"]\nstate = ["shop/ui/stores/**"]')
    settings = find_project(tmp_path).settings
    assert codes("import requests", "shop/agents_page.py") == []
    assert codes("import requests", "shop/agents_page.py", settings) == ["SWL401"]
    assert codes("import requests", "shop/ui/agents.py", settings) == ["SWL401"]
    assert settings.layer_of("shop/ui/stores/agents.py") == "state"


@pytest.mark.parametrize(("select", "ignore", "expected"), [("SWL7", "", ["SWL701"]), ("SWL", "SWL701", []), ("SWL6", "", [])])
def test_codes_are_selected_and_ignored(select: str, ignore: str, expected: list[str], tmp_path: Path) -> None:
    """A code, or the beginning of one, selects rules and leaves them out."""
    configure(tmp_path, f'select = ["{select}"]\nignore = ["{ignore or "SWL3"}"]')
    assert codes(WRONG, settings=find_project(tmp_path).settings) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[tool.seawall.lint]\nignored = []", ": [tool.seawall.lint] has no entry 'ignored'; did you mean ignore?"),
        ("[tool.seawall.lint]\nzzz = []", ": [tool.seawall.lint] has no entry 'zzz'"),
        ("[tool.seawall.lint]\nselect = 'SWL1'", ': [tool.seawall.lint] `select` must be a list of texts, such as ["SWL101"]'),
        ("[tool.seawall.lint]\nui = [1]", ': [tool.seawall.lint] `ui` must be a list of texts, such as ["src/shop/ui/**"]'),
        (
            "[tool.seawall.lint]\nper-file-ignores = {a = 'SWL1'}",
            ': [tool.seawall.lint] `per-file-ignores` must be a table of lists of texts, such as {"tests/**" = ["SWL101"]}',
        ),
        ("[tool.seawall.lnt]\nselect = ['SWL1']", ": [tool.seawall] has no entry 'lnt'; did you mean lint?"),
        ("[tool.seawall]\nlint = 1", ": [tool.seawall.lint] must be a table"),
        ("[tool]\na = \nb = 1", " cannot be read: Invalid value (at line 2, column 5)"),
        ("a = " + "[" * 100_000, " cannot be read: it is nested too deeply"),
        ("#" * (4 * 1024 * 1024 + 1), " cannot be read: it is larger than 4194304 bytes"),
    ],
    ids=["near", "far", "text", "number", "table", "slip", "no table", "TOML", "deep", "large"],
)
def test_wrong_settings_are_named(text: str, words: str, tmp_path: Path) -> None:
    """A key that does not exist, or is of the wrong type, is an error that names the file and the key, and says what is right."""
    (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        find_project(tmp_path)
    assert str(caught.value) == f"{tmp_path / 'pyproject.toml'}{words}"


def test_settings_that_are_no_text_are_told(tmp_path: Path) -> None:
    """A file in another encoding than UTF-8, and one that is no file, are errors that say so."""
    (tmp_path / "pyproject.toml").write_bytes(b"\xff")
    with pytest.raises(SettingsError, match="it is not in UTF-8"):
        find_project(tmp_path)
    with pytest.raises(SettingsError, match=r"none\.toml cannot be read: No such file"):
        projects_of([tmp_path], tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('select = ["SWL9"]', "select: no rule has the code 'SWL9'"),
        ('ignore = ["E501"]', "ignore: no rule has the code 'E501'"),
        ("ignore = ['']", "ignore: no rule has the code ''"),
        ("select = []", "select: nothing is selected"),
        ('per-file-ignores = {"tests/**" = ["SWL7", "SWLX"]}', "per-file-ignores.tests/\\*\\*: no rule has the code 'SWLX'"),
    ],
)
def test_a_code_that_no_rule_has_is_named(text: str, words: str, tmp_path: Path) -> None:
    """A slip of the pen in a code would silently do nothing: it is an error that names the file, the key and the code."""
    configure(tmp_path, text)
    with pytest.raises(SettingsError, match=words) as caught:
        projects_of([tmp_path], None)
    assert str(caught.value).startswith(str(tmp_path / "pyproject.toml"))
    other = tmp_path / "lint.toml"
    (tmp_path / "pyproject.toml").rename(other)
    with pytest.raises(SettingsError, match=r"lint\.toml"):
        projects_of([tmp_path], other)


def test_codes_are_ignored_by_file(tmp_path: Path) -> None:
    """Patterns of files have codes of their own that are left out there, and SWL001 may be one of them."""
    write(tmp_path, "tests/a.py", "src/a.py")
    (tmp_path / "tests/b.py").write_text("if:", encoding="utf-8")
    configure(tmp_path, 'per-file-ignores = {"tests/**" = ["SWL7", "SWL001"], "src/b.py" = ["SWL"]}')
    assert looked_at(tmp_path) == ["src/a.py"]
    configure(tmp_path, 'per-file-ignores = {"tests/**" = ["SWL6"]}')
    assert looked_at(tmp_path) == ["src/a.py", "tests/a.py", "tests/b.py"]


def test_a_file_without_our_table_says_nothing(tmp_path: Path) -> None:
    """A pyproject.toml of others, whatever stands in `tool` or for another command, is a project without settings."""
    for text in ("tool = 7\n", "[tool]\nseawall = []\n", "[tool.seawall.watch]\nselect = 1\n[tool.seawall.codes]\n"):
        (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")
        assert find_project(tmp_path).settings.select == ("SWL",)
