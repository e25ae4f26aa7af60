"""Noticing that a server's answers move away from the declared types."""

import enum
import json
from typing import Any

import msgspec
import pydantic
import pytest

from seawall.chain.runtimes import BlockingRuntime
from seawall.model import NOBODY, Call, Event, Listeners, Request, Response, SchemaDrift
from seawall.policies.decode import JsonDecoder
from seawall.policies.decode import _decoder as decoder_module
from seawall.policies.decode import _drift as drift_module


class Colour(enum.Enum):
    RED = "red"


class Agent(msgspec.Struct):
    id: int
    colour: Colour = Colour.RED
    team: "list[Agent]" = []
    notes: dict[str, "Agent"] = {}
    free: dict[str, Any] = {}


class Cat(msgspec.Struct, tag=True):
    lives: int


class Dog(msgspec.Struct, tag=True):
    name: str


class Model(pydantic.BaseModel):
    id: int
    name: str = pydantic.Field("x", alias="fullName")


class Open(pydantic.BaseModel, extra="allow"):
    id: int


class Watch:
    """A decoder, and what it tells those who listen."""

    def __init__(self, *, listens: bool = True) -> None:
        self.decoder = JsonDecoder()
        self.events: list[Event] = []
        self.listeners = Listeners([self.events.append]) if listens else NOBODY

    def decode(self, document: Any, into: Any) -> Any:
        """Decode one answer."""
        response = Response(200, content=json.dumps(document).encode())
        call = Call(BlockingRuntime(), route="/x/{id}", listeners=self.listeners)
        response.answers(Request("GET", "http://api.test/x/1?token=abc", call=call))
        return self.decoder.decode(response, into)

    def found(self) -> list[tuple[str, str]]:
        """What was told, in order."""
        return [(event.kind, event.pointer) for event in self.events if isinstance(event, SchemaDrift)]


@pytest.mark.parametrize(
    ("document", "into", "pointers"),
    [
        ({"id": 1}, Agent, []),
        ({"id": 1, "nick/name": "x"}, Agent, ["/nick~1name"]),
        ([{"id": 1, "age": 1}, {"id": 2, "age": 2}], list[Agent], ["/*/age"]),
        ({"id": 1, "team": [{"id": 2, "team": [{"id": 3, "age": 4}]}]}, Agent, ["/team/*/team/*/age"]),
        ({"id": 1, "notes": {"any": {"id": 1, "age": 2}}}, Agent, ["/notes/*/age"]),
        ({"id": 1, "free": {"any": {"thing": 1}}}, Agent, []),
        ({"type": "Dog", "name": "Rex", "lives": 9}, Cat | Dog, ["/lives"]),
        ({"type": "Cat", "lives": 9}, Cat | Dog, []),
        ({"id": 1, "age": 5}, Agent | None, ["/age"]),
        ({"anything": {"goes": 1}}, Any, []),
        ({"anything": 1}, dict[str, int], []),
        ([{"id": 1, "fullName": "Ada", "age": 3}], list[Model], ["/*/age"]),
        ({"id": 1, "age": 3}, Open, []),
    ],
)
def test_new_fields_are_noticed(document: Any, into: Any, pointers: list[str]) -> None:
    """A member that the type does not name is told, with `*` for indexes and for the keys of dicts."""
    watch = Watch()
    watch.decode(document, into)
    assert watch.found() == [("unknown_field", pointer) for pointer in pointers]


def test_the_event_tells_of_its_call() -> None:
    """Drift is told with the route and the redacted URL."""
    watch = Watch()
    watch.decode({"id": 1, "age": 2}, Agent)
    (event,) = watch.events
    assert (event.method, event.url, event.route) == ("GET", "http://api.test/x/1?token=[redacted]", "/x/{id}")


def test_each_finding_is_told_once() -> None:
    """The same drift is no news the second time, and is news for another type."""
    watch = Watch()
    for _ in range(301):
        watch.decode({"id": 1, "age": 2}, Agent)
    assert len(watch.found()) == 1
    watch.decode({"id": 1, "age": 2}, Model)
    assert len(watch.found()) == 2


def test_every_hundredth_answer_is_looked_at() -> None:
    """The first answer of a type is looked at, and then one in a hundred."""
    watch = Watch()
    for number in range(201):
        watch.decode({"id": 1, f"field{number}": 1}, Agent)
    assert [pointer for _, pointer in watch.found()] == ["/field0", "/field100", "/field200"]


def test_nothing_is_looked_at_unless_someone_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without listeners the search is never begun."""

    def look(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(decoder_module, "undeclared", look)
    assert Watch(listens=False).decode({"id": 1, "age": 2}, Agent) == Agent(1)


def test_what_is_remembered_is_bounded() -> None:
    """A server that invents names all the time fills no memory."""
    watch = Watch()
    watch.decode({"id": 1} | {f"field{number}": 1 for number in range(5000)}, Agent)
    assert len(watch.found()) == drift_module.MAX_FINDINGS


@pytest.mark.parametrize(
    ("document", "pointer"),
    [
        ({"id": 1, "colour": "green"}, "/colour"),
        ({"id": 1, "team": [{"id": 2, "colour": "green"}, {"id": 3, "colour": "mauve"}]}, "/team/*/colour"),
        ({"id": 1, "notes": {"any": {"id": 2, "colour": "green"}}}, "/notes/*/colour"),
    ],
)
def test_an_unknown_enum_member_is_told(document: Any, pointer: str) -> None:
    """A default that stands in for an unknown word is an event each time it is a new place, not counted in hundreds."""
    watch = Watch()
    for _ in range(3):
        watch.decode(document, Agent)
    assert watch.found() == [("unknown_member", pointer)]


def test_a_huge_answer_is_looked_at_in_part() -> None:
    """Items are alike, so that a long array is sampled too."""
    watch = Watch()
    watch.decode([{"id": 1}] * 5000 + [{"id": 1, "age": 1}], list[Agent])
    assert watch.found() == []
