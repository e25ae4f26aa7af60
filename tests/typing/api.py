"""What type checkers must see of the public face. mypy and pyright read this file; nobody runs it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, assert_type

import seawall


@dataclass
class Agent:
    id: int
    name: str


def blocking(api: seawall.Client) -> None:
    """The blocking face: a call without a type gives the response, one with a type gives the value."""
    assert_type(api.get("/agents"), seawall.Response)
    assert_type(api.get("/agents", response_model=list[Agent]), list[Agent])
    assert_type(api.post("/agents", json={"name": "Ada"}, idempotency_key=True, response_model=Agent), Agent)
    assert_type(api.get("/agents/{id}", path_params={"id": 7}, response_model=Agent | None), Agent | None)
    response = api.get("/agents/7")
    assert_type(response.json(Agent), Agent)
    assert_type(response.json(Agent | None), Agent | None)
    assert_type(response.headers["etag"], str)
    assert_type(api.download("/export.csv", to=Path("export.csv")), Path)
    for agent in api.paginate("/agents", item_model=Agent):
        assert_type(agent, Agent)
    for item in api.paginate("/agents"):
        assert_type(item, Any)
    assert_type(api.download("/export.csv", to="export.csv"), Path)
    assert_type(api.get("/agents", accept_status=404, params=None, headers=None), seawall.Response)
    assert_type(api.with_options(timeout=5, base_url="https://api.acme.example/v2"), seawall.Client)
    with api.stream("GET", "/export.csv") as stream:
        for piece in stream.iter_bytes():
            assert_type(piece, bytes)
        for event in stream.iter_events():
            assert_type(event, seawall.ServerEvent)
            assert_type(event.json(Agent | None), Agent | None)


async def asynchronous(api: seawall.AsyncClient) -> None:
    """The asyncio face has the same types behind an await."""
    assert_type(await api.get("/agents"), seawall.Response)
    assert_type(await api.get("/agents", response_model=list[Agent]), list[Agent])
    async for agent in api.paginate("/agents", item_model=Agent):
        assert_type(agent, Agent)
    async for item in api.paginate("/agents"):
        assert_type(item, Any)
    async with api.stream("GET", "/export.csv") as stream:
        async for line in stream.aiter_lines():
            assert_type(line, str)


class TenantHeader:
    """An interceptor, as a user writes it."""

    async def __call__(self, request: seawall.Request, call_next: seawall.Next) -> seawall.Response:
        return await call_next(request.with_header("X-Tenant", "blue"))


def problems(problem: seawall.ApiProblem) -> None:
    """Problems are also the built-ins that they stand for."""
    connect: ConnectionError = seawall.ConnectProblem()
    slow: TimeoutError = seawall.ConnectTimeoutProblem()
    assert_type(problem.status, int)
    assert_type(problem.code, str | None)
    assert_type(problem.retry_after, float | None)
    assert_type(problem.sent, seawall.Sent)
    assert_type(problem.user_message("de"), str)
    print(connect, slow)


def building() -> seawall.Client:
    """Options of a client are typed by name."""
    return seawall.Client(
        base_url="https://api.acme.example/v1",
        app=seawall.AppInfo("acme-console", "1.4.0"),
        timeout=seawall.Timeout(total=10.0),
        retry=seawall.Retry(attempts=3),
        interceptors=[TenantHeader(), seawall.on_problem(print)],
    )
