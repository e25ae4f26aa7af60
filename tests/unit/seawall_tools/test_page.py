"""The page about the command line."""

import re
from pathlib import Path

import typer

from seawall_tools import call, doctor
from seawall_tools.call._exit import EXIT_CODES

PAGE = (Path(__file__).parents[3] / "docs" / "how-to" / "command-line.md").read_text(encoding="utf-8")


def test_the_page_tells_every_option() -> None:
    """Every option of both commands stands in the page by its long name, and the page names no other."""
    commands = [typer.main.get_command(module.app) for module in (call, doctor)]
    parameters = [parameter for command in commands for parameter in command.params]
    known = {name for each in parameters for name in (*each.opts, *each.secondary_opts) if name.startswith("--")}
    short = {name: [other for other in each.opts if other != name] for each in parameters for name in each.opts}
    told = set(re.findall(r"(?<![\w-])--?[a-z][a-z0-9-]*", PAGE, re.IGNORECASE))
    assert {name for name in known - {"--help"} if name not in told and not told & set(short.get(name, ()))} == set()
    assert {name for name in told if name.startswith("--")} <= known | {"--help"}


def test_the_page_tells_every_exit_code() -> None:
    """The table of exit codes has each code, in order."""
    table = PAGE.partition("The exit code of `seawall call` says what it came to:")[2].partition("```")[0]
    assert [int(code) for code in re.findall(r"^\| (\d+) \|", table, re.MULTILINE)] == list(EXIT_CODES)
