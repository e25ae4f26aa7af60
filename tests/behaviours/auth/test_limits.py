"""How often a refusal may cause a refresh, and which refusals never do."""

from collections.abc import Iterator
from typing import Any

import pytest

import seawall
from seawall import RefreshLoopProblem, StopReason, UnauthorizedProblem
from seawall.auth import Authenticated, RefreshOptions
from seawall.testing import FakeClock, Gate, Reply
from tests.behaviours.auth.crowds import Crowd, get, post
from tests.behaviours.auth.server import AuthServer

N = 100
ALWAYS = Reply(401, headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})


def test_a_fresh_token_that_is_refused_ends_the_matter(crowd: Crowd, server: AuthServer) -> None:
    """A5: a replay that is refused again is not replayed; the 401 is raised, and the session is kept."""
    server.protect(ALWAYS)
    crowd.connect(server.url).sign_in(server.login(), user="ada")
    problem = crowd.one(get())
    assert type(problem) is UnauthorizedProblem
    assert len(server.agents.calls) == 2
    assert server.tokens.refreshes == 1
    assert crowd.session.state == Authenticated("ada")


def test_refreshes_that_do_not_help_are_capped(crowd: Crowd, server: AuthServer, clock: FakeClock) -> None:
    """A5: after five refreshes in 30 s whose new token was refused the next is not made, and the session is kept."""
    server.protect(ALWAYS)
    crowd.connect(server.url, clock=clock).sign_in(server.login(), user="ada")
    problems = [crowd.one(get()) for _ in range(8)]
    assert [type(problem) for problem in problems] == [UnauthorizedProblem] * 5 + [RefreshLoopProblem] * 3
    assert server.tokens.refreshes == 5
    assert (problems[-1].status, problems[-1].sent) == (401, seawall.Sent.YES)
    assert crowd.session.state == Authenticated("ada")
    clock.advance(29)
    assert type(crowd.one(get())) is RefreshLoopProblem
    clock.advance(2)
    assert type(crowd.one(get())) is UnauthorizedProblem
    assert server.tokens.refreshes == 6


def test_one_refused_token_counts_once(crowd: Crowd, server: AuthServer, clock: FakeClock) -> None:
    """A5: a fresh token that is refused to a hundred calls at once is one refusal, and no loop."""
    crowd.connect(server.url, clock=clock, options=RefreshOptions(cap=2)).sign_in(server.login())
    server.tokens.expire_all()
    assert crowd.one(get()).status == 200
    server.protect(Gate(then=server.tokens.protect(), opens_at=N))
    server.tokens.expire_all()
    assert [response.status for response in crowd.run(*[get()] * N)] == [200] * N
    assert server.tokens.refreshes == 2


def test_tokens_of_a_sign_in_are_no_loop(crowd: Crowd, server: AuthServer, clock: FakeClock) -> None:
    """A5: who signs in again and again is no server that refuses its own tokens."""
    crowd.connect(server.url, clock=clock, options=RefreshOptions(cap=1))
    for refreshes in range(1, 5):
        crowd.sign_in(server.login())
        server.tokens.expire_all()
        assert crowd.one(get()).status == 200
        assert server.tokens.refreshes == refreshes


@pytest.mark.parametrize(
    "challenge",
    [
        'Bearer error="insufficient_user_authentication", acr_values="gold"',
        'Bearer error="insufficient_scope", scope="admin"',
        'Bearer error="invalid_request"',
        'Basic realm="staff"',
        'Basic realm="staff", Bearer error="insufficient_user_authentication"',
    ],
)
def test_what_no_newer_token_cures_is_raised(crowd: Crowd, server: AuthServer, challenge: str) -> None:
    """A5: a 401 that asks for another sign-in, another scope or another scheme is raised, and nothing is refreshed."""
    server.protect(Reply(401, headers={"WWW-Authenticate": challenge}))
    crowd.connect(server.url).sign_in(server.login())
    problems = crowd.run(*[get()] * 9)
    assert {type(problem) for problem in problems} == {UnauthorizedProblem}
    assert (len(server.agents.calls), len(server.token.calls)) == (9, 0)
    assert "Bearer" in challenge or problems[0].challenges[0].scheme == "basic"


@pytest.mark.parametrize("fields", [{}, {"WWW-Authenticate": ""}, {"WWW-Authenticate": 'Bearer realm="api"'}])
def test_a_401_without_reasons_is_cured(crowd: Crowd, server: AuthServer, fields: dict[str, str]) -> None:
    """A5: servers that refuse without a challenge, against RFC 9110, or without an error in it, mean the token."""
    server.protect(Reply(401, headers=fields), server.tokens.protect())
    crowd.connect(server.url).sign_in(server.login())
    assert crowd.one(get()).status == 200
    assert server.tokens.refreshes == 1


def test_a_body_that_is_gone_is_not_replayed(crowd: Crowd, server: AuthServer) -> None:
    """A5: a call whose body cannot be made again refreshes for those to come, and its own 401 stands and says why."""
    crowd.connect(server.url).sign_in(server.login())
    server.tokens.expire_all()
    problem = crowd.one(post(content=iter([b"once"])))
    assert type(problem) is UnauthorizedProblem
    assert problem.stopped is StopReason.BODY_NOT_REPLAYABLE
    assert (len(server.agents.calls), server.tokens.refreshes) == (1, 1)

    def pieces() -> Iterator[bytes]:
        yield b"as often as you like"

    assert crowd.one(post(content=pieces)).status == 200
    assert (len(server.agents.calls), server.tokens.refreshes) == (2, 1)


def test_an_accepted_401_is_cured_first(crowd: Crowd, server: AuthServer) -> None:
    """A5: a call that accepts the status 401 is replayed all the same, and gets what then stands."""
    server.protect(ALWAYS)
    crowd.connect(server.url).sign_in(server.login())
    assert crowd.one(get(accept_status=401)).status == 401
    assert (len(server.agents.calls), server.tokens.refreshes) == (2, 1)


def test_a_streamed_call_is_replayed(crowd: Crowd, server: AuthServer) -> None:
    """A5: a call whose caller reads the body itself is replayed before the caller sees anything, also where 401 is accepted."""
    crowd.connect(server.url).sign_in(server.login())

    async def read(api: Any) -> int:
        async with api.stream("GET", "/agents", accept_status=401) as response:
            return int(response.status)

    server.tokens.expire_all()
    assert crowd.each(read) == [200] * len(crowd.homes)
    assert server.tokens.refreshes == 1


@pytest.mark.parametrize("status", [400, 403, 407, 419, 500])
def test_other_refusals_are_no_matter_of_tokens(crowd: Crowd, server: AuthServer, status: int) -> None:
    """A5: only a 401 is about the token."""
    server.protect(Reply(status, headers={"WWW-Authenticate": 'Bearer error="invalid_token"'}))
    crowd.connect(server.url).sign_in(server.login())
    assert crowd.one(get()).status == status
    assert len(server.token.calls) == 0


def test_a_field_of_the_callers_own_stays(crowd: Crowd, server: AuthServer) -> None:
    """A5: an Authorization field that a call was given is sent as it is, and its refusal is the caller's to mend."""
    crowd.connect(server.url).sign_in(server.login())
    problem = crowd.one(get(headers={"Authorization": "Bearer of-my-own"}))
    assert type(problem) is UnauthorizedProblem
    assert server.sent() == ["of-my-own"]
    assert len(server.token.calls) == 0


def test_a_retry_after_a_replay_uses_what_is_new(crowd: Crowd, server: AuthServer, clock: FakeClock) -> None:
    """A5: a replay that meets a 503 is retried as an attempt of its own, with the new token and without another refresh."""
    busy = Reply(503)
    server.protect(server.tokens.protect(), busy, server.tokens.protect())
    crowd.connect(server.url, clock=clock).sign_in(server.login())
    old = server.newest()
    server.tokens.expire_all()
    response = crowd.one(get())
    assert [attempt.replays for attempt in response.attempts] == [1, 0]
    assert server.sent() == [old, server.newest(), server.newest()]
    assert server.tokens.refreshes == 1
