"""The sub-command `seawall lint`."""

import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from .._ending import ending_well
from .._json import show_document
from .._terminal import one_line, write
from ._codes import unknown_code
from ._report import document, github, notes, sarif, text
from ._run import STDIN, Outcome, lint, lint_text, projects_of
from ._settings import SettingsError
from .rules import RULES

__all__ = ["app"]

_FOUND = 1
_INTERRUPTED = 130  # 128 + SIGINT, as shells count

_HELP = """Find in code what is known to hurt those who call HTTP APIs: texts for developers that are shown to people, failures of
which nobody hears, clients that are built for each call, calls without a timeout, and more.

It reads code and never runs it. A line with `# noqa: SWL101` is let be. Settings are in `[tool.seawall.lint]` of pyproject.toml.

```
seawall lint src
seawall lint src --ignore SWL601 --format github
```
"""
_EPILOG = (
    "Exit codes:\n\n- `0` nothing was found, also where no Python file is: that is told on standard error\n"
    "- `1` something was found\n- `2` the command or its settings are wrong\n- `130` interrupted by Ctrl-C"
)


class _Format(StrEnum):
    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    GITHUB = "github"


app = typer.Typer(add_completion=False, rich_markup_mode="markdown")
_Codes = Annotated[list[str] | None, typer.Option(metavar="CODE", help="A code or its beginning; also several with commas.")]


def _list_rules(asked: bool) -> None:
    if asked:
        with ending_well():
            for rule in RULES:
                write(f"{rule.code}  {rule.name:<20} {rule.summary}")
        raise typer.Exit


@app.command(no_args_is_help=True, help=_HELP, epilog=_EPILOG)
def _lint(
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="PATH...", show_default=False, help="Files and folders; - is standard input."),
    ],
    select: _Codes = None,
    ignore: _Codes = None,
    exclude: Annotated[list[str] | None, typer.Option(metavar="GLOB", help="Files and folders to leave out.")] = None,
    config: Annotated[
        Path | None, typer.Option(metavar="FILE", exists=True, dir_okay=False, help="In place of the nearest pyproject.toml.")
    ] = None,
    stdin_filename: Annotated[
        Path, typer.Option(metavar="FILE", show_default=False, help="Where what comes from standard input would stand.")
    ] = Path("stdin.py"),
    form: Annotated[_Format, typer.Option("--format", help="How to write the findings.")] = _Format.TEXT,
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
    rules: Annotated[bool, typer.Option("--rules", is_eager=True, callback=_list_rules, help="List the rules.")] = False,
) -> None:
    given = {"select": _codes(select, "--select"), "ignore": _codes(ignore, "--ignore"), "exclude": exclude or []}
    try:
        with ending_well(SettingsError):
            outcome = _looked_at(paths, config, stdin_filename, given)
    except KeyboardInterrupt:
        write("Interrupted.", error=True)
        raise typer.Exit(_INTERRUPTED) from None
    with ending_well():
        _show(outcome, _Format.JSON if as_json else form)
    raise typer.Exit(_FOUND if outcome.findings else 0)


def _looked_at(paths: list[Path], config: Path | None, stdin_filename: Path, given: dict[str, list[str]]) -> Outcome:
    if STDIN not in paths:
        missing = next((path for path in paths if not path.exists()), None)
        if missing:
            raise typer.BadParameter(f"path {one_line(str(missing))!r} does not exist", param_hint="PATH")
        return lint(projects_of(paths, config, **given))
    if len(paths) > 1:
        raise typer.BadParameter("standard input is looked at alone", param_hint="PATH")
    ((path, project),) = projects_of([stdin_filename], config, **given)
    return lint_text(sys.stdin.buffer.read(), path, project)


def _codes(given: Sequence[str] | None, option: str) -> list[str]:
    codes = [code.strip().upper() for each in given or () for code in each.split(",")]
    unknown = unknown_code(codes)
    if unknown is not None:
        raise typer.BadParameter(f"no rule has the code {one_line(unknown)!r}", param_hint=option)
    return codes


def _show(outcome: Outcome, form: _Format) -> None:
    if form is _Format.JSON:
        show_document(document(outcome))
    elif form is _Format.SARIF:
        show_document(sarif(outcome, RULES))
    else:
        for line in github(outcome) if form is _Format.GITHUB else text(outcome):
            write(line)
        sys.stdout.flush()
    for note in notes(outcome, with_sum=form in (_Format.TEXT, _Format.GITHUB)):
        write(note, error=True)
