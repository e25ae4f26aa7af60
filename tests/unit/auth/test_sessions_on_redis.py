"""Sessions of two processes on one Redis, and on one Valkey: what one does, the observers of the other hear."""

import queue

from seawall import NestedCalls, Secret, Tokens, UserSession
from seawall.auth import Authenticated, EndReason, SessionState, Unauthenticated
from tests.unit.auth.store_fixtures import engine, engines
from tests.unit.auth.store_places import RedisPlace

__all__ = ["engine", "engines"]

TOKENS = Tokens(access=Secret("a"))
PATIENCE = 50  # seconds after which a test that hangs says so itself


async def refresh(tokens: Tokens, api: NestedCalls) -> Tokens:
    return tokens


def test_observers_hear_of_another_process_without_a_call(engine: RedisPlace) -> None:
    """A10: a sign-out and a sign-in in one process move the state of the other at once, though nobody calls there."""
    mine, theirs = (UserSession(refresh, store=engine.open()) for _ in range(2))
    heard = queue.Queue[SessionState]()
    mine.sign_in(TOKENS, "ada")
    assert theirs.restore() == Authenticated("ada")
    theirs.state_changed.connect(heard.put)
    mine.sign_out()
    assert heard.get(timeout=PATIENCE) == Unauthenticated(EndReason.SIGNED_OUT_ELSEWHERE)
    mine.sign_in(TOKENS, "bob")
    assert heard.get(timeout=PATIENCE) == Authenticated("bob")
    assert theirs.state == Authenticated("bob")
