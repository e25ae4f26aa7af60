"""Keys, and what makes two requests the same."""

import hashlib
import re

from ._problems import IdempotencyKeyInvalid

__all__ = ["check_key", "fingerprint"]

_KEY = re.compile(r"[!-~]{1,255}").fullmatch


def check_key(key: str) -> str:
    """Return a key as it is.

    Raises:
        IdempotencyKeyInvalid: It is empty, longer than 255 characters, or not printable ASCII.
    """
    if not _KEY(key):
        raise IdempotencyKeyInvalid
    return key


def fingerprint(method: str, target: str, body: bytes) -> str:
    """Return what makes two requests the same: method, path with query, and body, byte for byte."""
    return hashlib.sha256(b"\n".join((method.encode(), target.encode(), hashlib.sha256(body).digest()))).hexdigest()
