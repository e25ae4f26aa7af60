"""Bodies within bounds: decompression, the cap, pieces, progress, and who closes."""

import asyncio
import gzip
import sys
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import brotli
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from seawall.chain import drive
from seawall.chain.runtimes import AsyncioRuntime, BlockingRuntime
from seawall.model import Call, Headers, Options, Progress, Request, Response, Sent, UsageError
from seawall.policies.bounds import Bounds, BoundsInterceptor
from seawall.policies.bounds import _codings as codings_module
from seawall.problems import DisconnectProblem, ProtocolProblem, TooLargeProblem

TEXT = b"The tide is out; the wall stands. " * 400
MIB = 1024 * 1024


def raw_deflate(data: bytes) -> bytes:
    """The deflate that some servers send: without zlib's header."""
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "DEFLATE ": raw_deflate,
    "br": brotli.compress,
    "zstd": zstandard.compress,
    "deflate, gzip": lambda data: gzip.compress(zlib.compress(data)),
    "identity, GZip": gzip.compress,
    "br,zstd,gzip,deflate": lambda data: zlib.compress(gzip.compress(zstandard.compress(brotli.compress(data)))),
}


class Stream:
    """A body on its way that remembers whether it was freed."""

    def __init__(self, *pieces: bytes, fails: Exception | None = None) -> None:
        self.pieces = list(pieces)
        self.fails = fails
        self.reads = 0
        self.closed = False

    async def read(self) -> bytes:
        self.reads += 1
        if self.pieces:
            return self.pieces.pop(0)
        if self.fails is not None:
            raise self.fails
        return b""

    async def aclose(self) -> None:
        self.closed = True


class Exchange:
    """One request through the policy, answered by hand."""

    def __init__(self, bounds: Bounds | None = None, *, runtime: Any = None, **options: Any) -> None:
        call = Call(runtime or BlockingRuntime(), Options(**options))
        self.request = Request("GET", "http://api.test/x?token=abc", call=call)
        self.policy = BoundsInterceptor(bounds or Bounds())
        self.asked: Request | None = None

    async def answer(self, status: int = 200, body: bytes | Stream = b"", **headers: str) -> Response:
        """Let the policy receive this answer."""
        fields = [(name.replace("_", "-"), value) for name, value in headers.items()]

        async def respond(request: Request) -> Response:
            self.asked = request
            streamed = {"stream": body} if isinstance(body, Stream) else {"content": body}
            response = Response(status, headers=fields, **streamed)  # type: ignore[arg-type]
            response.answers(request)
            return response

        return await self.policy(self.request, respond)

    def accept(self) -> str | None:
        """The Accept-Encoding that was sent."""
        drive(self.answer())
        assert self.asked is not None
        value: str | None = self.asked.headers.get("accept-encoding")
        return value


def pieces_of(data: bytes, size: int) -> Iterator[bytes]:
    """Cut data as a network would."""
    return (data[at : at + size] for at in range(0, len(data), size))


@pytest.mark.parametrize("size", [1, 1000, 1 << 20])
@pytest.mark.parametrize("coding", PACKERS)
def test_every_coding_is_undone_in_pieces_of_any_size(coding: str, size: int) -> None:
    """A compressed body comes out whole, however the network cuts it."""
    stream = Stream(*pieces_of(PACKERS[coding](TEXT), size))
    response = drive(Exchange().answer(200, stream, content_encoding=coding))
    assert response.content == TEXT
    assert stream.closed


@pytest.mark.parametrize("coding", PACKERS)
def test_every_coding_is_undone_in_memory(coding: str) -> None:
    """A compressed body that the transport gave whole is unpacked as well."""
    response = drive(Exchange().answer(200, PACKERS[coding](TEXT), content_encoding=coding))
    assert response.content == TEXT


@pytest.mark.parametrize("coding", PACKERS)
def test_a_body_cut_short_is_a_protocol_problem(coding: str) -> None:
    """A truncated compressed body never passes as a whole one."""
    packed = PACKERS[coding](TEXT)
    for end in (1, len(packed) // 2, len(packed) - 1):
        stream = Stream(packed[:end])
        with pytest.raises(ProtocolProblem) as caught:
            drive(Exchange().answer(200, stream, content_encoding=coding))
        assert caught.value.sent is Sent.YES
        assert caught.value.status == 200
        assert stream.closed


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_a_corrupt_body_is_a_protocol_problem(coding: str) -> None:
    """No error of a compression library reaches the caller, not even as context."""
    stream = Stream(b"\xff\xee" * 40)
    with pytest.raises(ProtocolProblem) as caught:
        drive(Exchange().answer(200, stream, content_encoding=coding))
    assert caught.value.__context__ is None
    assert "error" in str(caught.value.__cause__).lower()
    assert stream.closed


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300), st.sampled_from(["gzip", "deflate", "br", "zstd", "gzip, br"]), st.booleans())
def test_any_bytes_unpack_or_are_a_problem(data: bytes, coding: str, begins_well: bool) -> None:
    """Whatever bytes come under whatever coding: a body, or a ProtocolProblem."""
    if begins_well:
        data = PACKERS[coding](TEXT)[:20] + data if coding in PACKERS else gzip.compress(data)
    stream, sent = Stream(data), Sent.YES
    try:
        drive(Exchange(Bounds(body=MIB)).answer(200, stream, content_encoding=coding))
    except (ProtocolProblem, TooLargeProblem) as problem:
        sent = problem.sent
    assert sent is Sent.YES
    assert stream.closed


@settings(max_examples=60, deadline=None)
@given(st.lists(st.binary(max_size=50), max_size=6), st.integers(1, 40))
def test_gzip_members_are_joined(members: list[bytes], size: int) -> None:
    """A gzip body of several members, empty ones among them, gives all of them."""
    packed = b"".join(gzip.compress(member) for member in members)
    response = drive(Exchange().answer(200, Stream(*pieces_of(packed, size)), content_encoding="gzip"))
    assert response.content == b"".join(members)


def test_zstd_frames_are_joined() -> None:
    """A zstd body of several frames, skippable ones among them, gives all of them."""
    packed = zstandard.compress(b"one ") + b"\x50\x2a\x4d\x18\x03\x00\x00\x00abc" + zstandard.compress(b"two")
    assert drive(Exchange().answer(200, packed, content_encoding="zstd")).content == b"one two"


def test_padding_after_gzip_is_ignored() -> None:
    """What follows the last member and begins no other is dropped, as browsers do."""
    stream = Stream(gzip.compress(TEXT) + b"\0" * 512, b"\0" * 99)
    assert drive(Exchange().answer(200, stream, content_encoding="gzip")).content == TEXT


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_an_empty_body_needs_no_compression(coding: str) -> None:
    """Servers name a coding and send nothing: that is an empty body."""
    assert drive(Exchange().answer(200, Stream(), content_encoding=coding)).content == b""


@pytest.mark.parametrize("coding", ["compress", "gzip, rot13", "identity", ""])
def test_an_unknown_coding_is_left_alone(coding: str) -> None:
    """A body that cannot be unpacked wholly is handed on as it came."""
    assert drive(Exchange().answer(200, Stream(b"as it came"), content_encoding=coding)).content == b"as it came"


def test_too_many_codings_are_refused() -> None:
    """A body said to be packed five times over is not touched."""
    stream = Stream(gzip.compress(TEXT))
    with pytest.raises(ProtocolProblem) as caught:
        drive(Exchange().answer(200, stream, content_encoding="gzip, gzip, gzip, gzip, gzip"))
    assert "5 times" in caught.value.detail
    assert (stream.reads, stream.closed) == (0, True)


@pytest.mark.parametrize(("method", "status"), [("HEAD", 200), ("GET", 204), ("GET", 304)])
def test_answers_without_a_body_are_untouched(method: str, status: int) -> None:
    """A head that describes a body which does not come is no error."""
    exchange = Exchange(Bounds(body=10))
    exchange.request = exchange.request.with_method(method)
    response = drive(exchange.answer(status, Stream(), content_encoding="gzip", content_length="4000"))
    assert response.content == b""


def bomb(coding: str) -> Stream:
    """512 MiB of zeros, as few bytes as the coding allows."""
    zeros = b"\0" * (16 * MIB)
    if coding == "br":
        return Stream(brotli.compress(zeros * 4, quality=5))
    if coding == "deflate":
        return Stream(zlib.compress(zeros * 4))
    packed = PACKERS[coding](zeros)
    return Stream(*[packed] * 32)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_a_bomb_takes_no_more_memory_than_the_cap(coding: str) -> None:
    """Unpacking stops at the cap, and the memory with it, also after the failure."""
    stream, exchange = bomb(coding), Exchange(Bounds(body=24 * MIB))
    tracemalloc.start()
    try:
        with pytest.raises(TooLargeProblem) as caught:
            drive(exchange.answer(200, stream, content_encoding=coding))
        kept, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 36 * MIB
    assert kept < 4 * MIB
    assert (caught.value.sent, caught.value.status, stream.closed) == (Sent.YES, 200, True)
    assert "bounds.body" in caught.value.detail


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
def test_a_streamed_bomb_comes_in_small_pieces(coding: str) -> None:
    """A stream yields pieces of at most 64 KiB and holds few of them, whatever it unpacks to."""
    response = drive(Exchange(stream=True).answer(200, bomb(coding), content_encoding=coding))
    size = biggest = 0
    tracemalloc.start()
    try:
        for piece in response.iter_bytes():
            size += len(piece)
            biggest = max(biggest, len(piece))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (size, biggest) == (512 * MIB, 64 * 1024)
    assert peak < 20 * MIB


def test_a_stream_may_be_capped_too() -> None:
    """With `stream` set, a streamed body ends at that bound and its connection is freed."""
    stream = Stream(b"a" * 60, b"b" * 60)
    response = drive(Exchange(Bounds(stream=100), stream=True).answer(200, stream))
    with pytest.raises(TooLargeProblem) as caught:
        list(response.iter_bytes())
    assert "bounds.stream" in caught.value.detail
    assert stream.closed


def test_a_body_announced_too_large_is_not_read() -> None:
    """A Content-Length over the cap is refused before the first byte, and the response closed."""
    stream = Stream(b"a" * 60)
    with pytest.raises(TooLargeProblem) as caught:
        drive(Exchange(Bounds(body=50)).answer(200, stream, content_length="60"))
    assert (stream.reads, stream.closed) == (0, True)
    assert caught.value.response is not None
    assert caught.value.url == "http://api.test/x?token=[redacted]"


@pytest.mark.parametrize("body", [b"a" * 60, Stream(b"a" * 30, b"a" * 30)])
def test_a_body_that_turns_out_too_large_is_refused(body: bytes | Stream) -> None:
    """Without an honest Content-Length the bytes are counted."""
    with pytest.raises(TooLargeProblem):
        drive(Exchange(Bounds(body=59)).answer(200, body, content_length="lots"))
    assert not isinstance(body, Stream) or body.closed


def test_a_body_of_exactly_the_cap_passes() -> None:
    """The bound is the biggest body that is allowed."""
    assert drive(Exchange(Bounds(body=60)).answer(200, Stream(b"a" * 60), content_length="60")).content == b"a" * 60
    assert drive(Exchange(Bounds(body=60)).answer(200, b"a" * 60)).content == b"a" * 60


def test_problems_from_below_pass_untouched() -> None:
    """A broken connection is told as the transport told it, and the stream is freed."""
    broken = DisconnectProblem(sent=Sent.YES)
    stream = Stream(gzip.compress(TEXT)[:40], fails=broken)
    with pytest.raises(DisconnectProblem) as caught:
        drive(Exchange().answer(200, stream, content_encoding="gzip"))
    assert caught.value is broken
    assert stream.closed


def test_a_part_is_not_unpacked() -> None:
    """A range is counted in packed bytes, and half a gzip cannot be unpacked."""
    half = gzip.compress(TEXT)[20:]
    assert drive(Exchange().answer(206, Stream(half), content_encoding="gzip")).content == half


def test_what_can_be_unpacked_is_asked_for() -> None:
    """Accept-Encoding names every coding that is installed."""
    assert Exchange().accept() == "gzip, deflate, br, zstd"


def test_a_range_asks_for_no_compression() -> None:
    """A request for a part wants the bytes of the thing itself."""
    exchange = Exchange()
    exchange.request = exchange.request.with_header("Range", "bytes=5-")
    assert exchange.accept() == "identity"


def test_the_caller_may_ask_differently() -> None:
    """An Accept-Encoding of the caller's stays, and the body is unpacked all the same."""
    exchange = Exchange()
    exchange.request = exchange.request.with_header("accept-encoding", "br")
    assert exchange.accept() == "br"
    assert drive(exchange.answer(200, brotli.compress(TEXT), content_encoding="br")).content == TEXT


def test_without_decompression_the_body_stays_packed() -> None:
    """With `decompress=False` nothing is asked for and nothing unpacked; the cap holds."""
    exchange, packed = Exchange(Bounds(decompress=False, body=100)), gzip.compress(b"x")
    assert exchange.accept() is None
    assert drive(exchange.answer(200, packed, content_encoding="gzip")).content == packed
    with pytest.raises(TooLargeProblem):
        drive(exchange.answer(200, Stream(b"a" * 101), content_encoding="gzip"))


def test_an_ordinary_body_is_not_copied() -> None:
    """A small body that needs nothing is the very object that the transport gave."""
    body = bytes(bytearray(TEXT))
    assert drive(Exchange().answer(200, body)).content is body
    assert drive(Exchange().answer(200, Stream(body))).content is body


@pytest.mark.parametrize("stream", [True, False])
def test_progress_is_told(stream: bool) -> None:
    """Each piece is reported, with the total where the head gives one."""
    seen: list[Progress] = []
    body = Stream(b"a" * 30, b"b" * 70)
    exchange = Exchange(Bounds(piece=40), stream=stream, on_download=seen.append)
    drive(exchange.answer(200, body, content_length="100")).read()
    assert seen == [Progress(30, 100), Progress(70, 100), Progress(100, 100)]


def test_progress_of_an_unpacked_body_has_no_total() -> None:
    """Content-Length counts packed bytes, so that it says nothing about what comes out."""
    seen: list[Progress] = []
    packed = gzip.compress(TEXT)
    exchange = Exchange(on_download=seen.append)
    drive(exchange.answer(200, packed, content_encoding="gzip", content_length=str(len(packed))))
    assert seen == [Progress(len(TEXT), None)]


def test_a_failing_progress_callback_frees_the_connection() -> None:
    """An error of the user's own callback reaches him, and nothing leaks."""

    def show(progress: Progress) -> None:
        raise LookupError("no such bar")

    stream = Stream(b"abc")
    with pytest.raises(LookupError):
        drive(Exchange(on_download=show).answer(200, stream))
    assert stream.closed


def test_an_abandoned_stream_is_freed() -> None:
    """Closing a response frees the connection through all filters."""
    stream = Stream(gzip.compress(TEXT))
    response = drive(Exchange(Bounds(piece=10), stream=True).answer(200, stream, content_encoding="gzip"))
    assert next(response.iter_bytes()) == TEXT[:10]
    response.close()
    assert stream.closed


def test_the_same_in_asyncio() -> None:
    """A body is bounded and unpacked in the world of tasks as in that of threads."""

    async def main() -> list[bytes]:
        exchange = Exchange(Bounds(piece=5000), runtime=AsyncioRuntime(), stream=True)
        response = await exchange.answer(200, Stream(gzip.compress(TEXT)), content_encoding="gzip")
        return [piece async for piece in response.aiter_bytes()]

    pieces = asyncio.run(main())
    assert b"".join(pieces) == TEXT
    assert max(map(len, pieces)) == 5000


def test_a_cancelled_task_frees_the_connection() -> None:
    """A task that is cancelled in mid-body leaves no stream open."""

    class Silent(Stream):
        async def read(self) -> bytes:
            if not self.pieces:
                await asyncio.Event().wait()
            return await super().read()

    async def main() -> bool:
        stream = Silent(b"abc")
        task = asyncio.create_task(Exchange(runtime=AsyncioRuntime()).answer(200, stream))
        while stream.pieces:
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return stream.closed

    assert asyncio.run(main())


@pytest.mark.parametrize(
    ("name", "value"),
    [("body", 0), ("body", -1), ("body", True), ("body", 1e6), ("piece", 0), ("piece", None), ("stream", 0), ("decompress", 1)],
)
def test_a_wrong_bound_fails_by_name(name: str, value: object) -> None:
    """An option that makes no sense is refused when it is written, by its name."""
    with pytest.raises(UsageError, match=name):
        Bounds(**{name: value})  # type: ignore[arg-type]


@pytest.fixture
def fresh_codings() -> Iterator[None]:
    """What is installed is looked up anew, before and after."""
    names = ["_brotli", "_zstandard", "_standard_zstd"]
    folder = codings_module.__name__.rpartition(".")[0]
    kept = {name: sys.modules.pop(f"{folder}.{name}", None) for name in names}
    codings_module.known_codings.cache_clear()
    yield
    for name, module in kept.items():
        sys.modules.pop(f"{folder}.{name}", None)
        if module is not None:
            sys.modules[f"{folder}.{name}"] = module
    codings_module.known_codings.cache_clear()


@pytest.mark.usefixtures("fresh_codings")
def test_what_is_not_installed_is_not_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extras gzip and deflate remain, and br is handed on as it came."""
    for name in ("brotli", "zstandard", "compression.zstd"):
        monkeypatch.setitem(sys.modules, name, None)
    exchange = Exchange()
    assert exchange.accept() == "gzip, deflate"
    assert drive(exchange.answer(200, b"packed", content_encoding="br")).content == b"packed"


@pytest.mark.usefixtures("fresh_codings")
def test_a_brotli_that_cannot_be_bounded_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """A version whose output has no bound counts as not installed."""
    monkeypatch.setitem(sys.modules, "brotli", SimpleNamespace(Decompressor=object, error=ValueError))
    assert Exchange().accept() == "gzip, deflate, zstd"


@pytest.mark.usefixtures("fresh_codings")
def test_the_standard_library_comes_first_for_zstd(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python's own zstd is used where it exists, with the window that RFC 9659 allows."""

    class Decompressor:
        eof = False
        needs_input = True
        unused_data = b""

        def __init__(self, options: dict[str, int]) -> None:
            assert options == {"window": 23}

        def decompress(self, data: bytes, max_length: int) -> bytes:
            self.eof = True
            return data.upper()

    parameters = SimpleNamespace(window_log_max="window")
    module = SimpleNamespace(ZstdDecompressor=Decompressor, ZstdError=ValueError, DecompressionParameter=parameters)
    monkeypatch.setitem(sys.modules, "compression", SimpleNamespace(zstd=module))
    monkeypatch.setitem(sys.modules, "compression.zstd", module)
    assert drive(Exchange().answer(200, b"abc", content_encoding="zstd")).content == b"ABC"


def test_headers_stay_as_they_came() -> None:
    """Unpacking changes the body and leaves the head as the server sent it."""
    response = drive(Exchange().answer(200, gzip.compress(TEXT), content_encoding="gzip"))
    assert response.headers == Headers([("content-encoding", "gzip")])
