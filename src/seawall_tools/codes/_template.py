"""The ARB catalogue that translators begin with: made of the document, without taking anybody's words away."""

import re
from typing import Any

import msgspec

from ._document import Document, Entry
from ._json_text import json_text
from ._project import GENERATED

__all__ = ["template_catalogue"]

_INDENT = re.compile(r'\s*\{\s*\n([ \t]+)"')
_TYPES: dict[str, dict[str, str]] = {
    "string": {"type": "String"},
    "integer": {"type": "int"},
    "number": {"type": "num"},
    "date-time": {"type": "DateTime", "format": "yMMMd"},  # without a format flutter gen-l10n refuses it
}


def template_catalogue(document: Document, old: str | None, locale: str) -> str:
    """Return the template's new text.

    Args:
        document: The codes.
        old: The template's text as it is, if there is one. Its messages stay where they are; those of codes which are gone go.
        locale: Its locale.
    """
    members = {} if old is None else msgspec.json.decode(old, type=dict[str, Any])
    gone = {name[1:] for name, value in members.items() if name[:1] == "@" and isinstance(value, dict) and value.get("x-code")}
    texts: dict[str, Any] = {
        "@@locale": locale,
        "@@x-generator": f"{GENERATED}: edit the messages, not what stands below their @ names",
    }
    ours = {entry.key: _message(entry, members) for entry in document.public}
    for name, value in members.items():  # each stays where it is: an app may have its own messages in the same file
        key = name.removeprefix("@")
        if key in ours:
            texts |= ours.pop(key)
        elif key not in gone and name not in texts:
            texts[name] = value
    for message in ours.values():
        texts |= message
    found = _INDENT.match(old) if old else None
    return json_text(texts, found[1] if found else "  ")


def _message(entry: Entry, members: dict[str, Any]) -> dict[str, Any]:
    known = members.get(entry.key)
    first = re.sub(r"'(?=[{}'])", "''", entry.detail)  # in ICU's syntax an apostrophe before a brace quotes it, and two are one
    metadata: dict[str, Any] = {"description": entry.description, "x-code": entry.code}
    if entry.params:
        metadata["placeholders"] = {param.name: _TYPES[param.type] for param in entry.params}
    return {entry.key: known if isinstance(known, str) and known.strip() else first, f"@{entry.key}": metadata}
