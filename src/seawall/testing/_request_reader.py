"""Reading requests: strict, so that a client's framing mistakes come to light, and bounded."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from ._connection import Connection
from ._seen_call import SeenCall, SeenHeaders

__all__ = ["MAX_BODY", "MAX_HEAD", "BadRequest", "RequestHead", "read_body", "read_head"]

MAX_HEAD = 64 * 1024
"""Bytes of a request head, a chunk's size line or a trailer."""

MAX_BODY = 64 * 1024 * 1024
"""Bytes of a request body."""

_DIGITS = frozenset(b"0123456789")
_HEX_DIGITS = frozenset(b"0123456789abcdefABCDEF")


class BadRequest(Exception):
    """The request breaks HTTP or a bound.

    Args:
        status: What to answer.
        reason: What is wrong with it.
    """

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


@dataclass(frozen=True)
class RequestHead:
    """A request line and its header fields.

    Args:
        method: As sent.
        target: As sent.
        http_version: As sent.
        headers: The fields.
    """

    method: str
    target: str
    http_version: str
    headers: SeenHeaders

    @property
    def path(self) -> str:
        """The target before the question mark; of an absolute target its path."""
        resource = self.target.partition("?")[0]
        return urlsplit(resource).path or "/" if "://" in resource else resource

    @property
    def query(self) -> str:
        """What follows the question mark."""
        return self.target.partition("?")[2]

    @property
    def is_chunked(self) -> bool:
        """Whether the body comes in chunks."""
        return self.headers.get("transfer-encoding", "").lower() == "chunked"

    @property
    def length(self) -> int:
        """The announced length of the body in bytes; 0 without one."""
        return int(self.headers.get("content-length", "0"))

    @property
    def has_body(self) -> bool:
        """Whether body bytes follow the head."""
        return self.is_chunked or self.length > 0

    def seen(
        self,
        body: bytes = b"",
        connection: int = 0,
        number: int = 0,
        complete: bool = False,
        path_params: Mapping[str, str] | None = None,
    ) -> SeenCall:
        """The call that this head begins; the arguments are those of `SeenCall`."""
        return SeenCall(
            method=self.method,
            target=self.target,
            path=self.path,
            query=self.query,
            headers=self.headers,
            body=body,
            connection=connection,
            number=number,
            http_version=self.http_version,
            complete=complete,
            path_params=path_params or {},
        )


def read_head(connection: Connection) -> RequestHead:
    """Read the next request's head.

    Raises:
        BadRequest: It is no HTTP/1 request, or too long.
    """
    try:
        lines = _read_until(connection, b"\r\n\r\n", status=431).decode("latin-1").split("\r\n")
        method, target, http_version = lines[0].split(" ")
        headers = SeenHeaders(_field(line) for line in lines[1:])
    except ValueError as error:
        raise BadRequest(400, f"the request head is malformed: {error}") from None
    if not http_version.startswith("HTTP/1."):
        raise BadRequest(400, f"{http_version!r} is no version of HTTP/1")
    _check_framing(headers)
    return RequestHead(method, target, http_version, headers)


def read_body(connection: Connection, head: RequestHead, into: bytearray) -> None:
    """Read the body that a head announces, and answer `Expect: 100-continue` before.

    Args:
        connection: Where it comes from.
        head: The head that was read.
        into: What takes the bytes, so that a part is left when the peer leaves in the middle.

    Raises:
        BadRequest: A chunk is malformed, or the body is too long.
    """
    if head.length > MAX_BODY:
        raise BadRequest(413, f"the body is longer than {MAX_BODY} bytes")
    expects = head.headers.get("expect", "").lower() == "100-continue"
    if expects and head.has_body and not connection.has_unread:
        connection.send(b"HTTP/1.1 100 Continue\r\n\r\n")
    if head.is_chunked:
        _read_chunks(connection, into)
    else:
        _read_exactly(connection, head.length, into.extend)


def _field(line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    if not colon or not name or name != name.strip() or "\n" in line or "\r" in line or "\0" in line:
        raise ValueError(f"{line!r} is no header field")
    return name, value.strip(" \t")


def _check_framing(headers: SeenHeaders) -> None:
    codings, lengths = headers.get_list("transfer-encoding"), headers.get_list("content-length")
    if codings and (lengths or [coding.lower() for coding in codings] != ["chunked"]):
        raise BadRequest(400, f"Transfer-Encoding {codings} and Content-Length {lengths} do not frame a body")
    if len(lengths) > 1 or not all(length and _DIGITS.issuperset(length.encode("latin-1")) for length in lengths):
        raise BadRequest(400, f"Content-Length {lengths} is no length")


def _read_chunks(connection: Connection, into: bytearray) -> None:
    while True:
        size = _read_until(connection, b"\r\n", status=400).partition(b";")[0].strip()
        if not size or not _HEX_DIGITS.issuperset(size):
            raise BadRequest(400, f"{size!r} is no chunk size")
        if len(into) + int(size, 16) > MAX_BODY:
            raise BadRequest(413, f"the body is longer than {MAX_BODY} bytes")
        if int(size, 16) == 0:
            break
        _read_exactly(connection, int(size, 16), into.extend)
        if _read_until(connection, b"\r\n", status=400):
            raise BadRequest(400, "a chunk is longer than its size")
    while _read_until(connection, b"\r\n", status=431):
        pass  # trailers


def _read_exactly(connection: Connection, count: int, take: Callable[[bytes], None]) -> None:
    while count:
        data = connection.receive()
        take(data[:count])
        connection.put_back(data[count:])
        count -= min(count, len(data))


def _read_until(connection: Connection, mark: bytes, status: int) -> bytes:
    """All bytes before a mark; the mark is dropped."""
    data = bytearray()
    while (end := data.find(mark)) < 0:
        if len(data) > MAX_HEAD:
            raise BadRequest(status, f"no end within {MAX_HEAD} bytes")
        data += connection.receive()
    connection.put_back(bytes(data[end + len(mark) :]))
    return bytes(data[:end])
