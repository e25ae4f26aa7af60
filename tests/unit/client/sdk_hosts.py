"""The clients of httpx2 and httpx over our transports: one text for both libraries and both worlds."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import httpx2
import pytest

import seawall
from tests.worlds import World

LIBRARIES = [httpx2, httpx]
each_library = pytest.mark.parametrize("library", LIBRARIES, ids=lambda library: library.__name__)


class Guest:
    """A host's client that sends through ours, with methods that can be awaited.

    Args:
        world: Its world.
        library: `httpx2` or `httpx`.
        api: Our client, of that world.
        own_retries: Whether ours repeats what the host cannot.
        options: The host's.
    """

    def __init__(self, world: World, library: Any, api: Any, *, own_retries: bool = False, **options: Any) -> None:
        self.world = world
        self.library = library
        if world.is_blocking:
            self.client = library.Client(transport=seawall.SeawallTransport(api.client, own_retries=own_retries), **options)
        else:
            transport = seawall.AsyncSeawallTransport(api, own_retries=own_retries)
            self.client = library.AsyncClient(transport=transport, **options)

    async def request(self, method: str, url: str, **options: Any) -> Any:
        """Make a call whose body the host reads."""
        answer = self.client.request(method, url, **options)
        return answer if self.world.is_blocking else await answer

    async def get(self, url: str, **options: Any) -> Any:
        """Read something."""
        return await self.request("GET", url, **options)

    async def post(self, url: str, **options: Any) -> Any:
        """Send something."""
        return await self.request("POST", url, **options)

    @asynccontextmanager
    async def stream(self, method: str, url: str, **options: Any) -> AsyncIterator[Any]:
        """Make a call whose body the test reads."""
        opened = self.client.stream(method, url, **options)
        if self.world.is_blocking:
            with opened as response:
                yield response
        else:
            async with opened as response:
                yield response

    def raw(self, response: Any) -> AsyncIterator[bytes]:
        """The pieces of a streamed body, as they come from the transport."""
        return self.world.each(response.iter_raw() if self.world.is_blocking else response.aiter_raw())

    def body(self, content: list[bytes]) -> Any:
        """Pieces to send that can be asked for once."""
        return iter(content) if self.world.is_blocking else _later(content)

    async def aclose(self) -> None:
        """Close the host's client."""
        if self.world.is_blocking:
            self.client.close()
        else:
            await self.client.aclose()

    async def __aenter__(self) -> "Guest":
        return self

    async def __aexit__(self, *details: object) -> None:
        await self.aclose()


async def _later(content: list[bytes]) -> AsyncIterator[bytes]:
    for piece in content:
        yield piece


@asynccontextmanager
async def guest(world: World, library: Any, base_url: str = "", **options: Any) -> AsyncIterator[Guest]:
    """A host's client over a client of ours that lives as long; `options` are ours, but for `own_retries` and `host`."""
    own_retries, host = options.pop("own_retries", False), options.pop("host", {})
    async with world.client(base_url, **options) as api, Guest(world, library, api, own_retries=own_retries, **host) as made:
        yield made
