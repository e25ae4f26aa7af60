"""Seawall with every policy on, in both worlds."""

import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

import seawall
from benchmarks._compare_cases import ORDER, Target
from benchmarks._compare_page import Page
from benchmarks._compare_worker import AsyncCall, Call
from seawall import NestedCalls, Secret, Tokens
from seawall.observe import log_calls

__all__ = ["ASYNCHRONOUS", "BLOCKING", "LOGGER", "every_policy", "refresh", "tokens"]

LOGGER = "benchmark.seawall"


async def refresh(tokens: Tokens, api: NestedCalls) -> Tokens:
    bought: Tokens = await api.post("/token", json={"refresh_token": tokens.refresh}, response_model=Tokens)
    return bought


def every_policy(session: seawall.UserSession | seawall.AsyncUserSession) -> dict[str, Any]:
    """The options of a client that leaves nothing out.

    The listener is attached and hears every event; the loggers are at WARNING, as in production, so that it writes nothing of
    calls that succeed.
    """
    return {
        "app": seawall.AppInfo("benchmark", "1.0.0", "linux"),
        "timeout": seawall.Timeout(total=30.0, connect=10.0, read=10.0, attempt=20.0),
        "retry": seawall.Retry(attempts=3, backoff=0.001),
        "headers": {"X-Api-Key": "k-secret"},
        "cookies": True,
        "auth": session,
        "listeners": [log_calls(LOGGER)],
        "language": "en",
    }


def _network(target: Target) -> dict[str, Any]:
    options: dict[str, Any] = {"max_connections": target.pool, "max_keepalive_connections": target.pool}
    return options if target.ca is None else {**options, "verify": target.ca}


def _call_options(target: Target) -> dict[str, Any]:
    """What a call is given: documents are sent and decoded as types, files are bytes."""
    options: dict[str, Any] = {"response_model": Page} if target.is_json else {}
    body = target.body
    if body is None:
        return options
    return {**options, "idempotency_key": True, **({"json": json.loads(ORDER)} if body == ORDER else {"content": body})}


def _parts(target: Target) -> tuple[str, str]:
    url = urlsplit(target.url)
    return f"{url.scheme}://{url.netloc}", url.path


def _size(answer: Any) -> int:
    return answer.bytes if type(answer) is Page else len(answer.content)


def _blocking(target: Target) -> Call:
    logging.getLogger(LOGGER).setLevel(logging.WARNING)
    session = seawall.UserSession(refresh)
    session.sign_in(tokens("good"))
    origin, path = _parts(target)
    client = seawall.Client(origin, transport=seawall.WireTransport(**_network(target)), **every_policy(session))
    send, options = client.get if target.method == "GET" else client.post, _call_options(target)
    return lambda: _size(send(path, **options))


async def _asynchronous(target: Target) -> AsyncCall:
    logging.getLogger(LOGGER).setLevel(logging.WARNING)
    session = seawall.AsyncUserSession(refresh)
    await session.sign_in(tokens("good"))
    origin, path = _parts(target)
    client = seawall.AsyncClient(origin, transport=seawall.AsyncWireTransport(**_network(target)), **every_policy(session))
    send, options = client.get if target.method == "GET" else client.post, _call_options(target)

    async def call() -> int:
        return _size(await send(path, **options))

    return call


def tokens(access: str) -> Tokens:
    return Tokens(access=Secret(access), refresh=Secret("r1"), expires_in=3600)


BLOCKING: dict[str, Callable[[Target], Call]] = {"seawall": _blocking}
ASYNCHRONOUS: dict[str, Callable[[Target], Awaitable[AsyncCall]]] = {"seawall": _asynchronous}
