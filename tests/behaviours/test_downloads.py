"""Downloads to a file: whole or not there, and resumed where they broke off."""

import fcntl
import threading
from pathlib import Path
from typing import Any

import pytest

import seawall
from seawall import Progress, Retry
from seawall.testing import CloseAfter, Drip, FakeClock, FaultServer, Reply, SeenCall, Truncate, retry_off
from tests.behaviours.kit import URL, Script, outcome
from tests.worlds import World

DATA = bytes(range(256)) * 1000
ONCE = Retry(attempts=1)


def _files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def _ranged(data: bytes, etag: str, *, cut: int | None = None) -> Any:
    """A step that serves data by Range and If-Range; `cut` breaks each answer off after so many bytes."""

    def serve(call: SeenCall) -> Any:
        headers = {"ETag": etag, "Accept-Ranges": "bytes"}
        begin = int(call.headers.get("range", "bytes=0-")[6:-1])
        if not begin or call.headers.get("if-range") != etag:
            reply = Reply(body=data, headers=headers)
        elif begin >= len(data):
            return Reply(416, headers={"Content-Range": f"bytes */{len(data)}"})
        else:
            span = f"bytes {begin}-{len(data) - 1}/{len(data)}"
            reply = Reply(206, body=data[begin:], headers={**headers, "Content-Range": span})
        return reply if cut is None else Truncate(reply, after=cut)

    return serve


async def test_a_download_with_progress(world: World, fault_server: FaultServer, tmp_path: Path) -> None:
    """The file appears under its name when it is whole, and progress grows to the total."""
    fault_server.route("GET", "/export", Reply(body=DATA))
    seen: list[Progress] = []

    def report(progress: Progress) -> None:
        assert _files(tmp_path) == ["export.part"]
        seen.append(progress)

    async with world.client(fault_server.url) as api:
        path = await api.download("/export", to=tmp_path / "export", on_download=report)
    assert path.read_bytes() == DATA
    assert _files(tmp_path) == ["export"]
    assert [progress.done for progress in seen] == sorted(progress.done for progress in seen)
    assert seen[-1] == Progress(len(DATA), len(DATA))
    assert fault_server.calls[0].headers["accept-encoding"] == "identity"


@pytest.mark.parametrize("content", [Reply(body=b""), Reply(body=DATA, chunked=True)])
async def test_sizes_without_a_length(world: World, fault_server: FaultServer, tmp_path: Path, content: Reply) -> None:
    """An empty body and a body of unknown length are whole files, too."""
    fault_server.route("GET", "/export", content)
    async with world.client(fault_server.url) as api:
        path = await api.download("/export", to=tmp_path / "export")
    assert path.read_bytes() == content.content()


async def test_an_interruption_is_resumed(world: World, fault_server: FaultServer, tmp_path: Path) -> None:
    """Attempts go on where the body broke off, by Range and If-Range, and progress goes on as well."""
    fault_server.route("GET", "/export", *[_ranged(DATA, '"v1"', cut=100_000)] * 2, _ranged(DATA, '"v1"'))
    seen: list[Progress] = []
    async with world.client(fault_server.url) as api:
        path = await api.download("/export", to=tmp_path / "export", on_download=seen.append)
    assert path.read_bytes() == DATA
    assert [call.headers.get("range") for call in fault_server.calls] == [None, "bytes=100000-", "bytes=200000-"]
    assert [call.headers.get("if-range") for call in fault_server.calls] == [None, '"v1"', '"v1"']
    assert [progress.done for progress in seen] == sorted({progress.done for progress in seen})
    assert {progress.total for progress in seen} == {len(DATA)}


async def test_a_later_call_resumes(world: World, fault_server: FaultServer, tmp_path: Path) -> None:
    """What a failed download left is gone on with by the next one, also by another client."""
    fault_server.route("GET", "/export", _ranged(DATA, '"v1"', cut=100_000), _ranged(DATA, '"v1"'))
    async with world.client(fault_server.url, retry=ONCE) as api:
        problem = await outcome(api.download("/export", to=tmp_path / "export"))
    assert isinstance(problem, seawall.DisconnectProblem)
    assert _files(tmp_path) == ["export.part", "export.part.json"]
    async with world.client(fault_server.url, retry=ONCE) as api:
        assert (await api.download("/export", to=tmp_path / "export")).read_bytes() == DATA
    assert fault_server.calls[1].headers["range"] == "bytes=100000-"
    assert _files(tmp_path) == ["export"]


async def test_a_changed_file_begins_anew(world: World, fault_server: FaultServer, tmp_path: Path) -> None:
    """A server whose file has changed sends all of the new one, and nothing of the old one is left in it."""
    new = b"new" * 50_000
    fault_server.route("GET", "/export", _ranged(DATA, '"v1"', cut=200_000), _ranged(new, '"v2"'))
    async with world.client(fault_server.url) as api:
        path = await api.download("/export", to=tmp_path / "export")
    assert path.read_bytes() == new


@pytest.mark.parametrize("validator", [{}, {"ETag": 'W/"weak"'}])
async def test_without_a_validator_nothing_is_resumed(
    world: World, fault_server: FaultServer, tmp_path: Path, validator: dict[str, str]
) -> None:
    """A body that cannot be told from a changed one is asked for anew by the next call."""
    fault_server.route("GET", "/export", Truncate(Reply(body=DATA, headers=validator)), Reply(body=DATA, headers=validator))
    async with world.client(fault_server.url) as api:
        problem = await outcome(api.download("/export", to=tmp_path / "export"))
        assert isinstance(problem, seawall.DisconnectProblem)
        assert (await api.download("/export", to=tmp_path / "export")).read_bytes() == DATA
    assert [call.headers.get("range") for call in fault_server.calls] == [None, None]


async def test_a_date_is_a_validator(world: World, fault_server: FaultServer, tmp_path: Path) -> None:
    """Without an ETag the date of the last change is enough to resume."""
    date = {"Last-Modified": "Tue, 14 Nov 2023 22:13:20 GMT"}
    rest = {**date, "Content-Range": f"bytes 128000-{len(DATA) - 1}/{len(DATA)}"}
    fault_server.route("GET", "/export", Truncate(Reply(body=DATA, headers=date)), Reply(206, body=DATA[128_000:], headers=rest))
    async with world.client(fault_server.url) as api:
        assert (await api.download("/export", to=tmp_path / "export")).read_bytes() == DATA
    assert fault_server.calls[1].headers["if-range"] == date["Last-Modified"]


async def test_a_part_that_is_too_long_begins_anew(world: World, fault_server: FaultServer, tmp_path: Path) -> None:
    """416: a part that is longer than the file, or as long, is thrown away and the file asked for from its beginning."""
    fault_server.route("GET", "/export", _ranged(DATA, '"v1"', cut=200_000), _ranged(DATA, '"v1"'))
    async with world.client(fault_server.url, retry=ONCE) as api:
        await outcome(api.download("/export", to=tmp_path / "export"))
        (tmp_path / "export.part").write_bytes(DATA + b"too long")
        assert (await api.download("/export", to=tmp_path / "export")).read_bytes() == DATA
    assert [call.headers.get("range") for call in fault_server.calls] == [None, f"bytes={len(DATA) + 8}-", None]


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        pytest.param({"Content-Range": f"bytes 5-{len(DATA) - 1}/{len(DATA)}"}, DATA[5:], id="another range"),
        pytest.param({}, DATA[128_000:], id="a range without its place"),
        pytest.param({"Content-Type": "multipart/byteranges; boundary=x"}, b"--x--", id="many ranges"),
    ],
)
async def test_a_wrong_part_is_refused(
    world: World, fault_server: FaultServer, tmp_path: Path, headers: dict[str, str], body: bytes
) -> None:
    """A 206 that does not begin where the part ends is no part of this file."""
    fault_server.route(
        "GET", "/export", Truncate(Reply(body=DATA, headers={"ETag": '"v1"'})), Reply(206, body=body, headers=headers)
    )
    async with world.client(fault_server.url) as api:
        problem = await outcome(api.download("/export", to=tmp_path / "export"))
    assert isinstance(problem, seawall.ProtocolProblem)
    assert (tmp_path / "export.part").read_bytes() == DATA[:128_000]


async def test_resuming_can_be_refused(world: World, fault_server: FaultServer, tmp_path: Path) -> None:
    """`resume=False` neither goes on with a part nor leaves the attempts to do so."""
    fault_server.route("GET", "/export", *[_ranged(DATA, '"v1"', cut=1000)] * 2, _ranged(DATA, '"v1"'))
    async with world.client(fault_server.url) as api:
        for _ in range(2):
            assert isinstance(await outcome(api.download("/export", to=tmp_path / "e", resume=False)), seawall.DisconnectProblem)
        assert (await api.download("/export", to=tmp_path / "e", resume=False)).read_bytes() == DATA
    assert [call.headers.get("range") for call in fault_server.calls] == [None] * 3


@pytest.mark.parametrize("options", [{}, {"raise_for_status": False}])
async def test_an_error_page_is_no_file(world: World, fault_server: FaultServer, tmp_path: Path, options: dict[str, Any]) -> None:
    """An error status is raised, also on a client that raises for none, and no file is made of its body."""
    fault_server.route("GET", "/export", Reply(404, text="no such export"))
    async with world.client(fault_server.url, **options) as api:
        assert isinstance(await outcome(api.download("/export", to=tmp_path / "export")), seawall.NotFoundProblem)
    assert _files(tmp_path) == []


async def test_a_deadline_covers_all_of_it(world: World, fault_server: FaultServer, tmp_path: Path) -> None:
    """R7: a deadline that was set for a download covers its resumed parts together and is not begun anew with each."""
    slow = Drip(Reply(body=DATA, headers={"ETag": '"v1"'}), interval=0.05, part="body")
    fault_server.route("GET", "/export", slow)
    async with world.client(fault_server.url) as api:
        problem = await outcome(api.download("/export", to=tmp_path / "export", timeout=0.4))
    assert isinstance(problem, seawall.DeadlineProblem)
    assert len(fault_server.calls) == 1


async def test_resumed_parts_share_a_deadline(world: World, fault_server: FaultServer, clock: FakeClock, tmp_path: Path) -> None:
    """R7: the part that goes on after an interruption has what is left of the time that was set, and not all of it again."""
    left: list[float | None] = []

    async def passing_time(request: seawall.Request, call_next: seawall.Next) -> seawall.Response:
        left.append(request.call.remaining())
        clock.advance(4.0)
        return await call_next(request)

    fault_server.route("GET", "/export", _ranged(DATA, '"v1"', cut=100_000), _ranged(DATA, '"v1"'))
    async with world.client(fault_server.url, clock=clock, interceptors=[passing_time], retry=seawall.Retry(backoff=0)) as api:
        await api.download("/export", to=tmp_path / "export", timeout=10.0)
    assert left == [10.0, 6.0]


async def test_a_folder_that_is_not_there(world: World, tmp_path: Path) -> None:
    """A download into no folder is refused before anything is asked for."""
    async with world.client("https://api.acme.example") as api:
        with pytest.raises(seawall.UsageError, match="to: the folder 'none'"):
            await api.download("/export", to=tmp_path / "none" / "export")


async def test_a_connection_that_closes_is_no_error(world: World, fault_server: FaultServer, tmp_path: Path) -> None:
    """A whole body whose connection then closes is a whole file."""
    fault_server.route("GET", "/export", CloseAfter(Reply(body=DATA)))
    async with world.client(fault_server.url) as api:
        assert (await api.download("/export", to=tmp_path / "export")).read_bytes() == DATA


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        pytest.param(Reply(302, headers={"Location": "/login"}, text="moved"), seawall.RedirectProblem, id="a redirect"),
        pytest.param(Reply(204), seawall.ProtocolProblem, id="no content"),
        pytest.param(Reply(202, text="later"), seawall.ProtocolProblem, id="not yet"),
    ],
)
async def test_what_is_no_file_is_not_written(
    world: World, fault_server: FaultServer, tmp_path: Path, answer: Reply, kind: type[seawall.ApiProblem]
) -> None:
    """Only the statuses that bring a file make one."""
    fault_server.route("GET", "/export", answer)
    async with world.client(fault_server.url) as api:
        problem = await outcome(api.download("/export", to=tmp_path / "export", follow_redirects=False))
    assert isinstance(problem, kind)
    assert problem.status == answer.status
    assert _files(tmp_path) == []


@pytest.mark.parametrize("options", [{"accept_status": {404}}, {"raise_for_status": False}])
async def test_a_download_is_a_file_or_a_problem(world: World, tmp_path: Path, options: dict[str, Any]) -> None:
    """Options that would make a file of an error page are refused by name."""
    transport = Script(404)
    async with world.client(URL, transport=transport) as api:
        with pytest.raises(seawall.UsageError, match=f"^{min(options)}:"):
            await api.download("/export", to=tmp_path / "export", **options)
    assert transport.calls == []


@pytest.mark.parametrize("to", [".", "", "/", Path(), 5, None, b"export", "a\0b"])
async def test_a_place_that_holds_no_file_is_refused(world: World, to: Any) -> None:
    """`to` is checked before anything is asked for, and before the other options."""
    transport = Script(200)
    async with world.client(URL, transport=transport) as api:
        with pytest.raises(seawall.UsageError, match=r"^to:"):
            await api.download("/export", to=to, accept_status=404)
    assert transport.calls == []


async def test_a_place_can_be_text(world: World, fault_server: FaultServer, tmp_path: Path) -> None:
    """`to` is a path as text, too."""
    fault_server.route("GET", "/export", Reply(body=DATA))
    async with world.client(fault_server.url) as api:
        assert await api.download("/export", to=str(tmp_path / "export")) == tmp_path / "export"


async def test_two_downloads_to_one_place(world: World, fault_server: FaultServer, tmp_path: Path) -> None:
    """Two downloads at the same time do not write into each other's parts; both end well and leave one whole file."""
    fault_server.route("GET", "/export", Reply(body=DATA, headers={"ETag": '"v1"'}))
    other = threading.Event()

    async with world.client(fault_server.url) as api:

        async def first() -> Any:
            return await api.download("/export", to=tmp_path / "export", on_download=lambda _: other.wait(10))

        async def second() -> Any:
            try:
                return await api.download("/export", to=tmp_path / "export")
            finally:
                other.set()

        if world.is_blocking:
            results = await world.gather(first, second)
        else:
            results = await world.gather(second, second)
    assert results == [tmp_path / "export"] * 2
    assert (tmp_path / "export").read_bytes() == DATA
    assert _files(tmp_path) == ["export"]


async def test_a_second_download_has_a_part_of_its_own(world: World, fault_server: FaultServer, tmp_path: Path) -> None:
    """While one download holds the part, another neither resumes from it nor leaves anything behind when it fails."""
    fault_server.route("GET", "/export", Truncate(Reply(body=DATA, headers={"ETag": '"v1"'})), Truncate(Reply(body=DATA)))
    part = tmp_path / "export.part"
    part.write_bytes(DATA[:1000])
    with part.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        async with world.client(fault_server.url) as api:
            assert isinstance(await outcome(api.download("/export", to=tmp_path / "export")), seawall.DisconnectProblem)
    assert _files(tmp_path) == ["export.part"]
    assert part.read_bytes() == DATA[:1000]


async def test_a_weak_tag_does_not_hide_the_date(world: World, fault_server: FaultServer, tmp_path: Path) -> None:
    """A weak ETag tells no two bodies apart; the date beside it is enough to resume."""
    date = {"Last-Modified": "Tue, 14 Nov 2023 22:13:20 GMT", "ETag": 'W/"weak"'}
    rest = {**date, "Content-Range": f"bytes 128000-{len(DATA) - 1}/{len(DATA)}"}
    fault_server.route("GET", "/export", Truncate(Reply(body=DATA, headers=date)), Reply(206, body=DATA[128_000:], headers=rest))
    async with world.client(fault_server.url) as api:
        assert (await api.download("/export", to=tmp_path / "export")).read_bytes() == DATA
    assert fault_server.calls[1].headers["if-range"] == date["Last-Modified"]


async def test_a_download_from_a_transport_that_streams_nothing(world: World, tmp_path: Path) -> None:
    """A mock's buffered answer is written whole."""
    transport = Script(seawall.Response(200, content=DATA))
    async with world.client(URL, transport=transport) as api:
        await api.download("/export", to=tmp_path / "export.bin")
    assert (tmp_path / "export.bin").read_bytes() == DATA


async def test_a_download_with_retries_off_is_not_resumed(world: World, fault_server: FaultServer, tmp_path: Path) -> None:
    """`retry_off()` holds for the resuming of downloads, too."""
    route = fault_server.route("GET", "/export", _ranged(DATA, '"v1"', cut=100_000))
    async with world.client(fault_server.url) as api:
        with retry_off():
            await outcome(api.download("/export", to=tmp_path / "export.bin"))
    assert len(route.calls) == 1
