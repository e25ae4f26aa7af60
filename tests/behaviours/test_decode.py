"""Typed answers: forgiving where the type allows it, exact about the place where it does not."""

import enum
import json
import traceback
from typing import Any

import msgspec
import pydantic
import pytest

import seawall
from seawall.model import Event, SchemaDrift
from seawall.testing import FakeClock, FaultServer, Reply, Truncate
from tests.behaviours.kit import URL, Script, outcome, reply
from tests.worlds import World


class Mood(enum.Enum):
    calm = "calm"
    stormy = "stormy"


class Address(msgspec.Struct):
    city: str
    zip: int | None = None


class Agent(msgspec.Struct):
    id: int
    name: str = "nobody"
    mood: Mood = Mood.calm
    addresses: list[Address] = []


class Model(pydantic.BaseModel):
    id: int
    name: str = "nobody"


def _json(value: Any) -> seawall.Response:
    return reply(200, json.dumps(value).encode(), content_type="application/json")


ERROR_BODIES = [
    pytest.param(b"<html><h1>502 Bad Gateway</h1></html>", "text/html", id="html"),
    pytest.param(b"", "application/json", id="empty"),
    pytest.param(b'{"code": "AGENT_FORBID', "application/problem+json", id="cut JSON"),
    pytest.param(b"\xff\xfe\x00", "application/json", id="no text"),
    pytest.param(b"[" * 100_000, "application/json", id="deep nesting"),
    pytest.param(b"null", "application/json", id="null"),
    pytest.param(b'{"detail": 5, "code": []}', "application/problem+json", id="wrong types"),
]


@pytest.mark.parametrize(("body", "media_type"), ERROR_BODIES)
@pytest.mark.parametrize(("status", "says"), [(403, "not allowed"), (502, "server"), (418, ""), (599, "")])
async def test_a_useless_body_gives_the_statuss_message(
    world: World, clock: FakeClock, body: bytes, media_type: str, status: int, says: str
) -> None:
    """E6: whatever an error's body holds, the problem is of its status's class and says its status's message."""
    async with world.client(URL, transport=Script(reply(status, body, content_type=media_type)), clock=clock) as api:
        problem = await outcome(api.get("/agents"))
    plain = await _plain(world, clock, status)
    assert type(problem) is type(plain)
    assert problem.status == status
    assert str(problem) == str(plain)
    assert says in str(problem)
    assert "html" not in str(problem)


async def _plain(world: World, clock: FakeClock, status: int) -> Any:
    async with world.client(URL, transport=Script(status), clock=clock) as api:
        return await outcome(api.get("/agents"))


async def test_a_truncated_error_keeps_its_status(world: World, fault_server: FaultServer) -> None:
    """E6: an error of a stream whose body breaks off on the wire still has its status and its status's message."""
    fault_server.route("GET", "/agents", Truncate(Reply(403, json={"code": "AGENT_FORBIDDEN"})))
    async with world.client(fault_server.url) as api:
        with pytest.raises(seawall.ForbiddenProblem, match="not allowed"):
            async with api.stream("GET", "/agents"):
                pass


@pytest.mark.parametrize(
    ("body", "into", "pointer"),
    [
        pytest.param({"id": "7"}, Agent, "/id", id="field"),
        pytest.param({"name": "Ada"}, Agent, "/id", id="missing"),
        pytest.param({"id": 7, "addresses": [{"city": "x"}, {"city": 5}]}, Agent, "/addresses/1/city", id="deep"),
        pytest.param([{"id": 1}, {"id": None}], list[Agent], "/1/id", id="list"),
        pytest.param({"a/b": {"m~n": "x"}}, dict[str, dict[str, int]], "/a~1b/m~0n", id="escaped names"),
        pytest.param([], Agent, "", id="whole body"),
        pytest.param({"id": "x"}, Model, "/id", id="pydantic"),
        pytest.param([{"id": 1}, {}], list[Model], "/1/id", id="list of pydantic"),
    ],
)
@pytest.mark.parametrize("when", ["response_model", "json"])
async def test_a_wrong_type_names_its_place(
    world: World, clock: FakeClock, body: Any, into: Any, pointer: str, when: str
) -> None:
    """E6: a 200 that is not of the declared type is a DecodeProblem with the path of the first wrong field."""
    async with world.client(URL, transport=Script(_json(body)), clock=clock) as api:
        if when == "json":
            response = await api.get("/agents")
            with pytest.raises(seawall.DecodeProblem) as caught:
                response.json(into)
            problem = caught.value
        else:
            problem = await outcome(api.get("/agents", response_model=into))
            assert len(problem.attempts) == 1
    assert isinstance(problem, seawall.DecodeProblem)
    assert problem.pointer == pointer
    assert isinstance(problem, ValueError)
    assert (problem.status, problem.sent) == (200, seawall.Sent.YES)
    assert problem.method == "GET"


@pytest.mark.parametrize("body", [b"", b"<html>", b"{", b'{"id": 7', b"\xff", b"NaN"])
async def test_a_200_without_json_is_a_decode_problem(world: World, clock: FakeClock, body: bytes) -> None:
    """E6: HTML, an empty or a cut body in place of a value is told as what it is, with a text that can be shown."""
    async with world.client(URL, transport=Script(reply(200, body)), clock=clock) as api:
        problem = await outcome(api.get("/agents/7", response_model=Agent))
    assert isinstance(problem, seawall.DecodeProblem)
    assert "not understood" in str(problem)
    assert problem.pointer == ""


async def test_the_value_is_never_quoted(world: World, clock: FakeClock) -> None:
    """E7: neither the problem nor its traceback, causes and notes repeat the wrong value or its neighbours."""
    body = {"id": "canary-1", "name": "canary-2", "canary-3": "canary-4"}
    for into in (Agent, Model, list[Model], Agent | None):
        async with world.client(URL, transport=Script(_json(body)), clock=clock) as api:
            problem = await outcome(api.get("/agents/7", response_model=into))
        shown = f"{problem!r} {problem} {problem.detail} {problem.expected} {vars(problem)['__notes__']}"
        assert "canary" not in shown + "".join(traceback.format_exception(problem))


async def test_defaults_and_unknown_fields(world: World, clock: FakeClock) -> None:
    """E7: missing optional fields take their defaults and unknown fields are ignored."""
    transport = Script(_json({"id": 7, "new_field": {"deep": [1]}, "addresses": [{"city": "x", "planet": 1}]}))
    async with world.client(URL, transport=transport, clock=clock) as api:
        agent = await api.get("/agents/7", response_model=Agent)
        assert agent == Agent(7, addresses=[Address("x")])
        assert await api.get("/agents/7", response_model=Model) == Model(id=7)


async def test_unknown_enum_members(world: World, clock: FakeClock) -> None:
    """E7: an unknown member takes the field's default if there is one, and is wrong where there is none."""
    transport = Script(_json({"id": 7, "mood": "foggy"}), _json(["foggy"]))
    async with world.client(URL, transport=transport, clock=clock) as api:
        assert await api.get("/agents/7", response_model=Agent) == Agent(7)
        problem = await outcome(api.get("/moods", response_model=list[Mood]))
    assert isinstance(problem, seawall.DecodeProblem)
    assert problem.pointer == "/0"


async def test_a_default_does_not_hide_a_wrong_type(world: World, clock: FakeClock) -> None:
    """E7: a field that is there with a wrong type fails, whatever its default is."""
    transport = Script(_json({"id": 7, "name": 5}), _json({"id": 7, "mood": 5}), _json({"id": True}))
    async with world.client(URL, transport=transport, clock=clock) as api:
        problems = [await outcome(api.get("/agents/7", response_model=Agent)) for _ in range(3)]
    assert [problem.pointer for problem in problems] == ["/name", "/mood", "/id"]


async def test_drift_is_an_event(world: World, clock: FakeClock) -> None:
    """E7: a new field is noticed by sampling, an unknown member at once, and both are told without any value."""
    events: list[Event] = []
    body = _json({"id": 7, "mood": "canary", "nickname": "canary"})
    async with world.client(URL, transport=Script(body), clock=clock, listeners=[events.append]) as api:
        for _ in range(300):
            await api.get("/agents/7", response_model=Agent)
    drifts = [event for event in events if isinstance(event, SchemaDrift)]
    assert ("/mood", "unknown_member") in {(drift.pointer, drift.kind) for drift in drifts}
    assert "canary" not in repr(drifts)


async def test_a_new_field_is_noticed(world: World, clock: FakeClock) -> None:
    """E7: within a few hundred answers a field that the type lacks is told of, and not with every one of them."""
    events: list[Event] = []
    async with world.client(
        URL, transport=Script(_json({"id": 7, "nickname": "x"})), clock=clock, listeners=[events.append]
    ) as api:
        for _ in range(300):
            await api.get("/agents/7", response_model=Agent)
    drifts = [event for event in events if isinstance(event, SchemaDrift)]
    assert {(drift.pointer, drift.kind) for drift in drifts} == {("/nickname", "unknown_field")}
    assert len(drifts) < 300


async def test_null_and_union(world: World, clock: FakeClock) -> None:
    """E7: `Agent | None` takes null and an empty body, and `Agent` takes neither."""
    transport = Script(_json(None), reply(204), _json({"id": 7}))
    async with world.client(URL, transport=transport, clock=clock) as api:
        found = [await api.get("/agents/7", response_model=Agent | None) for _ in range(3)]
    assert found == [None, None, Agent(7)]


async def test_a_type_that_cannot_be_decoded_is_refused_early(world: World, clock: FakeClock) -> None:
    """E7: a `response_model` that nothing can decode is refused by name before the request is sent."""
    transport = Script(_json({}))
    async with world.client(URL, transport=transport, clock=clock) as api:
        with pytest.raises(seawall.UsageError):
            await api.get("/agents/7", response_model=Script)
        with pytest.raises(seawall.UsageError):
            await api.get("/agents/7", response_model=5)
    assert transport.calls == []
