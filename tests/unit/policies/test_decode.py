"""Decoding bodies into declared types: what is forgiven, what fails, and where."""

import asyncio
import datetime
import enum
import typing
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Annotated, Any, Literal, NamedTuple, NotRequired
from uuid import UUID

import msgspec
import pydantic
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typing_extensions import TypedDict

from seawall.chain import drive
from seawall.chain.runtimes import AsyncioRuntime, BlockingRuntime
from seawall.model import Call, Options, Request, Response, Secret, Sent, StreamLimitError, UsageError
from seawall.policies.decode import DecodeInterceptor, JsonDecoder
from seawall.problems import DecodeProblem, NotFoundProblem, TooLargeProblem

POISON = "hunter2"


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


class Mood(enum.Enum):
    FINE = "fine"
    OTHER = "other"

    @classmethod
    def _missing_(cls, value: object) -> "Mood":
        return cls.OTHER


class Agent(msgspec.Struct):
    id: int
    name: str = "nobody"
    colour: Colour = Colour.RED
    level: Level | None = None
    tags: dict[str, int] = {}
    team: "list[Agent]" = []


class Strict(msgspec.Struct):
    colour: Colour
    colours: list[Colour] = []


class Cat(msgspec.Struct, tag=True):
    lives: int


class Dog(msgspec.Struct, tag=True):
    name: str
    colour: Colour = Colour.BLUE


class Point(NamedTuple):
    x: int
    y: int


class Ticket(TypedDict):
    id: int
    colour: NotRequired[Colour]


@dataclass
class Room:
    number: int
    colour: Colour = Colour.RED
    people: list[str] = field(default_factory=list)


class Model(pydantic.BaseModel):
    id: int
    name: str = pydantic.Field("nobody", alias="fullName")
    colour: Colour = Colour.RED
    maybe: Colour | None = None
    by_name: dict[str, "Model"] = {}


@pydantic.dataclasses.dataclass
class Checked:
    size: int


@dataclass
class Holder:
    models: list[Model]


class Picky(msgspec.Struct):
    size: int

    def __post_init__(self) -> None:
        raise ValueError(f"{self.size} is {POISON} - at `$.q`")


def reply(body: bytes | str, content_type: str | None = "application/json", status: int = 200) -> Response:
    """An answer to GET http://api.test/x."""
    headers = {} if content_type is None else {"Content-Type": content_type}
    content = body.encode() if isinstance(body, str) else body
    response = Response(status, headers=headers, content=content)
    response.answers(Request("GET", "http://api.test/x?token=abc", call=Call(BlockingRuntime())))
    return response


def decode(body: bytes | str, into: Any, content_type: str | None = "application/json") -> Any:
    """Decode with a fresh decoder."""
    return JsonDecoder().decode(reply(body, content_type), into)


def failure(body: bytes | str, into: Any) -> DecodeProblem:
    """The problem of a body that does not fit."""
    with pytest.raises(DecodeProblem) as caught:
        decode(body, into)
    return caught.value


@pytest.mark.parametrize(
    ("body", "into", "value"),
    [
        ('{"a": [1, null]}', Any, {"a": [1, None]}),
        ('{"id": 1}', Agent, Agent(1)),
        ('[{"id": 1}, {"id": 2, "new": true}]', list[Agent], [Agent(1), Agent(2)]),
        ('{"id": 1, "level": 2}', Agent | None, Agent(1, level=Level.HIGH)),
        ('{"type": "Dog", "name": "Rex"}', Cat | Dog, Dog("Rex")),
        ('{"number": 7}', Room, Room(7)),
        ('{"id": 3}', Ticket, {"id": 3}),
        ("[1, 2]", Point, Point(1, 2)),
        ('{"1": 2}', dict[int, int], {1: 2}),
        ('"2026-01-02"', datetime.date, datetime.date(2026, 1, 2)),
        ("1.10", Decimal, Decimal("1.10")),
        ('{"id": 1, "fullName": "Ada", "new": 1}', Model, Model(id=1, fullName="Ada")),
        ('[{"id": 1}]', list[Model], [Model(id=1)]),
        ('{"a": {"id": 1}}', dict[str, Model | None] | Model, {"a": Model(id=1)}),
        ('{"size": 1}', Checked, Checked(1)),
        ('{"models": [{"id": 1}]}', Holder, Holder([Model(id=1)])),
        ('[["x", {"id": 1}]]', list[tuple[str, Annotated[Model, "meant"]]], [("x", Model(id=1))]),
        ('"fine?"', Mood, Mood.OTHER),
        ('"text"', str, "text"),
        ("not json \xff", bytes, "not json \xff".encode()),
    ],
)
def test_a_body_becomes_a_value_of_the_declared_type(body: str, into: Any, value: Any) -> None:
    """Every kind of type is decoded, missing optional fields take their defaults, unknown fields are ignored."""
    assert decode(body, into) == value


def test_a_secret_is_never_a_plain_text() -> None:
    """A field of type Secret holds its text wrapped from the start, and refuses what is no text."""
    kind = msgspec.defstruct("Grant", [("token", Secret), ("until", int, 0)])
    grant = decode(f'{{"token": "{POISON}"}}', kind)
    assert isinstance(grant.token, Secret)
    assert grant.token.reveal() == POISON
    assert failure('{"token": 5}', kind).pointer == "/token"


@pytest.mark.parametrize(
    ("body", "into", "pointer", "expected"),
    [
        (f'{{"id": "{POISON}"}}', Agent, "/id", "integer"),
        ("{}", Agent, "/id", "integer"),
        (f'[{{"id": 1}}, {{"id": 2, "team": [{{"id": "{POISON}"}}]}}]', list[Agent], "/1/team/0/id", "integer"),
        ('[{"id": 1}, {"name": "x"}]', list[Agent], "/1/id", "integer"),
        (f'["{POISON}"]', list[Agent], "/0", "object (Agent)"),
        (f'{{"id": 1, "tags": {{"a": 1, "b/~c": "{POISON}", "d": 2}}}}', Agent, "/tags/b~1~0c", "integer"),
        (f'{{"a": {{"b": 1}}, "c": {{"d": 2, "e": "{POISON}"}}}}', dict[str, dict[str, int]], "/c/e", "integer"),
        (f'{{"1": 1, "{POISON[:3]}": 2}}', dict[int, int], "/hun", "another key"),
        (f'{{"id": 1, "level": "{POISON}"}}', Agent, "/level", "one of 1, 2 | null"),
        (f'{{"id": 1, "colour": ["{POISON}"]}}', Agent, "/colour", 'one of "blue", "red"'),
        (f'{{"colour": "{POISON}"}}', Strict, "/colour", 'one of "blue", "red"'),
        (f'{{"colour": "red", "colours": ["blue", "{POISON}"]}}', Strict, "/colours/1", 'one of "blue", "red"'),
        (f'"{POISON}"', Literal["a", "b"], "", 'one of "a", "b"'),
        (f'{{"type": "{POISON}", "lives": 9}}', Cat | Dog, "/type", 'one of "Cat" | one of "Dog"'),
        (f'{{"type": "Cat", "lives": "{POISON}"}}', Cat | Dog, "/lives", "integer"),
        (f'[1, "{POISON}"]', Point, "/1", "integer"),
        (f'[1, "{POISON}"]', tuple[int, int], "/1", "integer"),
        (f'{{"number": 1, "people": [["{POISON}"]]}}', Room, "/people/0", "string"),
        (f'"{POISON}"', UUID, "", "string (uuid)"),
        ("-1", Annotated[int, msgspec.Meta(ge=0)], "", "integer >= 0"),
        (f'{{"a.b[0]": {{"x": "{POISON}"}}}}', dict[str, dict[str, int]], "/a.b[0]/x", "integer"),
        ('{"size": 12345}', Picky, "", "object (Picky)"),
        (f'{{"id": "{POISON}"}}', Model, "/id", "integer"),
        ('{"by_name": {}}', Model, "/id", "integer"),
        (f'{{"id": 1, "by_name": {{"x": {{"id": 1, "fullName": ["{POISON}"]}}}}}}', Model, "/by_name/x/fullName", "string"),
        (f'[{{"id": "{POISON}"}}]', list[Model] | dict[str, int], "/0/id", "integer"),
        (f'{{"models": [{{"id": "{POISON}"}}]}}', Holder, "/models/0/id", "integer"),
        (f'{{"a": "{POISON}"}}', dict[str, Checked], "/a", "object (Checked)"),
        (f"<html>{POISON}</html>", Agent, "", "JSON"),
        (f'{{"id": 1, "name": "{POISON}', Agent, "", "JSON"),
        (f"<html>{POISON}</html>", Model, "", "JSON"),
        ("", Agent, "", "object (Agent)"),
        ("", Model, "", "object (Model)"),
        ("", str, "", "string"),
    ],
)
def test_a_body_of_another_type_fails_with_its_place(body: str, into: Any, pointer: str, expected: str) -> None:
    """The problem names the first wrong place and what the type asks for there, and nothing of what came."""
    problem = failure(body, into)
    assert (problem.pointer, problem.expected) == (pointer, expected)
    said = [repr(problem), str(problem), problem.detail, problem.expected, str(problem.__cause__), repr(problem.__cause__)]
    assert POISON not in " ".join(said)
    assert "12345" not in problem.detail
    assert problem.__context__ is None


def test_a_huge_dict_is_named_without_its_key() -> None:
    """The search for a key decodes many times, so that a body of many megabytes gives the dict alone."""
    body = msgspec.json.encode({"a": {str(number): number for number in range(100_000)} | {"z": POISON}})
    assert failure(body, dict[str, dict[str, int]]).pointer == ""
    assert failure(body, msgspec.defstruct("Big", [("a", dict[str, int])])).pointer == "/a"


def test_the_problem_tells_of_its_response() -> None:
    """A wrong body is certain to have been answered, and its request is told redacted."""
    problem = failure("{}", Agent)
    assert (problem.status, problem.sent, problem.method) == (200, Sent.YES, "GET")
    assert problem.url == "http://api.test/x?token=[redacted]"
    assert problem.response is not None
    assert problem.detail == "a member is missing at /id; expected integer"


def test_the_locals_of_the_raising_frame_hide_the_body() -> None:
    """A crash report that shows the locals of our frames shows nothing of the body."""
    problem = failure(f'{{"id": "{POISON}"}}', Agent)
    trace = problem.__traceback__
    frames = []
    while trace is not None:
        frames.append(trace.tb_frame)
        trace = trace.tb_next
    ours = [frame for frame in frames if "/policies/decode/" in frame.f_code.co_filename]
    assert ours
    assert POISON not in repr([frame.f_locals for frame in ours])


@pytest.mark.parametrize(
    ("body", "into", "value"),
    [
        ('{"id": 1, "colour": "green"}', Agent, Agent(1)),
        ('{"id": 1, "level": 9}', Agent, Agent(1)),
        (
            '[{"id": 1, "colour": "x", "level": 7}, {"id": 2, "colour": "blue"}]',
            list[Agent],
            [Agent(1), Agent(2, colour=Colour.BLUE)],
        ),
        ('{"number": 1, "colour": "green"}', Room, Room(1)),
        ('{"id": 1, "colour": "green"}', Ticket, {"id": 1}),
        ('{"type": "Dog", "name": "Rex", "colour": "green"}', Cat | Dog, Dog("Rex")),
        ('{"a": {"id": 1, "colour": "green"}}', dict[str, Agent], {"a": Agent(1)}),
        ('{"id": 1, "colour": "green", "maybe": "mauve"}', Model, Model(id=1)),
        ('{"id": 1, "by_name": {"x": {"id": 2, "colour": "green"}}}', Model, Model(id=1, by_name={"x": Model(id=2)})),
        ('[{"number": 1, "colour": "green"}, {"id": 1, "colour": "green"}]', list[Room | Model], [Room(1), Model(id=1)]),
    ],
)
def test_an_unknown_enum_member_takes_the_default(body: str, into: Any, value: Any) -> None:
    """A server may learn new words before the app does, wherever a field has a default."""
    assert decode(body, into) == value


def test_other_values_are_exact_beside_an_unknown_member() -> None:
    """Decoding again loses no digit of a number."""
    kind = msgspec.defstruct("Price", [("amount", Decimal), ("units", int), ("colour", Colour, Colour.RED)])
    price = decode('{"amount": 1.10000000000000000000000001, "units": 99999999999999999999, "colour": "green"}', kind)
    assert (price.amount, price.units) == (Decimal("1.10000000000000000000000001"), 99999999999999999999)


def test_a_wrong_type_fails_beside_an_unknown_member() -> None:
    """Living with one unknown word hides no other fault."""
    problem = failure(f'[{{"id": 1, "colour": "green"}}, {{"id": "{POISON}"}}]', list[Agent])
    assert problem.pointer == "/1/id"


def test_unknown_members_are_bounded() -> None:
    """A thousand unknown words are lived with; with more, the types are another's."""

    def body(count: int) -> bytes:
        return msgspec.json.encode([{"id": 1, "colour": "green"}] * count)

    assert len(decode(body(1000), list[Agent])) == 1000
    assert failure(body(1001), list[Agent]).pointer == "/0/colour"


@pytest.mark.parametrize("into", [Any, None, Agent | None, Model | None])
@pytest.mark.parametrize("status", [200, 204])
def test_an_empty_body_is_none_where_the_type_allows(into: Any, status: int) -> None:
    """No content is None for types that have None."""
    assert JsonDecoder().decode(reply(b"", None, status), into) is None


@pytest.mark.parametrize(
    ("data", "content_type"),
    [
        ('"é"'.encode(), None),
        ('"é"'.encode("latin-1"), "application/json; charset=ISO-8859-1"),
        ('"é"'.encode("cp1252"), 'application/json;charset="windows-1252"'),
        (b"\xef\xbb\xbf" + '"é"'.encode(), "application/json; charset=latin-1"),
        ('"é"'.encode("utf-16"), "application/json"),
        ('"é"'.encode("utf-32"), "application/json; charset=utf-8"),
        ('"é"'.encode("utf-16-be"), "application/json; charset=utf-16be"),
        ('"é"'.encode(), "application/json; charset=klingon"),
        ('"é"'.encode(), "application/json; charset=hex"),
        ('"é"'.encode(), "application/json; charset=idna"),
        ('"é"'.encode(), "application/json; charset="),
    ],
)
def test_the_charset_is_honoured(data: bytes, content_type: str | None) -> None:
    """A byte order mark tells the charset, then Content-Type, then the rule that JSON is UTF-8."""
    assert decode(data, str, content_type) == "é"


def test_wrong_bytes_for_a_charset_are_no_json() -> None:
    """Bytes that the named charset does not have are never guessed at."""
    with pytest.raises(DecodeProblem):
        decode(b'"\xff"', str, "application/json; charset=ascii")


@pytest.mark.parametrize(
    "body",
    [b"NaN", b"1e999", b'"\\ud800"', b"9" * 5000, b"[" * 100_000, b'{"a":' * 100_000, b"\x00", b"\xef\xbb\xbf", b" ", b'"\xff"'],
)
@pytest.mark.parametrize("into", [Any, int, list[Agent], Agent | None, list[Model], Model | None, Decimal, dict[str, Colour]])
def test_hostile_bodies_are_problems(body: bytes, into: Any) -> None:
    """Deep nesting, huge numbers and broken text are content that cannot be used, whatever the type."""
    try:
        decode(body, into)
    except DecodeProblem as problem:
        found = problem
    else:
        found = None
    assert found is None or found.status == 200


KINDS: list[Any] = [
    Any, int, bool, list[Agent], Agent, Agent | None, Cat | Dog, dict[str, list[Room]], Ticket, Point, Strict, Model, list[Model],
    Holder, dict[str, Model] | list[int], dict[int, float], set[str], tuple[int, str], Secret, Colour, Mood, Checked, Picky,
]  # fmt: skip
NAMES = st.sampled_from(
    ["id", "name", "colour", "level", "tags", "team", "type", "lives", "models", "by_name", "a/b", "~", "", "."]
)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=5)
    | st.sampled_from(["red", "Dog", 1])
)
DOCUMENTS = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=5), max_leaves=12
)


@settings(max_examples=150, deadline=None)
@given(DOCUMENTS, st.sampled_from(KINDS))
def test_a_pointer_resolves_in_the_document(document: Any, into: Any) -> None:
    """Whatever JSON comes: a value, or a problem whose pointer leads to a place, or to a member missing from one."""
    try:
        decode(msgspec.json.encode(document), into)
    except DecodeProblem as problem:
        pointer = problem.pointer
    else:
        return
    tokens = [token.replace("~1", "/").replace("~0", "~") for token in pointer.split("/")[1:]]
    for number, token in enumerate(tokens, 1):
        if isinstance(document, list):
            document = document[int(token)]
        else:
            assert isinstance(document, dict)
            assert token in document or number == len(tokens)
            document = document.get(token)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=60), st.sampled_from(KINDS), st.sampled_from([None, "a/b; charset=utf-16", "a/b; charset=utf-7"]))
def test_any_bytes_decode_or_are_a_problem(data: bytes, into: Any, content_type: str | None) -> None:
    """Whatever bytes come in whatever charset: a value, or a DecodeProblem."""
    try:
        decode(data, into, content_type)
    except DecodeProblem as problem:
        detail = problem.detail
    else:
        detail = "fine"
    assert detail


@pytest.mark.parametrize("into", [Callable[[], int], int | Cat | dict, "Nobody", Agent | Model])
def test_a_type_that_cannot_be_decoded_is_misuse(into: Any) -> None:
    """A type that neither library can decode fails by the name of the option, before anything is sent."""
    with pytest.raises(UsageError, match="response_model"):
        JsonDecoder().prepare(into)


@pytest.mark.parametrize("into", [object, dict[str, object], list[dict[str, object]]])
def test_object_admits_anything(into: Any) -> None:
    """`object` is a type like `Any`, also inside others."""
    body = {object: b"[1]", dict[str, object]: b'{"a": [1]}'}.get(into, b'[{"a": null}]')
    assert JsonDecoder().decode(Response(200, content=body), into) == msgspec.json.decode(body)


def test_types_are_prepared_once() -> None:
    """A decoder remembers the types it has met, those without a hash excepted."""
    decoder = JsonDecoder()
    odd = Annotated[int, msgspec.Meta(ge=0), ["no", "hash"]]
    for into in (list[Agent], typing.List[Agent], odd, bytes):  # noqa: UP006
        decoder.prepare(into)
    assert decoder.decode(reply("5"), odd) == 5
    assert decoder.decode(reply('[{"id": 1}]'), list[Agent]) == [Agent(1)]


def test_a_response_made_by_hand_is_decoded() -> None:
    """Tests may decode a response that answers no request."""
    decoder = JsonDecoder()
    assert decoder.decode(Response(200, content=b"5"), int) == 5
    with pytest.raises(DecodeProblem) as caught:
        decoder.decode(Response(200, content=b"[]"), int)
    assert caught.value.method is None


@pytest.mark.parametrize(
    ("data", "into", "value"),
    [(b'{"id": 1}', Agent, Agent(1)), (b'{"id": 1}', Model, Model(id=1)), (b"[", bytes, b"["), (b'"\xc3\xa9"', str, "é")],
)
def test_a_part_of_a_stream_is_decoded(data: bytes, into: Any, value: Any) -> None:
    """What was cut out of a body that is still streamed is decoded like a body, as UTF-8 whatever the head says."""
    response = Response(200, headers={"Content-Type": "text/event-stream; charset=latin-1"}, content=None)
    assert JsonDecoder().decode(response, into, data) == value


@pytest.mark.parametrize("into", [list[int], list[Model]])
@pytest.mark.parametrize("data", [b"", b"[", b'["' + POISON.encode() + b'"]'])
def test_a_part_of_a_stream_that_does_not_fit_is_a_problem(data: bytes, into: Any) -> None:
    """A wrong part is the same problem as a wrong body, names the place and keeps the value out."""
    with pytest.raises(DecodeProblem) as caught:
        JsonDecoder().decode(Response(200, content=None), into, data)
    problem = caught.value
    assert problem.detail.startswith("the event " if data != b'["' + POISON.encode() + b'"]' else "the event is not of the")
    assert POISON not in repr(problem) + problem.detail
    while problem.__traceback__ is not None and problem.__traceback__.tb_next is not None:
        problem.__traceback__ = problem.__traceback__.tb_next
        assert POISON not in repr(problem.__traceback__.tb_frame.f_locals)


def test_a_line_over_its_bound_is_too_large() -> None:
    """What a stream's parser refuses becomes a problem that knows its response."""
    problem = JsonDecoder().too_large(reply(b""), StreamLimitError("a line is longer than 10 characters"))
    assert isinstance(problem, TooLargeProblem)
    assert (problem.status, problem.sent, problem.detail) == (200, Sent.YES, "a line is longer than 10 characters")


class Below:
    """What stands below the interceptor."""

    def __init__(self, response: Response) -> None:
        self.response = response

    async def __call__(self, request: Request) -> Response:
        self.response.answers(request)
        return self.response


def request_for(into: Any, runtime: Any = None) -> Request:
    """A request whose caller declared a type."""
    call = Call(runtime or BlockingRuntime(), Options(response_model=into))
    return Request("GET", "http://api.test/x", call=call)


def test_the_interceptor_sets_the_value() -> None:
    """With a `response_model` the value is there; without, `json()` decodes."""
    policy = DecodeInterceptor(JsonDecoder())
    response = drive(policy(request_for(list[int]), Below(Response(200, content=b"[1]"))))
    assert response.value == [1]
    response = drive(policy(request_for(None), Below(Response(200, content=b"[2]"))))
    assert response.value is None
    assert response.json(list[int]) == [2]


def test_the_interceptor_sets_the_value_in_asyncio() -> None:
    """The same text decodes in the world of tasks."""

    async def main() -> Any:
        policy = DecodeInterceptor(JsonDecoder())
        response = await policy(request_for(Agent, AsyncioRuntime()), Below(Response(200, content=b'{"id": 1}')))
        return response.value

    assert asyncio.run(main()) == Agent(1)


def test_a_problem_is_not_decoded() -> None:
    """The body of an error is not of the declared type, and keeps its problem."""
    response = Response(404, content=b"<html>")
    response.problem = NotFoundProblem(status=404)
    assert drive(DecodeInterceptor(JsonDecoder())(request_for(Agent), Below(response))).value is None


def test_a_stream_is_not_decoded() -> None:
    """A body that the caller reads stays untouched."""

    class Stream:
        async def read(self) -> bytes:
            raise AssertionError

        async def aclose(self) -> None: ...

    response = drive(DecodeInterceptor(JsonDecoder())(request_for(Agent), Below(Response(200, stream=Stream()))))
    assert response.is_streamed
