"""What `list` and `show` say about codes."""

from collections.abc import Iterator
from typing import Any

import msgspec

from .._terminal import one_line
from ._catalogues import Catalogue
from ._document import Document, Entry
from ._names import class_name

__all__ = ["code_document", "code_lines", "list_documents", "list_lines"]


def list_lines(document: Document) -> Iterator[str]:
    """Return one line per code: the code, its status, its description."""
    width = max((len(entry.code) for entry in document.entries), default=0)
    for entry in document.entries:
        state = " (deprecated)" if entry.deprecated else " (internal)" if entry.internal else ""
        yield one_line(f"{entry.code:<{width}}  {entry.status}  {entry.description}{state}")
    for old in document.retired:
        yield f"{old.code:<{width}}  retired"


def list_documents(document: Document) -> dict[str, Any]:
    """Return all codes as one JSON document."""
    codes = [code_document(document, entry, []) for entry in document.entries]
    return {"document": document.path, "codes": codes, "retired": [old.code for old in document.retired]}


def code_lines(document: Document, entry: Entry, catalogues: list[Catalogue]) -> Iterator[str]:
    """Return all facts of one code, a line each; its messages at the end."""
    yield f"{entry.code}  {document.path}:{entry.line}"
    facts = code_document(document, entry, catalogues)
    for name in ("status", "class", "detail", "key", "description", "since", "deprecated", "replaced_by"):
        if facts[name] is not None:
            yield one_line(f"  {name.replace('_', ' '):<12} {facts[name]}")
    if entry.retryable is not None:
        yield f"  {'retryable':<12} {'yes' if entry.retryable else 'no'}"
    for param in entry.params:
        yield f"  {'param':<12} {param.name}: {param.type}{'' if param.required else ' (optional)'}"
    for locale, message in facts["messages"].items():
        yield one_line(f"  {locale:<12} {message}")


def code_document(document: Document, entry: Entry, catalogues: list[Catalogue]) -> dict[str, Any]:
    """Return one code as a JSON document, with its message in each catalogue."""
    facts: dict[str, Any] = {name: value for name, value in msgspec.to_builtins(entry).items() if name != "lines"}
    found = {catalogue.file.locale: catalogue.file.messages.get(entry.key) for catalogue in catalogues}
    messages = {locale: message.pattern for locale, message in found.items() if locale and message}
    return {**facts, "class": class_name(entry.code), "path": document.path, "messages": messages}
