"""Bodies: what goes out, how long it is, and whether it can go out again."""

import os
from collections.abc import AsyncIterator, Iterator
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawall.model import BytesBody, Progress, StreamBody, UsageError, WatchedBody, make_body
from tests.unit.model.bodies import read, sent
from tests.worlds import World

CONTENT = b"the whole content"


def pieces() -> Iterator[bytes]:
    yield from (b"the ", b"", b"whole ", b"content")


async def async_pieces() -> AsyncIterator[bytes]:
    for piece in pieces():
        yield piece


class Unseekable(BytesIO):
    def seekable(self) -> bool:
        return False


class Reads:
    """As little of a file as there can be."""

    def __init__(self) -> None:
        self._file = BytesIO(CONTENT)

    def read(self, size: int) -> bytes:
        return self._file.read(size)


@pytest.mark.parametrize(
    ("make", "length", "again"),
    [
        (lambda path: CONTENT, 17, True),
        (lambda path: CONTENT.decode(), 17, True),
        (lambda path: bytearray(CONTENT), 17, True),
        (lambda path: memoryview(CONTENT), 17, True),
        (lambda path: path, 17, True),
        (lambda path: BytesIO(CONTENT), 17, True),
        (lambda path: pieces, None, True),
        (lambda path: [b"the whole ", b"content"], None, True),
        (lambda path: pieces(), None, False),
        (lambda path: Unseekable(CONTENT), None, False),
        (lambda path: Reads(), None, False),
    ],
)
async def test_each_kind_knows_its_length_and_whether_it_can_go_again(
    make: Any, length: int | None, again: bool, tmp_path: Path, world: World
) -> None:
    """Each kind of content is sent whole; a replay is the same byte for byte, or is refused and known to be."""
    path = tmp_path / "content"
    path.write_bytes(CONTENT)
    body = make_body(make(path))
    assert body.length == length
    assert body.replayable
    assert await read(body, world.runtime()) == CONTENT
    assert body.replayable is again
    if again:
        assert await read(body, world.runtime()) == CONTENT
    else:
        with pytest.raises(UsageError, match=r"^content: "):
            body.open(world.runtime())


async def test_async_iterators_belong_to_asyncio(world: World) -> None:
    """An async iterator is sent by tasks, once, or again where a function makes it; threads refuse it by name."""
    body = make_body(async_pieces)
    if world.is_blocking:
        with pytest.raises(UsageError, match="AsyncClient"):
            body.open(world.runtime())
        return
    assert await read(body, world.runtime()) == await read(body, world.runtime()) == CONTENT
    once = make_body(async_pieces())
    assert await read(once, world.runtime()) == CONTENT
    assert not once.replayable


@given(st.lists(st.binary(max_size=20), max_size=8), st.integers(0, 5))
def test_any_pieces_are_replayed_alike(contents: list[bytes], skipped: int) -> None:
    """However content is cut and wherever a file stood, every sending gives the same bytes."""
    whole = b"".join(contents)
    file = BytesIO(whole)
    file.seek(min(skipped, len(whole)))
    for body, expected in [
        (make_body(lambda: iter(contents)), whole),
        (make_body(file), whole[skipped:]),
        (make_body(whole), whole),
    ]:
        assert [sent(body) for _ in range(3)] == [expected] * 3


@pytest.mark.parametrize("change", ["grown", "shrunk", "touched", "replaced", "gone", "folder"])
def test_a_changed_file_cannot_go_again(change: str, tmp_path: Path) -> None:
    """A file that is not what it was is known to be unreplayable, and is refused before a byte of it is sent."""
    path = tmp_path / "a"
    path.write_bytes(CONTENT)
    body = make_body(path)
    assert sent(body) == CONTENT
    match change:
        case "grown":
            path.write_bytes(CONTENT * 2)
        case "shrunk":
            path.write_bytes(b"")
        case "touched":
            os.utime(path, (1, 1))
        case "replaced":
            other = tmp_path / "b"
            other.write_bytes(CONTENT)
            other.replace(path)
        case _:
            path.unlink()
            if change == "folder":
                path.mkdir()
    assert not body.replayable
    with pytest.raises(UsageError, match=r"^content: "):
        sent(body)


def test_a_pipe_is_no_file_of_known_length(tmp_path: Path) -> None:
    """A path that is no regular file is refused, since its length is not what its entry says."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UsageError, match="no regular file"):
        make_body(tmp_path / "pipe")


@pytest.mark.parametrize("content", [7, None, {"a": 1}, object(), StringIO("text"), "\ud800", Path("no such file"), Path("/")])
def test_what_cannot_be_sent_is_refused(content: Any) -> None:
    """What is no content is misuse of the option content, found before anything is sent."""
    with pytest.raises(UsageError, match=r"^content: ") as caught:
        make_body(content)
    assert caught.value.__context__ is None


@pytest.mark.parametrize("source", [["text"], iter([7]), lambda: [None, "text"], [1, 2]])
def test_pieces_that_are_no_bytes_are_refused(source: Any) -> None:
    """A body is made of bytes, and any other piece is misuse."""
    with pytest.raises(UsageError, match="made of bytes"):
        sent(make_body(source))


def test_an_empty_text_file_ends() -> None:
    """A source whose reads give an empty text at the end does not read on for ever."""
    source = type("TextLike", (), {"read": lambda self, size: ""})()
    assert sent(StreamBody(source)) == b""


def test_a_big_file_comes_in_pieces(tmp_path: Path) -> None:
    """A file is read piece by piece, never whole."""
    path = tmp_path / "big"
    path.write_bytes(os.urandom(600_000))
    body = make_body(path)
    reports: list[Progress] = []
    assert sent(WatchedBody(body, reports.append)) == path.read_bytes()
    assert [report.done for report in reports] == [262_144, 524_288, 600_000]
    assert {report.total for report in reports} == {600_000}
    assert reports[-1].fraction == 1.0


def test_a_watched_body_is_the_body_it_watches() -> None:
    """Watching changes neither what is sent nor what is known of it, and starts again with each sending."""
    reports: list[Progress] = []
    body = WatchedBody(BytesBody(CONTENT, "a/b", secret=True), reports.append)
    assert (body.length, body.media_type, body.secret, body.replayable) == (17, "a/b", True, True)
    assert sent(body) == sent(body) == CONTENT
    assert [report.done for report in reports] == [17, 17]
    once = WatchedBody(make_body(pieces()), reports.append)
    sent(once)
    assert not once.replayable
    assert reports[-1] == Progress(17, None)
    assert reports[-1].fraction is None


def test_a_repr_shows_no_content() -> None:
    """The text of a body is not in its repr."""
    for content in (b"canary7f3a", BytesIO(b"canary7f3a"), [b"canary7f3a"]):
        assert "canary7f3a" not in repr(make_body(content))
