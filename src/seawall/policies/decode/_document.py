"""From a body to JSON: character sets, and the parse for the second look that follows a failure."""

import codecs
from decimal import Decimal
from typing import Any

import msgspec

from seawall.model import charset_of

__all__ = ["FAILURES", "dump", "json_bytes", "parse"]

# What decoding raises on a wrong body; types of the user's own may raise the first two for values that they refuse.
FAILURES = (ValueError, ArithmeticError, RecursionError)
_BOMS = (  # the longer ones first: UTF-32's begins with UTF-16's
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_FIRST = tuple(mark for mark, _ in _BOMS)
_AS_IT_IS = frozenset({"ascii", "utf_8"})
_decoder = msgspec.json.Decoder(float_hook=Decimal)
_encoder = msgspec.json.Encoder(decimal_format="number")


def json_bytes(content: bytes, content_type: str | None) -> bytes:
    """Return a body as UTF-8 without byte order mark; the mark, then the named charset, tell what it is in.

    Raises:
        UnicodeError: The bytes are not of that charset.
    """
    if content.startswith(_FIRST):
        for mark, charset in _BOMS:
            if content.startswith(mark):
                return content[len(mark) :].decode(charset).encode()
    if content_type is None or "charset" not in content_type.lower():
        return content
    charset = charset_of(content_type)
    return content if charset in _AS_IT_IS else content.decode(charset).encode()


def parse(data: bytes) -> Any:
    """Parse JSON so that nothing is lost: numbers with a point become `Decimal`.

    Raises:
        ValueError, RecursionError: It is no JSON, or nested too deep.
    """
    return _decoder.decode(data)


def dump(document: Any) -> bytes:
    """Write down what `parse` gave."""
    return _encoder.encode(document)
