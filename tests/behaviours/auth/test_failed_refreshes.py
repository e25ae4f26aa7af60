"""What a refresh that does not work means for the session."""

import threading
from typing import Any

import pytest

import seawall
from seawall import CancelledProblem, DeadlineProblem, NestedCalls, OriginalError, RefreshProblem, SessionEndedProblem, Tokens
from seawall.auth import Authenticated, EndReason, RefreshOptions, Unauthenticated
from seawall.auth.stores import MemoryStore, StoredSession, StoreError
from seawall.testing import FakeClock, Gate, Hang, LostAnswer, Reply, Reset, TokenServer
from tests.behaviours.auth.crowds import Crowd, get, outcomes
from tests.behaviours.auth.server import AuthServer

N = 100
FEW = 10  # callers where a hundred have met the like already
GARBAGE = Reply(200, text="<html>please sign in to this network</html>")


@pytest.mark.parametrize(
    ("failures", "callers"),
    [
        pytest.param([Reply(500)], FEW, id="500"),
        pytest.param([Reply(503), Reply(502)], FEW, id="503, 502"),
        pytest.param([Reply(429, headers={"Retry-After": "3"})], FEW, id="429"),
        pytest.param([Reset()], FEW, id="reset"),
        pytest.param([Reset(), Reply(503)], N, id="reset, 503"),
        pytest.param([GARBAGE], FEW, id="captive portal"),
    ],
)
def test_what_passes_is_tried_again(
    crowd: Crowd, server: AuthServer, clock: FakeClock, failures: list[Any], callers: int
) -> None:
    """A4: networks and servers that fail for a moment are asked again within the one refresh, and the calls succeed."""
    server.refresh_by(*failures, server.tokens.token_endpoint())
    crowd.connect(server.url, clock=clock).sign_in(server.login())
    server.tokens.expire_all()
    assert [response.status for response in crowd.run(*[get()] * callers)] == [200] * callers
    assert len(server.token.calls) == len(failures) + 1
    assert len(set(server.asked_with())) == 1


@pytest.mark.parametrize(
    "failure",
    [Reply(500), Reply(401), Reply(400, json={"error": "unauthorized_client"}), Reset(), GARBAGE],
    ids=["500", "401", "400", "reset", "captive portal"],
)
def test_what_does_not_pass_keeps_the_session(crowd: Crowd, server: AuthServer, clock: FakeClock, failure: Any) -> None:
    """A4: a refresh that fails for good in every way but the server's own `invalid_grant` keeps the session and its store."""
    store = MemoryStore()
    server.refresh_by(failure)
    crowd.connect(server.url, clock=clock, store=store).sign_in(server.login(), user="ada")
    before = store.load()
    server.tokens.expire_all()
    assert isinstance(crowd.one(get()), RefreshProblem)
    assert crowd.session.state == Authenticated("ada")
    assert store.load() is before
    server.refresh_by()
    assert crowd.one(get()).status == 200


def test_an_outage_is_told_as_one(crowd: Crowd, server: AuthServer, clock: FakeClock) -> None:
    """A4: the problem of a refresh that met no server is retryable, says why in its cause, and shows a safe message."""
    server.refresh_by(Reset())
    crowd.connect(server.url, clock=clock).sign_in(server.login())
    server.tokens.expire_all()
    problem = crowd.one(get())
    assert problem.retryable
    assert isinstance(problem.__cause__, seawall.DisconnectProblem)
    assert "token" not in problem.user_message("en").lower()
    assert (problem.method, problem.sent) == ("GET", seawall.Sent.YES)


def test_a_lost_answer_is_asked_for_once_more(crowd: Crowd, server: AuthServer, clock: FakeClock) -> None:
    """A4: an answer that was lost after the server rotated is asked for again with the same refresh token."""
    server.tokens = TokenServer(on_reuse="accept")
    server.protect()
    server.refresh_by(LostAnswer(server.tokens.exchange), server.tokens.token_endpoint())
    crowd.connect(server.url, clock=clock).sign_in(server.login())
    server.tokens.expire_all()
    assert [response.status for response in crowd.run(*[get()] * N)] == [200] * N
    assert len(server.asked_with()) == 2
    assert len(set(server.asked_with())) == 1


@pytest.mark.parametrize(
    ("lost", "callers"),
    [(LostAnswer, N), (lambda effect: Reset("body"), FEW), (lambda effect: GARBAGE, FEW)],
    ids=["no byte", "half", "garbage"],
)
def test_a_lost_answer_that_cannot_be_had_ends_the_session(
    crowd: Crowd, server: AuthServer, clock: FakeClock, lost: Any, callers: int
) -> None:
    """A4: a server that takes the second use of a refresh token for theft ends the session, as `refresh_answer_lost`."""
    spent = Reply(400, json={"error": "invalid_grant"})
    server.refresh_by(lost(server.tokens.exchange), spent)
    crowd.connect(server.url, clock=clock).sign_in(server.login())
    server.tokens.expire_all()
    problems = crowd.run(*[get()] * callers)
    assert {(type(problem), problem.reason) for problem in problems} == {(SessionEndedProblem, "refresh_answer_lost")}
    assert crowd.session.state == Unauthenticated(EndReason.REFRESH_ANSWER_LOST)
    assert len(server.token.calls) == 2


def test_two_lost_answers_are_remembered(crowd: Crowd, server: AuthServer, clock: FakeClock) -> None:
    """A4: after two lost answers the session waits for better times; `invalid_grant` then is still a lost answer."""
    server.refresh_by(LostAnswer(), LostAnswer(), Reply(400, json={"error": "invalid_grant"}))
    crowd.connect(server.url, clock=clock).sign_in(server.login())
    server.tokens.expire_all()
    assert isinstance(crowd.one(get()), RefreshProblem)
    assert len(server.token.calls) == 2
    assert crowd.one(get()).reason == "refresh_answer_lost"


def test_the_store_is_read_again_before_the_end(crowd: Crowd, server: AuthServer) -> None:
    """A4: where `invalid_grant` means that another process was faster, its tokens are taken and nobody is signed out."""
    store = MemoryStore()

    def another_process(call: Any) -> Reply:
        stored = store.load()
        assert stored is not None
        fresh = server.login()
        assert store.swap(stored.revision, StoredSession(session=stored.session, revision="theirs", tokens=fresh))
        return Reply(400, json={"error": "invalid_grant"})

    server.refresh_by(another_process)
    crowd.connect(server.url, store=store).sign_in(server.login())
    server.tokens.expire_all()
    assert [response.status for response in crowd.run(*[get()] * N)] == [200] * N
    assert len(server.token.calls) == 1
    assert server.sent()[-1] == server.newest()


class FullStore(MemoryStore):
    """Cannot be written while it is full."""

    full = False

    def swap(self, expected: str | None, session: StoredSession | None) -> bool:
        if self.full:
            raise StoreError("the disk is full")
        return super().swap(expected, session)


def test_tokens_that_cannot_be_stored_are_not_lost(crowd: Crowd, server: AuthServer, clock: FakeClock) -> None:
    """A4: new tokens that the store could not take are kept and written by the next refresh, for the old ones are spent."""
    store = FullStore()
    crowd.connect(server.url, store=store, clock=clock).sign_in(server.login())
    server.tokens.expire_all()
    store.full = True
    problems = crowd.run(*[get()] * N)
    assert {type(problem) for problem in problems} == {RefreshProblem}
    assert server.tokens.refreshes == 1
    store.full = False
    assert crowd.one(get()).status == 200
    assert (server.tokens.refreshes, server.tokens.reuses) == (1, 0)
    stored = store.load()
    assert stored is not None
    assert stored.tokens.access.reveal() == server.newest()


def test_tokens_that_were_never_stored_are_forgotten_for_newer_ones(crowd: Crowd, server: AuthServer, clock: FakeClock) -> None:
    """A4, A10: new tokens that the store could not take are no good any more when another process has written its own."""
    store = FullStore()
    crowd.connect(server.url, store=store, clock=clock).sign_in(server.login())
    server.tokens.expire_all()
    store.full = True
    assert isinstance(crowd.one(get()), RefreshProblem)
    store.full = False
    stored, theirs = store.load(), server.login()
    assert stored is not None
    assert store.swap(stored.revision, StoredSession(session=stored.session, revision="theirs", tokens=theirs))
    assert crowd.one(get()).status == 200
    server.tokens.expire_all()
    assert crowd.one(get()).status == 200
    assert theirs.refresh is not None
    assert server.asked_with()[1:] == [theirs.refresh.reveal()]


def test_a_hung_refresh_ends_by_its_own_deadline(crowd: Crowd, server: AuthServer) -> None:
    """A7: a token endpoint that never answers costs the refresh's own time, and all who wait learn why."""
    server.refresh_by(Hang())
    options = RefreshOptions(timeout=0.3, attempts=1)
    crowd.connect(server.url, options=options, client={"timeout": None}).sign_in(server.login())
    server.tokens.expire_all()
    problems = crowd.run(*[get()] * N)
    assert {type(problem) for problem in problems} == {RefreshProblem}
    assert {type(problem.__cause__) for problem in problems} == {DeadlineProblem}
    server.refresh_by()
    assert crowd.one(get()).status == 200


def test_a_source_that_never_returns_is_not_waited_for(crowd: Crowd, server: AuthServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A7: a source that hangs by its own means, out of reach of any clock of ours, fails those who wait all the same."""
    monkeypatch.setattr("seawall.auth._flights.OVERRUN", 0.0)
    end = threading.Event()

    async def hanging(tokens: Tokens, api: NestedCalls) -> Tokens:
        await api.runtime.blocking(end.wait)
        return tokens

    options = RefreshOptions(timeout=0.3, attempts=1)
    crowd.connect(server.url, source=hanging, options=options, client={"timeout": None}).sign_in(server.login())
    server.tokens.expire_all()
    problems = crowd.run(*[get()] * N)
    end.set()
    assert {type(problem) for problem in problems} == {RefreshProblem}
    causes = {type(problem.__cause__) for problem in problems}
    assert DeadlineProblem in causes
    assert causes <= {DeadlineProblem, OriginalError}  # who came late met the lease that the hung one still holds


def test_a_caller_has_its_own_deadline(crowd: Crowd, server: AuthServer, clock: FakeClock) -> None:
    """A7: a caller whose time is up before the refresh is through leaves alone; the others go on."""
    gate = Gate(then=server.tokens.token_endpoint())
    server.refresh_by(gate)
    crowd.connect(server.url, clock=clock).sign_in(server.login())
    server.tokens.expire_all()
    patient = crowd.start(get())
    gate.reached.wait()
    hurried = crowd.start(*[get(timeout=0.3)] * 9)
    server.agents.wait_for_calls(10)
    clock.advance(1)
    assert {type(problem) for problem in outcomes(hurried)} == {DeadlineProblem}
    gate.open()
    assert outcomes(patient)[0].status == 200
    assert server.tokens.refreshes == 1


def test_one_who_cancels_leaves_alone(crowd: Crowd, server: AuthServer) -> None:
    """A8: of a hundred who wait, the one that is cancelled leaves, be it the leader's caller; the others succeed."""
    gate = Gate(then=server.tokens.token_endpoint())
    server.refresh_by(gate)
    crowd.connect(server.url).sign_in(server.login())
    server.tokens.expire_all()
    cancel = seawall.Cancel()
    leader = crowd.start(get(cancel=cancel))
    gate.reached.wait()
    others = crowd.start(*[get()] * (N - 1))
    server.agents.wait_for_calls(N)
    cancel.cancel()
    assert isinstance(outcomes(leader)[0], CancelledProblem)
    gate.open()
    assert [response.status for response in outcomes(others)] == [200] * (N - 1)
    assert server.tokens.refreshes == 1


def test_when_all_cancel_the_refresh_ends_cleanly(crowd: Crowd, server: AuthServer) -> None:
    """A8: a refresh that nobody waits for any more goes on to its end, and the next call has its tokens."""
    gate = Gate(then=server.tokens.token_endpoint())
    server.refresh_by(gate)
    crowd.connect(server.url).sign_in(server.login())
    server.tokens.expire_all()
    cancel = seawall.Cancel()
    calls = crowd.start(*[get(cancel=cancel)] * N)
    gate.reached.wait()
    cancel.cancel()
    assert {type(problem) for problem in outcomes(calls)} == {CancelledProblem}
    gate.open()
    assert crowd.one(get()).status == 200
    assert (server.tokens.refreshes, server.tokens.reuses) == (1, 0)


def test_a_task_that_is_cancelled_leaves_alone(crowd: Crowd, server: AuthServer) -> None:
    """A8: tasks that are cancelled as asyncio does it, the leader's first, leave the others and the refresh as they are."""
    if crowd.kind == "blocking":
        return  # nothing but its `Cancel` ends a thread's call: see above
    gate = Gate(then=server.tokens.token_endpoint())
    server.refresh_by(gate)
    crowd.connect(server.url).sign_in(server.login())
    server.tokens.expire_all()
    leader = crowd.homes[-1].start(get())
    gate.reached.wait()
    calls = crowd.start(*[get()] * N)
    server.agents.wait_for_calls(N + 1)
    tasks = [call for place, call in enumerate(calls) if place % len(crowd.homes) == len(crowd.homes) - 1]
    for task in (leader, *tasks[::2]):
        task.cancel()
    gate.open()
    cancelled = {id(task) for task in tasks[::2]}
    others = [outcome for call, outcome in zip(calls, outcomes(calls), strict=True) if id(call) not in cancelled]
    assert {response.status for response in others} == {200}
    assert leader.cancelled()
    assert (server.tokens.refreshes, server.tokens.reuses) == (1, 0)
