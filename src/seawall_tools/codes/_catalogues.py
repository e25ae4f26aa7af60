"""The ARB catalogues beside the document: is every code translated, and does every message keep to its params?"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from ._document import Document, Entry
from ._finding import Finding
from ._icu import MessageError, arguments

__all__ = ["Catalogue", "check_catalogues", "read_catalogues"]

MAX_SIZE = 16 * 1024 * 1024  # bytes of one file
MAX_CATALOGUES = 200
_LOCALE = re.compile(r"[A-Za-z]{2,8}(?:[_-][A-Za-z0-9]{2,8})*")


class Catalogue(msgspec.Struct, frozen=True):
    """One ARB file.

    Attributes:
        path: The file, as findings name it.
        locale: Its `@@locale`, else what its name says behind the first underscore, as in app_pt_BR.arb: "pt_BR".
        text: Its content.
        members: Its members; none where it is no JSON object.
        fault: Why it cannot be read, or None.
    """

    path: str
    locale: str
    text: str
    members: Mapping[str, Any]
    fault: str | None = None

    def line(self, key: str) -> int:
        """Return the line of a member: looked up only for findings."""
        found = re.search(rf"^\s*{re.escape(msgspec.json.encode(key).decode())}\s*:", self.text, re.MULTILINE)
        return self.text.count("\n", 0, found.end()) + 1 if found else 1

    def code(self, key: str) -> str | None:
        """Return the code that a message was made for, from its metadata."""
        metadata = self.members.get(f"@{key}")
        code = metadata.get("x-code") if isinstance(metadata, dict) else None
        return code if isinstance(code, str) else None

    def codes(self) -> dict[str, str]:
        """Return the keys of all messages that were made for a code, with their codes."""
        found = {name[1:]: self.code(name[1:]) for name in self.members if name.startswith("@") and name[1:2] != "@"}
        return {key: code for key, code in found.items() if code is not None}


def read_catalogues(folder: Path, shown: str) -> list[Catalogue]:
    """Read every ARB file of a folder, in the order of their names; hidden ones are left to editors.

    Args:
        folder: Where they lie.
        shown: What findings call the folder.
    """
    found = sorted(path for path in folder.glob("*.arb") if not path.name.startswith("."))
    return [_read(path, f"{shown}/{path.name}") for path in found[:MAX_CATALOGUES]]


def _read(path: Path, shown: str) -> Catalogue:
    first, _, rest = path.stem.partition("_")
    fault, text, members = None, "", dict[str, Any]()
    try:
        if path.is_file() and path.stat().st_size > MAX_SIZE:
            fault = f"is bigger than {MAX_SIZE} bytes"
        elif path.is_file():  # reading a pipe would wait for ever
            text = path.read_bytes().decode("utf-8-sig")
            members = msgspec.json.decode(text, type=dict[str, Any])
        else:
            fault = "is no file"
    except OSError as error:
        fault = f"cannot be read: {error.strerror or type(error).__name__}"
    except (ValueError, RecursionError) as error:
        fault = f"is no JSON object: {error}"[:200]
    locale = str(members.get("@@locale", rest or first))
    if fault is None and _LOCALE.fullmatch(locale) is None:
        fault = 'names no language: it has no "@@locale", nor a name such as app_pt_BR.arb'
    return Catalogue(shown, locale.replace("-", "_"), text, members, fault)


def check_catalogues(document: Document, catalogues: list[Catalogue], template: str) -> Iterator[Finding]:
    """Compare the catalogues with the document.

    Args:
        document: The codes.
        catalogues: The files.
        template: The locale of the catalogue that `gen` writes.
    """
    for catalogue in catalogues:
        if catalogue.fault:
            yield Finding(rule="catalogue", path=catalogue.path, line=1, message=f"the catalogue {catalogue.fault}")
            continue
        for entry in document.public:
            yield from _check_message(entry, catalogue, document.path)
        if catalogue.locale == template:
            yield from _check_codes(document, catalogue)


def _check_message(entry: Entry, catalogue: Catalogue, document: str) -> Iterator[Finding]:
    message = catalogue.members.get(entry.key)
    if not isinstance(message, str) or not message.strip():
        words = f"{entry.code} has no message {entry.key!r} in {catalogue.path}"
        yield Finding(rule="untranslated", path=document, line=entry.at("L10n Key"), message=words, code=entry.code)
        return
    try:
        unknown = arguments(message) - {param.name for param in entry.params}
    except MessageError as error:
        yield _about(catalogue, entry, "message", f"the message {entry.key!r} is not in ICU's syntax: {error}")
    else:
        for name in sorted(unknown):
            yield _about(catalogue, entry, "placeholder", f"the placeholder {{{name[:80]}}} is no param of {entry.code}")


def _check_codes(document: Document, catalogue: Catalogue) -> Iterator[Finding]:
    by_key = {entry.key: entry for entry in document.public}
    for key, code in catalogue.codes().items():
        entry = by_key.get(key)
        if entry is not None and entry.code != code:
            words = f"the message {key!r} was made for {code[:80]}, and the document gives its key to {entry.code}"
            yield _about(catalogue, entry, "catalogue-code", f"{words}; if that is meant, run `seawall codes gen`")


def _about(catalogue: Catalogue, entry: Entry, rule: str, message: str) -> Finding:
    return Finding(rule=rule, path=catalogue.path, line=catalogue.line(entry.key), message=message, code=entry.code)
