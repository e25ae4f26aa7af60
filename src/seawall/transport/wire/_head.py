"""The head of a request as it goes over the wire. Secrets are revealed here, and only into the bytes that are handed over."""

import re

from seawall.model import Request, UsageError, reveal

from ..sockets import check_sendable, framing

__all__ = ["request_head"]

_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+").fullmatch  # RFC 9110, section 5.6.2
_CONTROL = re.compile(r"[^\t\r\n -~\x80-\xff]").search  # RFC 9110, section 5.5
_MAX_NAMES = 1000
_names: set[str] = set()  # field names that were found to be tokens: an app sends the same few for ever


def request_head(request: Request, target: str, more: tuple[tuple[str, str], ...] = ()) -> bytes:
    """Serialise the head of a request.

    Args:
        request: What to send.
        target: Path and query, or the whole URL where a proxy forwards it.
        more: Fields for a proxy.

    Raises:
        UsageError: A name or a value cannot be sent, or the request's own framing is wrong.
    """
    lines = [f"{request.method} {target} HTTP/1.1\r\n"]
    known = True
    for name, value in (*framing(request), *more, *request.headers.items()):
        known = (name in _names or _is_token(name)) and known
        lines.append(f"{name}: {value if type(value) is str else reveal(value)}\r\n")
    lines.append("\r\n")
    text, ends = "".join(lines), len(lines)
    if (
        not known
        or text.count("\r") != ends  # a line break within a value would be one too many
        or text.count("\n") != ends
        or _CONTROL(text)
        or not target.isascii()
        or " " in target
        or not _TOKEN(request.method)
    ):
        check_sendable(request)
        raise UsageError("url: its path or query cannot be sent as it is")
    return text.encode("latin-1")


def _is_token(name: str) -> bool:
    if _TOKEN(name) is None:
        return False
    if len(_names) < _MAX_NAMES:
        _names.add(name)
    return True
