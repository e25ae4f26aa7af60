"""Each test runs for each subject in both worlds; those of rows that a subject cannot meet must fail."""

from collections.abc import Iterator

import pytest

from seawall.testing import FaultServer, TlsIdentity
from tests.transport_contract.gear import open_sockets
from tests.transport_contract.line import Bench
from tests.transport_contract.rows import ROWS
from tests.transport_contract.subjects import SUBJECTS, Subject
from tests.worlds import World


def pytest_configure(config: pytest.Config) -> None:
    """Announce the mark that ties a test to its row."""
    config.addinivalue_line("markers", "row(name): the row of the transport contract that a test stands for")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out the rows that are not for a subject, expect the failures that it announces, and put off what is not daily."""
    items[:] = [item for item in items if not isinstance(item, pytest.Function) or _is_for_its_subject(item)]


def _is_for_its_subject(item: pytest.Function) -> bool:
    params = item.callspec.params if hasattr(item, "callspec") else {}
    subject = params.get("subject")
    if not isinstance(subject, Subject):
        return True
    rows = [mark.args[0] for mark in item.iter_markers("row")]
    assert ROWS.keys() >= set(rows), f"{item.nodeid} stands for an unknown row"
    for reason in (subject.cannot[row] for row in rows if row in subject.cannot):
        item.add_marker(pytest.mark.xfail(reason=reason, strict=True))
    if not subject.is_daily(item.originalname, rows, params):
        item.add_marker(pytest.mark.soak)
    return subject.without.isdisjoint(rows)


@pytest.fixture(params=SUBJECTS, ids=lambda subject: subject.name)
def subject(request: pytest.FixtureRequest) -> Subject:
    """The transport under test."""
    subject: Subject = request.param
    return subject


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
