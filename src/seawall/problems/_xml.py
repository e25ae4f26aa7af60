"""XML of error bodies (RFC 7807, appendix A; AWS) into plain values, by a parser that cannot be turned against us.

Laws:
1. A document type declaration ends the reading: no entity is ever declared, so none expands and none is fetched.
2. Size, depth and number of elements are bounded.
3. The document chooses among the charsets of the web, no other codec: expat is told that all is UTF-8.
4. Names lose their namespace; attributes, comments and processing instructions are skipped.
5. An element with children is an object, or a list when all of them are called `i`; one without is its text.
"""

import re
from typing import Any
from xml.parsers import expat

from seawall.model import charset_of

__all__ = ["read_xml"]

MAX_BYTES = 1024 * 1024
MAX_ELEMENTS = 10_000
MAX_DEPTH = 32
_MARKS = {b"\xff\xfe": "utf_16", b"\xfe\xff": "utf_16", b"<\0": "utf_16_le", b"\0<": "utf_16_be"}
_DECLARED = re.compile(rb"<\?xml[^>]{0,100}?\sencoding\s*=\s*[\"']([A-Za-z0-9._:-]{1,40})[\"']").match


def read_xml(content: bytes, content_type: str = "") -> dict[str, Any] | None:
    """Return an object with the root element's name as its only member, or None for what is no such XML.

    Args:
        content: The document.
        content_type: The header field; its charset goes before the one that the document declares (RFC 7303, section 3).
    """
    if len(content) > MAX_BYTES:
        return None
    builder = _Builder()
    parser = expat.ParserCreate("utf-8", " ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.text
    try:
        parser.Parse(_as_utf8(content, content_type), True)
    except (expat.ExpatError, ValueError):
        return None
    return builder.root


def _as_utf8(content: bytes, content_type: str) -> bytes:
    charset = _MARKS.get(content[:2]) or (
        _declared(content) if "charset" not in content_type.lower() else charset_of(content_type)
    )
    return content if charset == "utf_8" else content.decode(charset).encode()


def _declared(content: bytes) -> str:
    """The charset of the XML declaration. One that says UTF-16 in single bytes is wrong about it, as .NET's are."""
    found = _DECLARED(content)
    name = "utf-8" if found is None else found.group(1).decode().lower()
    return "utf_8" if name.startswith("utf") else charset_of(f"charset={name}")


def _refuse(*_: object) -> None:
    raise ValueError("a document type declaration")


class _Builder:
    """Gathers elements: each open one has its name and its children so far. Only an element without children has a text."""

    def __init__(self) -> None:
        self.root: dict[str, Any] | None = None
        self._open: list[tuple[str, list[tuple[str, Any]]]] = []
        self._left = MAX_ELEMENTS
        self._texts: list[str] = []  # since the last element began
        self.text = self._texts.append

    def start(self, name: str, attributes: dict[str, str]) -> None:
        opened = self._open
        self._left -= 1
        if self._left < 0 or len(opened) >= MAX_DEPTH:
            raise ValueError("too many elements, or too deep")
        opened.append((name[name.rfind(" ") + 1 :], []))
        self._texts.clear()

    def end(self, _: str) -> None:
        name, children = self._open.pop()
        value = _value(children) if children else "".join(self._texts).strip()
        if self._open:
            self._open[-1][1].append((name, value))
        else:
            self.root = {name: value}


def _value(children: list[tuple[str, Any]]) -> Any:
    if children[0][0] == "i" and all(name == "i" for name, _ in children):
        return [value for _, value in children]
    members: dict[str, Any] = {}
    for name, value in children:
        members.setdefault(name, value)
    return members
