"""The pytest plugin: fixtures for every project that has Seawall and pytest. It loads the kit only where a test uses it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from ._clock import FakeClock
    from ._fault_server import FaultServer

__all__ = ["fake_clock", "fault_server"]


@pytest.fixture
def fault_server() -> "Iterator[FaultServer]":
    """A server on loopback that misbehaves as told."""
    from ._fault_server import FaultServer

    with FaultServer() as server:
        yield server


@pytest.fixture
def fake_clock() -> "FakeClock":
    """A clock that jumps over every wait."""
    from ._clock import FakeClock

    return FakeClock()
