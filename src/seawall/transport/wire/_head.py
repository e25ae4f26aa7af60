"""The head of a request as it goes over the wire. Secrets are revealed here, and only into the bytes that are handed over."""

import re
from collections.abc import Collection

from seawall.model import Request, UsageError, reveal

from ..sockets import check_sendable, framing

__all__ = ["request_head"]

_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+").fullmatch  # RFC 9110, section 5.6.2
_PLAIN = bytes({9, *range(32, 127), *range(128, 256)})  # what a value may hold (RFC 9110, section 5.5)
_END = b"\r\n"
_MAX_NAMES = 1000
_names: set[str] = set()  # field names that were found to be tokens, in lower case: an app sends the same few for ever
_methods = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})


def request_head(request: Request, target: str, more: tuple[tuple[str, str], ...] = ()) -> bytes:
    """Serialise the head of a request.

    Args:
        request: What to send.
        target: Path and query, or the whole URL where a proxy forwards it.
        more: Fields for a proxy.

    Raises:
        UsageError: A name or a value cannot be sent, or the request's own framing is wrong.
    """
    method, headers = request.method, request.headers
    lines = [f"{method} {target} HTTP/1.1\r\n"]
    for name, value in (*framing(request), *more, *headers.items()):
        lines.append(f"{name}: {value if type(value) is str else reveal(value)}\r\n")
    lines.append("\r\n")
    try:
        data = "".join(lines).encode("latin-1")
    except UnicodeEncodeError:
        data = b""
    if (
        data.translate(None, _PLAIN) != _END * len(lines)  # a line break within a value would be one too many
        or " " in target
        or not target.isascii()
        or not (method in _methods or (_TOKEN(method) and method != "CONNECT"))
        or not (headers.names <= _names or _are_tokens(headers.names))
    ):
        check_sendable(request)
        raise UsageError("url: its path or query cannot be sent as it is")
    return data


def _are_tokens(names: Collection[str]) -> bool:
    if not all(map(_TOKEN, names)):
        return False
    if len(_names) < _MAX_NAMES:
        _names.update(names)
    return True
