"""Ten thousand who wait for one refresh."""

import asyncio

import seawall
from seawall import AsyncUserSession, MockTransport, Request, Secret, Tokens
from seawall.model import reveal
from tests.behaviours.auth.server import refresh
from tests.behaviours.kit import URL

MANY = 10_000


def test_ten_thousand_waiters_do_not_starve_the_loop() -> None:
    """A8: while ten thousand calls wait for a refresh, and while they are woken, other tasks of the loop have their turns."""
    turns: list[str] = []
    old: list[str] = []

    async def main() -> list[seawall.Response]:
        bought, waiting = asyncio.Event(), asyncio.Event()

        async def token(request: Request) -> dict[str, object]:
            turns.append("asked")
            await bought.wait()
            return {"access_token": "new", "refresh_token": "r2"}

        def agents(request: Request) -> int:
            if reveal(request.headers["authorization"]) == "Bearer new":
                return 200
            old.append("old")
            if len(old) == MANY:
                waiting.set()
            return 401

        async def tick() -> None:
            while True:
                turns.append("tick")
                await asyncio.sleep(0)

        transport = MockTransport()
        transport.route("POST", "/token", token)
        transport.route("GET", "/agents", agents)
        session = AsyncUserSession(refresh)
        await session.sign_in(Tokens(access=Secret("old"), refresh=Secret("r1")))
        async with seawall.AsyncClient(URL, transport=transport, auth=session, timeout=None) as api:
            calls = [asyncio.create_task(api.get("/agents")) for _ in range(MANY)]
            await waiting.wait()
            ticker = asyncio.create_task(tick())
            while turns.count("tick") < 100:
                await asyncio.sleep(0)
            turns.append("let go")
            bought.set()
            responses = await asyncio.gather(*calls)
            ticker.cancel()
        return responses

    responses = asyncio.run(main())
    assert {response.status for response in responses} == {200}
    assert turns.count("asked") == 1
    assert turns[turns.index("let go") :].count("tick") >= 5
