"""What may be sent twice: by its method, by declaration, by its key, and by its body."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import seawall
from seawall import Idempotency, Retry, Sent, StopReason
from seawall.testing import FakeClock
from tests.behaviours.kit import URL, Script, Unplugged, fail, outcome, reply
from tests.worlds import World

LOST = fail(seawall.DisconnectProblem)


@pytest.mark.parametrize("method", ["POST", "PATCH"])
@pytest.mark.parametrize(
    ("failure", "options", "sendings"),
    [
        pytest.param(LOST, {}, 1, id="maybe sent"),
        pytest.param(503, {}, 1, id="answered"),
        pytest.param(429, {}, 1, id="rate limited"),
        pytest.param(fail(seawall.ConnectProblem, Sent.NO), {}, 2, id="unsent"),
        pytest.param(fail(seawall.PoolTimeoutProblem, Sent.NO), {}, 2, id="no connection free"),
        pytest.param(LOST, {"idempotent": True}, 2, id="declared"),
        pytest.param(503, {"idempotent": True}, 2, id="answered and declared"),
        pytest.param(LOST, {"idempotency_key": True}, 2, id="keyed"),
        pytest.param(LOST, {"idempotency_key": "my-own"}, 2, id="own key"),
        pytest.param(LOST, {"headers": {"idempotency-key": "my-own"}}, 2, id="own header"),
        pytest.param(LOST, {"idempotency_key": True, "idempotent": False}, 2, id="a key is a promise"),
    ],
)
async def test_a_non_idempotent_request(
    world: World, clock: FakeClock, method: str, failure: Any, options: dict[str, Any], sendings: int
) -> None:
    """R2: POST and PATCH are sent again only if unsent, declared idempotent, or keyed."""
    transport = Script(failure, 200)
    async with world.client(URL, transport=transport, clock=clock) as api:
        result = await outcome(api.request(method, "/agents", json={"name": "Ada"}, **options))
    assert len(transport.calls) == sendings
    if sendings == 1:
        assert result.stopped is StopReason.NOT_IDEMPOTENT
    assert len({call.content for call in transport.calls}) == 1


async def test_an_idempotent_method_can_be_declared_otherwise(world: World, clock: FakeClock) -> None:
    """R2: `idempotent=False` holds a GET back, unless it was not sent."""
    transport = Script(fail(seawall.ConnectProblem, Sent.NO), LOST, 200)
    async with world.client(URL, transport=transport, clock=clock) as api:
        problem = await outcome(api.get("/take-a-number", idempotent=False))
    assert problem.stopped is StopReason.NOT_IDEMPOTENT
    assert len(transport.calls) == 2


async def test_one_key_for_all_attempts(world: World, clock: FakeClock) -> None:
    """R2: a generated key is the same on every attempt and another for the next call."""
    transport = Script(LOST, 503, 201)
    async with world.client(URL, transport=transport, clock=clock) as api:
        await api.post("/agents", json={}, idempotency_key=True)
        await api.post("/agents", json={}, idempotency_key=True)
    first, second, third, fourth = transport.seen("idempotency-key")
    assert first == second == third != fourth
    assert first
    assert len(first) >= 32


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        pytest.param({}, "generated", id="named"),
        pytest.param({"idempotency_key": "mine"}, "mine", id="own"),
        pytest.param({"idempotency_key": False}, None, id="refused"),
    ],
)
async def test_a_route_can_ask_for_keys(world: World, clock: FakeClock, options: dict[str, Any], expected: str | None) -> None:
    """R2: a route named in the options gets a key unless the call refuses it, and other routes get none."""
    transport = Script(200)
    keys = Idempotency(header="X-Once", routes={"POST /agents/{id}/tasks"})
    async with world.client(URL, transport=transport, clock=clock, idempotency=keys) as api:
        await api.post("/agents/{id}/tasks", path_params={"id": 7}, **options)
        await api.put("/agents/{id}/tasks", path_params={"id": 7})
    key, other = transport.seen("x-once")
    assert other is None
    assert key == expected if expected != "generated" else key


@pytest.mark.parametrize("url", ["/agents", "agents?dry=1", f"{URL}/v1/agents"])
async def test_a_route_without_places_can_ask_for_keys(world: World, clock: FakeClock, url: str) -> None:
    """R2: a route without `path_params` is known by its path below the base URL, and another origin's path is no route."""
    transport = Script(200)
    keys = Idempotency(routes={"POST /agents"})
    async with world.client(f"{URL}/v1", transport=transport, clock=clock, idempotency=keys) as api:
        await api.post(url)
        await api.get(url)
        await api.post("/agents/7")
        await api.post("https://other.example/v1/agents")
    first, *others = transport.seen("idempotency-key")
    assert first
    assert others == [None] * 3


async def test_a_key_under_another_name_is_a_key(world: World, clock: FakeClock) -> None:
    """R2: a header of one's own counts as the key if it has the name that the options give it."""
    transport = Script(LOST, 201)
    async with world.client(URL, transport=transport, clock=clock, idempotency=Idempotency(header="X-Once")) as api:
        await api.post("/agents", headers={"x-once": "mine"})
    assert transport.seen("x-once") == ["mine", "mine"]


IN_PROGRESS = b'{"code": "IDEMPOTENCY_KEY_IN_PROGRESS", "title": "Conflict"}'


@pytest.mark.parametrize(
    ("answers", "options", "sendings"),
    [
        pytest.param((reply(409, IN_PROGRESS), 201), {"idempotency_key": True}, 2, id="it says so"),
        pytest.param((reply(409, Retry_After="1"), 201), {"idempotency_key": True}, 2, id="it says when"),
        pytest.param((LOST, 409, 201), {"idempotency_key": True}, 3, id="our own first attempt"),
        pytest.param((409, 201), {"idempotency_key": True}, 1, id="another conflict"),
        pytest.param((reply(409, IN_PROGRESS), 201), {"idempotent": True}, 1, id="no key"),
    ],
)
async def test_a_conflict_with_oneself_is_retried(
    world: World, clock: FakeClock, answers: tuple[Any, ...], options: dict[str, Any], sendings: int
) -> None:
    """R2: with a key, a 409 for a request still in progress is sent again; other conflicts are final."""
    transport = Script(*answers)
    async with world.client(URL, transport=transport, clock=clock) as api:
        await outcome(api.post("/agents", **options))
    assert len(transport.calls) == sendings


@pytest.mark.parametrize(
    ("method", "answers", "applied"),
    [
        pytest.param("DELETE", (LOST, 404), True, id="gone after a lost answer"),
        pytest.param("DELETE", (LOST, 410), True, id="gone for good after a lost answer"),
        pytest.param("DELETE", (404,), False, id="was never there"),
        pytest.param("DELETE", (fail(seawall.ConnectProblem, Sent.NO), 404), False, id="gone, nothing sent before"),
        pytest.param("DELETE", (503, 404), False, id="gone after a refusal"),
        pytest.param("PUT", (LOST, 404), False, id="PUT to nowhere"),
        pytest.param("PUT", (LOST, 409), True, id="conflict after a lost answer"),
        pytest.param("PUT", (LOST, 412), True, id="precondition after a lost answer"),
        pytest.param("PUT", (409,), False, id="conflict"),
        pytest.param("PUT", (LOST, LOST, LOST), True, id="lost to the end"),
        pytest.param("PUT", (LOST, fail(seawall.ConnectProblem, Sent.NO)), True, id="lost, then no connection"),
        pytest.param("PUT", (LOST, 503), True, id="lost, then refused"),
        pytest.param("GET", (LOST, LOST, LOST), False, id="reading changes nothing"),
    ],
)
async def test_what_may_have_been_done(
    world: World, clock: FakeClock, method: str, answers: tuple[Any, ...], applied: bool
) -> None:
    """R2: after an attempt that may have worked, the problem says that the request may have had its effect."""
    async with world.client(URL, transport=Script(*answers), clock=clock) as api:
        problem = await outcome(api.request(method, "/agents/7"))
    assert problem.may_have_applied is applied


async def test_a_call_was_sent_if_any_attempt_was(world: World, clock: FakeClock) -> None:
    """R2: a last attempt that met no server does not undo the first, whose answer was lost."""
    transport = Script(LOST, fail(seawall.ConnectProblem, Sent.NO))
    async with world.client(URL, transport=transport, clock=clock) as api:
        problem = await outcome(api.post("/agents", idempotency_key=True))
    assert [attempt.sent for attempt in problem.attempts] == [Sent.MAYBE, Sent.NO, Sent.NO]
    assert problem.sent is Sent.MAYBE
    assert problem.may_have_been_sent


async def test_a_spent_body_is_not_sent_again(world: World, clock: FakeClock) -> None:
    """R3: an iterator whose first byte left is not retried, and the problem says why."""
    transport = Script(LOST, 200)
    async with world.client(URL, transport=transport, clock=clock) as api:
        problem = await outcome(api.put("/agents/7", content=iter([b"once", b"only"])))
    assert problem.stopped is StopReason.BODY_NOT_REPLAYABLE
    assert "cannot be made again" in str(problem.explain())
    assert len(transport.calls) == 1


async def test_an_untouched_body_is_sent_again(world: World, clock: FakeClock) -> None:
    """R3: an iterator of which nothing was read can still be sent after a failure to connect."""
    transport = Unplugged(2, 200)
    async with world.client(URL, transport=transport, clock=clock) as api:
        await api.post("/agents", content=iter([b"once", b"only"]))
    assert [call.content for call in transport.calls] == [b"onceonly"]


def _bodies(folder: Path) -> dict[str, Callable[[], dict[str, Any]]]:
    path = folder / "body.bin"
    path.write_bytes(bytes(range(256)) * 4096)
    return {
        "bytes": lambda: {"content": b"\0\xff"},
        "text": lambda: {"content": "grün"},
        "json": lambda: {"json": {"name": "Ada", "tags": [1, None]}},
        "form": lambda: {"data": {"name": "Ada", "tags": ["a", "b"]}},
        "multipart": lambda: {"data": {"name": "Ada"}, "files": {"file": path, "other": ("x.txt", b"x", "text/plain")}},
        "path": lambda: {"content": path},
        "file": lambda: {"content": _opened(path)},
        "function": lambda: {"content": lambda: iter([b"a", b"", b"b"])},
    }


def _opened(path: Path) -> Any:
    file = path.open("rb")
    file.seek(100)
    return file


@pytest.mark.parametrize("kind", ["bytes", "text", "json", "form", "multipart", "path", "file", "function"])
async def test_a_replayed_body_is_identical(world: World, clock: FakeClock, tmp_path: Path, kind: str) -> None:
    """R3: a body that is sent again is the same byte for byte, and of the same type."""
    transport = Script(LOST, 503, 200)
    options = _bodies(tmp_path)[kind]()
    try:
        async with world.client(URL, transport=transport, clock=clock, retry=Retry(attempts=5)) as api:
            await api.put("/agents/7", **options)
    finally:
        if hasattr(options.get("content"), "close"):
            options["content"].close()
    contents = [call.content for call in transport.calls]
    assert contents[0]
    assert contents == [contents[0]] * 3
    assert len(set(transport.seen("content-type"))) == 1


async def test_a_file_that_changed_is_not_sent_again(world: World, clock: FakeClock, tmp_path: Path) -> None:
    """R3: a file that changed between two attempts is another body, and is not sent in place of the first."""
    path = tmp_path / "body.bin"
    path.write_bytes(b"first")

    def answer(request: seawall.Request) -> seawall.Response:
        path.write_bytes(b"second, longer")
        return seawall.Response(503)

    transport = Script(answer, 200)
    async with world.client(URL, transport=transport, clock=clock) as api:
        problem = await outcome(api.put("/agents/7", content=path))
    assert problem.stopped is StopReason.BODY_NOT_REPLAYABLE
    assert [call.content for call in transport.calls] == [b"first"]
