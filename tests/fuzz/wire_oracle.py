"""What must hold of the engine's reader for any bytes, however they are cut: for the corpus, hypothesis and atheris alike.

h11 reads the same bytes. Laws:
1. What ours takes for whole h11 takes for whole: the same status, fields and body. Where one gives up, the other has seen no
   other beginning of the body. Ours waits for no more of a body of which h11 has all.
2. Ours keeps no connection that h11 would not, but for the one that an HTTP/1.0 server keeps because it says so.
3. No cut changes what comes out, and nothing is raised but a `Fault` with a kind and a word. httptools makes one of whatever a
   callback raises: so what is refused as no HTTP, httptools alone must refuse as well.
4. No more comes out than went in, and no packaging goes in without end.

What ours takes and h11 does not is taken away before h11 sees it (`as_h11_likes_it`), but for trailers that speak of framing:
h11 looks at their values, ours drops all trailers. What h11 takes and ours does not is no danger; test_wire.py lists it.
"""

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

import h11
import httptools

from seawall.problems import ProtocolProblem, TooLargeProblem
from seawall.transport.sockets import Fault
from seawall.transport.wire._reader import MAX_OVERHEAD, MAX_RATIO, NO_HTTP, Phase, ResponseReader

__all__ = ["Reading", "all_cuts", "as_h11_likes_it", "complaint", "few_cuts", "judge", "ours", "theirs"]

FRAMING = frozenset({b"content-length", b"transfer-encoding"})  # h11 writes their values anew; the body shows what they meant
OF_TRAILERS = frozenset(
    {
        "Only Transfer-Encoding: chunked is supported",
        "multiple Transfer-Encoding headers",
        "conflicting Content-Length headers",
        "bad Content-Length",
    }
)
END_OF_HEAD = b"\r\n\r\n"
_LOW_STATUS = re.compile(rb"HTTP/1\.[01] 0").search  # which httptools lets pass
_FRAMING_FIELD = re.compile(rb"\r\n(?:content-length|transfer-encoding):[^\r\n]*", re.IGNORECASE).sub
_STATUS_LINE = re.compile(rb"(HTTP/1\.[01] ([0-9]{3})) [^\r\n]*(?=\r\n)").match
MAX_EVENT = 10_000_000  # bytes of an incomplete head: the engine bounds it outside of the reader


@dataclass(frozen=True)
class Reading:
    """What a reader has made of bytes.

    Attributes:
        end: "head" or "body" where it waits for more, "whole", "refused", or "too large".
        status: Of the final response, 0 before its head.
        fields: Of the final response, without those that frame the body.
        body: What has come of it.
        stays: Whether the connection may bring another response.
        why: The reader's words for a refusal.
    """

    end: str
    status: int = 0
    fields: tuple[tuple[bytes, bytes], ...] = ()
    body: bytes = b""
    stays: bool = False
    why: str = field(default="", compare=False)


def ours(parts: list[bytes], *, bodiless: bool = False) -> tuple[Reading, Reading]:
    """What our reader makes of bytes that come in these parts: before the connection ends, and after it.

    Raises:
        AssertionError: More came out than went in, or packaging went in without end.
    """
    reader = ResponseReader(bodiless=bodiless)
    fed = head = 0
    for part in parts:
        try:
            reader.feed(part)
        except Fault as fault:
            return (_refusal(reader, fault),) * 2
        fed += len(part)
        body = sum(map(len, reader.pieces))
        assert body <= fed
        if reader.phase is Phase.HEAD:
            head = fed + len(part)
        elif reader.phase is Phase.BODY:
            assert fed - head <= MAX_OVERHEAD + MAX_RATIO * body
    before = _mine(reader, reader.phase.value)
    reader.end()
    return before, _mine(reader, reader.phase.value)


def _refusal(reader: ResponseReader, fault: Fault) -> Reading:
    assert fault.kind in (ProtocolProblem, TooLargeProblem)
    assert fault.detail
    assert reader.phase is not Phase.DONE
    return _mine(reader, "refused" if fault.kind is ProtocolProblem else "too large", fault.detail)


def _mine(reader: ResponseReader, end: str, why: str = "") -> Reading:
    end = "whole" if end == Phase.DONE.value else end
    if reader.phase is Phase.HEAD or reader.head is None:
        assert not reader.pieces
        return Reading(end, why=why)
    pairs = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in reader.head.headers.items()]
    return Reading(end, reader.status, _unframed(pairs), b"".join(reader.pieces), reader.is_clean, why)


def _unframed(pairs: list[tuple[bytes, bytes]]) -> tuple[tuple[bytes, bytes], ...]:
    return tuple(pair for pair in pairs if pair[0] not in FRAMING)


def theirs(data: bytes, *, bodiless: bool = False) -> tuple[Reading, Reading]:
    """What h11 makes of the bytes: before the connection ends, and after it."""
    peer = h11.Connection(h11.CLIENT, max_incomplete_event_size=MAX_EVENT)
    peer.send(h11.Request(method="HEAD" if bodiless else "GET", target="/", headers=[("Host", "x")]))
    peer.send(h11.EndOfMessage())
    peer.receive_data(as_h11_likes_it(data))
    before = _theirs(peer, Reading("head"))
    if before.end in ("whole", "refused"):
        return before, before
    peer.receive_data(b"")
    after = _theirs(peer, before)
    return before, after


def _theirs(peer: h11.Connection, so_far: Reading) -> Reading:
    status, fields, body = so_far.status, so_far.fields, so_far.body
    try:
        while True:
            event = peer.next_event()
            if isinstance(event, h11.Response):
                status, fields = event.status_code, _unframed(list(event.headers))
            elif isinstance(event, h11.Data):
                body += bytes(event.data)
            elif isinstance(event, h11.EndOfMessage):
                stays = peer.their_state is h11.DONE and not peer.trailing_data[0]
                return Reading("whole", status, fields, body, stays)
            elif event in (h11.NEED_DATA, h11.PAUSED) or isinstance(event, h11.ConnectionClosed):
                return Reading("body" if status else "head", status, fields, body)
    except h11.RemoteProtocolError as error:
        return Reading("refused", status, fields, body, why=str(error))


def as_h11_likes_it(data: bytes) -> bytes:
    """The bytes without the three things that ours takes and h11 does not.

    Empty lines before a status line, which RFC 9112, section 2.2, lets a reader pass over; control characters in the reason
    phrase, which the engine drops; and fields about the body of an interim response, which has none whatever they say (section
    6.3), and which the engine drops too.
    """
    heads, rest = b"", data.lstrip(b"\r\n")
    while line := _STATUS_LINE(rest):
        heads, rest = heads + line[1], rest[line.end() :]
        if line[2][:1] != b"1":
            break
        fields, end, rest = rest.partition(END_OF_HEAD)
        heads, rest = heads + _FRAMING_FIELD(b"", fields) + end, rest.lstrip(b"\r\n")
    return heads + rest


def complaint(data: bytes) -> str:
    """What httptools says against the bytes, "" if nothing."""
    try:
        httptools.HttpResponseParser(object()).feed_data(data)
    except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
        return f"{type(error).__name__} {error}"
    return ""


def all_cuts(data: bytes) -> Iterator[list[bytes]]:
    """The bytes in two parts, cut at every place, and in parts of one byte."""
    for place in range(1, len(data)):
        yield [data[:place], data[place:]]
    yield _single(data)


def few_cuts(data: bytes) -> Iterator[list[bytes]]:
    """The bytes in one-byte parts, and cut at a few places that depend on nothing but them."""
    chance = zlib.crc32(data)
    for turn in range(3):
        first, second = sorted((chance >> 5 * turn) * step % (len(data) + 1) for step in (1, 7919))
        yield [data[:first], data[first:second], data[second:]]
    yield _single(data)


def _single(data: bytes) -> list[bytes]:
    return [data[place : place + 1] for place in range(len(data))]


def judge(data: bytes, cuts: Iterator[list[bytes]]) -> list[tuple[Reading, Reading]]:
    """See that the laws hold: for the answer to GET and to HEAD, before the connection ends and after it.

    Args:
        data: What the server sends.
        cuts: The parts in which it may come.

    Returns:
        Our reading and h11's, for each of the four.

    Raises:
        AssertionError: A law does not hold.
    """
    mine = {bodiless: ours([data], bodiless=bodiless) for bodiless in (False, True)}
    told = {bodiless: _told(readings, data) for bodiless, readings in mine.items()}
    for parts in cuts:
        for bodiless in mine:
            assert _told(ours(parts, bodiless=bodiless), data) == told[bodiless], f"in other parts another reading: {parts}"
    if any(readings[0].why == NO_HTTP for readings in mine.values()):
        assert complaint(data) or _LOW_STATUS(data)
    pairs = [pair for bodiless in mine for pair in zip(mine[bodiless], theirs(data, bodiless=bodiless), strict=True)]
    for one, other in pairs:
        _compare(one, other, data)
    return pairs


def _told(readings: tuple[Reading, Reading], data: bytes) -> tuple[Reading, Reading]:
    """Readings as they are compared: how soon a head is given up that is wrong, and not yet whole, may depend on the parts."""
    if END_OF_HEAD in data or readings[0].end != "refused":
        return readings
    return (Reading("head"),) * 2


def _compare(mine: Reading, other: Reading, data: bytes) -> None:
    if mine.status and other.status:
        assert (mine.status, mine.fields) == (other.status, other.fields)
        shorter, longer = sorted((mine.body, other.body), key=len)
        assert longer.startswith(shorter)
    odd_trailers = bool(other.status) and other.why in OF_TRAILERS
    if mine.end == "whole":
        assert other.end == "whole" or odd_trailers, other.why
        assert mine.body == other.body
    assert mine.end != "body" or other.end != "whole"
    if mine.stays and not other.stays and not odd_trailers:
        assert b"HTTP/1.0" in data
        assert b"keep-alive" in data.lower()
