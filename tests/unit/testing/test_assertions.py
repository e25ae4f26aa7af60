"""The assertions of routes, in memory and on a socket: when they hold, when they fail, and what they say then."""

import re
from collections.abc import Callable, Iterator
from typing import Any
from unittest.mock import ANY

import msgspec
import pytest

from seawall import Secret, UsageError
from seawall.model import form_body, json_body
from seawall.testing import FaultServer
from seawall.transport import MockTransport
from tests.unit.testing.kits import Kit, MemoryKit, SocketKit, lines

JSON = [("Content-Type", "application/json")]
FORM = [("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")]


def _named(value: object) -> str:
    """A name that is the same in every process: functions tell their address."""
    return re.sub(r" at 0x[0-9a-f]+", "", str(value))


@pytest.fixture(params=[SocketKit, MemoryKit], ids=lambda kind: kind.name)
def kit(request: pytest.FixtureRequest) -> Iterator[Kit]:
    """Each test runs against both."""
    with FaultServer() as server:
        yield SocketKit(server) if request.param is SocketKit else MemoryKit(MockTransport())


@pytest.fixture
def memory() -> MemoryKit:
    """For what cannot be told on a socket."""
    return MemoryKit(MockTransport())


def failing(check: Callable[[], object]) -> list[str]:
    """What a check says when it fails."""
    with pytest.raises(AssertionError) as caught:
        check()
    return lines(caught.value)


def test_counting(kit: Kit) -> None:
    """The counts hold exactly for the number of calls that came, and return something true."""
    route = kit.router.route("GET", "/x", 200)
    assert (route.called, route.call_count) == (False, 0)
    assert route.not_called() is True
    route.called_times(0)
    kit.send("GET", "/x")
    assert (route.called, route.call_count) == (True, 1)
    assert route.called_once() is route.calls[0]
    route.called_times(1)
    assert failing(route.not_called) == ["GET /x: expected no call; one call came", "  1. GET /x"]
    kit.send("GET", "/x?page=2")
    listed = ["  1. GET /x", "  2. GET /x?page=2"]
    assert failing(route.called_once) == ["GET /x: expected one call; 2 calls came", *listed]
    assert failing(lambda: route.called_times(3)) == ["GET /x: expected 3 calls; 2 calls came", *listed]


def test_a_route_that_saw_nothing_shows_what_went_astray(kit: Kit) -> None:
    """A route without calls tells of those that no route took: one of them may have been meant for it."""
    route = kit.router.route("GET", "/agents", 200)
    assert failing(route.called_once) == ["GET /agents: expected one call; no calls came"]
    if isinstance(kit, MemoryKit):
        with pytest.raises(UsageError):
            kit.send("GET", "/agent?token=abc")
    else:
        kit.send("GET", "/agent?token=abc")
    astray = ["calls that no route took:", "  1. GET /agent?token=[redacted]"]
    assert failing(route.called_once) == ["GET /agents: expected one call; no calls came", *astray]
    assert failing(lambda: route.called_with(json={}))[1:] == astray


def test_which_call(kit: Kit) -> None:
    """Any, the last, the only one: each assertion looks at its own calls, and returns the one that it found."""
    route = kit.router.route("*", "/x", 200)
    for name in (b'"Ada"', b'"Grace"', b'"Ada"'):
        kit.send("POST", "/x", JSON, name)
    assert route.called_with(json="Ada") is route.calls[0]
    assert route.called_with(json="Grace") is route.calls[1]
    assert route.last_called_with(json="Ada") is route.calls[2]
    route.called_times(2, json="Ada")
    assert failing(lambda: route.called_with(json="Alan"))[0] == "* /x: expected a call as described; 3 calls came"
    assert failing(lambda: route.called_once_with(json="Ada"))[0] == (
        "* /x: expected one call, and that as described; 3 calls came"
    )
    assert failing(lambda: route.last_called_with(json="Grace"))[-2:] == [
        "call 3 differs:",
        "  json (the whole body): expected 'Grace', got 'Ada'",
    ]
    assert failing(lambda: route.called_times(1, json="Ada"))[0] == (
        "* /x: expected one call as described, and found 2; 3 calls came"
    )


FITTING: list[dict[str, Any]] = [
    {},
    {"method": "POST"},
    {"method": "post"},
    {"path": "/agents/a%20b"},
    {"path": re.compile("^/agents/")},
    {"path_params": {"id": "a b"}},
    {"query": {"page": 2, "tag": ["x", "y"], "all": True}},
    {"query": {"page": re.compile("[0-9]"), "tag": ["x", "y"], "all": lambda value: value != "false"}},
    {"headers": {"x-tag": "1", "X-Gone": None}},
    {"headers": {"X-TAG": 1, "X-Many": "a, b"}},
    {"headers": {"X-Many": ["a", "b"]}},
    {"headers": {"Content-Type": re.compile("json")}},
    {"json": {"name": "Ada", "tags": ["a", 1], "on": True}},
    {"json": {"name": str, "tags": list, "on": bool}},
    {"json": {"name": re.compile("^A"), "tags": ["a", lambda value: value < 2], "on": ANY}},
    {"json": ANY},
    {"json_includes": {"name": "Ada"}},
    {"json_includes": {"tags": ["a", int]}},
    {"content": '{"name": "Ada", "tags": ["a", 1], "on": true}'},
    {"content": re.compile(b"Ada")},
    {"content": re.compile("Ada")},
    {"content": lambda content: len(content) > 10},
]
BODY = b'{"name": "Ada", "tags": ["a", 1], "on": true}'
TARGET = "/agents/a%20b?page=2&tag=x&tag=y&all=true"


@pytest.fixture
def route(kit: Kit) -> Any:
    """A route that saw one call with a bit of everything."""
    route = kit.router.route("*", "/agents/{id}", 200)
    kit.send("POST", TARGET, [*JSON, ("X-Tag", "1"), ("X-Many", "a"), ("X-Many", "b")], BODY)
    return route


@pytest.mark.parametrize("expected", FITTING, ids=_named)
def test_what_fits(route: Any, expected: dict[str, Any]) -> None:
    """A call that is as described passes every assertion that takes a description."""
    route.called_once_with(**expected)
    route.called_with(**expected)
    route.last_called_with(**expected)
    route.called_times(1, **expected)


@pytest.mark.parametrize(
    ("expected", "says"),
    [
        ({"method": "PUT"}, ["method: expected 'PUT', got 'POST'"]),
        ({"path": "/agents/7"}, ["path: expected '/agents/7', got '/agents/a%20b'"]),
        ({"path_params": {"id": "7"}}, ["path parameter id: expected '7', got 'a b'"]),
        ({"path_params": {}}, ["path parameter id: expected nothing, got 'a b'"]),
        (
            {"query": {"page": 3, "tag": "x", "sort": "up"}},
            [
                "query parameter page: expected '3', got '2'",
                "query parameter tag: expected 'x', got ['x', 'y']",
                "query parameter sort: expected 'up', got nothing",
                "query parameter all: expected nothing, got 'true'",
            ],
        ),
        (
            {"headers": {"x-tag": "2", "X-Gone": "1", "Content-Type": None}},
            [
                "header x-tag: expected '2', got '1'",
                "header X-Gone: expected '1', got nothing",
                "header Content-Type: expected nothing, got 'application/json'",
            ],
        ),
        ({"headers": {"X-Tag": re.compile("[a-z]")}}, ["header X-Tag: expected something matching '[a-z]', got '1'"]),
        ({"headers": {"X-Many": ["b", "a"]}}, ["header X-Many: expected ['b', 'a'], got ['a', 'b']"]),
        (
            {"json": {"name": "Alan", "tags": ["a", 2, 3], "team": "blue"}},
            [
                "json /name: expected 'Alan', got 'Ada'",
                "json /tags/1: expected 2, got 1",
                "json /tags: expected 3 items, got 2 items",
                "json /team: expected 'blue', got nothing",
                "json /on: expected nothing, got True",
            ],
        ),
        ({"json_includes": {"on": 1}}, ["json /on: expected 1, got True"]),
        ({"json_includes": {"on": int}}, ["json /on: expected any int, got True"]),
        ({"json_includes": {"name": int}}, ["json /name: expected any int, got 'Ada'"]),
        ({"json_includes": {"tags": ["a"]}}, ["json /tags: expected 1 items, got 2 items"]),
        ({"json": ["Ada"]}, ["json (the whole body): expected ['Ada'], got {'name': 'Ada', 'on': True, 'tags': ['a', 1]}"]),
        ({"form": {"name": "Ada"}}, ["form: expected fields, got a body of application/json"]),
        (
            {"content": BODY.replace(b"Ada", b"Alan")},
            [
                'content from byte 11: expected b\'lan", "tags": ["a", 1], "on": true}\', '
                'got b\'da", "tags": ["a", 1], "on": true}\''
            ],
        ),
        ({"content": "nothing"}, [f"content: expected b'nothing', got {BODY!r}"]),
        ({"content": BODY[:-1]}, ["content from byte 44: expected b'', got b'}'"]),
    ],
    ids=_named,
)
def test_what_does_not_fit(route: Any, expected: dict[str, Any], says: list[str]) -> None:
    """A call that is not as described fails, and each difference is told by its place."""
    for check in (route.called_once_with, route.called_with, route.last_called_with):
        said = failing(lambda check=check: check(**expected))
        assert said[1:] == [f"  1. POST {TARGET}", "call 1 differs:", *(f"  {line}" for line in says)]
    route.called_times(0, **expected)
    assert failing(lambda: route.called_times(1, **expected))[-1] == f"  {says[-1]}"


def test_forms(kit: Kit) -> None:
    """A form is compared by its decoded fields, these and no others, and a body without any is no form."""
    route = kit.router.route("POST", "/x", 200)
    kit.send("POST", "/x", FORM, b"name=Ada+L&tag=1&tag=2&empty=")
    route.called_once_with(form={"name": "Ada L", "tag": [1, 2], "empty": ""})
    assert failing(lambda: route.called_once_with(form={"name": "Ada", "tag": ["1"]}))[3:] == [
        "  form field name: expected 'Ada', got 'Ada L'",
        "  form field tag: expected ['1'], got ['1', '2']",
        "  form field empty: expected nothing, got ''",
    ]
    kit.send("POST", "/x")
    assert failing(lambda: route.last_called_with(form={"name": "Ada"}))[-1] == "  form field name: expected 'Ada', got nothing"


def test_a_pointer_names_the_place_in_json(kit: Kit) -> None:
    """Places are JSON pointers (RFC 6901), with slashes and tildes in names escaped."""
    route = kit.router.route("POST", "/x", 200)
    kit.send("POST", "/x", JSON, b'{"a/b": [{"~": 1}]}')
    assert failing(lambda: route.called_once_with(json={"a/b": [{"~": 2}]}))[-1] == "  json /a~1b/0/~0: expected 2, got 1"


@pytest.mark.parametrize("body", [b"", b"{", b"[" * 5000], ids=["empty", "cut", "deep"])
def test_a_body_that_is_no_json(kit: Kit, body: bytes) -> None:
    """A body that cannot be decoded differs from every document, and says its size."""
    route = kit.router.route("POST", "/x", 200)
    kit.send("POST", "/x", JSON, body)
    said = failing(lambda: route.called_once_with(json={}))
    assert said[-1].startswith("  json: expected a JSON document, got")


class Agent(msgspec.Struct):
    name: str
    team: str = "blue"


def test_an_object_stands_for_what_the_client_would_send(kit: Kit) -> None:
    """A Struct, and whatever else the client encodes, may be expected as it is."""
    route = kit.router.route("POST", "/x", 200)
    kit.send("POST", "/x", JSON, b'{"agents": [{"name": "Ada", "team": "blue"}]}')
    route.called_once_with(json={"agents": [Agent("Ada")]})
    assert failing(lambda: route.called_once_with(json={"agents": [Agent("Ada", "red")]}))[-1] == (
        "  json /agents/0/team: expected 'red', got 'blue'"
    )


def test_the_nearest_call_is_taken_apart(kit: Kit) -> None:
    """Of many calls the one with the fewest differences is compared, the last of equals."""
    route = kit.router.route("POST", "/x", 200)
    for body in (b"{}", b'{"a": 1, "b": 0}', b'{"a": 0, "b": 2}', b'{"a": 0}'):
        kit.send("POST", "/x", JSON, body)
    assert failing(lambda: route.called_with(json={"a": 1, "b": 2}))[-2:] == [
        "call 3 comes nearest:",
        "  json /a: expected 1, got 0",
    ]


def test_messages_are_bounded(kit: Kit) -> None:
    """Many calls, many differences and long values make no long message."""
    route = kit.router.route("POST", "/x", 200)
    for _ in range(15):
        kit.send("POST", f"/x?q={'y' * 2000}", JSON, b'{"long": "%b"}' % (b"z" * 10_000))
    said = failing(lambda: route.called_with(json={f"member {number}": number for number in range(50)}))
    assert len(said) == 1 + 1 + 10 + 1 + 10 + 1
    assert said[1] == "  ... 5 calls before"
    assert said[-1] == "  ... and 41 more"
    assert max(len(line) for line in said) <= 403
    said = failing(lambda: route.called_with(json={"long": "short"}))
    assert len(said[-1]) < 300


CANARY = "canary-8c1d"
SECRET_FIELDS = [("Authorization", f"Bearer {CANARY}"), ("X-Api-Key", CANARY), ("Cookie", f"session={CANARY}")]
SECRET_JSON = b'{"password": "%b", "deep": [{"apiKey": "%b"}]}' % (CANARY.encode(), CANARY.encode())
SECRET_FORM = f"password={CANARY}&client_secret={CANARY}".encode()
DESCRIPTIONS: list[dict[str, Any]] = [
    {"headers": {"Authorization": "Bearer other", "X-Api-Key": re.compile("other"), "Cookie": None}},
    {"query": {"access_token": "other"}},
    {"json": {"password": "other", "deep": []}},
    {"json": {"password": "other", "deep": [{"apiKey": "other"}]}},
    {"json": {"deep": 1}},
    {"json": {}},
    {"json": []},
    {"content": b"other"},
    {"form": {"name": "x"}},
    {"form": {"password": "other"}},
]


@pytest.mark.parametrize(("fields", "body"), [(JSON, SECRET_JSON), (FORM, SECRET_FORM)], ids=["json", "form"])
@pytest.mark.parametrize("expected", DESCRIPTIONS, ids=_named)
def test_no_message_shows_a_secret(kit: Kit, expected: dict[str, Any], fields: Any, body: bytes) -> None:
    """Secret header fields, parameters and members are compared, and shown neither by a message nor by a repr."""
    route = kit.router.route("POST", "/x", 200)
    kit.send("POST", f"/x?access_token={CANARY}", [*fields, *SECRET_FIELDS], body)
    call = route.called_with(headers={"authorization": f"Bearer {CANARY}"}, query={"access_token": CANARY}, content=body)
    for check in (route.called_with, route.last_called_with, route.called_once_with):
        said = "\n".join(failing(lambda check=check: check(**expected)))
        assert CANARY not in said
        assert "expected" in said.splitlines()[-1]
    assert CANARY not in f"{route!r} {route.calls!r} {call.headers!r} {call.query_params!r} {call.form!r}"


def test_a_redacted_difference_still_says_that_there_is_one(kit: Kit) -> None:
    """Where both values are hidden, the message says that they differ."""
    route = kit.router.route("GET", "/x", 200)
    kit.send("GET", "/x", [("Authorization", "Bearer a")])
    assert failing(lambda: route.called_with(headers={"Authorization": "Bearer b"}))[-1] == (
        "  header Authorization: expected [redacted], got something else"
    )


@pytest.mark.parametrize(
    "expected",
    [
        {"headers": {"X-Any": "other"}},
        {"headers": {"X-Any": ["other", "again"]}},
        {"query": {"q": "other"}},
        {"query": {}},
        {"json": {"name": "other"}},
        {"json": 1},
        {"content": "other"},
        {"form": {"name": "other"}},
        {"form": {}},
    ],
    ids=_named,
)
def test_typed_secrets_stay_hidden(memory: MemoryKit, expected: dict[str, Any]) -> None:
    """What the app gave as `Secret` is compared by its text and hidden whatever it is called."""
    bodies = [(JSON, json_body({"name": Secret(CANARY)})), (FORM, form_body({"name": Secret(CANARY)}))]
    for number, (fields, body) in enumerate(bodies):
        route = memory.router.route("POST", f"/{number}", 200)
        secret_names = frozenset({"q"})
        memory.answer("POST", f"/{number}?q={CANARY}", [*fields, ("X-Any", Secret(CANARY))], body, secret_names=secret_names)
        call = route.called_with(headers={"X-Any": CANARY}, query={"q": Secret(CANARY)}, content=body.data)
        said = "\n".join(failing(lambda route=route: route.called_with(**expected)))
        assert CANARY not in f"{said} {call!r} {call.query_params!r} {call.form!r} {call.headers!r}"
        assert "expected" in said.splitlines()[-1]
    first, second = memory.router.routes
    first.called_with(json={"name": CANARY})
    second.called_with(form={"name": CANARY})


def test_an_expectation_that_does_not_exist_is_misuse(kit: Kit) -> None:
    """A misspelt keyword fails at once, instead of holding for ever."""
    route = kit.router.route("GET", "/x", 200)
    kit.send("GET", "/x")
    for check in (
        route.called_once_with,
        route.called_with,
        route.last_called_with,
        lambda **named: route.called_times(1, **named),
    ):
        with pytest.raises(UsageError, match="header: no such expectation; there are method, path, "):
            check(header={"X-Tag": "1"})


def test_a_forgotten_call_is_misuse(kit: Kit) -> None:
    """An assertion that is not called has no truth, so that a test cannot pass by a slip of the pen."""
    route = kit.router.route("GET", "/x", 200)
    for method in (route.called_once, route.not_called, kit.router.all_routes_called):
        with pytest.raises(UsageError, match=rf"is a method: call it, `{method._method.__name__}\(\)`"):
            assert method


def test_the_failure_points_at_the_test(kit: Kit) -> None:
    """Every frame below the test's own is hidden from pytest's traceback, and the methods keep their docstrings."""
    route = kit.router.route("GET", "/x", 200)
    checks = [
        route.called_once, lambda: route.called_once_with(json=1), lambda: route.called_with(json=1),
        lambda: route.last_called_with(json=1), lambda: route.called_times(1), kit.router.all_routes_called,
    ]  # fmt: skip
    for check in checks:
        with pytest.raises(AssertionError) as caught:
            check()
        ours = [entry for entry in caught.traceback if "/seawall/" in str(entry.path)]
        assert ours
        assert all(entry.frame.f_locals.get("__tracebackhide__") for entry in ours)
    assert type(route).called_once.__doc__ == "Exactly one call came, whatever it was like; it is returned."


def test_all_routes_together(kit: Kit) -> None:
    """A server knows its routes, which of them were idle, and which calls none of them took."""
    first, second = kit.router.route("GET", "/agents", 200), kit.router.route("GET", "/teams/{id}", 200)
    assert kit.router.routes == [first, second]
    kit.send("GET", "/agents")
    assert kit.router.no_unexpected_calls()
    assert failing(kit.router.all_routes_called) == ["never called: GET /teams/{id}"]
    kit.send("GET", "/teams/7")
    assert kit.router.all_routes_called()
    if isinstance(kit, MemoryKit):
        with pytest.raises(UsageError):
            kit.send("POST", "/agents")
    else:
        kit.send("POST", "/agents")
    assert [call.method for call in kit.router.unexpected_calls] == ["POST"]
    assert failing(kit.router.no_unexpected_calls) == [
        "no route took one call; the nearest is GET /agents",
        "  1. POST /agents",
        "routes: GET /agents, GET /teams/{id}",
    ]


@pytest.mark.parametrize("times", ["x", -1, 1.0, True, None])
def test_what_is_no_number_of_calls_is_a_mistake(kit: Kit, times: Any) -> None:
    """A count that no number of calls can be is a UsageError that names the argument, not an assertion."""
    route = kit.router.route("GET", "/x", 200)
    with pytest.raises(UsageError, match=r"^times: a number of calls, not "):
        route.called_times(times)
