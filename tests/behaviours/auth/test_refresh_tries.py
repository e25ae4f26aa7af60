"""How a refresh is tried again, within its own time, and what its source may raise."""

from typing import Any

import pytest

import seawall
from seawall import CertificateProblem, ConnectProblem, NestedCalls, RefreshProblem, Sent, SessionEndedProblem, Tokens, UsageError
from seawall.auth import Authenticated, EndReason, RefreshOptions, Unauthenticated
from seawall.auth.sources import RevokedError
from seawall.auth.stores import MemoryStore, StoredSession
from seawall.testing import FakeClock, Gate, LostAnswer, Reply
from tests.behaviours.auth.crowds import Crowd, get
from tests.behaviours.auth.server import AuthServer, refresh

N = 100
FEW = 10  # callers where a hundred have met the like already
SPENT = Reply(400, json={"error": "invalid_grant"})
BUSY = Reply(503)


class Failing:
    """A source whose first refreshes fail, each in its way, and whose later ones ask the server."""

    def __init__(self, *failures: BaseException) -> None:
        self.failures = list(failures)
        self.begun = 0

    async def __call__(self, tokens: Tokens, api: NestedCalls) -> Tokens:
        self.begun += 1
        if self.failures:
            raise self.failures.pop(0)
        return await refresh(tokens, api)


def _storm(crowd: Crowd, server: AuthServer, source: Any, callers: int = N, **session: Any) -> list[Any]:
    """What so many calls give whose tokens have ended."""
    crowd.connect(server.url, source=source, **session).sign_in(server.login(), user="ada")
    server.tokens.expire_all()
    return crowd.run(*[get()] * callers)


@pytest.mark.parametrize(
    ("make", "callers"),
    [
        (lambda: ConnectProblem(sent=Sent.NO), N),
        (lambda: seawall.DeadlineProblem(sent=Sent.MAYBE), FEW),
        (lambda: ConnectionResetError("by an HTTP library of the app's own"), FEW),
        (lambda: TimeoutError("by an HTTP library of the app's own"), FEW),
    ],
    ids=["unsent", "timeout", "OSError", "TimeoutError"],
)
def test_a_source_that_fails_for_a_moment_is_asked_again(
    crowd: Crowd, server: AuthServer, clock: FakeClock, make: Any, callers: int
) -> None:
    """A4: a network failure or a timeout of a source of one's own, also one of another HTTP library, is tried again."""
    source = Failing(make())
    assert {response.status for response in _storm(crowd, server, source, callers, clock=clock)} == {200}
    assert (source.begun, len(server.token.calls)) == (2, 1)


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda: CertificateProblem(sent=Sent.NO), RefreshProblem),
        (lambda: UsageError("refresh: of my own"), UsageError),
        (lambda: ValueError("of my own"), UsageError),
    ],
    ids=["certificate", "usage", "mistake"],
)
def test_a_source_that_fails_for_good_is_asked_once(
    crowd: Crowd, server: AuthServer, clock: FakeClock, make: Any, expected: type[Exception]
) -> None:
    """A4: a wrong certificate or a mistake is not tried again; it is told to all who wait, and the session is kept."""
    server.protect(Gate(then=server.tokens.protect(), opens_at=N))
    calls = _storm(crowd, server, source := Failing(*[make() for _ in range(N)]), clock=clock)
    assert {type(problem) for problem in calls} == {expected}
    assert source.begun == 1
    assert crowd.session.state == Authenticated("ada")
    source.failures.clear()
    assert crowd.one(get()).status == 200


def test_a_sources_own_usage_error_is_told_as_it_is(crowd: Crowd, server: AuthServer, clock: FakeClock) -> None:
    """A3: the words of a `UsageError` reach those who wait; they were written for developers."""
    crowd.connect(server.url, source=Failing(UsageError("refresh: of my own")), clock=clock).sign_in(server.login())
    server.tokens.expire_all()
    assert str(crowd.one(get())) == "refresh: of my own"


def test_a_source_may_call_the_session_revoked(crowd: Crowd, server: AuthServer) -> None:
    """A4, A13: the source's own "revoked" ends the session for all, in memory and in the store, after one try."""
    store, source = MemoryStore(), Failing(RevokedError(), RevokedError())
    problems = _storm(crowd, server, source, store=store)
    assert {(type(problem), problem.reason) for problem in problems} == {(SessionEndedProblem, "revoked")}
    assert crowd.session.state == Unauthenticated(EndReason.REVOKED)
    assert (source.begun, store.load()) == (1, None)


def test_a_challenge_may_say_invalid_grant(crowd: Crowd, server: AuthServer) -> None:
    """A4: `invalid_grant` counts in a challenge as in a body."""
    server.refresh_by(Reply(401, json={"code": "E17"}, headers={"WWW-Authenticate": 'Bearer error="invalid_grant"'}))
    problems = _storm(crowd, server, None)
    assert {(type(problem), problem.reason) for problem in problems} == {(SessionEndedProblem, "revoked")}


@pytest.mark.parametrize("before", [BUSY, ConnectProblem(sent=Sent.NO)], ids=["answered", "unsent"])
def test_only_a_lost_answer_is_called_one(crowd: Crowd, server: AuthServer, clock: FakeClock, before: Any) -> None:
    """A4: `invalid_grant` after a try that was answered with an error, or never sent, is the server's own word: revoked."""
    steps = [before] if isinstance(before, Reply) else []
    server.refresh_by(*steps, SPENT)
    problems = _storm(crowd, server, Failing(*([] if steps else [before])), clock=clock)
    assert {(type(problem), problem.reason) for problem in problems} == {(SessionEndedProblem, "revoked")}


def test_an_unsent_refresh_is_tried_to_the_end(crowd: Crowd, server: AuthServer, clock: FakeClock) -> None:
    """A4: what was never sent cannot have been lost, and has all the tries that there are."""
    source = Failing(*[ConnectProblem(sent=Sent.NO) for _ in range(3)])
    crowd.connect(server.url, source=source, clock=clock).sign_in(server.login())
    server.tokens.expire_all()
    assert isinstance(crowd.one(get()), RefreshProblem)
    assert source.begun == 3
    assert crowd.one(get()).status == 200


def test_a_lost_answer_is_forgotten_with_its_token(crowd: Crowd, server: AuthServer, clock: FakeClock) -> None:
    """A4: after a lost answer that was had after all, a later `invalid_grant` is a revocation like any other."""
    server.refresh_by(LostAnswer(), server.tokens.token_endpoint(), SPENT)
    assert {response.status for response in _storm(crowd, server, None, clock=clock)} == {200}
    server.tokens.expire_all()
    assert crowd.one(get()).reason == "revoked"


def test_a_refresh_waits_as_it_was_asked_to(crowd: Crowd, server: AuthServer, clock: FakeClock) -> None:
    """A4: `Retry-After` of the token endpoint is heeded, on top of a pause that grows and has jitter."""
    server.refresh_by(Reply(429, headers={"Retry-After": "3"}), BUSY, server.tokens.token_endpoint())
    crowd.connect(server.url, clock=clock).sign_in(server.login())
    server.tokens.expire_all()
    assert crowd.one(get()).status == 200
    assert [pause for pause in clock.sleeps if pause > 0.05] == pytest.approx([3.25, 0.5])


def test_a_refresh_does_not_sleep_past_its_end(crowd: Crowd, server: AuthServer, clock: FakeClock) -> None:
    """A4, A7: a server that asks for more time than the refresh has fails it at once, and keeps the session."""
    server.refresh_by(Reply(503, headers={"Retry-After": "31"}), server.tokens.token_endpoint())
    crowd.connect(server.url, clock=clock).sign_in(server.login(), user="ada")
    server.tokens.expire_all()
    problem = crowd.one(get())
    assert isinstance(problem, RefreshProblem)
    assert isinstance(problem.__cause__, seawall.ApiProblem)
    assert problem.__cause__.status == 503
    assert (len(server.token.calls), crowd.session.state) == (1, Authenticated("ada"))
    assert all(pause < 1 for pause in clock.sleeps)


def test_all_tries_share_one_deadline(crowd: Crowd, server: AuthServer, clock: FakeClock) -> None:
    """A7: a try has what the tries before it left of the refresh's time."""
    left: list[float] = []

    async def slow(tokens: Tokens, api: NestedCalls) -> Tokens:
        left.append(api._seconds)  # type: ignore[attr-defined]
        await api.runtime.sleep(4)
        raise ConnectProblem(sent=Sent.NO)

    options = RefreshOptions(timeout=10, attempts=9)
    crowd.connect(server.url, source=slow, clock=clock, options=options, client={"timeout": None}).sign_in(server.login())
    server.tokens.expire_all()
    assert isinstance(crowd.one(get()), RefreshProblem)
    assert left == pytest.approx([10, 5.75, 1.25])


def _another_process(server: AuthServer, store: MemoryStore, answer: Any) -> Any:
    """A token endpoint during whose work another process, which has not our lease, writes newer tokens of the session."""

    def endpoint(call: Any) -> Any:
        stored = store.load()
        assert stored is not None
        assert store.swap(stored.revision, StoredSession(session=stored.session, revision="theirs", tokens=server.login()))
        return answer

    return endpoint


def test_the_store_is_read_again_between_two_tries(crowd: Crowd, server: AuthServer, clock: FakeClock) -> None:
    """A4, A10: tokens that another process wrote while a refresh paused are taken, and the spent ones are not sent again."""
    store = MemoryStore()
    server.refresh_by(_another_process(server, store, BUSY), server.tokens.token_endpoint())
    assert {response.status for response in _storm(crowd, server, None, store=store, clock=clock)} == {200}
    assert len(server.token.calls) == 1
    assert server.sent()[-1] == server.newest()


def test_a_sign_out_elsewhere_between_two_tries_ends_the_session(crowd: Crowd, server: AuthServer, clock: FakeClock) -> None:
    """A10: a refresh that finds the store emptied after its pause sends nothing more, and ends as signed out elsewhere."""
    store = MemoryStore()

    def signed_out(call: Any) -> Reply:
        stored = store.load()
        assert stored is not None
        assert store.swap(stored.revision, None)
        return BUSY

    server.refresh_by(signed_out, server.tokens.token_endpoint())
    problems = _storm(crowd, server, None, store=store, clock=clock)
    assert {(type(problem), problem.reason) for problem in problems} == {(SessionEndedProblem, "signed_out_elsewhere")}
    assert len(server.token.calls) == 1
    assert crowd.session.state == Unauthenticated(EndReason.SIGNED_OUT_ELSEWHERE)


def test_a_lost_answer_that_another_process_made_good(crowd: Crowd, server: AuthServer, clock: FakeClock) -> None:
    """A4: `invalid_grant` after a lost answer ends nothing where the store, read again, holds newer tokens."""
    store = MemoryStore()
    server.refresh_by(LostAnswer(), _another_process(server, store, SPENT))
    assert {response.status for response in _storm(crowd, server, None, store=store, clock=clock)} == {200}
    assert (len(server.token.calls), len(set(server.asked_with()))) == (2, 1)
    assert crowd.session.state != Unauthenticated(EndReason.REFRESH_ANSWER_LOST)
