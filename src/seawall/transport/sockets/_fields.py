"""What may be sent in a head, and which fields frame the body."""

import re

from seawall.model import Request, UsageError, check_header, reveal

__all__ = ["check_sendable", "framing"]

_FRAMING = frozenset({"content-length", "transfer-encoding"})
_OURS = _FRAMING | {"host"}
_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+").fullmatch  # RFC 9110, 5.6.2
_CONTROL = re.compile(r"[^\t -~\x80-\xff]").search  # RFC 9110, 5.5


def framing(request: Request) -> list[tuple[str, str]]:
    """Return the fields that the transport adds: Host, and how the body ends.

    Raises:
        UsageError: The request's own fields about its body contradict each other, or the body.
    """
    names, length = request.headers.names, request.body.length
    is_plain = _OURS.isdisjoint(names)
    fields = [("Host", request.origin.netloc)] if is_plain or "host" not in names else []
    if not is_plain and len(request.headers.get_list("host")) > 1:
        raise UsageError("headers: Host may be there only once")
    if not is_plain and not _FRAMING.isdisjoint(names):
        _check_framing(request)
    elif length is None:
        fields.append(("Transfer-Encoding", "chunked"))
    elif length or request.method in _WITH_BODY:
        fields.append(("Content-Length", str(length)))
    return fields


def _check_framing(request: Request) -> None:
    """Two framings, or a wrong one, let a body begin another request at the other side."""
    lengths = [reveal(value) for value in request.headers.get_list("content-length")]
    codings = [reveal(value).lower() for value in request.headers.get_list("transfer-encoding")]
    if codings and (lengths or codings != ["chunked"]):
        raise UsageError("headers: Transfer-Encoding can only be chunked, and without a Content-Length; leave both out")
    if lengths and (len(lengths) > 1 or _number(lengths[0]) < 0 or request.body.length not in (None, _number(lengths[0]))):
        raise UsageError("headers: Content-Length is not the length of the body; leave it out")


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else -1


def check_sendable(request: Request) -> None:
    """Refuse what would end a field, or a request, early. One look at all names and one at all values.

    Raises:
        UsageError: It names what cannot be sent.
    """
    if not _is_sendable(request):
        raise _refusal(request)


def _is_sendable(request: Request) -> bool:
    pairs = request.headers.items()
    names = _TOKEN("".join([name for name, _ in pairs])) if pairs else True
    method = _TOKEN(request.method) and request.method != "CONNECT"
    return bool(names and method and not _CONTROL("".join([reveal(value) for _, value in pairs])))


def _refusal(request: Request) -> UsageError:
    """Name what cannot be sent."""
    if request.method == "CONNECT":
        return UsageError("method: CONNECT makes a tunnel, which proxy= does; it is no request")
    if not _TOKEN(request.method):
        return UsageError(f"method: {request.method!r} is no valid HTTP method")
    try:
        for name, value in request.headers.items():
            check_header(name, value)
    except UsageError as error:
        return UsageError(*error.args)
    return UsageError("headers: a value holds a control character")
