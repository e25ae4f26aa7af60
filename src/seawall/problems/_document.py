"""From the bytes of an error body to a plain value: JSON, even slightly broken JSON, or XML. Never raises."""

import json
from typing import Any

import msgspec

from seawall.model import charset_of

from ._text import encodable
from ._xml import read_xml

__all__ = ["read_document"]

MAX_BODY = 8 * 1024 * 1024  # bytes: a longer body is no problem document
MAX_LENIENT = 64 * 1024  # bytes: the patient reader takes its time
_BOM = b"\xef\xbb\xbf"
_BEGINNINGS = (b"{", b"[")


def _finite(text: str) -> float | None:
    number = float(text)
    return number if abs(number) < float("inf") else None


# With a hook of Python, because msgspec itself takes 300 times longer for "1e308" than for "1.5": 15 seconds for a body of them.
_decode = msgspec.json.Decoder(float_hook=_finite).decode


def read_document(content: bytes, content_type: str, media_type: str) -> Any:
    """Decode an error body by its declared charset.

    Args:
        content: The whole body.
        content_type: The header field, for its charset.
        media_type: The same in lower case and without parameters.

    Returns:
        A JSON value; for XML an object with the root's name as its only member; None for HTML, text, binary, what is cut off
        or too long.
    """
    if not content or len(content) > MAX_BODY:
        return None
    if media_type.endswith("xml"):
        return None if media_type == "application/xhtml+xml" else read_xml(content, content_type)
    try:
        charset = charset_of(content_type) if ";" in content_type else "utf_8"
        if charset != "utf_8":
            content = content.decode(charset).encode()
        content = content.removeprefix(_BOM)
        if content.lstrip()[:1] not in _BEGINNINGS:  # HTML, and numbers that say nothing
            return None
        return _decode(content)
    except (ValueError, RecursionError):
        return _lenient(content)


def _lenient(content: bytes) -> Any:
    """Read what JSON forbids and servers write: NaN (Python's own by default), lone surrogates, control characters, bad UTF-8."""
    if len(content) > MAX_LENIENT:
        return None
    try:
        text = content.decode("utf-8", "replace")
        value = json.loads(text, parse_constant=_nothing, parse_float=_finite, strict=False)
        return _clean(value) if "\\ud" in text or "\\uD" in text else value
    except (ValueError, RecursionError):
        return None


def _nothing(constant: str) -> None:
    """Stand in for NaN and the infinities, by which no two problems could be compared."""


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return encodable(value)
    if isinstance(value, dict):
        return {_clean(name): _clean(member) for name, member in value.items()}
    return [_clean(member) for member in value] if isinstance(value, list) else value
