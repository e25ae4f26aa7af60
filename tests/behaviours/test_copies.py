"""Copies made by `with_options`: what they share with their original and what they do not."""

import pytest

import seawall
from seawall.testing import FakeClock
from tests.behaviours.kit import URL, Script, reply
from tests.worlds import World


class Closable(Script):
    """Counts how often it was closed."""

    closed = 0

    async def aclose(self) -> None:
        self.closed += 1


async def test_closing_a_copy_closes_the_copy_alone(world: World, clock: FakeClock) -> None:
    """The transport goes on for the original when a copy is closed, and ends with the client that was built with it."""
    transport = Closable(200)
    async with world.client(URL, transport=transport, clock=clock) as api:
        async with api.with_options(retry=False) as copy:
            async with copy.with_options(timeout=5):
                pass
            await copy.get("/agents")
        with pytest.raises(seawall.UsageError, match="closed"):
            await copy.get("/agents")
        assert transport.closed == 0
        await api.get("/agents")
    assert transport.closed == 1


async def test_a_copy_shares_the_cookies(world: World, clock: FakeClock) -> None:
    """A copy goes on with the original's cookies unless `cookies` is among its changes."""
    transport = Script(reply(200, Set_Cookie="session=one"), 200)
    async with world.client(URL, transport=transport, clock=clock, cookies=True) as api:
        early = api.with_options(timeout=5)
        await api.get("/login")
        for copy in (early, early.with_options(retry=2), api.with_options(cookies=True), api.with_options(cookies=False)):
            await copy.get("/agents")
    assert transport.seen("cookie") == [None, "session=one", "session=one", None, None]
