"""The pytest plugin: fixtures for every project that has Seawall and pytest."""

from collections.abc import Iterator

import pytest

from ._clock import FakeClock
from ._fault_server import FaultServer

__all__ = ["fake_clock", "fault_server"]


@pytest.fixture
def fault_server() -> Iterator[FaultServer]:
    """A server on loopback that misbehaves as told."""
    with FaultServer() as server:
        yield server


@pytest.fixture
def fake_clock() -> FakeClock:
    """A clock that jumps over every wait."""
    return FakeClock()
