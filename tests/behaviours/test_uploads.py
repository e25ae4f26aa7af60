"""Bodies on their way to the server: forms, files, iterators, progress, replay."""

import email
import io
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import seawall
from seawall import Progress, Retry
from seawall.testing import FaultServer, LostAnswer, Reply, SeenCall
from tests.behaviours.kit import outcome
from tests.worlds import World

DATA = bytes(range(256)) * 4096  # 1 MiB
AGAIN = Retry(backoff=0)


def _form(call: SeenCall) -> list[tuple[str | None, str | None, str, bytes]]:
    """The parts of a multipart form: name, file name, media type, content."""
    head = f"Content-Type: {call.headers['content-type']}\r\n\r\n".encode()
    parts: Any = email.message_from_bytes(head + call.body).get_payload()
    return [
        (
            part.get_param("name", header="content-disposition"),
            part.get_filename(),
            part.get_content_type(),
            part.get_payload(decode=True),
        )
        for part in parts
    ]


async def test_a_form_with_files(world: World, fault_server: FaultServer, tmp_path: Path) -> None:
    """A multipart form holds its fields first, then each file under its name, with its file name and media type."""
    path = tmp_path / "ada.png"
    path.write_bytes(DATA)
    route = fault_server.route("POST", "/avatars", Reply(201))
    files = [
        ("file", path),
        ("text", ("notes.txt", b"hello")),
        ("odd", ("a.bin", io.BytesIO(b"bytes"), "application/x-odd")),
        ("lines", ("l.csv", iter([b"a", b"b"]))),
    ]
    async with world.client(fault_server.url) as api:
        await api.post("/avatars", data={"name": "Ada", "tags": ["x", "y"], "none": None}, files=files)
    assert _form(route.calls[0]) == [
        ("name", None, "text/plain", b"Ada"),
        ("tags", None, "text/plain", b"x"),
        ("tags", None, "text/plain", b"y"),
        ("file", "ada.png", "image/png", DATA),
        ("text", "notes.txt", "text/plain", b"hello"),
        ("odd", "a.bin", "application/x-odd", b"bytes"),
        ("lines", "l.csv", "text/csv", b"ab"),
    ]
    assert route.calls[0].headers["transfer-encoding"] == "chunked"


async def test_a_file_name_cannot_break_out(world: World, fault_server: FaultServer) -> None:
    """Quotes and line breaks in names are escaped as browsers do it."""
    route = fault_server.route("POST", "/avatars", Reply(201))
    async with world.client(fault_server.url) as api:
        await api.post("/avatars", files={'na"me': ('a"\r\nX-Evil: 1\r\n\r\n.txt', b"x")})
    assert b"X-Evil: 1\r\n" not in route.calls[0].body
    assert b'name="na%22me"; filename="a%22%0D%0AX-Evil: 1%0D%0A%0D%0A.txt"' in route.calls[0].body


def _sync() -> Iterator[bytes]:
    yield from (DATA[:1000], b"", DATA[1000:])


async def _async() -> AsyncIterator[bytes]:
    for piece in (DATA[:1000], b"", DATA[1000:]):
        yield piece


class _Unseekable(io.RawIOBase):
    """A pipe: it can be read once."""

    def __init__(self) -> None:
        self._file = io.BytesIO(DATA)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._file.readinto(buffer)


SOURCES: dict[str, tuple[Callable[[Path], Any], bool, bool]] = {
    "bytes": (lambda path: DATA, True, True),
    "bytearray": (lambda path: bytearray(DATA), True, True),
    "memoryview": (lambda path: memoryview(DATA), True, True),
    "path": (lambda path: path, True, True),
    "file": (lambda path: io.BytesIO(DATA), True, True),
    "pipe": (lambda path: _Unseekable(), False, False),
    "iterator": (lambda path: _sync(), False, False),
    "function": (lambda path: _sync, True, False),
    "list": (lambda path: [DATA[:1000], DATA[1000:]], True, False),
}


@pytest.mark.parametrize("kind", sorted(SOURCES))
async def test_every_source_is_sent_whole(world: World, fault_server: FaultServer, tmp_path: Path, kind: str) -> None:
    """Each kind of body arrives byte for byte, with its length where that is known."""
    path = tmp_path / "data"
    path.write_bytes(DATA)
    make, _, sized = SOURCES[kind]
    route = fault_server.route("PUT", "/data", Reply(200))
    async with world.client(fault_server.url) as api:
        await api.put("/data", content=make(path))
    assert route.calls[0].body == DATA
    assert route.calls[0].headers.get("content-length") == (str(len(DATA)) if sized else None)


@pytest.mark.parametrize("kind", sorted(SOURCES))
async def test_what_can_be_replayed_is(world: World, fault_server: FaultServer, tmp_path: Path, kind: str) -> None:
    """R3: over real sockets a replayed body is identical byte for byte, and one that is spent is refused by type."""
    path = tmp_path / "data"
    path.write_bytes(DATA)
    make, replayable, _ = SOURCES[kind]
    route = fault_server.route("PUT", "/data", LostAnswer(), Reply(200))
    async with world.client(fault_server.url, retry=AGAIN) as api:
        result = await outcome(api.put("/data", content=make(path)))
    if replayable:
        assert [call.body == DATA for call in route.calls] == [True, True]
    else:
        assert result.stopped is seawall.StopReason.BODY_NOT_REPLAYABLE
        assert len(route.calls) == 1


async def test_a_replayed_form_is_identical(world: World, fault_server: FaultServer, tmp_path: Path) -> None:
    """R3: a multipart form with a Path is replayed with the same boundary and the same bytes."""
    path = tmp_path / "ada.png"
    path.write_bytes(DATA)
    route = fault_server.route("POST", "/avatars", LostAnswer(), LostAnswer(), Reply(201))
    async with world.client(fault_server.url, retry=AGAIN) as api:
        await api.post("/avatars", data={"name": "Ada"}, files={"file": path}, idempotency_key=True)
    first, second, third = route.calls
    assert first.body == second.body == third.body
    assert first.headers["content-type"] == third.headers["content-type"]


async def test_an_async_iterator(world: World, fault_server: FaultServer) -> None:
    """An async iterator is a body for AsyncClient, and a named mistake for Client."""
    route = fault_server.route("PUT", "/data", Reply(200))
    async with world.client(fault_server.url) as api:
        if world.is_blocking:
            with pytest.raises(seawall.UsageError, match="AsyncClient"):
                await api.put("/data", content=_async())
        else:
            await api.put("/data", content=_async())
            await api.put("/data", content=_async)
            assert [call.body == DATA for call in route.calls] == [True, True]


async def test_an_iterator_of_text_is_named(world: World, fault_server: FaultServer) -> None:
    """An iterator that gives anything but bytes is refused by name."""
    fault_server.route("PUT", "/data", Reply(200))
    async with world.client(fault_server.url) as api:
        with pytest.raises(seawall.UsageError, match="content: the iterator gave str"):
            await api.put("/data", content=iter(["text"]))


async def test_an_iterator_that_fails(world: World, fault_server: FaultServer) -> None:
    """What the user's own iterator raises comes out as it is, the call is not retried, and the client stays usable."""

    def failing() -> Iterator[bytes]:
        yield b"x" * 1000
        raise KeyError("mine")

    fault_server.route("PUT", "/data", Reply(200))
    async with world.client(fault_server.url, max_connections=1) as api:
        with pytest.raises(KeyError, match="mine"):
            await api.put("/data", content=failing)
        assert (await api.put("/data", content=b"x")).status == 200


@pytest.mark.parametrize("kind", ["bytes", "path", "iterator"])
async def test_progress_of_an_upload(world: World, fault_server: FaultServer, tmp_path: Path, kind: str) -> None:
    """Progress grows to the whole size, and begins anew with each attempt."""
    path = tmp_path / "data"
    path.write_bytes(DATA)
    make, replayable, sized = SOURCES[kind]
    fault_server.route("PUT", "/data", *([LostAnswer()] if replayable else []), Reply(200))
    seen: list[Progress] = []
    async with world.client(fault_server.url, retry=AGAIN) as api:
        await api.put("/data", content=make(path), on_upload=seen.append)
    done = [progress.done for progress in seen]
    half = done.index(len(DATA)) + 1
    assert done[:half] == sorted(done[:half])
    assert done[half:] == (done[:half] if replayable else [])
    assert {progress.total for progress in seen} == {len(DATA) if sized else None}
    assert seen[half - 1].fraction == (1.0 if sized else None)
