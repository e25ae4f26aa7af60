"""What counts as secret by its name, and how text that may hold secrets is made fit for logs."""

import re
from collections.abc import Collection
from typing import Any
from urllib.parse import unquote_plus

import msgspec

from ._secret import REDACTED

__all__ = ["is_secret_header", "is_secret_name", "redact_body", "redact_url"]

MAX_SHOWN = 8 * 1024  # bytes of a body that people still read
MAX_NAME = 1024  # characters: whatever is called so at length is not read, but hidden
# Marked from the start, whatever a server or a user says of them.
_SECRET_HEADERS = frozenset(
    {"authorization", "proxy-authorization", "cookie", "cookie2", "set-cookie", "set-cookie2", "x-api-key"}
)
# Header names that carry credentials by custom: X-Auth-Token, Api-Key, X-Amz-Security-Token, X-Csrf-Token, X-Auth-Key...
_SECRET_HEADER_PATTERN = re.compile(
    r"(?:^|[-_])(?:token|secret|password|passphrase|passcode|credential|signature|authorization|jwt|bearer|session|otp"
    r"|(?:api|access|auth|private|subscription|functions|encryption)-?key)s?(?:$|[-_])"
)
# Query and form names: whole words within the name, so that "monkey" and "author" stay readable.
_SECRET_NAME = re.compile(
    r"(?:^|[-_.\[])(?:[a-z0-9]*(?:token|secret|password|passwd|passphrase|signature|credential|apikey|sessionid)s?"
    r"|access[-_]?key|assertion|auth|authorization|bearer|code|cookie|hmac|jwt|key|otp|pass|passcode|pin|pwd|session|sid|sig"
    r"|ticket|verifier)(?:$|[-_.\]])"
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
# Where user information stands, also in what is no URL yet because a slash is missing, too many or leans the wrong way: people
# type such, browsers mend it, and it must not be shown for that. One slash alone begins a path.
_USERINFO = re.compile(r"^([^/\\@]*(?::|[/\\])\s*+[/\\][/\\\s]*+)?[^/]*@")
_SEGMENT = re.compile(r"[^/\\]+")
_QUERY_SEGMENT = re.compile(r"(?<=[/\\][/\\])[^/\\?]+|[^/\\?&;=]+")  # a URL within a query has user information, too
_BETWEEN = re.compile("([&;])")  # some servers take a semicolon for an ampersand


def is_secret_header(name: str) -> bool:
    """Tell whether a header of this name (any case) holds a credential."""
    name = name.lower()
    return name in _SECRET_HEADERS or _SECRET_HEADER_PATTERN.search(name) is not None


def is_secret_name(name: str) -> bool:
    """Tell whether a query parameter or form field of this name holds a credential; reads camelCase too."""
    return len(name) > MAX_NAME or _SECRET_NAME.search(_CAMEL.sub("_", name).lower()) is not None


def redact_url(url: str, also: Collection[str] = ()) -> str:
    """Return the URL without user information, fragment and the values of secret query parameters.

    Args:
        url: Any URL, absolute or not.
        also: Names of further query parameters whose values are secret.
    """
    if "?" not in url and "@" not in url and "#" not in url:
        return url
    base, mark, query = url.partition("#")[0].partition("?")
    if "@" in base:
        base = _SEGMENT.sub(_without_password, _USERINFO.sub(rf"\1{REDACTED}@", base))
    if not mark:
        return base
    query = _redact_pairs(query, also)
    return f"{base}?{_QUERY_SEGMENT.sub(_without_password, query) if '@' in query else query}"


def _without_password(segment: re.Match[str]) -> str:
    """Hide what looks like a user and a password, wherever it stands."""
    text = segment.group()
    before, mark, after = text.rpartition("@")
    return f"{REDACTED}{mark}{after}" if ":" in before else text


def _redact_pairs(text: str, also: Collection[str] = ()) -> str:
    return "".join([_redact_pair(pair, also) for pair in _BETWEEN.split(text)])


def _redact_pair(pair: str, also: Collection[str]) -> str:
    name, mark, _ = pair.partition("=")
    plain = unquote_plus(name)
    return f"{name}={REDACTED}" if mark and (plain in also or is_secret_name(plain)) else pair


def redact_body(data: bytes | None, media_type: str | None) -> str | None:
    """Return a body as text without the values of secret names (forms and JSON), or None for one that is no short text.

    Args:
        data: The body, or None where it is not in memory.
        media_type: Its Content-Type, or None.
    """
    if data is None or len(data) > MAX_SHOWN:
        return None
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return None
    if media_type is not None and media_type.startswith("application/x-www-form-urlencoded"):
        return _redact_pairs(text)
    try:
        return msgspec.json.encode(_redact_members(msgspec.json.decode(text))).decode()
    except (ValueError, RecursionError):  # no JSON: text that has no names
        return text


def _redact_members(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: REDACTED if is_secret_name(name) else _redact_members(member) for name, member in value.items()}
    return [_redact_members(member) for member in value] if isinstance(value, list) else value
