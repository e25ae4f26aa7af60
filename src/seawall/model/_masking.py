"""What of a URL may stand in a line that is kept: no query, and in the path nothing that looks like a person or a token.

`redact_url` goes by names, and a path has none. So this goes by looks, and hides rather too much than too little: e-mail
addresses, secrets with their names (`;token=...`), what is longer than any name, and what changes between letters, capitals and
digits as chance does. A UUID in its usual form is left alone, because APIs name things by it. What chance makes of letters of one
case alone looks like a word, and is not found.
"""

import re
from urllib.parse import unquote

from ._redaction import is_secret_name
from ._secret import REDACTED

__all__ = ["looks_secret", "mask_path", "one_line", "public_url"]

MAX_SEGMENT = 100  # characters: what is longer is hidden unread
MAX_SHOWN_URL = 500  # characters
_MIN_TOKEN = 20  # characters: as few as these hold 100 bits
_MEAN_RUN = 4  # letters between changes of kind: words have more, chance has 2 or 3
_TWICE_ESCAPED = 2  # a gateway escapes once more what a client escaped
_PARTS = re.compile(r"(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?://([^/?#]*))?([^?#]*)", re.DOTALL).match
_PLACE = re.compile(r"\{[A-Za-z_][A-Za-z0-9_]*\}")
_SHORT = rf"[A-Za-z0-9._~-]{{0,{_MIN_TOKEN - 1}}}"
_HARMLESS = re.compile(_SHORT).fullmatch
_HARMLESS_PATH = re.compile(rf"(?:{_SHORT}/)*{_SHORT}").fullmatch
_UUID = re.compile(r"(?<![A-Za-z0-9])[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}(?![A-Za-z0-9])")
_EMAIL = re.compile(r"[^@]@[^@]").search
_NAMED = re.compile(r"([^=;,&?]+)=")
_RUN = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|[0-9]+")
_HEX = re.compile(r"(?=[0-9]*[A-Fa-f])(?=[A-Fa-f]*[0-9])[0-9A-Fa-f]{20}").search
_SEPARATOR = re.compile(r"[^A-Za-z0-9]+")


def looks_secret(text: str) -> bool:
    """Tell whether a piece of a path or a query looks like an e-mail address, a token, or a secret with its name."""
    if _HARMLESS(text):
        return False
    if len(text) > 9 * MAX_SEGMENT:  # escaped letters have up to nine characters
        return True
    for _ in range(_TWICE_ESCAPED):
        text = unquote(text)
    if len(text) > MAX_SEGMENT or _EMAIL(text):
        return True
    return any(is_secret_name(name) for name in _NAMED.findall(text)) or _looks_random(text)


def _looks_random(text: str) -> bool:
    text = _UUID.sub("", text)
    letters = _SEPARATOR.sub("", text)  # joined, or else a title of short words would look like chance
    return len(text) >= _MIN_TOKEN and (len(letters) < _MEAN_RUN * len(_RUN.findall(letters)) or _HEX(letters) is not None)


def mask_path(path: str) -> str:
    """Return a path with every segment hidden that looks secret; the `{places}` of a template stay."""
    if _HARMLESS_PATH(path):
        return path
    return "/".join([REDACTED if looks_secret(_PLACE.sub("", segment)) else one_line(segment) for segment in path.split("/")])


def public_url(url: str) -> str:
    """Return origin and path of a URL, fit for a log line at any level: no user information, no query, its path masked."""
    found = _PARTS(url)
    assert found is not None  # every part may be missing
    scheme, authority, path = found.groups()
    host = "" if authority is None else f"//{one_line(authority.rpartition('@')[2])}"
    return one_line(f"{scheme}:{host}{mask_path(path)}" if scheme else f"{host}{mask_path(path)}", MAX_SHOWN_URL)


def one_line(text: str, limit: int | None = None) -> str:
    """Return text that cannot leave its line: what is no printable character becomes a question mark, what is too long is cut.

    Args:
        text: Anything.
        limit: The most characters, or None.
    """
    if limit is not None and len(text) > limit:
        text = f"{text[: limit - 3]}..."
    return text if text.isprintable() else "".join([sign if sign.isprintable() else "?" for sign in text])
