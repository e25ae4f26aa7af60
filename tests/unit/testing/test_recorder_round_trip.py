"""Whatever a transport answers, its recording answers the same."""

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as some

import seawall
from seawall import BytesBody, Headers, MockTransport, Request, Response, Sent
from seawall.chain import Transport, drive
from seawall.chain.runtimes import BlockingRuntime
from seawall.model import Call, Clocks, is_secret_header, is_secret_name
from seawall.testing import Recorder, Replayer

NOT_KEPT = {"connection", "content-encoding", "content-length", "date", "keep-alive", "transfer-encoding"}
NAMES = some.from_regex(r"[A-Za-z][A-Za-z0-9-]{0,20}", fullmatch=True).filter(
    lambda name: not is_secret_header(name) and name.lower() not in NOT_KEPT
)
VALUES = some.text(some.characters(codec="latin-1", exclude_categories=["Cc"]), max_size=30).map(str.strip)
TYPES = some.sampled_from(
    [
        [],
        [("Content-Type", "application/json")],
        [("content-type", "application/problem+json; charset=utf-8")],
        [("Content-Type", "text/plain; charset=iso-8859-1")],
        [("Content-Type", "text/html; charset=utf-16")],
        [("Content-Type", "text/plain; charset=iso-2022-jp")],
        [("Content-Type", "image/png")],
    ]
)
MEMBERS = some.text(max_size=8).filter(lambda name: not is_secret_name(name))
JSON = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=20),
    lambda inner: some.lists(inner, max_size=4) | some.dictionaries(MEMBERS, inner, max_size=4),
    max_leaves=12,
)
BODIES = (
    some.binary(max_size=200)
    | some.text(max_size=200).map(str.encode)
    | some.builds(lambda value, indent: json.dumps(value, indent=indent).encode(), JSON, some.sampled_from([None, 0, 2]))
    | some.builds(lambda value: json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass"), JSON)
)


def ask(transport: Transport, method: str, url: str, body: bytes, content_type: list[tuple[str, str]]) -> Response:
    """Send one request without a client, which would judge the answer."""
    request = Request(method, url, Headers(content_type), BytesBody(body), call=Call(BlockingRuntime()))
    return drive(transport.send(request, Clocks(lambda: 0.0)))


def same_body(one: bytes, other: bytes) -> bool:
    """Whether two bodies are the same, but for the spaces of JSON."""
    if one == other:
        return True
    exact = {"parse_float": str, "parse_int": str}
    return normal(json.loads(one, **exact)) == normal(json.loads(other, **exact))  # type: ignore[arg-type]


def normal(value: Any) -> Any:
    return json.dumps(value)


@given(
    status=some.integers(100, 999),
    headers=some.lists(some.tuples(NAMES, VALUES), max_size=6),
    content_type=TYPES,
    body=BODIES,
    sent=BODIES,
    path=some.text(some.characters(min_codepoint=33, max_codepoint=126, exclude_characters="#?@"), max_size=20),
)
@example(200, [], [], b"1", b"", "")
@example(200, [("A", ""), ("a", "b: c"), ("A", "d")], [], b'{"a": 1e400, "b": -0, "c": 1.10}', b'{"a":1,"a":2}', "a%20b")
@example(200, [], [("Content-Type", "application/json")], b'"\\ud800"', b"\xef\xbb\xbf{}", "")
@example(200, [], [], b"a\rb\nc\r\n\xe2\x80\xa8d\x0be", b"[redacted]", "[redacted]")
@example(200, [], [], b"[" * 2000 + b"]" * 2000, b"[" * 100 + b"]" * 100, "")
@example(200, [], [], b'{"a": 123456789012345678901234567890, "b": 0.1234567890123456789}', b"NaN", "")
@example(200, [], [], b'{"a": "[redacted]"}', b"\x00[redacted]", "")
def test_a_replay_is_what_was_recorded(
    status: int, headers: list[tuple[str, str]], content_type: list[tuple[str, str]], body: bytes, sent: bytes, path: str
) -> None:
    """Every status, field and body comes back: bytes as they were, JSON with the same values."""
    url = f"https://api.acme.example/{path}"
    answer = Response(status, headers=[*content_type, *headers], content=body)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "a.json"
        with Recorder(file, MockTransport(lambda request: answer)) as recorder:
            live = ask(recorder, "POST", url, sent, content_type)
        assert live.content == body
        with Replayer(file, strict=True) as replayer:
            again = ask(replayer, "POST", url, sent, content_type)
            drive(again.aread())
    assert again.status == status
    assert again.headers.without("content-length").items() == (*content_type, *headers)
    assert same_body(again.content, body)


@given(
    kind=some.sampled_from([getattr(seawall.problems, name) for name in seawall.problems.__all__ if name.endswith("Problem")]),
    sent=some.sampled_from(Sent),
    detail=some.text(max_size=30),
    cause=some.none() | some.sampled_from([ConnectionRefusedError(111, "secret"), OSError(4711, "x"), ValueError("secret")]),
    before=some.none() | some.binary(max_size=20),
)
def test_a_problem_comes_back(
    kind: type[seawall.ApiProblem], sent: Sent, detail: str, cause: Exception | None, before: bytes | None
) -> None:
    """Every kind of problem comes back with what it says, before a response or in the middle of its body."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "a.json"
        with Recorder(file, MockTransport(lambda request: _broken(kind(sent=sent, detail=detail), cause, before))) as recorder:
            live = _failure(recorder)
        again = _failure(Replayer(file))
    assert type(again) is type(live) is kind
    assert (again.sent, again.detail, str(again.__cause__)) == (sent, detail, str(live.__cause__))
    assert "secret" not in str(again.__cause__)


class _Broken:
    def __init__(self, content: bytes, problem: seawall.ApiProblem) -> None:
        self._content, self._problem = content, problem

    async def read(self) -> bytes:
        content, self._content = self._content, b""
        if not content:
            raise self._problem
        return content

    async def aclose(self) -> None:
        """Nothing is open."""


def _broken(problem: seawall.ApiProblem, cause: Exception | None, before: bytes | None) -> Response:
    if cause is not None:
        problem.__cause__ = seawall.OriginalError.of(cause)
    if before is None:
        raise problem
    return Response(200, stream=_Broken(before, problem))


def _failure(transport: Transport) -> seawall.ApiProblem:
    with pytest.raises(seawall.ApiProblem) as caught:
        drive(ask(transport, "GET", "https://api.acme.example/", b"", []).aread())
    return caught.value
