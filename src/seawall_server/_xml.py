"""The XML form of a problem document (RFC 7807, appendix A, which RFC 9457 keeps)."""

import re
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

__all__ = ["to_xml"]

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, section 2.2
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*").fullmatch


def to_xml(members: Mapping[str, object]) -> bytes:
    """Return the document. A member whose name is no name of XML is left out, since it cannot be written."""
    inside = _element_of(members)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<problem xmlns="urn:ietf:rfc:7807">{inside}</problem>'.encode()


def _element_of(value: object) -> str:
    if isinstance(value, Mapping):
        return "".join([f"<{name}>{_element_of(member)}</{name}>" for name, member in value.items() if _NAME(name)])
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "".join([f"<i>{_element_of(item)}</i>" for item in value])
    return escape(_FORBIDDEN.sub("\ufffd", _text(value)))


def _text(value: object) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: ""}[value]
    return str(value)
