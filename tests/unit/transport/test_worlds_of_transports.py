"""Which transport fits which client."""

from typing import Any

import pytest

from seawall.client import AsyncClient, Client
from seawall.model import Clocks, Request, Response, UsageError
from seawall.transport import AsyncHttpx2Transport, AsyncWireTransport, Httpx2Transport, MockTransport, WireTransport


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

    with pytest.raises(UsageError) as caught:
        AsyncClient(transport=WireTransport())
    assert str(caught.value) == "transport: WireTransport is for Client; give AsyncWireTransport"


@pytest.mark.parametrize("client", [Client, AsyncClient])
def test_a_transport_that_fits_is_taken(client: type[Client] | type[AsyncClient]) -> None:
    """A transport of the client's world is taken, and so is any that says nothing about worlds."""
    for transport in (Httpx2Transport() if client is Client else AsyncHttpx2Transport(), MockTransport(), _OwnTransport()):
        assert client(transport=transport)


@pytest.mark.parametrize("client", [Client, AsyncClient])
def test_a_client_takes_the_engine_that_can_do_what_it_is_asked(client: type[Client] | type[AsyncClient]) -> None:
    """Our own engine is the default; HTTP/2 and SOCKS proxies are httpx2's, and nobody has to say so."""
    start = "" if client is Client else "Async"
    for options, name in (({}, "Wire"), ({"http2": True}, "Httpx2"), ({"proxy": "socks5://127.0.0.1:1080"}, "Httpx2")):
        made: Any = client(**options)
        assert type(made._core.transport).__name__ == f"{start}{name}Transport"


@pytest.mark.parametrize("transport", [WireTransport, AsyncWireTransport])
def test_the_engine_of_our_own_refuses_what_it_cannot_do(transport: Any) -> None:
    """A SOCKS proxy given to it is refused with the name of the transport that can."""
    with pytest.raises(UsageError, match=r"proxy: .*Httpx2Transport"):
        transport(proxy="socks5://127.0.0.1:1080")
