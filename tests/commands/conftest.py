"""What the tests of the command share."""

import pytest

from seawall.testing import FaultServer


@pytest.fixture
def url(fault_server: FaultServer) -> str:
    """Where the server of the test is."""
    return fault_server.url
