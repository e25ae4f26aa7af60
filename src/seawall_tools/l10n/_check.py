"""Holds the files of a catalogue against its template, and against what their languages need."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from seawall.l10n import ArbFile, ArbMessage, Catalogue, CatalogueError, arguments, format_style, read_folder
from seawall.problems import english_messages

from ._finding import Finding, Level, about, broken, is_blank
from ._plurals import plural_findings

__all__ = ["check"]

_TAG = re.compile(r"</?[A-Za-z]|'[<>]").search
_PERCENT = {"percent", "%", "%x100"}


def check(folder: Path, default: str) -> list[Finding]:
    """Return all findings, file by file, line by line.

    Args:
        folder: Where the ARB files are.
        default: Locale of the template, as CLDR writes it.

    Raises:
        UsageError: icu4py or Babel is not installed.
    """
    findings: list[Finding] = []
    try:
        Catalogue.load(folder, default_locale=default)
    except CatalogueError as error:
        findings = [broken(fault) for fault in error.faults]
    try:
        findings += _compared(read_folder(folder), default)
    except CatalogueError:  # said above
        pass
    return sorted(findings, key=lambda finding: (finding.file, finding.line, finding.key))


def _compared(files: Sequence[ArbFile], default: str) -> Iterator[Finding]:
    template = next((file for file in files if file.locale == default), None)
    for file in files:
        for message in file.messages.values():
            yield from plural_findings(file, message)
            yield from _read_otherwise(file, message)
    if template is None:
        return
    for message in template.messages.values():
        yield from _declared(template, message)
    for file in files:
        if file is not template:
            yield from _translated(template, file)


def _read_otherwise(file: ArbFile, message: ArbMessage) -> Iterator[Finding]:
    """What FormatJS reads in another way than ICU: `::percent` takes the number a hundredfold, and `<b>` is a tag."""
    if _TAG(message.pattern):
        words = "'<' before a letter, or behind an apostrophe, is text here and a tag to FormatJS"
        yield about(file, message, "format", words, level="warning")
    for name, style in ((argument.name, argument.style) for argument in arguments(message.parts)):
        if style.startswith("::") and not _PERCENT.isdisjoint(style[2:].split()):
            words = f"{name}: ICU and FormatJS read {style!r} differently; write {{{name}, number, percent}}"
            yield about(file, message, "format", words, level="warning")


def _declared(template: ArbFile, message: ArbMessage) -> Iterator[Finding]:
    if is_blank(message):
        yield about(template, message, "missing", "has no text")
    used = {argument.name for argument in arguments(message.parts)}
    declared = set(message.types or {})
    if names := ", ".join(sorted(used - declared)):
        level: Level = "warning" if message.types is None else "error"
        yield about(template, message, "placeholder", f"not declared in @{message.key}: {names}", level=level)
    if names := ", ".join(sorted(declared - used)):
        yield about(template, message, "placeholder", f"declared and not used: {names}", level="warning")
    yield from _formats(template, message, message)


def _formats(file: ArbFile, message: ArbMessage, source: ArbMessage) -> Iterator[Finding]:
    types = source.types or {}
    for name, word in message.formats.items():
        if name in types and format_style(types[name], word) is None:
            words = f"{name}: only Flutter knows the format {word[:40]!r}; write it in the message, as in {{n, number}}"
            yield about(file, message, "format", words, level="warning")


def _translated(template: ArbFile, file: ArbFile) -> Iterator[Finding]:
    damaged = {fault.key for fault in file.faults}
    if "" in damaged:  # it could not be read to its end, and nobody knows what it lacks
        return
    for key, source in template.messages.items():
        message = file.messages.get(key)
        if message is not None and not is_blank(message):
            yield from _placeholders(file, message, source)
            yield from _formats(file, message, source)
        elif key not in damaged:
            words, line = f"not translated; the template has it in line {source.line}", message.line if message else 1
            yield Finding(level="error", rule="missing", file=file.name, line=line, key=key, message=words)
    known = {*template.messages, *english_messages(), *(fault.key for fault in template.faults)}
    for key, message in file.messages.items():
        if key not in known and "" not in known:
            yield about(file, message, "unknown", "the template has no such message")


def _placeholders(file: ArbFile, message: ArbMessage, source: ArbMessage) -> Iterator[Finding]:
    used = {argument.name for argument in arguments(message.parts)}
    known = {argument.name for argument in arguments(source.parts)} | set(source.types or {})
    if names := ", ".join(sorted(used - known)):
        yield about(file, message, "placeholder", f"the template does not know {names}")
    if names := ", ".join(sorted({argument.name for argument in arguments(source.parts)} - used)):
        yield about(file, message, "placeholder", f"does not show {names}, as the template does", level="warning")
