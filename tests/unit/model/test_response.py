"""A response: its text, its pieces, and the end of its body."""

import pickle
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawall.model import Call, Completion, Request, Response, ServerEvent, StreamLimitError, UsageError, charset_of
from tests.worlds import World


class Pieces:
    """A stream of given pieces; an exception among them is raised."""

    def __init__(self, *pieces: bytes | BaseException) -> None:
        self.pieces = list(pieces)
        self.closed = 0

    async def read(self) -> bytes:
        piece = self.pieces.pop(0) if self.pieces else b""
        if isinstance(piece, BaseException):
            raise piece
        return piece

    async def aclose(self) -> None:
        self.closed += 1


class TooLarge:
    """The part of a decoder that streams need."""

    def decode(self, response: Response, into: Any, data: bytes | None = None) -> Any:
        return (response.status, into, data)

    def too_large(self, response: Response, error: StreamLimitError) -> Exception:
        return OverflowError(str(error))


def streamed(world: World, stream: Pieces) -> Response:
    request = Request("GET", "https://a.example/?token=canary7f3a", call=Call(world.runtime()))
    response = Response(200, stream=stream, request=request)
    response.decode_with(TooLarge())
    return response


@pytest.mark.parametrize(
    ("content_type", "content", "text"),
    [
        ("text/plain; charset=iso-8859-1", b"\xe9", "é"),
        ('text/plain; Charset="UTF-16LE"', "é".encode("utf-16-le"), "é"),
        ("text/plain; charset=windows-1251", "да".encode("cp1251"), "да"),
        ("text/plain; charset=Shift_JIS", "あ".encode("shift_jis"), "あ"),
        ("text/plain", "é€".encode(), "é€"),
        ("text/plain; charset=utf-8", b"a\xffb", "a\ufffdb"),
        ("text/plain; charset=no-such", "é".encode(), "é"),
        ("text/plain; charset=punycode", b"bcher-kva", "bcher-kva"),
        ("text/plain; charset=unicode_escape", b"\\x41", "\\x41"),
        ("text/plain; charset=zlib", b"a", "a"),
        ("", b"", ""),
    ],
)
def test_text_is_in_the_charset_that_was_named(content_type: str, content: bytes, text: str) -> None:
    """A charset of the web is followed; what is none is read as UTF-8."""
    assert Response(200, headers={"content-type": content_type}, content=content).text == text


@given(st.text(max_size=60) | st.from_regex(r"a/b; charset=[A-Za-z0-9._:-]{1,40}"), st.binary(max_size=40))
def test_any_charset_and_bytes_give_text(content_type: str, content: bytes) -> None:
    """No charset and no bytes make `text` raise."""
    response = Response(200, headers={"content-type": content_type}, content=content)
    assert isinstance(response.text, str)
    assert b"a".decode(charset_of(content_type), "replace") is not None


async def test_the_end_is_told_once(world: World) -> None:
    """Reading to the end closes the stream and tells every listener once, also one that comes late."""
    stream, told = Pieces(b"a", b"bc"), list[Completion]()
    response = streamed(world, stream)
    response.on_completion(told.append)
    assert response.is_streamed
    assert await response.aread() == b"abc"
    assert await response.aread() == response.content == b"abc"
    response.on_completion(told.append)
    await response.aclose()
    assert told == [Completion("end", 3)] * 2
    assert stream.closed == 1


async def test_a_broken_body_is_told_with_its_error(world: World) -> None:
    """A body that breaks off raises what broke it, tells it, and is not read on."""
    error, told = ConnectionResetError(), list[Completion]()
    response = streamed(world, Pieces(b"ab", error))
    response.on_completion(told.append)
    with pytest.raises(ConnectionResetError):
        await response.aread()
    assert told == [Completion("error", 2, error)]
    for read_on in (response.aread, response.next_piece):
        with pytest.raises(UsageError):
            await read_on()


async def test_closing_early_frees_the_stream(world: World) -> None:
    """A body closed before its end frees its stream, tells so, and is not read on."""
    stream, told = Pieces(b"a", b"b"), list[Completion]()
    async with streamed(world, stream) as response:
        response.on_completion(told.append)
        assert await response.next_piece() == b"a"
    assert told == [Completion("closed", 1)]
    assert stream.closed == 1
    with pytest.raises(UsageError):
        await response.next_piece()


async def test_the_rest_of_a_body_is_not_taken_for_the_whole(world: World) -> None:
    """After an iterator took some of a body, reading all of it is refused instead of giving the rest or nothing."""
    for taken in (1, 2):
        response = streamed(world, Pieces(b"a", b"b"))
        for _ in range(taken + 1):
            await response.next_piece()
        with pytest.raises(UsageError, match="in pieces"):
            await response.aread()
        with pytest.raises(UsageError, match="streamed"):
            _ = response.content


async def test_pieces_lines_and_events_in_both_worlds(world: World) -> None:
    """A streamed and a buffered body give the same pieces, lines and events."""
    assert [piece async for piece in world.pieces(streamed(world, Pieces(b"a", b"b")))] == [b"a", b"b"]
    assert [line async for line in world.lines(streamed(world, Pieces(b"a\r", b"\nb")))] == ["a", "b"]
    events = [event.data async for event in world.events(streamed(world, Pieces(b"data: a\n", b"\ndata: b\n\n")))]
    assert events == ["a", "b"]
    buffered = Response(200, content=b"a\nb", request=Request("GET", "https://a.example/", call=Call(world.runtime())))
    assert [line async for line in world.lines(buffered)] == ["a", "b"]


async def test_an_event_is_decoded_by_its_response(world: World) -> None:
    """The JSON of an event goes through what decodes the response's own, which knows more types than one by hand."""
    [event] = [event async for event in world.events(streamed(world, Pieces(b"data: [1]\n\n")))]
    assert event.json(list[int]) == (200, list[int], b"[1]")
    assert event.json() == (200, Any, b"[1]")


async def test_an_event_is_no_more_than_its_fields(world: World) -> None:
    """Where an event came from is neither compared nor shown nor kept in a pickle."""
    [event] = [event async for event in world.events(streamed(world, Pieces(b"data: [1]\n\n")))]
    by_hand = ServerEvent("[1]")
    assert (event, repr(event), hash(event)) == (by_hand, repr(by_hand), hash(by_hand))
    assert pickle.loads(pickle.dumps(event)) == event
    assert msgspec.json.encode(event) == msgspec.json.encode(by_hand)


async def test_a_line_without_end_closes_the_body(world: World) -> None:
    """A stream over its bound is closed, and the problem is made above."""
    stream = Pieces(*[b"a" * 2**19] * 3)
    with pytest.raises(OverflowError):
        _ = [line async for line in world.lines(streamed(world, stream))]
    assert stream.closed == 1


def test_a_response_by_hand_says_what_it_lacks() -> None:
    """What a response made by hand does not have is refused as misuse."""
    response = Response(418, headers=[("Link", "</a>; rel=next"), ("Link", "</b>; rel=last")])
    for ask in (lambda: response.request, lambda: response.url, lambda: response.decoder, response.json, response.explain):
        with pytest.raises(UsageError):
            ask()
    assert (response.reason, response.ok, response.status_code, response.is_answer) == ("I'm a Teapot", False, 418, False)
    assert (Response(799).reason, Response(204).ok) == ("", True)
    assert {rel: link.url for rel, link in response.links.items()} == {"next": "/a", "last": "/b"}
    assert response.content == b""


def test_no_repr_or_pickle_shows_a_cookie_or_a_query(world: World) -> None:
    """What is shown of a response holds neither its cookies nor the secrets of its URL."""
    response = Response(200, headers={"Set-Cookie": "canary7f3a"})
    response_here = Response(200, request=Request("GET", "https://a.example/?token=canary7f3a"))
    assert "canary7f3a" not in repr(response) + repr(response.headers) + repr(response_here)
    assert b"canary7f3a" not in pickle.dumps(response.headers)
