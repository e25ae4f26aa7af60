"""How a replayer finds the recording for a request, and what it says when it finds none."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import seawall
from seawall import Response, Sent
from seawall.testing import FakeClock, Recorder, Replayer, UnmatchedRequestError, recorded
from tests.behaviours.kit import Script, outcome, reply
from tests.worlds import World

URL = "https://api.acme.example"
ADA: dict[str, Any] = {"name": "Ada", "tags": ["a", "b"]}


def recording(*requests: dict[str, Any]) -> list[dict[str, Any]]:
    """Exchanges for some requests, each answered by its own number."""
    usual = {"method": "GET", "url": f"{URL}/agents"}
    return [
        {"request": {**usual, **request}, "response": {"status": 200, "body": {"json": number}}}
        for number, request in enumerate(requests, 1)
    ]


def write(path: Path, exchanges: list[dict[str, Any]]) -> Path:
    """Write a recording as a person would, by hand."""
    file = path / "agents.json"
    file.write_text(json.dumps({"format": "seawall-recording", "version": 1, "exchanges": exchanges}), encoding="utf-8")
    return file


async def ask(world: World, transport: Any, method: str = "GET", url: str = "/agents", **options: Any) -> Any:
    """Make one call, and return what its answer holds."""
    api = world.client(URL, transport=transport, retry=False)
    return (await api.request(method, url, **options)).json()


async def complaint(world: World, transport: Any, *asked: Any, **options: Any) -> str:
    """What the replayer says to a request that it has nothing for."""
    with pytest.raises(UnmatchedRequestError) as caught:
        await ask(world, transport, *asked, **options)
    return str(caught.value)


async def test_identical_requests_get_their_answers_in_order(world: World, tmp_path: Path) -> None:
    """The same request gets the recorded answers one after the other, whatever is asked in between."""
    replayer = Replayer(write(tmp_path, recording({}, {"url": f"{URL}/other"}, {}, {})))
    assert [await ask(world, replayer), await ask(world, replayer)] == [1, 3]
    assert await ask(world, replayer, "GET", "/other") == 2
    assert await ask(world, replayer) == 4
    replayer.assert_all_used()
    said = await complaint(world, replayer)
    assert "no recording fits GET https://api.acme.example/agents" in said
    assert "all recordings that fit were used before" in said


@pytest.mark.parametrize(
    ("recorded_request", "options", "difference"),
    [
        ({"method": "PUT"}, {}, 'method: recorded "PUT", asked "GET"'),
        ({"url": "https://old.acme.example/agents"}, {}, 'origin: recorded "https://old.acme.example", asked "https://api.acme.'),
        ({"url": f"{URL}/agents/7"}, {}, 'path: recorded "/agents/7", asked "/agents"'),
        ({"url": f"{URL}/agents?team=red"}, {"params": {"team": "blue"}}, 'query: recorded ["team=red"], asked ["team=blue"]'),
        ({"body": {"json": ADA}}, {"json": {**ADA, "name": "Bob"}}, 'body at /name: recorded "Ada", asked "Bob"'),
        ({"body": {"json": ADA}}, {"json": {**ADA, "tags": ["a", "c"]}}, 'body at /tags/1: recorded "b", asked "c"'),
        ({"body": {"json": ADA}}, {"json": {"name": "Ada"}}, 'body at /tags: recorded ["a", "b"], asked nothing'),
        ({"body": {"json": 1}}, {"json": 1.0}, "body at its root: recorded 1, asked 1.0"),
        ({"body": {"text": "a=1"}}, {"data": {"a": 2}}, 'body: recorded "a=1", asked "a=2"'),
        ({"body": {"text": "x" * 500 + "1"}}, {"content": "x" * 500 + "2"}, "body from character 470: recorded"),
        ({"body": {"base64": "AAE="}}, {"content": b"\x00\x02"}, 'body: recorded "\\u0000\\u0001", asked "\\u0000\\u0002"'),
        ({"body": {"json": ADA}}, {}, 'body: recorded "{\\"name\\":\\"Ada\\",\\"tags\\":[\\"a\\",\\"b\\"]}", asked ""'),
    ],
)
async def test_an_unmatched_request_says_what_differs(
    world: World, recorded_request: dict[str, Any], options: dict[str, Any], difference: str, tmp_path: Path
) -> None:
    """The error names the file, the request, the nearest recording, what differs in it, and how to record anew."""
    far = {"method": "DELETE", "url": "https://else.example/far/away", "body": {"json": ["far"]}}
    file = write(tmp_path, recording(far, recorded_request, far))
    said = await complaint(world, Replayer(file), **options)
    assert said.startswith(f"{file}: no recording fits GET {URL}/agents")
    assert "the nearest is recording 2: " in said
    assert difference in said
    assert "--seawall-record=all" in said


async def test_the_nearest_shares_most_parts(world: World, tmp_path: Path) -> None:
    """A recording that differs in one part only is nearer than one that is spelled more alike."""
    alike = {"url": f"{URL}/agent", "method": "PUT", "body": {"json": {"name": "Ada", "age": 37}}}
    file = write(tmp_path, recording(alike, {"body": {"json": ["something", "else", "altogether"]}}))
    said = await complaint(world, Replayer(file), json={"name": "Ada", "age": 36})
    assert "the nearest is recording 2: " in said


async def test_an_error_stays_short(world: World, tmp_path: Path) -> None:
    """An error about big bodies that differ in everything can still be read."""
    file = write(tmp_path, recording({"body": {"json": {str(number): "x" * 10_000 for number in range(100)}}}))
    assert len(await complaint(world, Replayer(file), json={str(number): "y" * 10_000 for number in range(100)})) < 4000


async def test_an_empty_recording_says_so(world: World, tmp_path: Path) -> None:
    """A file without exchanges is a recording all the same, in which nothing fits."""
    assert "there are no recordings in it" in await complaint(world, Replayer(write(tmp_path, [])))


@pytest.mark.parametrize(
    ("match_on", "options", "found"),
    [
        (["method", "path"], {"params": {"page": 2}, "json": 3}, True),
        (["method", "path", "query"], {"params": {"page": 2}}, False),
        (["method", "origin", "path", "query"], {"params": {"b": 2, "a": 1}, "json": 3}, True),
        (["path", "header:X-Version"], {"headers": {"x-version": "2"}}, True),
        (["path", "header:X-Version"], {"headers": {"x-version": "3"}}, False),
        (["path", "header:X-Version"], {}, False),
        ([], {"json": 3}, True),
    ],
)
async def test_what_is_matched_on_can_be_chosen(
    world: World, match_on: list[str], options: dict[str, Any], found: bool, tmp_path: Path
) -> None:
    """Only the parts that the user names have to be the same; the order of parameters never matters."""
    file = write(tmp_path, recording({"url": f"{URL}/agents?a=1&b=2", "headers": ["X-VERSION: 2"]}))
    if found:
        assert await ask(world, Replayer(file, match_on=match_on), **options) == 1
    else:
        await complaint(world, Replayer(file, match_on=match_on), **options)


@pytest.mark.parametrize(
    ("recorded_request", "options", "found"),
    [
        ({"url": f"{URL}/agents?token=[redacted]"}, {"params": {"token": "abc"}}, True),
        ({"url": f"{URL}/[redacted]"}, {}, True),
        ({"url": f"{URL}/teams/[redacted]"}, {}, False),
        ({"body": {"json": {"name": "[redacted]", "n": 1}}}, {"json": {"name": {"first": "Ada"}, "n": 1}}, True),
        ({"body": {"json": {"name": "[redacted]", "n": 1}}}, {"json": {"name": "Ada", "n": 2}}, False),
        ({"body": {"text": "a=[redacted]&b=[redacted]&c=1"}}, {"content": b"a=x&b=y&c=1"}, True),
        ({"body": {"text": "a=[redacted]&b=[redacted]&c=1"}}, {"content": b"a=x&c=1"}, False),
        ({"body": {"text": "[redacted]ab"}}, {"content": b"ab"}, True),
        ({"body": {"text": "ab[redacted]ab"}}, {"content": b"ab"}, False),
        ({"body": {"base64": "AFtyZWRhY3RlZF0B"}}, {"content": b"\x00secret\x01"}, True),
        ({"body": {"json": "[redacted]"}}, {}, False),
    ],
)
async def test_what_is_redacted_fits_everything(
    world: World, recorded_request: dict[str, Any], options: dict[str, Any], found: bool, tmp_path: Path
) -> None:
    """What was redacted, by the recorder or by hand afterwards, fits any value at its place, and nothing more."""
    file = write(tmp_path, recording(recorded_request))
    if found:
        assert await ask(world, Replayer(file), **options) == 1
    else:
        await complaint(world, Replayer(file), **options)


async def test_recordings_left_over_are_listed(world: World, tmp_path: Path) -> None:
    """`assert_all_used`, and the end of a strict block, list what was not asked for."""
    file = write(tmp_path, recording({}, {"method": "POST"}))
    replayer = Replayer(file)
    await ask(world, replayer)
    with pytest.raises(AssertionError, match=r"1 of 2 recordings were not used:\n  recording 2: POST https://api"):
        replayer.assert_all_used()
    with pytest.raises(AssertionError, match="2 of 2 recordings"), recorded(file, strict=True):
        pass
    with recorded(file):
        pass


async def test_a_swallowed_mismatch_is_raised_at_the_end(world: World, tmp_path: Path) -> None:
    """An app that catches everything cannot hide that it asked for what was not recorded."""
    replayer = Replayer(write(tmp_path, []))

    async def visit() -> None:
        with replayer:
            try:
                await ask(world, replayer)
            except Exception:
                pass

    with pytest.raises(UnmatchedRequestError, match="no recording fits"):
        await visit()


def test_an_error_of_the_block_is_not_covered(tmp_path: Path) -> None:
    """What went wrong in a block is what its end raises, whatever was not used."""
    with pytest.raises(ZeroDivisionError), Replayer(write(tmp_path, recording({})), strict=True):
        raise ZeroDivisionError


async def test_a_mismatch_is_no_problem_of_the_network(world: World, tmp_path: Path) -> None:
    """A request without a recording fails the test at once: it is not retried and no handler of problems sees it."""
    said: list[object] = []
    replayer = Replayer(write(tmp_path, []))
    api = world.client(URL, transport=replayer, interceptors=[seawall.on_problem(said.append)])
    with pytest.raises(UnmatchedRequestError):
        await api.get("/agents")
    assert said == []


async def test_clocks_are_kept(world: World, tmp_path: Path) -> None:
    """A passed deadline and a used cancel switch end a replayed call, unsent, and use no recording."""
    clock, cancel = FakeClock(), seawall.Cancel()
    replayer = Replayer(write(tmp_path, recording({})))

    class Late:
        async def __call__(self, request: seawall.Request, call_next: seawall.Next) -> Response:
            clock.advance(3)
            return await call_next(request)

    api = world.client(URL, transport=replayer, clock=clock, timeout=2, attempt_interceptors=[Late()])
    late = await outcome(api.get("/agents"))
    cancel.cancel()
    cancelled = await outcome(world.client(URL, transport=replayer).get("/agents", cancel=cancel))
    assert (type(late), late.sent) == (seawall.DeadlineProblem, Sent.NO)
    assert (type(cancelled), cancelled.sent) == (seawall.CancelledProblem, Sent.NO)
    with pytest.raises(AssertionError, match="1 of 1"):
        replayer.assert_all_used()


async def test_the_deadline_may_pass_while_the_body_is_read(world: World, tmp_path: Path) -> None:
    """A deadline that passes while the request's body is read ends the call, which may have been sent by then."""
    clock = FakeClock()

    def pieces() -> Iterator[bytes]:
        clock.advance(3)
        yield b"x"

    replayer = Replayer(write(tmp_path, recording({"method": "PUT", "body": {"text": "x"}})))
    api = world.client(URL, transport=replayer, clock=clock, timeout=2)
    late = await outcome(api.put("/agents", content=pieces))
    assert (type(late), late.sent) == (seawall.DeadlineProblem, Sent.MAYBE)


async def test_the_timeline_names_the_recording(world: World, tmp_path: Path) -> None:
    """`explain()` says which recording answered."""
    async with world.client(URL, transport=Replayer(write(tmp_path, recording({}, {})))) as api:
        await api.get("/agents")
        assert "recording 2" in str((await api.get("/agents")).explain())


async def test_a_recording_edited_by_hand_is_whole(world: World, tmp_path: Path) -> None:
    """A body that somebody lengthens in the file comes with its own length, and text may stand in one line or in many."""
    exchanges = recording({}, {})
    exchanges[0]["response"] = {"status": 200, "headers": ["Content-Length: 3"], "body": {"text": ["a\n", "longer body"]}}
    exchanges[1]["response"] = {"status": 200, "headers": ["X-Empty:", "X-Two:a"], "body": {"base64": ["AA", "E="]}}
    async with world.client(URL, transport=Replayer(write(tmp_path, exchanges))) as api:
        text = await api.get("/agents")
        assert (text.content, text.headers["content-length"]) == (b"a\nlonger body", "13")
        data = await api.get("/agents")
        assert (data.content, data.headers["x-empty"], data.headers["x-two"]) == (b"\x00\x01", "", "a")


def test_one_recording_serves_both_worlds(tmp_path: Path) -> None:
    """One recorder takes both clients, and what one of them recorded the other one replays."""
    file = tmp_path / "agents.json"
    with Recorder(file, Script(reply(200, b"1"))) as recorder:
        seawall.Client(URL, transport=recorder).get("/sync")
        asyncio.run(seawall.AsyncClient(URL, transport=recorder).get("/async"))
    with recorded(file, strict=True) as replayer:
        assert seawall.Client(URL, transport=replayer).get("/async").json() == 1
        assert asyncio.run(seawall.AsyncClient(URL, transport=replayer).get("/sync")).json() == 1


@pytest.mark.parametrize(
    ("mode", "there", "kind"), [("once", True, Replayer), ("once", False, Recorder), ("none", True, Replayer)]
)
def test_the_mode_decides(mode: Any, there: bool, kind: type, tmp_path: Path) -> None:
    """`once` replays what is there and records what is not; `none` replays; `all` records."""
    file = write(tmp_path, [])
    if not there:
        file.unlink()
    assert type(recorded(file, mode=mode)) is kind
    assert type(recorded(file, mode="all")) is Recorder


def test_scripts_are_left_as_they_are(tmp_path: Path) -> None:
    """A replay changes nothing in the file."""
    file = write(tmp_path, recording({}))
    before = file.read_bytes()
    with recorded(file, strict=True) as transport:
        seawall.Client(URL, transport=transport).get("/agents")
    assert file.read_bytes() == before
