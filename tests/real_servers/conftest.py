"""Each test file names its app; it runs for as long as the file's tests do."""

from collections.abc import Iterator

import pytest

from tests.real_servers.asking import Server, running
from tests.worlds import World


@pytest.fixture(scope="module")
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    """Where the file's app listens."""
    with running(request.module.APP) as url:
        yield url


@pytest.fixture
def server(url: str, world: World) -> Server:
    """The file's app, asked by a client of each world."""
    return Server(url, world)
