"""Which client fits which transport, and who closes what."""

import asyncio
import subprocess
import sys
from typing import Any

import httpx2
import pytest

import seawall
from tests.behaviours.kit import URL, Script
from tests.unit.client.sdk_hosts import LIBRARIES, Guest, each_library, guest
from tests.worlds import World

PAIRS = [
    (seawall.SeawallTransport, seawall.AsyncClient, "AsyncSeawallTransport"),
    (seawall.AsyncSeawallTransport, seawall.Client, "SeawallTransport"),
]


@pytest.mark.parametrize(("transport", "client", "other"), PAIRS, ids=lambda value: getattr(value, "__name__", value))
def test_a_client_of_the_other_world_is_refused(transport: Any, client: Any, other: str) -> None:
    """It would block a loop, or miss one: the refusal names what was given, what is wanted, and the transport that fits."""
    with pytest.raises(seawall.UsageError, match=f"{client.__name__}, which is for {other}$") as caught:
        transport(client(transport=Script(200)))
    assert str(caught.value).startswith(f"{transport.__name__}: give a seawall.")


@pytest.mark.parametrize("transport", [seawall.SeawallTransport, seawall.AsyncSeawallTransport])
@pytest.mark.parametrize("given", [None, URL, seawall.Client, httpx2.Client()], ids=lambda value: type(value).__name__)
def test_what_is_no_client_is_refused(transport: Any, given: Any) -> None:
    """Anything else is named by its type."""
    with pytest.raises(seawall.UsageError, match=f"not {type(given).__name__}$"):
        transport(given)


@each_library
async def test_closing_the_host_leaves_the_client_open(world: World, library: Any) -> None:
    """The client belongs to whoever built it: another host, and its own calls, go on after one host was closed."""
    transport = Script(200)
    async with world.client(URL, transport=transport) as api:
        for _ in range(2):
            async with Guest(world, library, api) as client:
                await client.get(URL)
        await api.get("/agents")
    assert len(transport.calls) == 3


@each_library
async def test_a_closed_client_sends_nothing(world: World, library: Any) -> None:
    """After its owner closed the client, a host cannot send through it, and is told."""
    transport = Script(200)
    async with world.client(URL, transport=transport) as api:
        client = Guest(world, library, api)
    async with client:
        with pytest.raises(seawall.UsageError, match="closed"):
            await client.get(URL)
    assert transport.calls == []


async def test_many_calls_at_once_stay_apart(world: World) -> None:
    """One transport serves the threads or tasks of a host, each with its own answer."""
    transport = Script(lambda request: seawall.Response(200, content=request.target.encode()))
    async with guest(world, LIBRARIES[0], transport=transport) as client:
        answers = await world.gather(*[lambda n=n: client.get(f"{URL}/{n}") for n in range(50)])
    assert [answer.text for answer in answers] == [f"/{n}" for n in range(50)]


def test_a_blocking_host_in_a_loop_is_warned_of() -> None:
    """An SDK's blocking client in a coroutine blocks the loop, and says so once."""

    async def main() -> None:
        with seawall.Client(transport=Script(200)) as api, httpx2.Client(transport=seawall.SeawallTransport(api)) as client:
            with pytest.warns(RuntimeWarning, match="AsyncClient"):
                client.get(URL)
            client.get(URL)

    asyncio.run(main())


def test_both_say_what_they_send_through() -> None:
    """A transport in a log names its client and nothing secret."""
    with seawall.Client(URL, transport=Script(200), headers={"X-Api-Key": "canary"}) as api:
        assert repr(seawall.SeawallTransport(api)) == f"<SeawallTransport <Client {URL}>>"
    made = seawall.AsyncSeawallTransport(seawall.AsyncClient(URL, transport=Script(200)))
    assert repr(made) == f"<AsyncSeawallTransport <AsyncClient {URL}>>"


def test_neither_library_is_loaded_by_ours() -> None:
    """`import seawall` and a transport need neither httpx2 nor httpx."""
    program = (
        "import sys; sys.modules['httpx2'] = sys.modules['httpx'] = None\n"
        "import seawall\n"
        "with seawall.Client() as api: seawall.SeawallTransport(api)\n"
        "seawall.problem_behind(ValueError())"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
