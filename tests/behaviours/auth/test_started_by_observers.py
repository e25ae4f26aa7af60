"""What observers begin when a state changes is work of their own, and no part of the refresh that brought the state."""

import asyncio
from typing import Any

import pytest

import seawall
from seawall import AsyncUserSession, NestedCalls, Tokens, UserSession
from seawall.auth import SessionState, Unauthenticated
from seawall.auth.sources import FunctionSource
from seawall.testing import FakeClock
from tests.behaviours.auth.server import AuthServer, refresh, source


@pytest.mark.parametrize("face", [AsyncUserSession, UserSession])
@pytest.mark.parametrize("by_server", [True, False])
def test_a_task_of_an_observer_has_credentials(server: AuthServer, clock: FakeClock, face: Any, by_server: bool) -> None:
    """R13: a task that an observer starts when the session ends in mid-refresh, by the server's word or by the source's own
    sign-out, calls with the tokens of the next sign-in, also when they have to be refreshed."""

    async def leave(tokens: Tokens, api: NestedCalls) -> Tokens:
        signed_out = session.sign_out()
        if signed_out is not None:
            await signed_out
        return await refresh(tokens, api)

    first_source = source() if by_server else FunctionSource(leave)
    session = face(first_source, clock=clock)
    statuses: list[int] = []
    tasks: list[asyncio.Task[None]] = []

    async def sign_in_again(api: seawall.AsyncClient) -> None:
        session._machine._refresher._source = source()
        signed_in = session.sign_in(server.login())
        if signed_in is not None:
            await signed_in
        for _ in range(2):
            statuses.append((await api.get("/agents", raise_for_status=False)).status)
            clock.advance(7200)

    async def main() -> None:
        async with seawall.AsyncClient(server.url, auth=session, clock=clock) as api:

            def begin(state: SessionState) -> None:
                if isinstance(state, Unauthenticated):
                    tasks.append(asyncio.create_task(sign_in_again(api)))

            session.state_changed.connect(begin)
            signed_in = session.sign_in(server.login())
            if signed_in is not None:
                await signed_in
            server.tokens.revoke_all() if by_server else server.tokens.expire_all()
            with pytest.raises(seawall.ApiProblem):
                await api.get("/agents")
            await asyncio.gather(*tasks)

    asyncio.run(main())
    assert statuses == [200, 200]
    assert None not in server.sent()
