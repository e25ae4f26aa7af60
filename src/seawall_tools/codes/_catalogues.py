"""The ARB catalogues beside the document: is every code translated, does every message keep to its params, will the app start?

They are read as the app reads them, by `seawall.l10n`. Rejected: a reader of our own, which found well what the app then refused.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePath

import msgspec

from seawall.l10n import ArbFile, ArbMessage, ParamType, arguments, channel, locale_id, read_folder

from ._document import TYPES, Document, Entry
from ._finding import Finding

__all__ = ["Catalogue", "check_catalogues", "read_catalogues"]

_TYPES = {kind: ParamType(kind) for kind in TYPES}


class Catalogue(msgspec.Struct, frozen=True):
    """One ARB file.

    Attributes:
        path: The file, as findings name it.
        file: What the app reads in it.
        is_template: Whether it is the one that `gen` writes.
    """

    path: str
    file: ArbFile
    is_template: bool

    @property
    def codes(self) -> dict[str, str]:
        """The keys of all messages that were made for a code, with their codes."""
        return {key: message.code for key, message in self.file.messages.items() if message.code is not None}


def read_catalogues(folder: Path, shown: str, template: str) -> list[Catalogue]:
    """Read every ARB file of a folder, in the order of their names; hidden ones are left to editors.

    Args:
        folder: Where they lie; it may be missing.
        shown: What findings call the folder.
        template: The locale of the catalogue that `gen` writes.

    Raises:
        CatalogueError: There are too many.
        UsageError: Babel is not installed, which knows the languages.
    """
    if all(path.name.startswith(".") for path in folder.glob("*.arb")):
        return []
    locale = locale_id(template)
    return [Catalogue(f"{shown}/{PurePath(file.name).name}", file, file.locale == locale) for file in read_folder(folder)]


def check_catalogues(document: Document, catalogues: Sequence[Catalogue]) -> Iterator[Finding]:
    """Compare the catalogues with the document.

    Args:
        document: The codes.
        catalogues: The files.
    """
    by_key = {entry.key: entry for entry in document.public}
    template = next((catalogue for catalogue in catalogues if catalogue.is_template), None)
    sources = template.file.messages if template else {}
    first: dict[str, str] = {}
    for catalogue in catalogues:
        yield from _faults(catalogue, by_key)
        locale = catalogue.file.locale
        if locale and (other := first.setdefault(locale, catalogue.path)) != catalogue.path:
            words = f"a second file for {locale}, which the app would refuse; the other is {other}"
            yield Finding(rule="catalogue", path=catalogue.path, line=1, message=words)
        else:
            yield from _untranslated(document, catalogue)
        for key, message in catalogue.file.messages.items():
            yield from _check_message(catalogue, message, by_key.get(key), sources.get(key, message))
    if template:
        yield from _check_codes(template, by_key)


def _faults(catalogue: Catalogue, by_key: Mapping[str, Entry]) -> Iterator[Finding]:
    """What the app would not start with."""
    for fault in catalogue.file.faults:
        entry = by_key.get(fault.key.removeprefix("@"))
        yield Finding(
            rule="message" if fault.key and fault.key[0] != "@" else "catalogue",
            path=catalogue.path,
            line=fault.line,
            message=f"{fault.key}: {fault.message}" if fault.key else fault.message,
            code=entry.code if entry else None,
        )


def _untranslated(document: Document, catalogue: Catalogue) -> Iterator[Finding]:
    damaged = {fault.key.removeprefix("@") for fault in catalogue.file.faults}
    if "" in damaged:  # it could not be read to its end, and nobody knows what it lacks
        return
    for entry in document.public:
        message = catalogue.file.messages.get(entry.key)
        if entry.key not in damaged and (message is None or not message.pattern.strip()):
            words = f"{entry.code} has no message {entry.key!r} in {catalogue.path}"
            yield Finding(rule="untranslated", path=document.path, line=entry.at("L10n Key"), message=words, code=entry.code)


def _check_message(catalogue: Catalogue, message: ArbMessage, entry: Entry | None, source: ArbMessage) -> Iterator[Finding]:
    """Hold the placeholders against the params of a code, or else against what the template declares."""
    types = dict((message if source.types is None else source).types or {})
    uses = {(argument.name, argument.kind) for argument in arguments(message.parts)}
    if entry:
        types = {param.name: _TYPES[param.type] for param in entry.params}
        for name in sorted({name for name, _ in uses} - types.keys()):
            yield _about(catalogue, message, entry, "placeholder", f"the placeholder {{{name}}} is no param of {entry.code}")
    for name, kind in sorted((name, kind) for name, kind in uses if name in types and channel(kind, types[name]) is None):
        words = f"{message.key}: {{{name}, {kind}}} cannot show {name}, whose type is {types[name].value}"
        yield _about(catalogue, message, entry, "placeholder", words)


def _check_codes(template: Catalogue, by_key: Mapping[str, Entry]) -> Iterator[Finding]:
    first: dict[str, str] = {}
    for key, code in template.codes.items():
        entry, message = by_key.get(key), template.file.messages[key]
        if entry is not None and entry.code != code:
            words = f"the message {key!r} was made for {code}, and the document gives its key to {entry.code}"
            words = f"{words}; if that is meant, run `seawall codes gen`"
            yield _about(template, message, entry, "catalogue-code", words)
        if (other := first.setdefault(code, key)) != key:
            words = f"the message {key!r} is made for {code}, and so is {other!r}; `seawall codes gen` keeps the document's"
            yield _about(template, message, entry, "catalogue-code", words)


def _about(catalogue: Catalogue, message: ArbMessage, entry: Entry | None, rule: str, words: str) -> Finding:
    code = entry.code if entry else message.code
    return Finding(rule=rule, path=catalogue.path, line=message.line, message=words, code=code)
