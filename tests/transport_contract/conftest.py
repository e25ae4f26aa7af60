"""Each test runs for each subject in both worlds; those of rows that a subject cannot meet must fail."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from seawall.testing import FaultServer, TlsIdentity
from tests.transport_contract.gear import open_sockets
from tests.transport_contract.line import Bench
from tests.transport_contract.rows import ROWS
from tests.transport_contract.subjects import SUBJECTS, Subject
from tests.worlds import World

HERE = Path(__file__).parent


def pytest_configure(config: pytest.Config) -> None:
    """Announce the mark that ties a test to its row."""
    config.addinivalue_line("markers", "row(name): the row of the transport contract that a test stands for")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Expect the failures that the subjects announce, and leave out the rows that are not for them."""
    items[:] = [item for item in items if not _is_for_others(item)]
    for item in items:
        if HERE not in item.path.parents or not hasattr(item, "callspec"):
            continue
        subject = item.callspec.params.get("subject")
        for mark in item.iter_markers("row"):
            assert mark.args[0] in ROWS, f"{item.nodeid} stands for an unknown row"
            if subject is not None and mark.args[0] in subject.cannot:
                item.add_marker(pytest.mark.xfail(reason=subject.cannot[mark.args[0]], strict=True))


def _is_for_others(item: pytest.Item) -> bool:
    if HERE not in item.path.parents or not hasattr(item, "callspec"):
        return False
    subject = item.callspec.params.get("subject")
    return subject is not None and any(mark.args[0] in subject.without for mark in item.iter_markers("row"))


@pytest.fixture(params=SUBJECTS, ids=lambda subject: subject.name)
def subject(request: pytest.FixtureRequest) -> Subject:
    """The transport under test."""
    return request.param


@pytest.fixture(scope="session")
def identity() -> TlsIdentity:
    """A good certificate; making one takes time."""
    return TlsIdentity()


@pytest.fixture
def bench(subject: Subject, world: World, identity: TlsIdentity) -> Bench:
    """The transport under test in its world."""
    return Bench(subject, world, identity)


@pytest.fixture(params=[False, True], ids=["plain", "tls"])
def server(request: pytest.FixtureRequest, identity: TlsIdentity) -> Iterator[FaultServer]:
    """A server that misbehaves as told, without and with TLS."""
    with FaultServer(tls=identity if request.param else False) as server:
        yield server


@pytest.fixture(autouse=True)
def no_socket_is_left() -> Iterator[None]:
    """Hold every test to what it opened: all sockets are closed when it ends."""
    before = open_sockets()
    yield
    assert open_sockets() <= before
