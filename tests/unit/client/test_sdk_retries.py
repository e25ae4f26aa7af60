"""R10: who repeats what, when an SDK's client sends through ours."""

from typing import Any

import pytest

import seawall
from seawall import ConnectProblem, DisconnectProblem, Sent, StopReason
from seawall.policies.retry import Again, Failure, Stop, decide
from seawall.testing import FakeClock, FaultServer, LostAnswer, Reply
from tests.behaviours.kit import URL, Script, Unplugged, fail
from tests.unit.client.sdk_hosts import LIBRARIES, each_library, guest
from tests.worlds import World

QUIET = seawall.Retry(backoff=0, budget=None)


@pytest.mark.parametrize("sent", list(Sent))
@pytest.mark.parametrize("status", [0, 503])
@pytest.mark.parametrize("keyed", [True, False])
def test_unsent_only_repeats_what_did_not_leave(sent: Sent, status: int, keyed: bool) -> None:
    """With `unsent_only` nothing that may have been sent is repeated, keyed, idempotent or refused: the outer one may."""
    failure = Failure(number=1, method="GET", status=status, sent=sent, idempotent=True, keyed=keyed)
    decision = decide(seawall.Retry(unsent_only=True, backoff=0), failure)
    if sent is Sent.NO:
        assert isinstance(decision, Again)
    else:
        assert decision == Stop(StopReason.NESTED)


def test_unsent_only_is_a_switch() -> None:
    """A value that is neither True nor False is refused by its name."""
    with pytest.raises(seawall.UsageError, match="unsent_only"):
        seawall.Retry(unsent_only="yes")  # type: ignore[arg-type]


@each_library
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_what_was_not_sent_is_sent_again(world: World, library: Any, clock: FakeClock, method: str) -> None:
    """R10: a connection that could not be made is tried again, for any method."""
    transport = Unplugged(2, 200)
    async with guest(world, library, transport=transport, clock=clock, retry=QUIET) as client:
        response = await client.request(method, URL, content=b"once")
    assert (response.status_code, transport.refused, len(transport.calls)) == (200, 2, 1)


@each_library
@pytest.mark.parametrize("answer", [503, fail(DisconnectProblem), fail(seawall.ReadTimeoutProblem)])
async def test_what_may_have_been_sent_is_the_sdks(world: World, library: Any, answer: Any) -> None:
    """R10: a request that may have arrived is left to the SDK's own retries, also a GET, also with a key."""
    transport = Script(answer, 200)
    async with guest(world, library, transport=transport, retry=QUIET) as client:
        try:
            response = await client.get(URL, headers={"Idempotency-Key": "7"})
        except library.TransportError as error:
            problem = seawall.problem_behind(error)
        else:
            problem = response.extensions["seawall"].problem
    assert problem is not None
    assert (problem.stopped, len(transport.calls)) == (StopReason.NESTED, 1)


@each_library
@pytest.mark.parametrize("answer", [503, fail(DisconnectProblem), fail(ConnectProblem, Sent.NO)])
async def test_own_retries_repeat_everything(world: World, library: Any, answer: Any, clock: FakeClock) -> None:
    """R10: with `own_retries` a POST counts as repeatable, and our policy rules."""
    transport = Script(answer, answer, 200)
    async with guest(world, library, transport=transport, clock=clock, own_retries=True) as client:
        response = await client.post(URL, json={"name": "Ada"})
    bodies = {call.request.body.data for call in transport.calls}
    assert (response.status_code, len(transport.calls), len(bodies)) == (200, 3, 1)
    assert len(response.extensions["seawall"].attempts) == 3


async def test_the_clients_own_limits_rule_them(world: World) -> None:
    """A client built without retries has none in an SDK either, and a host's calls draw on its budget."""
    for retry in (False, seawall.Retry(budget=seawall.RetryBudget(share=0, floor=0))):
        transport = Unplugged(2, 200)
        async with guest(world, LIBRARIES[0], transport=transport, retry=retry, own_retries=True) as client:
            with pytest.raises(client.library.ConnectError):
                await client.get(URL)
        assert transport.refused == 1


@each_library
async def test_a_body_that_was_begun_is_not_sent_again(world: World, library: Any, fault_server: FaultServer) -> None:
    """R3: what an iterator gave cannot be asked for again, so `own_retries` stops there and says why."""
    route = fault_server.route("POST", "/agents", LostAnswer(), Reply(201))
    async with guest(world, library, own_retries=True, retry=QUIET) as client:
        with pytest.raises(library.RemoteProtocolError) as caught:
            await client.post(f"{fault_server.url}/agents", content=client.body([b"one", b"two"]))
    problem = seawall.problem_behind(caught.value)
    assert problem is not None
    assert (problem.stopped, [call.body for call in route.calls]) == (StopReason.BODY_NOT_REPLAYABLE, [b"onetwo"])


@each_library
async def test_a_body_that_was_not_begun_is_whole(world: World, library: Any, fault_server: FaultServer) -> None:
    """An iterator that no attempt has touched is sent whole by the one that connects."""
    route = fault_server.route("POST", "/agents", 201)
    failures = iter([ConnectProblem(sent=Sent.NO), ConnectProblem(sent=Sent.NO)])

    async def unplugged(request: seawall.Request, call_next: seawall.Next) -> seawall.Response:
        request.body.open(request.call.runtime)  # as the engine does, before it connects
        problem = next(failures, None)
        if problem is not None:
            raise problem
        return await call_next(request)

    async with guest(world, library, attempt_interceptors=[unplugged], retry=QUIET) as client:
        await client.post(f"{fault_server.url}/agents", content=client.body([b"one", b"two"]))
    assert [call.body for call in route.calls] == [b"onetwo"]


async def test_within_a_call_of_ours_the_outer_one_holds_the_retries(world: World) -> None:
    """R10: an SDK that an interceptor uses repeats nothing by us, not even what was not sent."""
    inner = Unplugged(1, 200)
    library = LIBRARIES[0]
    async with guest(world, library, transport=inner, retry=QUIET) as client:

        async def asking(request: seawall.Request, call_next: seawall.Next) -> seawall.Response:
            with pytest.raises(library.ConnectError):
                await client.get(URL)
            return await call_next(request)

        async with world.client(URL, transport=Script(200), interceptors=[asking]) as api:
            await api.get("/")
    assert inner.refused == 1
