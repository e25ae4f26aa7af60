"""A lease in Redis and Valkey lasts as long as its holder lives, and not much longer."""

import threading

import pytest

from seawall.auth.stores import _redis_lease
from tests.unit.auth.store_crew import crew, hold
from tests.unit.auth.store_fixtures import engine, engines
from tests.unit.auth.store_places import RedisPlace

__all__ = ["engine", "engines"]


def test_a_living_holder_keeps_the_lease(engine: RedisPlace, monkeypatch: pytest.MonkeyPatch) -> None:
    """A holder that gives signs of life has the lease for longer than one that gives none, until it is released."""
    monkeypatch.setattr(_redis_lease, "LIFE", 1.0)
    monkeypatch.setattr(_redis_lease, "BEAT", 0.05)
    lease = engine.open().try_lease(60)
    assert lease is not None
    engine.client.set(f"{engine.key}-sand", "runs", px=1_500)
    pause = threading.Event()
    while engine.client.exists(f"{engine.key}-sand"):
        pause.wait(0.01)
    assert engine.open().try_lease(60) is None
    lease.release()
    assert engine.open().try_lease(60) is not None


def test_a_dead_holder_loses_the_lease(engine: RedisPlace) -> None:
    """A holder that is killed keeps others out for no longer than a sign of life counts, however long it had asked for."""
    with crew(1, hold, engine, 3_600) as (hand,):
        assert hand.says()
        hand.kill()
        assert 0 < engine.client.pttl(f"{{{engine.key}}}:lease") <= _redis_lease.LIFE * 1_000
