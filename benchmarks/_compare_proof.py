"""Sees the policies act before anything is timed, with the very options that are timed."""

import asyncio
import io
import logging
from collections.abc import Callable
from functools import partial
from typing import Any

import seawall
from benchmarks._compare_cases import Target
from benchmarks._compare_page import Page
from benchmarks._compare_seawall import LOGGER, every_policy, refresh, tokens
from seawall.testing import FaultServer, Reply

__all__ = ["see_all_acting", "see_retrying"]

PAGE: dict[str, Any] = {"bytes": 7, "agents": []}
SECRET = {"access_token": "q-secret"}
REFRESHED = {"access_token": "new-secret", "refresh_token": "r2", "expires_in": 3600}


def see_all_acting() -> None:
    """Refuse to time a client of either world whose policies do nothing."""
    _see(_see_blocking)
    _see(lambda server: asyncio.run(_see_asynchronous(server)))


def _see(world: Callable[[FaultServer], None]) -> None:
    with FaultServer() as server:
        route = server.route("GET", "/agents", 503, 401, Reply(200, json=PAGE, headers={"Set-Cookie": "place=here"}))
        server.route("GET", "/old", Reply(307, headers={"Location": "/agents"}))
        server.route("GET", "/none", Reply(404, json={"code": "NONE"}))
        server.route("POST", "/orders", 503, Reply(201, json=PAGE))
        server.route("POST", "/token", Reply(200, json=REFRESHED))
        written = _written_by(lambda: world(server))
        _check(server, [call.headers for call in route.calls], written)


def _check(server: FaultServer, sent: list[Any], written: str) -> None:
    assert len(sent) == 4, "retry, auth and redirects: 503, 401, 200, and 200 after a redirect"
    assert [headers["authorization"] for headers in sent] == ["Bearer old-secret"] * 2 + ["Bearer new-secret"] * 2, "auth"
    assert all(headers["x-app-version"] == "1.0.0" for headers in sent), "headers"
    assert sent[3]["cookie"] == "place=here", "cookies"
    orders = [call for call in server.calls if call.path == "/orders"]
    assert len(orders) == 2, "retry"
    assert len({call.headers["idempotency-key"] for call in orders}) == 1, "idempotency"
    assert "/agents" in written, "listeners"
    assert "secret" not in written, "redaction"


def _see_blocking(server: FaultServer) -> None:
    session = seawall.UserSession(refresh)
    session.sign_in(tokens("old-secret"))
    with seawall.Client(server.url, **every_policy(session)) as api:
        _seen(api.get("/agents", response_model=Page))
        _redacted(api.get("/old", params=SECRET))
        api.post("/orders", json={"agent": 7}, idempotency_key=True)
        for call, kind in _failing():
            assert _raised(partial(api.get, **call)) is kind, call


async def _see_asynchronous(server: FaultServer) -> None:
    session = seawall.AsyncUserSession(refresh)
    await session.sign_in(tokens("old-secret"))
    async with seawall.AsyncClient(server.url, **every_policy(session)) as api:
        _seen(await api.get("/agents", response_model=Page))
        _redacted(await api.get("/old", params=SECRET))
        await api.post("/orders", json={"agent": 7}, idempotency_key=True)
        for call, kind in _failing():
            raised = None
            try:
                await api.get(**call)
            except seawall.ApiProblem as problem:
                raised = type(problem)
            assert raised is kind, call


def _failing() -> list[tuple[dict[str, Any], type[seawall.ApiProblem]]]:
    """Calls that a policy ends: statuses; the deadline, and the clock of an attempt."""
    return [
        ({"url": "/none"}, seawall.NotFoundProblem),
        ({"url": "/none", "timeout": 0.0}, seawall.DeadlineProblem),
        ({"url": "/none", "timeout": seawall.Timeout(attempt=0.0)}, seawall.AttemptTimeoutProblem),
    ]


def _seen(page: object) -> None:
    assert page == Page(7, []), "decode"


def _redacted(response: seawall.Response) -> None:
    assert response.request is not None
    shown = response.request.as_curl()
    assert "Authorization: [redacted]" in shown, "redaction"
    assert "secret" not in shown, "redaction"


def _raised(call: Callable[[], Any]) -> type[seawall.ApiProblem] | None:
    try:
        call()
    except seawall.ApiProblem as problem:
        return type(problem)
    return None


def _written_by(call: Callable[[], None]) -> str:
    """Run something while the loggers write all they can, with every field, and return what they wrote."""
    logger, written = logging.getLogger(LOGGER), io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(seawall.observe.JsonFormatter())
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    try:
        call()
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
    return written.getvalue()


def see_retrying(subject: str) -> None:
    """Refuse to time a client with policies of its own that hands a 503 on, or does not decode."""
    from benchmarks import _compare_layered

    for world in ("blocking", "asyncio"):
        with FaultServer() as server:
            route = server.route("GET", "/agents", 503, Reply(200, json=PAGE))
            asked = Target(f"{server.url}/agents", PAGE["bytes"])
            if world == "blocking":
                got = _compare_layered.BLOCKING[subject](asked)()
            else:
                got = asyncio.run(_once(_compare_layered.ASYNCHRONOUS[subject], asked))
            assert (got, len(route.calls)) == (PAGE["bytes"], 2), f"{subject}: retry and decode"


async def _once(make: Any, target: Target) -> int:
    """The client is left open, which some complain of when they are collected: calls cannot be closed."""
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: None)
    call = await make(target)
    return int(await call())
