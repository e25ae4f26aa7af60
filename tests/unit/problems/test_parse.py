"""From any answer to a problem: never an exception, always a status and a safe text."""

import json
import pickle
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawall import problems
from seawall.model import Headers, Response
from tests.unit.problems.answers import CANARY, DOCUMENT, answer, check, parsed

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
)
MEMBERS = ["type", "title", "status", "detail", "instance", "code", "params", "errors", "trace_id", "traceId", "pointer", "x"]


@given(st.binary(max_size=200), st.text(max_size=60), st.integers(400, 999))
def test_any_bytes_are_survived(content: bytes, content_type: str, status: int) -> None:
    """Any bytes under any content type give a problem of the answer's own status."""
    check(parsed(content, content_type=content_type, status=status), status)


@given(
    JSON | st.dictionaries(st.sampled_from(MEMBERS), JSON),
    st.dictionaries(st.sampled_from(["retry-after", "date", "x-request-id"]), st.text()),
)
def test_any_json_is_survived(body: Any, fields: dict[str, str]) -> None:
    """Any JSON and any header fields give a problem; NaN and half characters make the body no JSON."""
    check(parsed(body, **fields), 403)


@pytest.mark.parametrize(
    "charset", ["utf-16", "utf-16-le", "utf-32", "latin-1", "cp1252", "shift_jis", "utf-8-sig", "UTF-8", "us-ascii"]
)
def test_the_charset_is_followed(charset: str) -> None:
    """A document in a charset of the web is read, with or without a byte order mark."""
    content = json.dumps(DOCUMENT, ensure_ascii=False).encode(charset)
    problem = parsed(content, content_type=f'Application/Problem+JSON ; Charset="{charset}"')
    assert problem.code == "AGENT_FORBIDDEN"


@pytest.mark.parametrize("charset", ["punycode", "unicode_escape", "idna", "utf-7", "zlib", "no-such", "undefined", "x" * 999])
def test_a_codec_that_is_no_charset_is_not_used(charset: str) -> None:
    """A server cannot choose a codec that takes quadratic time or is no charset; the body is read as UTF-8."""
    assert parsed(DOCUMENT, content_type=f"application/json; charset={charset}").code == "AGENT_FORBIDDEN"
    check(parsed(b"a-" + b"b" * 2_000_000, content_type=f"application/json; charset={charset}"), 403)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"null",
        b"[]",
        b'"text"',
        b"{",
        b'{"detail": NaN}',
        b'{"detail": -Infinity}',
        b'{"detail": 1e999}',
        b'{"code": "X_Y"',
        b"<!doctype html><title>502</title>",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        b"\xff\xfe",
        b"\0" * 100,
        b'{"code": ' + b"9" * 5_000_000 + b"}",
        b" " * 9_000_000 + b'{"code": "X_Y"}',
    ],
)
def test_what_is_no_document_gives_the_status(content: bytes) -> None:
    """HTML, truncated, hostile and oversized bodies give the problem of the status alone."""
    problem = parsed(content)
    check(problem, 403)
    assert (problem.code, problem.detail, problem.title) == (None, "", "Forbidden")


@pytest.mark.parametrize(
    ("content", "detail"),
    [(b'"\\ud800"', "?"), (b'"a\x01b"', "a\x01b"), (b'"\xff"', "\ufffd"), (b'"x", "y": NaN', "x"), (b'"x", "y": 1e999', "x")],
)
def test_nearly_json_is_read_with_patience(content: bytes, detail: str) -> None:
    """What real servers write and JSON forbids costs neither code nor text, and nothing that cannot be printed is kept."""
    problem = parsed(b'{"code": "A_B", "detail": ' + content + b"}")
    check(problem, 403)
    assert (problem.code, problem.detail) == ("A_B", detail)
    problem.detail.encode()


def test_the_last_of_two_equal_members_counts() -> None:
    """A member that is there twice is read as JSON parsers do: the last."""
    assert parsed(b'{"code": 7, "code": "A_B", "code": "C_D"}').code == "C_D"


def test_a_huge_document_is_cut_to_bounds() -> None:
    """What is kept of five megabytes is short enough to log, pickle and compare."""
    deep: Any = "x"
    for _ in range(300):
        deep = {"a": deep}
    body = {
        "code": "A_B",
        "detail": "d" * 5_000_000,
        "params": {"deep": deep, "long": "x" * 100_000, "many": list(range(50_000))},
        "errors": [{"pointer": f"/{number}"} for number in range(20_000)],
        "extension": deep,
        "more": {str(number): [] for number in range(20_000)},
    }
    problem = parsed(body)
    check(problem, 403)
    assert (problem.code, len(problem.detail), len(problem.field_errors)) == ("A_B", 4096, 100)
    assert len(pickle.dumps(problem)) < 100_000


def test_the_trace_is_taken_from_the_fields_too() -> None:
    """Without a member of that name, the server's name of the request comes from the header fields."""
    assert parsed(b"", **{"X-Request-Id": "r1"}).trace_id == "r1"
    assert parsed({"traceId": "t1"}, **{"X-Request-Id": "r1"}).trace_id == "t1"
    assert parsed(b"", **{"X-Request-Id": "r" * 9999}).trace_id is None  # a part of a name names nothing
    assert parsed(b"", **{"X-Request-Id": "two words"}).trace_id is None


def test_the_wait_is_taken_from_the_fields() -> None:
    """The seconds to wait come from the header fields, dates by the clock that is handed in."""
    assert parsed(b"", status=503, **{"Retry-After": "7"}).retry_after == 7
    response = answer(b"", status=503, **{"Retry-After": "Sun, 06 Nov 1994 08:49:37 GMT"})
    problem = problems.parse(response, now=784111770.0)
    assert problem is not None
    assert problem.retry_after == 7


@pytest.mark.parametrize("status", [100, 200, 204, 304, 399])
def test_a_good_answer_is_no_problem(status: int) -> None:
    """Below 400 there is none, whatever the body says."""
    assert problems.parse(answer(json.dumps(DOCUMENT).encode(), status=status)) is None


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, problems.BadRequestProblem),
        (401, problems.UnauthorizedProblem),
        (404, problems.NotFoundProblem),
        (409, problems.ConflictProblem),
        (410, problems.NotFoundProblem),
        (412, problems.ConflictProblem),
        (418, problems.ClientErrorProblem),
        (422, problems.ValidationProblem),
        (429, problems.RateLimitedProblem),
        (499, problems.ClientErrorProblem),
        (500, problems.ServerErrorProblem),
        (503, problems.UnavailableProblem),
        (599, problems.ServerErrorProblem),
        (999, problems.ServerErrorProblem),
    ],
)
def test_each_status_has_its_class(status: int, kind: type) -> None:
    """The most specific class stands for a status, also for one that nobody registered."""
    assert type(parsed(b"", status=status)) is kind


def test_responses_of_other_libraries_are_read() -> None:
    """What another library answered is read alike, with a request or made by hand, and its URL's secrets are left behind."""
    request = httpx2.Request("GET", f"https://a.example/x?token={CANARY}")
    body = {"code": "A_B", "type": "#y"}
    for response in (httpx2.Response(404, json=body, request=request), httpx2.Response(404, json=body)):
        problem = problems.parse(response)
        assert problem is not None
        check(problem, 404)
        assert (problem.code, problem.response) == ("A_B", None)


def test_a_response_made_by_hand_is_read() -> None:
    """A response that answers no request gives a problem without method and URL."""
    problem = problems.parse(Response(404, headers=Headers(), content=b'{"type": "/x", "title": "X"}'))
    assert problem is not None
    assert (problem.method, problem.url, problem.type) == (None, None, "/x")
