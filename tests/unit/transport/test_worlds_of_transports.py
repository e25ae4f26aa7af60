"""Which transport fits which client."""

import pytest

from seawall.client import AsyncClient, Client
from seawall.model import Clocks, Request, Response, UsageError
from seawall.transport import AsyncHttpx2Transport, Httpx2Transport, MockTransport


class _OwnTransport:
    """A user's transport, which says nothing about worlds."""

    async def send(self, request: Request, clocks: Clocks) -> Response:
        """Answer at once."""
        return Response(200)

    async def aclose(self) -> None:
        """Nothing is open."""


def test_a_transport_of_the_other_world_is_refused() -> None:
    """A client names the transport that it wants in place of one that would block a loop, or need one."""
    with pytest.raises(UsageError) as caught:
        AsyncClient(transport=Httpx2Transport())
    assert str(caught.value) == "transport: Httpx2Transport is for Client; give AsyncHttpx2Transport"
    with pytest.raises(UsageError) as caught:
        Client(transport=AsyncHttpx2Transport())
    assert str(caught.value) == "transport: AsyncHttpx2Transport is for AsyncClient; give Httpx2Transport"


@pytest.mark.parametrize("client", [Client, AsyncClient])
def test_a_transport_that_fits_is_taken(client: type[Client] | type[AsyncClient]) -> None:
    """A transport of the client's world is taken, and so is any that says nothing about worlds."""
    for transport in (Httpx2Transport() if client is Client else AsyncHttpx2Transport(), MockTransport(), _OwnTransport()):
        assert client(transport=transport)
