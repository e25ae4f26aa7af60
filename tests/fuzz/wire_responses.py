"""Responses by chance, most of them nearly right: for hypothesis."""

from hypothesis import strategies as st

__all__ = ["EMPTY", "OK", "cut_responses", "responses"]

OK = b"HTTP/1.1 200 OK\r\n"
EMPTY = b"Content-Length: 0\r\n\r\n"
LAST = b"0\r\n\r\n"
NAMES = st.sampled_from([b"Content-Length", b"Transfer-Encoding", b"Connection", b"X-Odd", b"content-length", b"Set-Cookie"])
VALUES = st.sampled_from(
    [
        b"0", b"2", b"5", b"05", b"2, 2", b"2,3", b"chunked", b"Chunked", b"gzip", b"close", b"keep-alive", b"", b" 2", b"\xff",
        b"a b",
    ]
)  # fmt: skip
STATUSES = [b"HTTP/1.1 204 No", b"HTTP/1.1 304 Not", b"HTTP/1.1 404 Not Found", b"HTTP/1.1 500", b"HTTP/1.0 200 OK"]
STARTS = st.sampled_from([OK, b"HTTP/1.1 103 Early\r\n\r\n" + OK, *[status + b"\r\n" for status in STATUSES]])
BODIES = st.sampled_from(
    [
        b"", b"ok", b"hello", b"2\r\nok\r\n" + LAST, b"5\r\nhello\r\n0\r\nA: b\r\n\r\n", b"2\r\nok\r\n", LAST,
        b"a\r\n0123456789\r\n" + LAST, b"hello" + OK + EMPTY,
    ]
)  # fmt: skip


@st.composite
def responses(draw: st.DrawFn) -> bytes:
    """The bytes of one response, with up to two bytes changed or missing."""
    fields = draw(st.lists(st.tuples(NAMES, VALUES), max_size=4))
    head = draw(STARTS) + b"".join(b"%b: %b\r\n" % field for field in fields) + b"\r\n"
    data = bytearray(head + draw(BODIES))
    for _ in range(draw(st.integers(0, 2))):
        place = draw(st.integers(0, len(data) - 1))
        if draw(st.booleans()):
            data[place] = draw(st.integers(0, 255))
        else:
            del data[place]
    return bytes(data)


@st.composite
def cut_responses(draw: st.DrawFn) -> tuple[bytes, list[bytes]]:
    """A response, or any bytes, and the parts in which it comes."""
    data = draw(responses() | st.binary(max_size=200))
    places = sorted(draw(st.lists(st.integers(0, len(data)), max_size=6)))
    return data, [data[start:stop] for start, stop in zip([0, *places], [*places, len(data)], strict=True)]
