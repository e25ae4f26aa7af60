"""`Idempotency-Key` on uvicorn: what was asked many times is done once."""

import pytest

import seawall
from tests.real_servers.asking import CANARY, Server
from tests.worlds import World

APP = "seawall_server_app"


async def test_many_calls_with_one_key_are_one(server: Server, world: World) -> None:
    """Of many calls at once one has its effect, the others are refused while it runs or get its answer."""
    async with world.client(server.url, retry=False) as api:
        key = f"many-{world.name}"

        async def ask() -> seawall.Response:
            response: seawall.Response = await api.post("/agents", json={"name": "Ada"}, idempotency_key=key)
            return response

        outcomes = await world.gather(*[ask] * 20)
    good = [outcome for outcome in outcomes if isinstance(outcome, seawall.Response)]
    refused = [outcome for outcome in outcomes if not isinstance(outcome, seawall.Response)]
    assert len({response.content for response in good}) == 1
    assert sum("idempotency-replayed" not in response.headers for response in good) == 1
    assert {(problem.status, problem.code) for problem in refused} <= {(409, "IDEMPOTENCY_IN_PROGRESS")}


async def test_a_repetition_gets_the_stored_answer(server: Server, world: World) -> None:
    """Status, body and location are those of the first answer, its cookie is not kept, its name is its own."""
    first, second = [
        await server.call("POST", "/agents", json={"name": "Bob"}, idempotency_key=f"twice-{world.name}") for _ in range(2)
    ]
    assert (second.status, second.content) == (201, first.content)
    assert second.headers["location"] == first.headers["location"]
    assert (first.headers.get("idempotency-replayed"), second.headers["idempotency-replayed"]) == (None, "true")
    assert CANARY in first.headers["set-cookie"]
    assert "set-cookie" not in second.headers
    assert first.headers["x-request-id"] != second.headers["x-request-id"]


async def test_a_key_is_for_one_request(server: Server, world: World) -> None:
    """Another body with the same key is refused, and says so."""
    key = f"other-{world.name}"
    await server.call("POST", "/agents", json={"name": "Ada"}, idempotency_key=key)
    problem = await server.problem("POST", "/agents", json={"name": "Eve"}, idempotency_key=key)
    assert (problem.status, problem.code) == (422, "IDEMPOTENCY_KEY_REUSED")


async def test_a_refused_request_may_be_mended(server: Server, world: World) -> None:
    """An error leaves no key behind."""
    key = f"mended-{world.name}"
    problem = await server.problem("POST", "/agents", json={"refuse": "yes"}, idempotency_key=key)
    assert problem.code == "AGENT_FORBIDDEN"
    assert (await server.call("POST", "/agents", json={"name": "Ada"}, idempotency_key=key)).status == 201


@pytest.mark.parametrize("key", ["a b", "x" * 256])
async def test_what_is_no_key_is_refused(server: Server, key: str) -> None:
    """A bad key is a bad request, before anything is done."""
    problem = await server.problem("POST", "/agents", json={"name": "Ada"}, headers={"Idempotency-Key": key})
    assert (problem.status, problem.code) == (400, "IDEMPOTENCY_KEY_INVALID")


async def test_a_big_request_with_a_key_is_refused(server: Server) -> None:
    """What would have to be held in memory is bounded."""
    problem = await server.problem("POST", "/agents", content=b" " * (1024 * 1024 + 1), idempotency_key="big")
    assert (problem.status, problem.code) == (413, "CONTENT_TOO_LARGE")
