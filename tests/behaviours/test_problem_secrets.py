"""Problems of every kind, raised by calls that hold a secret in every place, and the secret is nowhere in them (O2)."""

import copy
import json
import logging
import pickle
import traceback
from typing import Any

import pytest

import seawall
from seawall import Retry, Secret, Sent
from seawall.model import Event
from seawall.testing import FakeClock, FaultServer, Reply, Reset
from tests.behaviours.kit import URL, Answer, Script, fail, outcome, reply
from tests.unit.problems.corpus import CASES, Case
from tests.worlds import World

CANARY = "canary-8d21e7"
SECRET = Secret(CANARY)
CALLS: dict[str, dict[str, Any]] = {
    "the query in the URL": {"url": f"/agents?access_token={CANARY}&page=2"},
    "Authorization": {"headers": {"Authorization": f"Bearer {CANARY}"}},
    "Proxy-Authorization": {"headers": {"Proxy-Authorization": f"Basic {CANARY}"}},
    "X-Api-Key": {"headers": {"X-Api-Key": CANARY}},
    "Cookie": {"headers": {"Cookie": f"session={CANARY}"}},
    "a header of any name": {"headers": {"X-Anything": SECRET}},
    "a cookie": {"cookies": {"session": CANARY}},
    "a parameter by its name": {"params": {"client_secret": CANARY}},
    "a parameter by its type": {"params": [("q", SECRET)]},
    "json": {"json": {"user": {"password": SECRET}}},
    "a form": {"data": {"password": SECRET}},
    "a multipart field": {"data": {"password": SECRET}, "files": {"f": ("f.txt", b"x")}},
}
NETWORK = [
    *(seawall.ConnectProblem, seawall.ResolveProblem, seawall.ProxyProblem, seawall.TlsProblem, seawall.CertificateProblem),
    *(seawall.ConnectTimeoutProblem, seawall.DisconnectProblem, seawall.ProtocolProblem, seawall.ReadTimeoutProblem),
    *(seawall.AttemptTimeoutProblem, seawall.PoolTimeoutProblem, seawall.DeadlineProblem, seawall.TooLargeProblem),
]
FAILURES: dict[str, Answer] = {
    **{kind.__name__: fail(kind) for kind in NETWORK},
    "unsent": fail(seawall.ConnectProblem, Sent.NO),
    "undecodable": reply(200, b'[{"name": 7}]', content_type="application/json"),
    "no JSON": reply(200, b"<html>", content_type="text/html"),
    "GraphQL": reply(200, b'{"data": {}, "errors": [{"message": "no", "path": ["a"]}]}', content_type="application/json"),
    "a redirect to another scheme": reply(307, location="ftp://x.example/"),
    "a redirect without end": reply(308, location="/agents"),
    "a redirect elsewhere": reply(302, location="https://elsewhere.example/agents"),
    "cookies of the server": reply(403, set_cookie=f"session={CANARY}; HttpOnly", www_authenticate="Bearer"),
    "a forced upgrade": reply(426),
}


def answered(case: Case) -> seawall.Response:
    return seawall.Response(case.status, headers={"Content-Type": case.type, **case.fields}, content=case.content)


def shown(problem: BaseException) -> dict[str, str]:
    """What is shown of a problem unasked: to people, in logs, in tracebacks and in crash reports."""
    assert isinstance(problem, seawall.ApiProblem)
    group = ExceptionGroup("several", [problem, ExceptionGroup("inner", [copy.copy(problem)])])
    errors = [f"{error!r} {error.user_message()}" for error in problem.field_errors]
    return {
        "str": f"{problem} {problem!s} {problem.user_message('de')} {problem.args}",
        "repr": f"{problem!r} {[problem]} {errors} {problem.challenges!r}",
        "cause": f"{problem.__cause__!r} {problem.__context__!r}",
        "notes": repr(problem.__notes__),
        "explain": f"{problem.explain()} {problem.explain()!r} {problem.explain().to_dict()}",
        "response": f"{problem.response!r} {problem.response and (problem.response.request, problem.response.headers)!r}",
        "traceback": "".join(traceback.format_exception(problem)),
        "group": f"{group!r} {''.join(traceback.format_exception(group))}",
        "frame locals": frames(problem) + frames(group),
    }


def kept(problem: BaseException) -> dict[str, str]:
    """What a problem holds, and takes along to another process."""
    assert isinstance(problem, seawall.ApiProblem)
    copies = [pickle.loads(pickle.dumps(problem)), copy.copy(problem), copy.deepcopy(problem)]
    return {
        "facts": repr([{**vars(twin), "response": repr(vars(twin)["response"])} for twin in (problem, *copies)]),
        "field errors": repr([(error.pointer, error.code, error.params, error.detail) for error in problem.field_errors]),
        "pickle": " ".join(pickle.dumps(problem, protocol).decode("latin-1") for protocol in range(pickle.HIGHEST_PROTOCOL + 1)),
        "pickle of a group": pickle.dumps(ExceptionGroup("several", [problem])).decode("latin-1"),
        "to_dict": json.dumps(problem.to_dict()),
    }


def frames(error: BaseException) -> str:
    """The locals of our frames, as crash reports capture them, of an error, its causes, and the members of a group."""
    waiting = [traceback.TracebackException.from_exception(error, capture_locals=True)]
    found = ""
    while waiting:
        link = waiting.pop()
        found += repr([frame.locals for frame in link.stack if "/seawall/" in frame.filename])
        waiting += [other for other in (link.__cause__, link.__context__, *(link.exceptions or [])) if other is not None]
    return found


async def fail_with(api: Any, options: dict[str, Any], **more: Any) -> seawall.ApiProblem:
    """The problem of a call that holds the canary in one place."""
    options = dict(options)
    problem = await outcome(api.request("POST", options.pop("url", "/agents"), **options, **more))
    assert isinstance(problem, seawall.ApiProblem)
    return problem


def silent(problem: seawall.ApiProblem, *, about: str) -> None:
    for telling, text in {**shown(problem), **kept(problem)}.items():
        assert CANARY not in text, f"{about}: {telling}"


@pytest.mark.parametrize("failure", sorted(FAILURES))
async def test_no_failure_shows_or_keeps_a_secret(
    world: World, clock: FakeClock, caplog: pytest.LogCaptureFixture, failure: str
) -> None:
    """O2: however a call fails, the secret that it held is in no text, copy, pickle, note, frame, event or log line."""
    caplog.set_level(logging.DEBUG)
    events: list[Event] = []
    more = (
        {"response_model": list[dict[str, str]]} if failure in ("undecodable", "no JSON") else {"graphql": failure == "GraphQL"}
    )
    for place, options in CALLS.items():
        transport = Script(FAILURES[failure])
        async with world.client(URL, transport=transport, clock=clock, listeners=[events.append], retry=Retry(attempts=2)) as api:
            problem = await fail_with(api, options, idempotency_key=True, **more)
        silent(problem, about=f"{place}, {failure}")
    assert CANARY not in repr(events)
    assert CANARY not in caplog.text


@pytest.mark.parametrize("dialect", sorted({case.problem["dialect"] for case in CASES if "dialect" in case.problem}))
async def test_no_form_of_errors_brings_a_secret_in(
    world: World, clock: FakeClock, caplog: pytest.LogCaptureFixture, dialect: str
) -> None:
    """O2: whichever dialect reads the answer, and whatever it resolves against the URL, the secret stays out."""
    caplog.set_level(logging.DEBUG)
    cases = [case for case in CASES if case.problem.get("dialect") == dialect]
    for number, (place, options) in enumerate(CALLS.items()):
        case = cases[number % len(cases)]
        async with world.client(URL, transport=Script(answered(case)), clock=clock, retry=False) as api:
            problem = await fail_with(api, options)
        assert problem.dialect == dialect
        silent(problem, about=f"{place}, {case.name}")
    assert CANARY not in caplog.text


async def test_references_of_a_document_bring_no_secret_of_the_url(world: World, clock: FakeClock) -> None:
    """O2: `type` and `instance` are resolved against the URL that was asked, which held the secret."""
    for reference in ("", "#x", "?x", "x", "//", "/", "http://[::1"):
        body = json.dumps({"type": reference, "instance": reference, "code": "A_B"}).encode()
        async with world.client(URL, transport=Script(reply(400, body)), clock=clock) as api:
            problem = await fail_with(api, CALLS["the query in the URL"])
        silent(problem, about=reference)


@pytest.mark.parametrize("place", ["the query in the URL", "Authorization", "json", "a cookie"])
async def test_real_sockets_keep_it_too(world: World, fault_server: FaultServer, place: str) -> None:
    """O2: over real sockets the server gets the secret, and the problems of its answers and breaks hold none of it."""
    google = next(case for case in CASES if case.problem.get("dialect") == "google")
    steps = [
        Reset(),
        Reply(google.status, json=google.document),
        Reply(401, headers={"WWW-Authenticate": 'Bearer error="x"'}),
        Reply(200),
    ]
    route = fault_server.route("POST", "/agents", *steps)
    async with world.client(fault_server.url, retry=False) as api:
        for kind in (seawall.DisconnectProblem, seawall.RateLimitedProblem, seawall.UnauthorizedProblem):
            problem = await fail_with(api, CALLS[place])
            assert isinstance(problem, kind)
            silent(problem, about=place)
        undecodable = await fail_with(api, CALLS[place], response_model=int)
        assert isinstance(undecodable, seawall.DecodeProblem)
        silent(undecodable, about=place)
    assert all(CANARY in f"{call.target} {dict(call.headers)} {call.body!r}" for call in route.calls)


ECHOES: dict[str, tuple[int, Any, dict[str, str]]] = {
    "FastAPI's input": (422, {"detail": [{"type": "x_y", "loc": ["body", "a"], "msg": "no", "input": CANARY}]}, {}),
    "FastAPI's nested input": (
        422,
        {"detail": [{"type": "x_y", "loc": ["body"], "msg": "no", "input": {"password": CANARY}}]},
        {},
    ),
    "Spring's rejected value": (
        400,
        {"timestamp": 1, "status": 400, "error": "E", "errors": [{"field": "a", "rejectedValue": CANARY, "arguments": [CANARY]}]},
        {},
    ),
    "Spring's stack trace": (500, {"timestamp": 1, "status": 500, "error": "E", "trace": f"at {CANARY}"}, {}),
    "Azure's inner error": (400, {"error": {"code": "BadX", "innererror": {"stack": CANARY}}}, {}),
    "Apollo's stack trace": (
        400,
        {"errors": [{"message": "", "path": [], "extensions": {"stacktrace": [CANARY], "exception": {"a": CANARY}}}]},
        {},
    ),
    "GitHub's value": (422, {"message": "no", "errors": [{"field": "a", "code": "custom", "value": CANARY}]}, {}),
    "a page": (500, f"<html>{CANARY}</html>", {}),
    "a cookie": (403, {"code": "A_B"}, {"Set-Cookie": f"session={CANARY}"}),
    "a header": (403, {"code": "A_B"}, {"X-Auth-Token": CANARY, "Location": f"https://x.example/?token={CANARY}"}),
}


@pytest.mark.parametrize("echo", sorted(ECHOES))
async def test_what_servers_echo_of_inputs_is_not_kept(world: World, clock: FakeClock, echo: str) -> None:
    """O2: rejected values, stack traces, pages and other header fields stay behind in the response, which no pickle takes."""
    status, body, fields = ECHOES[echo]
    content = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    answer = seawall.Response(status, headers={"Content-Type": "application/json", **fields}, content=content)
    async with world.client(URL, transport=Script(answer), clock=clock) as api:
        problem = await fail_with(api, {})
    tellings = {**shown(problem), **kept(problem)}
    if echo == "a header":
        del tellings["response"]  # a Location is no credential by its name
    for telling, text in tellings.items():
        assert CANARY not in text, telling


async def test_the_servers_words_are_for_those_who_ask(world: World, clock: FakeClock, caplog: pytest.LogCaptureFixture) -> None:
    """What the server says is kept for developers, and is in no text, traceback, frame, event or log line."""
    caplog.set_level(logging.DEBUG)
    events: list[Event] = []
    document = {
        **dict.fromkeys(("title", "detail", "type", "instance", "trace_id", "extra"), CANARY),
        "params": {CANARY: CANARY},
        "errors": [{"pointer": "/a", "detail": CANARY, "params": {"x": CANARY}}],
    }
    fields = {"content_type": "application/problem+json", "www_authenticate": f'Bearer realm="{CANARY}", nonce="{CANARY}"'}
    transport = Script(reply(403, json.dumps(document).encode(), **fields))
    async with world.client(URL, transport=transport, clock=clock, listeners=[events.append]) as api:
        problem = await fail_with(api, {})
    for telling, text in shown(problem).items():
        if telling != "response":  # the field WWW-Authenticate, to those who ask for the fields
            assert CANARY not in text, telling
    assert all(CANARY in text for telling, text in kept(problem).items() if telling != "pickle of a group")
    assert CANARY not in repr(events)
    assert CANARY not in caplog.text


async def test_a_dialect_that_fails_shows_nothing(world: World, clock: FakeClock, caplog: pytest.LogCaptureFixture) -> None:
    """O2: a user's dialect that raises with the body's words leaves them in no log line, problem or frame."""

    class Failing:
        name = "failing"

        def match(self, body: seawall.problems.ErrorBody, /) -> seawall.problems.Match:
            return seawall.problems.Match.SURE

        def read(self, body: seawall.problems.ErrorBody, /) -> seawall.problems.Facts:
            raise ValueError(f"of {CANARY}: {body.document}")

    caplog.set_level(logging.DEBUG)
    echo = reply(400, json.dumps({"secret": CANARY}).encode(), content_type="application/json")
    async with world.client(URL, transport=Script(echo), clock=clock, dialects=[Failing()]) as api:
        for place, options in CALLS.items():
            silent(await fail_with(api, options), about=place)
    assert "failing" in caplog.text
    assert CANARY not in caplog.text
