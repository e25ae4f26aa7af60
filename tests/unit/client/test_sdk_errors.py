"""Failures in the words of httpx2 and httpx, and the way back to the problem."""

import errno
import pickle
import socket
import traceback
from typing import Any

import httpx
import httpx2
import pytest

import seawall
from seawall import Sent
from seawall.problems import OriginalError
from seawall.testing import FaultServer, Garbage, HugeHeaders, LostAnswer, Reply, Reset, Truncate
from tests.behaviours.kit import URL, Script, fail
from tests.unit.client.sdk_hosts import LIBRARIES, each_library, guest
from tests.worlds import World

NO, MAYBE, YES = Sent.NO, Sent.MAYBE, Sent.YES
NAMES: list[tuple[type[seawall.ApiProblem], Sent, str]] = [
    (seawall.ConnectProblem, NO, "ConnectError"),
    (seawall.ResolveProblem, NO, "ConnectError"),
    (seawall.CertificateProblem, NO, "ConnectError"),
    (seawall.DisconnectProblem, NO, "ConnectError"),
    (seawall.ProxyProblem, NO, "ProxyError"),
    (seawall.ConnectTimeoutProblem, NO, "ConnectTimeout"),
    (seawall.DeadlineProblem, NO, "ConnectTimeout"),
    (seawall.PoolTimeoutProblem, NO, "PoolTimeout"),
    (seawall.ReadTimeoutProblem, MAYBE, "ReadTimeout"),
    (seawall.AttemptTimeoutProblem, MAYBE, "ReadTimeout"),
    (seawall.DeadlineProblem, MAYBE, "ReadTimeout"),
    (seawall.ConnectTimeoutProblem, MAYBE, "ReadTimeout"),
    (seawall.PoolTimeoutProblem, MAYBE, "ReadTimeout"),
    (seawall.ConnectProblem, MAYBE, "ReadError"),
    (seawall.DisconnectProblem, MAYBE, "RemoteProtocolError"),
    (seawall.DisconnectProblem, YES, "RemoteProtocolError"),
    (seawall.ProtocolProblem, MAYBE, "RemoteProtocolError"),
    (seawall.TooLargeProblem, YES, "RemoteProtocolError"),
    (seawall.CancelledProblem, MAYBE, "TransportError"),
    (seawall.UnavailableProblem, YES, "TransportError"),
]


async def _failure(client: Any, url: str = URL, **options: Any) -> Any:
    with pytest.raises(client.library.TransportError) as caught:
        await client.get(url, **options)
    return caught.value


@each_library
@pytest.mark.parametrize(("kind", "sent", "name"), NAMES, ids=lambda value: getattr(value, "__name__", str(value)))
async def test_each_problem_has_a_name_of_the_hosts(
    world: World, library: Any, kind: type[seawall.ApiProblem], sent: Sent, name: str
) -> None:
    """A problem becomes the host's exception of that meaning, and what may have been sent is never called a connect error."""
    async with guest(world, library, transport=Script(fail(kind, sent)), retry=False) as client:
        error = await _failure(client)
    assert type(error) is getattr(library, name)
    assert type(error.__cause__) is kind
    assert error.request.url == URL


@each_library
@pytest.mark.parametrize(("number", "name"), [(errno.EPIPE, "WriteError"), (errno.ECONNRESET, "ReadError")])
async def test_a_broken_connection_says_who_was_at_work(world: World, library: Any, number: int, name: str) -> None:
    """A pipe that broke under the request is a write error, a reset while the answer was awaited a read error."""

    def broken(request: seawall.Request) -> seawall.Response:
        problem = seawall.DisconnectProblem(sent=MAYBE)
        problem.__cause__ = OriginalError.of(OSError(number, "canary"))
        raise problem

    async with guest(world, library, transport=Script(broken)) as client:
        assert type(await _failure(client)) is getattr(library, name)


@each_library
@pytest.mark.parametrize(
    ("behaviour", "name"),
    [
        (LostAnswer(), "RemoteProtocolError"),
        (Reset(), "ReadError"),
        (Garbage(), "RemoteProtocolError"),
        (HugeHeaders(), "RemoteProtocolError"),
        (Truncate(Reply(text="half")), "RemoteProtocolError"),
        (Reset("body", Reply(text="half" * 100)), "ReadError"),
    ],
)
async def test_a_server_that_breaks_off(world: World, library: Any, behaviour: Any, name: str, fault_server: FaultServer) -> None:
    """What a real server does wrong, in its head or in its body, is raised as hosts raise it."""
    fault_server.route("GET", "/agents", behaviour)
    async with guest(world, library) as client:
        error = await _failure(client, f"{fault_server.url}/agents")
    assert type(error) is getattr(library, name)
    assert isinstance(seawall.problem_behind(error), seawall.ApiProblem)
    assert "Seawall: " in "".join(traceback.format_exception(error))


@each_library
async def test_nobody_listens(world: World, library: Any) -> None:
    """A port that refuses is a connect error, and surely nothing was sent."""
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        async with guest(world, library, retry=False) as client:
            error = await _failure(client, f"http://127.0.0.1:{deaf.getsockname()[1]}")
    assert type(error) is library.ConnectError
    assert "sent: no" in str(error)


@each_library
async def test_no_secret_is_in_an_exception(world: World, library: Any, fault_server: FaultServer) -> None:
    """The canary of a field, a query, a body and of what the server says is in no text, note or cause of an exception."""
    fault_server.route(
        "POST", "/agents", Truncate(Reply(503, json={"detail": "canary", "code": "canary"}), after=-1), LostAnswer()
    )
    fields = {"Authorization": "Bearer canary", "api-key": "canary"}
    async with guest(world, library) as client:
        answer = await client.post(f"{fault_server.url}/agents?token=canary", headers=fields, json={"password": "canary"})
        problem = seawall.problem_behind(_with(answer))
        with pytest.raises(library.TransportError) as caught:
            await client.post(f"{fault_server.url}/agents?token=canary", headers=fields, content=b"canary")
    lost = seawall.problem_behind(caught.value)
    assert lost is not None
    assert caught.value.__context__ is None
    assert lost.__context__ is None
    assert problem is not None
    assert "canary" not in f"{problem!s} {problem!r} {problem.explain()}"
    shown = [
        *traceback.format_exception_only(caught.value),
        *traceback.format_exception_only(lost),
        repr(lost),
        str(lost.explain()),
    ]
    assert b"canary" not in pickle.dumps(lost, 0)
    assert "canary" not in "".join(shown)


def _with(response: Any) -> Exception:
    """An exception that keeps a response, as SDKs raise them."""
    error = ValueError("refused")
    error.response = response  # type: ignore[attr-defined]
    return error


async def test_the_problem_is_found_behind_what_an_sdk_makes_of_it(world: World) -> None:
    """The way back leads over causes and kept responses, and knows its end."""
    async with guest(world, LIBRARIES[0], transport=Script(fail(seawall.ReadTimeoutProblem), 429, 200)) as client:
        lost = await _failure(client)
        refused, fine = await client.get(URL), await client.get(URL)
    outer = RuntimeError("the SDK's own words")
    outer.__cause__ = lost
    assert seawall.problem_behind(outer) is lost.__cause__
    assert seawall.problem_behind(lost.__cause__) is lost.__cause__
    assert isinstance(seawall.problem_behind(_with(refused)), seawall.RateLimitedProblem)
    with pytest.raises(httpx2.HTTPStatusError) as caught:
        refused.raise_for_status()
    assert seawall.problem_behind(caught.value) is refused.extensions["seawall"].problem
    circle = RuntimeError("its own cause")
    circle.__cause__ = circle
    strangers = [None, ValueError("no cause"), circle, _with(fine), _with(object()), _with(httpx.Response(500))]
    assert [seawall.problem_behind(error) for error in strangers] == [None] * len(strangers)
