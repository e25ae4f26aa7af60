"""The sub-command `seawall l10n`."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from seawall.l10n import ArbFile, CatalogueError, locale_id, read_folder
from seawall.model import UsageError

from .._ending import ending_well
from .._json import show_document
from .._terminal import one_line, write
from ._check import check
from ._extract import extract
from ._finding import Finding
from ._stats import Progress, progress

__all__ = ["app"]

_FOUND = 1
_HELP = """Look after the messages of an app: ARB files with ICU MessageFormat, one for each language, in one folder.

```
seawall l10n check docs/protocols/common/l10n
seawall l10n stats docs/protocols/common/l10n --json
seawall l10n extract docs/protocols/common/l10n fr --to app_fr.arb
```
"""
_EPILOG = (
    "Exit codes:\n\n- `0` all is well\n- `1` there are errors, or a file cannot be read\n"
    "- `2` the command was used wrongly, or cannot do its work\n- `130` interrupted by Ctrl-C"
)

app = typer.Typer(add_completion=False, rich_markup_mode="markdown", no_args_is_help=True, help=_HELP)


def _locale(value: str) -> str:
    try:
        locale = locale_id(value)
    except UsageError as error:
        raise typer.BadParameter(str(error)) from None
    if locale is None:
        raise typer.BadParameter(f"{value[:40]!r} is no language; 'pt-BR' is one")
    return locale


_Folder = Annotated[
    Path, typer.Argument(metavar="FOLDER", exists=True, file_okay=False, show_default=False, help="Where the ARB files are.")
]
_Default = Annotated[
    str, typer.Option("--default", metavar="LOCALE", callback=_locale, help="The template's language: it has every message.")
]
_Json = Annotated[bool, typer.Option("--json", help="One JSON document.")]


@app.command("check", epilog=_EPILOG)
def _check(folder: _Folder, default: _Default = "en", as_json: _Json = False) -> None:
    """Say what is wrong: broken files and patterns, missing translations, placeholders that nobody fills, plural forms."""
    with ending_well(UsageError):
        findings = check(folder, default)
        errors = sum(finding.level == "error" for finding in findings)
        if as_json:
            show_document({"well": not errors, "findings": msgspec.to_builtins(findings)})
        else:
            _tell(findings, errors)
    raise typer.Exit(_FOUND if errors else 0)


@app.command("stats", epilog=_EPILOG)
def _stats(folder: _Folder, default: _Default = "en", as_json: _Json = False) -> None:
    """Count, language by language, what is translated."""
    with ending_well(UsageError):
        files, template = _read(folder, default)
        found = progress(files, template)
        if as_json:
            show_document({"messages": len(template.messages), "locales": msgspec.to_builtins(found)})
        else:
            for each in found:
                write(_line(each))
    raise typer.Exit(_FOUND if any(file.faults for file in files) else 0)


@app.command("extract", epilog=_EPILOG)
def _extract(
    folder: _Folder,
    locale: Annotated[str, typer.Argument(metavar="LOCALE", callback=_locale, show_default=False, help="The language to fill.")],
    default: _Default = "en",
    to: Annotated[
        Path | None, typer.Option("--to", metavar="FILE", help="Write there; a file that exists is not touched.")
    ] = None,
    built_in: Annotated[
        bool, typer.Option("--built-in", help="Also what Seawall itself says and lacks in this language.")
    ] = False,
) -> None:
    """Write what a language lacks as an ARB file for translators, in the template's words and with its notes."""
    with ending_well(UsageError):
        files, template = _read(folder, default)
        document = extract(files, template, locale, with_built_in=built_in)
        count = sum(not key.startswith("@") for key in document)
        if to is None:
            show_document(document)
        else:
            _save(document, to)
        write(f"{count} message(s) to translate into {locale}.", error=True)
    raise typer.Exit(_FOUND if any(file.faults for file in files) else 0)


def _read(folder: Path, default: str) -> tuple[Sequence[ArbFile], ArbFile]:
    try:
        files = read_folder(folder)
    except CatalogueError as error:
        write(one_line(str(error)), error=True)
        raise typer.Exit(_FOUND) from None
    for fault in (fault for file in files for fault in file.faults):
        write(one_line(str(fault)), error=True)
    template = next((file for file in files if file.locale == default), None)
    if template is None:
        raise typer.BadParameter(f"no file is for {default}", param_hint="'--default'")
    return files, template


def _save(document: object, to: Path) -> None:
    try:
        with to.open("xb") as file:
            file.write(msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n")
    except FileExistsError:
        raise typer.BadParameter(f"{str(to)!r} exists; it is not overwritten", param_hint="'--to'") from None
    except OSError as error:
        raise typer.BadParameter(f"{str(to)!r} cannot be written ({error.strerror})", param_hint="'--to'") from None


def _tell(findings: Sequence[Finding], errors: int) -> None:
    coloured = sys.stdout.isatty()  # for a pipe, and many findings, colours only cost time
    for finding in findings:
        write(one_line(str(finding)), style=("red" if finding.level == "error" else "yellow") if coloured else None)
    warnings = len(findings) - errors
    write(f"{errors} error(s), {warnings} warning(s)." if findings else "All is well.")


def _line(found: Progress) -> str:
    same = f", {found.same} like the template" if found.same else ""
    return one_line(f"{found.locale:<10}{found.percent:>4} %  {found.translated} translated, {found.missing} missing{same}")
