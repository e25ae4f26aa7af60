"""The `seawall` command and its sub-commands."""

import subprocess
import sys
from importlib.metadata import EntryPoint, version
from pathlib import Path

import pytest

from seawall_tools._commands import GROUP, command

GREETING = """
import typer

app = typer.Typer()


@app.command()
def greet(name: str):
    "Greet somebody."
    print("hello", name)
"""


def run(*arguments: str, found: list[EntryPoint] | None = None) -> int:
    """Run the command in this process; the result is its exit code."""
    with pytest.raises(SystemExit) as stopped:
        command(found)(args=list(arguments), prog_name="seawall")
    code = stopped.value.code
    assert isinstance(code, int)
    return code


@pytest.fixture
def greeting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> EntryPoint:
    """A sub-command of somebody else's distribution."""
    (tmp_path / "greeting_app.py").write_text(GREETING, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    return EntryPoint("greet", "greeting_app:app", GROUP)


@pytest.fixture
def unready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> EntryPoint:
    """A sub-command that imports what nobody has."""
    (tmp_path / "unready_app.py").write_text("import a_package_that_nobody_has.inner\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    return EntryPoint("unready", "unready_app:app [fancy,big]", GROUP)


def test_the_version_is_the_distributions(capsys: pytest.CaptureFixture[str]) -> None:
    """`--version` says the version that is installed."""
    assert run("--version") == 0
    assert capsys.readouterr().out == f"seawall {version('seawall')}\n"


def test_another_distribution_adds_a_sub_command(greeting: EntryPoint, capsys: pytest.CaptureFixture[str]) -> None:
    """A typer app behind an entry point becomes a sub-command with arguments of its own."""
    assert run("greet", "Ada", found=[greeting]) == 0
    assert capsys.readouterr().out == "hello Ada\n"


def test_the_help_lists_every_sub_command(greeting: EntryPoint, unready: EntryPoint, capsys: pytest.CaptureFixture[str]) -> None:
    """The help shows what each sub-command does, and how to get those that lack a package."""
    assert run("--help", found=[unready, greeting]) == 0
    output = " ".join(capsys.readouterr().out.split())
    assert "Greet somebody." in output
    assert "pip install" in output


def test_the_help_calls_sub_commands_by_their_words(
    greeting: EntryPoint, unready: EntryPoint, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever a typer app calls its commands, the first column of the help is what to type, ours and others'."""
    for found, words in (
        (None, ["call", "codes", "demo", "doctor", "l10n", "lint"]),
        ([unready, greeting], ["greet", "unready"]),
    ):
        assert run("--help", found=found) == 0
        rows = capsys.readouterr().out.partition(" Commands ")[2].splitlines()
        assert [row[2:].split()[0] for row in rows if row.startswith("│ ") and row[2] != " "] == words


def test_a_missing_package_is_explained(unready: EntryPoint, capsys: pytest.CaptureFixture[str]) -> None:
    """A sub-command that cannot be imported says which package it lacks and which extras bring it."""
    assert run("unready", "--any", "thing", found=[unready]) == 1
    error = capsys.readouterr().err
    assert "needs the package 'a_package_that_nobody_has'" in error
    assert "pip install 'seawall[fancy,big]'" in error


def test_only_the_called_sub_command_is_imported(
    greeting: EntryPoint, unready: EntryPoint, capsys: pytest.CaptureFixture[str]
) -> None:
    """Calling one sub-command does not import another."""
    sys.modules.pop("unready_app", None)
    assert run("greet", "Ada", found=[unready, greeting]) == 0
    assert "unready_app" not in sys.modules
    assert capsys.readouterr().out == "hello Ada\n"


def test_a_broken_sub_command_is_not_called_missing() -> None:
    """When an entry point's own package is gone, that is an error to be seen, and no advice to install extras."""
    with pytest.raises(ModuleNotFoundError):
        command([EntryPoint("gone", "gone_with_the_wind:app", GROUP)])(args=["gone"], prog_name="seawall")


def test_a_wrong_name_gets_a_hint(greeting: EntryPoint, capsys: pytest.CaptureFixture[str]) -> None:
    """A sub-command that was typed wrongly is answered by the nearest right one."""
    assert run("gret", found=[greeting]) == 2
    assert "greet" in capsys.readouterr().err


def test_the_command_tells_how_to_install_itself() -> None:
    """Without its own packages the command says which extra brings them."""
    program = "import sys; sys.modules['typer'] = None\nfrom seawall_tools._app import main\nmain()"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert result.stderr == "The seawall command needs the package 'typer'. Install it with: pip install 'seawall[cli]'\n"


def test_the_package_runs_as_a_module() -> None:
    """`python -m seawall_tools` is the same command."""
    result = subprocess.run([sys.executable, "-m", "seawall_tools", "--version"], capture_output=True, text=True, check=False)
    assert result.stdout == f"seawall {version('seawall')}\n"
