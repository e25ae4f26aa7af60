"""The members of tokens, as servers write them and as functions of users pass them on.

An answer with new tokens was paid with the refresh token. So what is odd in a hint is passed over, as RFC 6749, section 5.1,
asks clients to do with what they do not understand; refusing the answer for it would end the session. Only what no JSON can
have brought is a mistake: each reader raises a TypeError for it, whose words say what is expected.
"""

import math
import re
from typing import Any

from seawall.model import Secret

__all__ = ["read_access", "read_refresh", "read_scope", "read_seconds", "read_type"]

BEARER = "Bearer"
_PLAIN = (str, int, float, list, tuple, dict, type(None))  # what reading JSON gives
_NUMBER = re.compile(r"[0-9]{1,12}(\.[0-9]{1,12})?").fullmatch
_SCHEME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}").fullmatch  # a token: RFC 9110, section 11.1


def read_access(value: Any) -> Secret:
    """Return an access token: without one there is nothing."""
    if _is_blank(value):
        raise TypeError("text")
    return Secret(value)


def read_refresh(value: Any) -> Secret | None:
    """Return a refresh token, or None for what is empty: several servers write "", and some in PHP false or []."""
    if isinstance(value, str | Secret):
        return None if _is_blank(value) else Secret(value)
    if value or not isinstance(value, _PLAIN):
        raise TypeError("text or None")
    return None


def read_seconds(value: Any) -> float | None:
    """Return a number, be it written as text."""
    if isinstance(value, str):
        return float(value) if _NUMBER(value.strip()) else None
    if hasattr(value, "__float__"):
        return None if isinstance(value, bool) else _finite(value)
    _check(value, "a number of seconds")
    return None


def read_type(value: Any) -> str:
    """Return the scheme of the Authorization header."""
    if isinstance(value, str) and _SCHEME(value.strip()):
        return value.strip()
    _check(value, "text")
    return BEARER


def read_scope(value: Any) -> str | None:
    """Return words with spaces between; Twitch writes a list of them."""
    if isinstance(value, str):
        return value
    if isinstance(value, list | tuple | set | frozenset) and all(isinstance(word, str) for word in value):
        return " ".join(value)
    _check(value, "text or None")
    return None


def _is_blank(value: Any) -> bool:
    return not isinstance(value, str | Secret) or not Secret(value).reveal().strip()


def _finite(value: Any) -> float | None:
    try:
        seconds = float(value)
    except (OverflowError, ValueError):
        return None
    return seconds if math.isfinite(seconds) else None


def _check(value: Any, expected: str) -> None:
    if not isinstance(value, _PLAIN):
        raise TypeError(expected)
