"""What the behaviours of auth share: callers of three kinds, and the server that they call."""

from collections.abc import Iterator

import pytest

from tests.behaviours.auth.crowds import KINDS, Crowd
from tests.behaviours.auth.server import AuthServer


@pytest.fixture(params=KINDS)
def crowd(request: pytest.FixtureRequest) -> Iterator[Crowd]:
    """Callers: in threads, in tasks, and both at once."""
    with Crowd(request.param) as crowd:
        yield crowd


@pytest.fixture
def server() -> Iterator[AuthServer]:
    """A token server and what it protects."""
    server = AuthServer()
    with server.server:
        yield server
