"""The base of generated exceptions."""

import math
import pickle
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum, IntEnum
from typing import Any

import pytest

from seawall_server import FieldError, ProblemError, StatusError, answer


class AgentForbidden(ProblemError):
    """As the generator writes it."""

    code = "AGENT_FORBIDDEN"
    status = 403
    detail = "You may not {action} this {resource}, {nobody}"

    def __init__(self, *, resource: str, action: str) -> None:
        super().__init__(resource=resource, action=action)


def test_the_members_are_those_of_the_standard() -> None:
    """What a class and an occurrence say stands in the document, and what they do not say is left out."""
    problem = AgentForbidden(resource="agent", action="{resource}")
    assert problem.to_dict() == {
        "title": "Forbidden",
        "status": 403,
        "detail": "You may not {resource} this agent, {nobody}",
        "code": "AGENT_FORBIDDEN",
        "params": {"resource": "agent", "action": "{resource}"},
    }
    problem.with_instance("/jobs/7").with_errors(FieldError("/a", "ODD", "odd", {"max": 3}))
    assert problem.to_dict()["instance"] == "/jobs/7"
    assert problem.to_dict()["errors"] == [{"pointer": "#/a", "code": "ODD", "detail": "odd", "params": {"max": 3}}]


def test_the_text_is_the_code() -> None:
    """A log line of a problem shows nothing of the request."""
    assert str(AgentForbidden(resource="secret", action="secret")) == "AGENT_FORBIDDEN"
    assert str(StatusError(404, "secret")) == "NOT_FOUND"


def test_params_are_plain_and_bounded() -> None:
    """What could not be sent is refused where it is raised, and long text is cut."""
    with pytest.raises(TypeError, match="param owner: object"):
        ProblemError(owner=object())  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="64-bit"):
        ProblemError(count=2**63)
    with pytest.raises(TypeError, match="param price: Decimal"):  # whether its digits count is not ours to say
        ProblemError(price=Decimal("1.10"))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="param limit"):
        FieldError("/a", "ODD", params={"limit": []})  # type: ignore[dict-item]
    assert len(str(ProblemError(name="x" * 5000).params["name"])) == 4096
    assert ProblemError(self=1, at=datetime(2026, 1, 1, tzinfo=UTC)).params["self"] == 1


def test_params_of_other_libraries_are_plain() -> None:
    """Subclasses of text, numbers and moments, as numpy, pandas and enumerations have them, are sent as what they stand for."""

    class Kind(str, Enum):  # noqa: UP042  # its text is another than its value, unlike that of a StrEnum
        BLUE = "blue"

    class Wide(float):
        pass

    class Stamp(datetime):
        pass

    class Count(int):
        pass

    class Level(IntEnum):
        LOW = 1

    numbers = {"load": Wide(0.5), "count": Count(3), "level": Level.LOW, "new": True}
    problem = ProblemError(kind=Kind.BLUE, at=Stamp(2026, 1, 1, tzinfo=UTC), **numbers)
    told = b'"params":{"kind":"blue","at":"2026-01-01T00:00:00Z","load":0.5,"count":3,"level":1,"new":true}'
    assert told in answer(problem).body
    assert b"<kind>blue</kind>" in answer(problem, "text/xml").body
    assert b"<load>0.5</load><count>3</count><level>1</level><new>true</new>" in answer(problem, "text/xml").body
    assert [type(value) for value in problem.params.values()] == [str, datetime, float, int, int, bool]


@pytest.mark.parametrize("accept", [None, "text/xml"])
def test_words_of_other_libraries_are_plain(accept: str | None) -> None:
    """Subclasses of text and numbers may stand in all other members too, such as markup in a title."""

    class Text(str):
        __slots__ = ()

    class Count(int):
        pass

    problem = ProblemError().with_instance(Text("/jobs/7"))
    problem.code, problem.title, problem.type, problem.status = Text("BUSY"), Text("Busy"), Text("urn:busy"), Count(409)
    plain = ProblemError().with_instance("/jobs/7")
    plain.code, plain.title, plain.type, plain.status = "BUSY", "Busy", "urn:busy", 409
    assert answer(problem, accept) == answer(plain, accept)


@pytest.mark.parametrize(
    ("name", "value"), [("X-A", "a\r\nX-B: b"), ("X-A\n", "a"), ("", "a"), ("X A", "a"), ("X-A", "€"), ("X", "\0")]
)
def test_a_field_cannot_become_two(name: str, value: str) -> None:
    """A line break in a header field is refused, wherever it came from."""
    with pytest.raises(ValueError, match="not a header field"):
        AgentForbidden(resource="a", action="b").with_header(name, value)


def test_a_challenge_quotes_its_params() -> None:
    """A quote in a param does not end it."""
    problem = AgentForbidden(resource="a", action="b").with_challenge("Bearer", scheme='a"b\\', error="x").with_challenge("Basic")
    assert problem.headers == [
        ("WWW-Authenticate", 'Bearer scheme="a\\"b\\\\", error="x"'),
        ("WWW-Authenticate", "Basic"),
    ]


@pytest.mark.parametrize(("seconds", "field"), [(0, "0"), (0.001, "1"), (7, "7"), (7.5, "8")])
def test_a_wait_is_never_shortened(seconds: float, field: str) -> None:
    """Retry-After has whole seconds."""
    assert ProblemError().with_retry_after(seconds).headers == [("Retry-After", field)]


def test_a_wait_may_have_an_end() -> None:
    """A moment is written as HTTP does, in GMT, and one without a zone is none."""
    until = datetime(2026, 12, 31, 1, tzinfo=timezone(timedelta(hours=1)))
    assert ProblemError().with_retry_after(until).headers == [("Retry-After", "Thu, 31 Dec 2026 00:00:00 GMT")]
    with pytest.raises(ValueError, match="time zone"):
        ProblemError().with_retry_after(datetime(2026, 12, 31))


@pytest.mark.parametrize("seconds", [-1, math.inf, math.nan])
def test_a_wait_is_a_span(seconds: float) -> None:
    """What no clock can wait is refused."""
    with pytest.raises(ValueError, match="finite"):
        ProblemError().with_retry_after(seconds)


def test_a_problem_survives_a_pickle() -> None:
    """A worker process may raise one, though its class takes keywords of its own."""
    problem = AgentForbidden(resource="agent", action="read").with_retry_after(3)
    copy: Any = pickle.loads(pickle.dumps(problem))
    assert type(copy) is AgentForbidden
    assert (copy.to_dict(), copy.headers, str(copy)) == (problem.to_dict(), problem.headers, "AGENT_FORBIDDEN")


@pytest.mark.parametrize(
    ("status", "title", "code"),
    [
        (404, "Not Found", "NOT_FOUND"),
        (413, "Content Too Large", "CONTENT_TOO_LARGE"),
        (418, "Teapot", "TEAPOT"),
        (422, "Unprocessable Content", "UNPROCESSABLE_CONTENT"),
        (203, "Non-Authoritative Information", "NON_AUTHORITATIVE_INFORMATION"),
        (499, "Status 499", "STATUS_499"),
        (500, "Internal Server Error", "INTERNAL_ERROR"),
        (599, "Status 599", "STATUS_599"),
    ],
)
def test_a_status_has_the_same_code_on_every_python(status: int, title: str, code: str) -> None:
    """Names that CPython changed, or does not know, are our own."""
    problem = StatusError(status)
    assert (problem.to_dict()["title"], problem.code, problem.status) == (title, code, status)


@pytest.mark.parametrize("told", ["secret", {"code": "SECRET", "secret": 1}, ["secret"], RuntimeError("secret")])
def test_nothing_of_a_server_error_is_told(told: object) -> None:
    """The detail of a 5xx is often an exception's text."""
    assert "secret" not in repr(StatusError(500, told).to_dict()).lower()


def test_an_object_gives_code_and_plain_params() -> None:
    """Of FastAPI's structured details that is taken which can be a param."""
    problem = StatusError(409, {"code": "AGENT_BUSY", "queue": 3, "nested": {"a": 1}, 7: "x", "self": "s"})
    assert (problem.code, problem.params, problem.detail) == ("AGENT_BUSY", {"queue": 3, "self": "s"}, "")


def test_a_code_of_others_is_bounded() -> None:
    """A code of 63 characters is whole, and of a longer one no more is sent."""
    assert StatusError(409, {"code": "A" * 62 + "B"}).code == "A" * 62 + "B"
    assert StatusError(409, {"code": "A" * 62 + "BC"}).code == "A" * 62 + "B"
