"""From a body to JSON: character sets, and the parse for the second look that follows a failure."""

import codecs
import re
from decimal import Decimal
from typing import Any

import msgspec

__all__ = ["FAILURES", "dump", "json_bytes", "parse"]

# What decoding raises on a wrong body; types of the user's own may raise the first two for values that they refuse.
FAILURES = (ValueError, ArithmeticError, RecursionError)
_CHARSET = re.compile(r";\s*charset\s*=\s*\"?([A-Za-z0-9._:-]{1,40})", re.IGNORECASE).search
_BOMS = (  # the longer ones first: UTF-32's begins with UTF-16's
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_FIRST = tuple(mark for mark, _ in _BOMS)
# Two codecs are quadratic in the length of the body: a server could stop the client with them.
_AS_IT_IS = frozenset({"utf-8", "idna", "punycode"})
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
    found = _CHARSET(content_type)
    return _recoded(content, found.group(1)) if found else content


def _recoded(content: bytes, charset: str) -> bytes:
    try:
        name = codecs.lookup(charset).name
        return content if name in _AS_IT_IS else content.decode(name).encode()
    except LookupError:  # unknown, or a codec that is no charset
        return content


def parse(data: bytes) -> Any:
    """Parse JSON so that nothing is lost: numbers with a point become `Decimal`.

    Raises:
        ValueError, RecursionError: It is no JSON, or nested too deep.
    """
    return _decoder.decode(data)


def dump(document: Any) -> bytes:
    """Write down what `parse` gave."""
    return _encoder.encode(document)
