"""Connections that are kept, and the slots of those who use them."""

from typing import Any

import pytest

from seawall.model import DEFAULT_OPTIONS, Call, Request
from seawall.testing import FaultServer, Reply
from seawall.transport.sockets import Slots
from seawall.transport.wire._pool import Pool
from tests.unit.transport.network_worlds import World


@pytest.mark.parametrize("chunked", [False, True], ids=["whole", "stream"])
@pytest.mark.parametrize("name", ["wire blocking", "wire asyncio"])
def test_a_connection_is_back_before_its_slot_is_free(name: str, chunked: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever gets the slot of a call that is over finds its connection in the pool, so that none is made beyond the limit."""
    world, order = World(name), []
    for kind, method in ((Pool, "give"), (Slots, "_give_back")):
        monkeypatch.setattr(kind, method, _noting(order, method, getattr(kind, method)))
    with FaultServer() as server:
        server.route("GET", "/", Reply(text="x" * 100_000, chunked=chunked))
        call = Call(world.runtime, DEFAULT_OPTIONS)
        request = Request("GET", f"{server.url}/", call=call)
        transport = world.transport(server, max_connections=1)

        async def work() -> None:
            await world.send(transport, request)
            await transport.aclose()

        world.run(work())
    assert order == ["give", "_give_back"]


def _noting(order: list[str], name: str, method: Any) -> Any:
    def noted(*details: Any) -> Any:
        order.append(name)
        return method(*details)

    return noted
