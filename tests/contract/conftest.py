"""One server for all contracts of a file."""

from collections.abc import Iterator

import pytest

from tests.contract.stage import Stage, serving


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """A server for apps that tests put on it."""
    with serving() as stage:
        yield stage
