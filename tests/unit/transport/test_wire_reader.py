"""What the engine's reader makes of bytes: a table, and every cut. tests/fuzz/test_wire.py has a second reader beside it."""

import pytest

from seawall.problems import ProtocolProblem, TooLargeProblem
from seawall.transport.sockets import Fault
from seawall.transport.wire._reader import Phase, ResponseReader

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
EMPTY = b"Content-Length: 0\r\n\r\n"
FAREWELL = b"HTTP/1.1 103 Early\r\nConnection: close\r\n\r\n"


def read(data: bytes, *, ends: bool = False, bodiless: bool = False, cut: int = 0) -> ResponseReader:
    """Feed a reader, in two parts if told to."""
    reader = ResponseReader(bodiless=bodiless)
    for part in (data[:cut], data[cut:]) if cut else (data,):
        reader.feed(part)
    if ends:
        reader.end()
    return reader


def read_all(parts: list[bytes]) -> ResponseReader:
    """Feed a reader part by part."""
    reader = ResponseReader()
    for part in parts:
        reader.feed(part)
    return reader


@pytest.mark.parametrize(
    ("data", "status", "body", "clean"),
    [
        (OK + b"Content-Length: 2\r\n\r\nok", 200, b"ok", True),
        (OK + b"Content-Length:\t2 \r\n\r\nok", 200, b"ok", True),
        (OK + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\nok", 200, b"ok", True),
        (OK + b"Content-Length: 2, 2\r\n\r\nok", 200, b"ok", True),
        (OK + b"Connection: close\r\nContent-Length: 2\r\n\r\nok", 200, b"ok", False),
        (OK + b"Connection: x, Close\r\nContent-Length: 2\r\n\r\nok", 200, b"ok", False),
        (OK + b"Connection: keep-alive\r\nContent-Length: 2\r\n\r\nok", 200, b"ok", True),
        (OK + b"Connection: keep-alive\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", 200, b"ok", False),
        (b"\r\n\r\n" + OK + EMPTY, 200, b"", True),
        (b"HTTP/1.1 200\r\n" + EMPTY, 200, b"", True),
        (CHUNKED + b"2\r\nok\r\n0\r\n\r\n", 200, b"ok", True),
        (CHUNKED + b"2;name=value\r\nok\r\n0\r\nX-Trailer: 1\r\n\r\n", 200, b"ok", True),
        (
            b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: x\r\n\r\n" + OK + b"Content-Length: 2\r\n\r\nok",
            200,
            b"ok",
            True,
        ),
        (FAREWELL + OK + b"Content-Length: 2\r\n\r\nok", 200, b"ok", False),
        (b"HTTP/1.1 100 Continue\r\nConnection: x, Close\r\n\r\n\r\n" + FAREWELL + CHUNKED + b"0\r\n\r\n", 200, b"", False),
        (FAREWELL + b"HTTP/1.1 103 Early\r\n\r\n" + OK + EMPTY, 200, b"", False),
        (FAREWELL + OK + b"Content-Length: 2, 2\r\n\r\nok", 200, b"ok", False),
        (b"HTTP/1.1 204 No Content\r\n\r\n", 204, b"", True),
        (b"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", 204, b"", True),
        (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", 304, b"", True),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", 200, b"ok", False),
        (b"HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 2\r\n\r\nok", 200, b"ok", True),
        (b"HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 200, b"", False),
    ],
)
def test_a_response_ends_where_it_says(data: bytes, status: int, body: bytes, clean: bool) -> None:
    """Each way to frame a body gives it, and tells whether the connection can bring another; wherever the bytes are cut."""
    for cut in range(len(data)):
        reader = read(data, cut=cut)
        assert (reader.phase, reader.status, b"".join(reader.pieces), reader.is_clean) == (Phase.DONE, status, body, clean)


@pytest.mark.parametrize("behind", [b"\r\n", b"\n", b"x", b"\r\nx", OK + EMPTY, b"\x15\x03\x03\x00\x02"])
@pytest.mark.parametrize(
    "data",
    [
        OK + b"Content-Length: 2\r\n\r\nok",
        CHUNKED + b"2\r\nok\r\n0\r\n\r\n",
        OK + b"Connection: close\r\nContent-Length: 2\r\n\r\nok",
    ],
    ids=["length", "chunks", "close"],
)
def test_what_lies_behind_costs_the_connection(data: bytes, behind: bytes) -> None:
    """Bytes behind a response spoil nothing of it, and nobody gets them, whether they come with it or after it."""
    for cut in range(len(data) + 1):
        reader = read(data + behind, cut=cut)
        assert (reader.phase, b"".join(reader.pieces), reader.is_clean) == (Phase.DONE, b"ok", False)


@pytest.mark.parametrize("head", [OK + b"Content-Length: 5\r\n\r\n", CHUNKED, OK + b"\r\n"], ids=["length", "chunks", "neither"])
def test_head_has_no_body(head: bytes) -> None:
    """The answer to HEAD ends with its head, whatever that says; what follows is extra."""
    assert read(head, bodiless=True).is_clean
    spoilt = read(head + b"hello", bodiless=True)
    assert (spoilt.phase, spoilt.pieces, spoilt.is_clean) == (Phase.DONE, [], False)


def test_the_end_of_the_connection_ends_what_has_no_length() -> None:
    """A body that says nothing of its end has it at the end of the connection, and no other has."""
    whole = read(b"HTTP/1.0 200 OK\r\n\r\nhello", ends=True)
    assert (whole.phase, b"".join(whole.pieces), whole.is_clean) == (Phase.DONE, b"hello", False)
    for data in (OK + b"Content-Length: 9\r\n\r\nhello", CHUNKED + b"5\r\nhello\r\n", OK[:9], b""):
        assert read(data, ends=True).phase is not Phase.DONE


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (OK + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "HTTP/1.1"),
        (OK + b"Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n", "HTTP/1.1"),
        (OK + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\nok", "HTTP/1.1"),
        (OK + b"Content-Length: 2, 3\r\n\r\nok", "HTTP/1.1"),
        (OK + b"Content-Length: -2\r\n\r\nok", "HTTP/1.1"),
        (OK + b"Content-Length: +2\r\n\r\nok", "HTTP/1.1"),
        (OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "transfer coding"),
        (OK + b"Transfer-Encoding: gzip\r\n\r\nx", "transfer coding"),
        (OK + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "transfer coding"),
        (b"HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n", "another protocol"),
        (b"HTTP/1.0 103 Early\r\n\r\n" + OK + EMPTY, "HTTP/1.1"),
        (FAREWELL.replace(b"1.1", b"1.0") + OK + EMPTY, "HTTP/1.1"),
        (b"HTTP/2.0 200 OK\r\n" + EMPTY, "version"),
        (b"HTTP/1.1 099 What\r\n" + EMPTY, "HTTP/1.1"),
        (b"HTTP/1.1 1000 What\r\n" + EMPTY, "HTTP/1.1"),
        (b"hello", "HTTP/1.1"),
        (b"HTTP/1.1 200 OK\nContent-Length: 0\n\n", "HTTP/1.1"),
        (OK + b"X: a\r\n b\r\n" + EMPTY, "HTTP/1.1"),
        (OK + b"X: a\x00b\r\n" + EMPTY, "HTTP/1.1"),
        (OK + b"X : a\r\n" + EMPTY, "HTTP/1.1"),
        (CHUNKED + b"zz\r\n", "HTTP/1.1"),
        (CHUNKED + b"-1\r\n", "HTTP/1.1"),
        (CHUNKED + b"2\nok\n0\n\n", "HTTP/1.1"),
        (CHUNKED + b"2 \r\nok\r\n0\r\n\r\n", "HTTP/1.1"),
        (CHUNKED + b"fffffffffffffffff\r\nok", "HTTP/1.1"),
        (CHUNKED + b"2\r\nokay\r\n0\r\n\r\n", "HTTP/1.1"),
    ],
)
def test_what_cannot_be_trusted_is_refused(data: bytes, says: str) -> None:
    """Two ends, unknown codings and what is no HTTP are refused with a word, wherever the bytes are cut."""
    for cut in range(len(data)):
        with pytest.raises(Fault, match="ProtocolProblem") as caught:
            read(data, cut=cut)
        assert caught.value.kind is ProtocolProblem
        assert says in caught.value.detail


def test_packaging_is_bounded() -> None:
    """Chunks that are nearly all extension, and trailers without end, are refused; small chunks are not."""
    for first, more in ((b"", b"1;" + b"x" * 4000 + b"\r\na\r\n"), (b"0\r\nX-Trailer: ", b"y" * 4000)):
        with pytest.raises(Fault) as caught:
            read_all([CHUNKED + first, *[more] * 100])
        assert caught.value.kind is TooLargeProblem
    small = read(CHUNKED + b"1\r\na\r\n" * 50_000 + b"0\r\n\r\n")
    assert small.is_clean


def test_farewells_without_end() -> None:
    """However many interim responses say that the connection ends, the final one is read, and the connection not used again."""
    reader = read(FAREWELL * 1500 + OK + EMPTY)
    assert (reader.phase, reader.status, reader.interims, reader.is_clean) == (Phase.DONE, 200, 1500, False)


@pytest.mark.parametrize("behind", [b"garbage", OK + b"X: a\x01b\r\n" + EMPTY, OK.replace(b"1.1", b"2.0") + EMPTY])
def test_what_follows_a_farewell_must_be_http(behind: bytes) -> None:
    """An interim response that says that the connection ends excuses nothing behind it, wherever the bytes are cut."""
    for cut in range(len(FAREWELL + behind)):
        with pytest.raises(Fault) as raised:
            read(FAREWELL + behind, cut=cut)
        assert raised.value.kind is ProtocolProblem
