"""Sign-ins in the narrow places of a refresh, between two of its steps."""

import math
import threading
from collections.abc import Callable
from typing import Any

import pytest

import seawall
from seawall import Tokens
from seawall.auth import Authenticated
from seawall.auth._states import Held
from seawall.auth._vault import Vault
from seawall.auth.stores import StoredSession
from seawall.testing import Gate, Reply
from tests.behaviours.auth.crowds import PATIENCE, Crowd, get, outcomes
from tests.behaviours.auth.server import AuthServer
from tests.behaviours.auth.stores import SlowStore

ANSWERS = {"end": "invalid_grant", "fail_refresh": "invalid_client"}


def _sign_in_before(monkeypatch: pytest.MonkeyPatch, step: str, tokens: Tokens) -> None:
    """Have somebody signed in, once, just before a step of the vault."""
    taken, stored = getattr(Vault, step), StoredSession(session="bob's", revision="bob's", tokens=tokens, user="bob")

    def overtaken(vault: Vault, *arguments: Any) -> Any:
        monkeypatch.setattr(Vault, step, taken)
        vault.sign_in(lambda generation, epoch: Held(stored, tokens.header, generation, epoch, math.inf, math.inf))
        return taken(vault, *arguments)

    monkeypatch.setattr(Vault, step, overtaken)


@pytest.mark.parametrize("step", ["begin_refresh", "adopt", "end", "fail_refresh"])
def test_a_sign_in_before_any_step_wins(crowd: Crowd, server: AuthServer, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    """A9, R12: who signs in just before a step of the former user's refresh stays, whatever that brings, and no call of the
    former user is sent again."""
    crowd.connect(server.url).sign_in(server.login(), user="ada")
    adas, bobs = server.newest(), server.login()
    if step in ANSWERS:
        server.refresh_by(Reply(400, json={"error": ANSWERS[step]}))
    server.tokens.expire_all()
    _sign_in_before(monkeypatch, step, bobs)
    assert isinstance(crowd.one(get()), seawall.ApiProblem)
    assert server.sent() == [adas]
    assert crowd.session.state == Authenticated("bob")
    held = crowd.session._machine._vault.held
    assert held is not None
    assert (held.tokens.access.reveal(), held.failure) == (bobs.access.reveal(), None)


def test_who_signs_in_waits_for_a_refresh_of_their_own(crowd: Crowd, server: AuthServer) -> None:
    """A9: a refresh for the next user is one of its own, and is not failed by the one for the former user that it waits for."""
    store, gate = SlowStore(), Gate(then=server.tokens.token_endpoint())
    server.refresh_by(gate)
    crowd.connect(server.url, store=store).sign_in(server.login(), user="ada")
    server.tokens.expire_all()
    adas = crowd.start(get())
    gate.reached.wait()
    crowd.sign_in(server.login(), user="bob")
    server.tokens.expire_all()
    store.slow = "lease"
    bobs = crowd.start(get())
    assert store.reached.wait(PATIENCE)
    store.go_on.set()
    gate.open()
    assert outcomes(bobs)[0].status == 200
    assert isinstance(outcomes(adas)[0], seawall.SessionEndedProblem)
    assert crowd.session.state == Authenticated("bob")


class ToldStore(SlowStore):
    """Can be made to tell of a write."""

    def watch(self, changed: Callable[[], object]) -> Callable[[], None]:
        self.tell = changed
        return lambda: None


def test_a_look_at_the_store_that_a_refresh_overtakes_changes_nothing(crowd: Crowd, server: AuthServer) -> None:
    """A2, A10: what was read from the store before a refresh wrote to it does not bring the old token back."""
    store, gate = ToldStore(), Gate(then=server.tokens.protect())
    server.protect(gate, server.tokens.protect())
    crowd.connect(server.url, store=store).sign_in(server.login())
    refused = crowd.start(get(0))
    gate.reached.wait()
    server.tokens.expire_all()
    store.slow = "load"
    telling = threading.Thread(target=store.tell)  # which looks itself, in a blocking world
    telling.start()
    telling.join() if crowd.kind == "asyncio" else store.reached.wait()
    looking = crowd.start(get(1))
    store.reached.wait()
    gate.open()
    assert outcomes(refused)[0].status == 200
    store.go_on.set()
    assert outcomes(looking)[0].status == 200
    assert server.sent_by(1) == [server.newest()]
    assert server.tokens.refreshes == 1
