"""The charset that a Content-Type names, where it is one that text on the web is written in."""

import re
from encodings.aliases import aliases

__all__ = ["charset_of"]

_CHARSET = re.compile(r"charset\s*=\s*\"?([A-Za-z0-9._:-]{1,40})", re.IGNORECASE).search
# Python knows more codecs than the web: punycode takes quadratic time, unicode_escape and rot_13 are no charsets at all.
_WEB = re.compile(
    r"utf_(?:8|16|32)(?:_[bl]e)?|ascii|latin_1|(?:iso8859|cp|mac)_?\w+|koi8_r|gb2312|gbk|gb18030|hz|big5(?:hkscs)?"
    r"|euc_(?:jp|kr)|shift_jis\w*|iso2022_\w+|tis_620"
).fullmatch
_CODECS = frozenset(filter(_WEB, aliases.values())) | {"koi8_u", "cp874"}  # a table: Python remembers every name it is asked for


def charset_of(content_type: str) -> str:
    """Return Python's name of the charset that a Content-Type names; "utf_8" without one and for unknown ones."""
    found = _CHARSET(content_type)
    if found is None:
        return "utf_8"
    name = re.sub(r"[^a-z0-9]+", "_", found.group(1).lower())
    codec = aliases.get(name, name)
    return codec if codec in _CODECS else "utf_8"
