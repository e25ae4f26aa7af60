"""Refreshing before a token ends: beside the calls at first, and before them when there is no time left."""

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import format_datetime

import pytest

import seawall
from seawall import NestedCalls, Secret, Tokens
from seawall.auth import Authenticated, RefreshOptions
from seawall.auth.stores import MemoryStore
from seawall.testing import FakeClock, FaultServer, Gate, Reply, SeenCall
from tests.behaviours.auth.crowds import Crowd, get, outcomes
from tests.behaviours.auth.server import AuthServer, bearer

N = 100
LIFE = 1000.0  # seconds: refreshing is advised in the last 180 of them, by the clock's chance, and required in the last 30


@pytest.fixture
def timed(clock: FakeClock) -> Iterator[AuthServer]:
    """A server whose tokens end by the fake clock."""
    server = AuthServer(clock=clock, lifetime=LIFE)
    with server.server:
        yield server


def test_nothing_is_refreshed_too_early(crowd: Crowd, timed: AuthServer, clock: FakeClock) -> None:
    """A12: before the advisory window nobody refreshes."""
    crowd.connect(timed.url, clock=clock).sign_in(timed.login())
    clock.advance(LIFE - 181)
    crowd.run(*[get()] * 9)
    crowd.settle()
    assert len(timed.token.calls) == 0


@pytest.mark.parametrize("left", [179, 31])
def test_in_the_advisory_window_one_refreshes(crowd: Crowd, timed: AuthServer, clock: FakeClock, left: float) -> None:
    """A12: inside the advisory window one caller refreshes, and a hundred others go on with the token that is still good."""
    gate = Gate(then=timed.tokens.token_endpoint())
    timed.refresh_by(gate)
    crowd.connect(timed.url, clock=clock).sign_in(timed.login())
    old = timed.newest()
    clock.advance(LIFE - left)
    first = crowd.start(get())
    gate.reached.wait()
    assert [response.status for response in crowd.run(*[get()] * N)] == [200] * N
    assert timed.sent() == [old] * N
    gate.open()
    assert outcomes(first)[0].status == 200
    assert timed.sent()[-1] == timed.newest() != old
    assert (timed.tokens.refreshes, timed.tokens.rejected) == (1, 0)


def test_a_program_that_ends_with_its_call_loses_no_token(crowd: Crowd, timed: AuthServer, clock: FakeClock) -> None:
    """A12: when the call that began a refresh early returns, the new tokens are in the store, and the program may end."""
    store = MemoryStore()
    crowd.connect(timed.url, clock=clock, store=store).sign_in(timed.login())
    clock.advance(LIFE - 179)
    assert crowd.one(get()).status == 200
    stored = store.load()
    assert stored is not None
    assert stored.tokens.access.reveal() == timed.newest()
    assert timed.tokens.refreshes == 1


def test_nobody_waits_long_for_what_is_not_needed_yet(
    crowd: Crowd, timed: AuthServer, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A12: a caller whose early refresh takes too long goes on with the token that is still good; the refresh does, too."""
    monkeypatch.setattr("seawall.auth._machine.PATIENCE", 0.2)
    gate = Gate(then=timed.tokens.token_endpoint())
    timed.refresh_by(gate)
    crowd.connect(timed.url, clock=clock).sign_in(timed.login())
    old = timed.newest()
    clock.advance(LIFE - 179)
    patient = crowd.start(get())
    gate.reached.wait()
    clock.advance(1)
    assert outcomes(patient)[0].status == 200
    assert timed.sent() == [old]
    gate.open()
    crowd.settle()
    assert crowd.one(get()).status == 200
    assert timed.sent() == [old, timed.newest()]
    assert timed.tokens.refreshes == 1


def test_who_gives_up_an_early_refresh_looks_again(
    crowd: Crowd, timed: AuthServer, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A9, A12: a caller whose early refresh takes too long, and who is signed out meanwhile, sends no token any more."""
    monkeypatch.setattr("seawall.auth._machine.PATIENCE", 0.2)
    gate = Gate(then=timed.tokens.token_endpoint())
    timed.refresh_by(gate)
    crowd.connect(timed.url, clock=clock).sign_in(timed.login())
    clock.advance(LIFE - 179)
    calls = crowd.start(get())
    gate.reached.wait()
    crowd.sign_out()
    clock.advance(1)
    assert type(outcomes(calls)[0]) is seawall.UnauthorizedProblem
    assert timed.sent() == [None]
    gate.open()


def test_in_the_mandatory_window_all_wait(crowd: Crowd, timed: AuthServer, clock: FakeClock) -> None:
    """A12: inside the mandatory window no call goes out before the one refresh is through, and then all have its token."""
    gate = Gate(then=timed.tokens.token_endpoint())
    timed.refresh_by(gate)
    crowd.connect(timed.url, clock=clock).sign_in(timed.login())
    clock.advance(LIFE - 29)
    calls = crowd.start(*[get()] * N)
    gate.reached.wait()
    assert timed.sent() == []
    gate.open()
    assert [response.status for response in outcomes(calls)] == [200] * N
    assert set(timed.sent()) == {timed.newest()}
    assert (timed.tokens.refreshes, timed.tokens.rejected) == (1, 0)


def test_an_advised_refresh_that_fails_is_not_hurried(crowd: Crowd, timed: AuthServer, clock: FakeClock) -> None:
    """A12: when an early refresh fails, all calls go on with what is still good, and the next try has ten seconds' time."""
    timed.refresh_by(Reply(500))
    crowd.connect(timed.url, clock=clock, options=RefreshOptions(attempts=1)).sign_in(timed.login(), user="ada")
    clock.advance(LIFE - 179)
    assert [response.status for response in crowd.run(*[get()] * N)] == [200] * N
    crowd.settle()
    assert [response.status for response in crowd.run(*[get()] * N)] == [200] * N
    crowd.settle()
    assert len(timed.token.calls) == 1
    clock.advance(11)
    assert crowd.one(get()).status == 200
    crowd.settle()
    assert len(timed.token.calls) == 2
    assert crowd.session.state == Authenticated("ada")


def test_short_lived_tokens_are_refreshed_early_each_time(crowd: Crowd, clock: FakeClock) -> None:
    """A12: the pause after an early refresh is for the tokens of that refresh: newer ones have an early one of their own."""
    server = AuthServer(clock=clock, lifetime=10)
    with server.server:
        crowd.connect(server.url, clock=clock).sign_in(server.login())
        for refreshes in range(1, 4):
            clock.advance(8.5)
            assert crowd.one(get()).status == 200
            crowd.settle()
            assert (server.tokens.refreshes, server.tokens.rejected) == (refreshes, 0)


def test_a_refresh_after_a_401_holds_up_nobody_else(crowd: Crowd, timed: AuthServer, clock: FakeClock) -> None:
    """A12: while one call waits for a refresh that its 401 caused, others in the advisory window go on and do not wait for it."""
    refused, gate = Gate(then=401), Gate(then=timed.tokens.token_endpoint())
    timed.protect(refused, timed.tokens.protect())
    timed.refresh_by(gate)
    crowd.connect(timed.url, clock=clock).sign_in(timed.login())
    waiting = crowd.start(get(timeout=None))
    refused.reached.wait()
    clock.advance(LIFE - 179)
    refused.open()
    gate.reached.wait()
    assert [response.status for response in crowd.run(*[get(timeout=None)] * 9)] == [200] * 9
    gate.open()
    assert outcomes(waiting)[0].status == 200
    assert timed.tokens.refreshes == 1


def test_a_revoked_session_is_noticed_in_the_advisory_window(crowd: Crowd, timed: AuthServer, clock: FakeClock) -> None:
    """A12: an early refresh that learns of the revocation ends the session, and the call that made it goes nowhere."""
    timed.refresh_by(Reply(400, json={"error": "invalid_grant"}))
    crowd.connect(timed.url, clock=clock).sign_in(timed.login())
    clock.advance(LIFE - 179)
    assert isinstance(crowd.one(get()), seawall.SessionEndedProblem)
    assert len(timed.agents.calls) == 0


def test_tokens_without_an_end_are_refreshed_when_refused(crowd: Crowd, server: AuthServer, clock: FakeClock) -> None:
    """A12: a token of which nobody says when it ends is used until it is refused."""
    issued = server.login()
    crowd.connect(server.url, clock=clock).sign_in(Tokens(access=issued.access, refresh=issued.refresh))
    clock.advance(1e9)
    assert crowd.one(get()).status == 200
    assert len(server.token.calls) == 0


@pytest.mark.parametrize("told", [0, -1])
def test_an_end_that_cannot_be_is_not_believed(crowd: Crowd, server: AuthServer, clock: FakeClock, told: int) -> None:
    """A12: a server that says of each token that it ended on arrival is not asked for another before each call."""

    def endpoint(call: SeenCall) -> Reply:
        reply = server.tokens.exchange(call)
        return Reply(json={**reply.json, "expires_in": told})

    server.refresh_by(endpoint)
    crowd.connect(server.url, clock=clock).sign_in(server.login())
    server.tokens.expire_all()
    assert [crowd.one(get()).status for _ in range(9)] == [200] * 9
    assert server.tokens.refreshes == 1


class JwtServer:
    """Hands out JWTs whose claims go by a clock of its own, and says nothing else about their end."""

    def __init__(self, clock: FakeClock, skew: float, life: float, *, issued_at: bool) -> None:
        self.clock, self.skew, self.life, self.issued_at = clock, skew, life, issued_at
        self.refreshes = self.rejected = 0
        self.ends: dict[str, float] = {}
        self.access = self.issue()
        self.server = FaultServer()
        self.server.route("POST", "/token", self.refresh)
        self.server.route("GET", "/agents", self.agents)

    def issue(self) -> str:
        now = self.clock.wall() + self.skew
        claims = {"exp": now + self.life, **({"iat": now} if self.issued_at else {}), "n": self.refreshes}
        access = f"e30.{base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip('=')}.c2ln"
        self.ends[access] = self.clock.monotonic() + self.life
        return access

    def refresh(self, call: SeenCall) -> Reply:
        self.refreshes += 1
        return Reply(json={"access_token": self.issue(), "refresh_token": "r"})

    def agents(self, call: SeenCall) -> Reply:
        good = self.clock.monotonic() < self.ends.get(bearer(call) or "", 0.0)
        self.rejected += not good
        date = format_datetime(datetime.fromtimestamp(self.clock.wall() + self.skew, UTC), usegmt=True)
        return Reply(json=[]) if good else Reply(401, headers={"Date": date})


async def _refresh(tokens: Tokens, api: NestedCalls) -> Tokens:
    bought: Tokens = await api.post("/token", json={"refresh_token": tokens.refresh}, response_model=Tokens)
    return bought


@pytest.mark.parametrize("skew", [-300.0, 0.0, 300.0])
def test_a_wrong_clock_does_no_harm(crowd: Crowd, clock: FakeClock, skew: float) -> None:
    """A12: a token's own span counts by this machine's clock, so that five minutes between two clocks cost no call a 401."""
    jwt = JwtServer(clock, skew, LIFE, issued_at=True)
    with jwt.server as server:
        crowd.connect(server.url, source=_refresh, clock=clock).sign_in(Tokens(access=Secret(jwt.access), refresh=Secret("r")))
        for _ in range(50):
            clock.advance(100)
            assert crowd.one(get()).status == 200
            crowd.settle()
    assert jwt.rejected == 0
    assert 5 <= jwt.refreshes <= 7


@pytest.mark.parametrize("skew", [-300.0, 0.0, 300.0])
@pytest.mark.parametrize("life", [200.0, LIFE])
def test_a_wrong_clock_and_half_a_claim_do_no_harm(crowd: Crowd, clock: FakeClock, skew: float, life: float) -> None:
    """A12: where a token says when it ends and not since when it is good, a wrong clock costs one 401, whose Date tells of it."""
    jwt = JwtServer(clock, skew, life, issued_at=False)
    with jwt.server as server:
        crowd.connect(server.url, source=_refresh, clock=clock).sign_in(Tokens(access=Secret(jwt.access), refresh=Secret("r")))
        for _ in range(50):
            clock.advance(life / 10)
            assert crowd.one(get()).status == 200
            crowd.settle()
    assert jwt.rejected <= 1
    assert 5 <= jwt.refreshes <= 10


class SettableClock(FakeClock):
    """A clock whose wall time somebody can set."""

    off = 0.0

    def wall(self) -> float:
        return super().wall() + self.off


def test_a_clock_that_is_set_does_no_harm(crowd: Crowd, server: AuthServer) -> None:
    """A12: a wall clock that is set forward or back by an hour costs one refresh at most, and no call."""
    clock = SettableClock()
    crowd.connect(server.url, clock=clock).sign_in(server.login())
    for off in (3600.0, 0.0):
        clock.off = off
        assert [crowd.one(get()).status for _ in range(5)] == [200] * 5
    assert server.tokens.refreshes <= 2
    assert server.tokens.rejected == 0
