"""The pytest plugin: fixtures for every project that has Seawall and pytest.

pytest imports this module when it starts, in every project of the environment. So it stands outside of the package `seawall`,
which Python would import before any module in it, and imports that package where a fixture is used.
"""

import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from seawall.testing import FakeClock, FaultServer, Recorder, Replayer
    from seawall.transport import MockTransport

__all__ = ["fake_clock", "fault_server", "mock_transport", "recording", "recording_options", "tls_fault_server"]

MODES = ("once", "all", "none")
LONGEST = 100  # characters of a file's name
_ODD = re.compile(r"[^\w.-]+")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the fixture `recording`."""
    group = parser.getgroup("seawall", "recordings of HTTP exchanges (seawall)")
    group.addoption(
        "--seawall-record",
        choices=MODES,
        default=None,
        help="what the fixture `recording` does: `once` records where there is no recording yet and replays otherwise; `all` "
        "records anew; `none` only replays. By default `once`, and `none` where the environment variable CI is set.",
    )
    parser.addini("seawall_recordings", "folder of the fixture `recording`, beside each test file", default="recordings")


@pytest.fixture
def fault_server() -> "Iterator[FaultServer]":
    """A server on loopback that misbehaves as told."""
    from seawall.testing import FaultServer

    with FaultServer() as server:
        yield server


@pytest.fixture
def tls_fault_server() -> "Iterator[FaultServer]":
    """A server on loopback that speaks https; give the client `verify=tls_fault_server.client_context()`."""
    from seawall.testing import FaultServer

    with FaultServer(tls=True) as server:
        yield server


@pytest.fixture
def fake_clock() -> "FakeClock":
    """A clock that jumps over every wait; give it to the client as `clock=`."""
    from seawall.testing import FakeClock

    return FakeClock()


@pytest.fixture
def mock_transport() -> "MockTransport":
    """A transport that answers in this process, by the routes that the test gives it."""
    from seawall.transport import MockTransport

    return MockTransport()


@pytest.fixture(name="retry_off")
def _retry_off() -> Iterator[None]:
    """All retries of all clients are off while the test runs."""
    from seawall.testing import retry_off

    with retry_off():
        yield


@pytest.fixture
def recording_options() -> dict[str, Any]:
    """What `recording` gives to `seawall.testing.recorded`; override it in a module or a conftest.py."""
    return {}


@pytest.fixture
def recording(
    request: pytest.FixtureRequest, recording_options: dict[str, Any], pytestconfig: pytest.Config
) -> "Iterator[Recorder | Replayer]":
    """A transport that replays `recordings/<module>/<test>.json`, or records it; see --seawall-record."""
    from seawall.testing import Recorder

    mode = pytestconfig.getoption("--seawall-record") or ("none" if _is_ci() else "once")
    transport = _transport(_recording_path(request.node, pytestconfig), {"mode": mode, **recording_options})
    failed_before = request.session.testsfailed
    yield transport
    if isinstance(transport, Recorder):
        transport.save()
    elif request.session.testsfailed == failed_before:  # a test that failed has said what is wrong
        _check(transport)


def _is_ci() -> bool:
    return os.environ.get("CI", "").strip().lower() not in ("", "0", "false", "no")


def _recording_path(node: pytest.Item, config: pytest.Config) -> Path:
    name = node.nodeid.partition("::")[2].replace("::", ".")
    plain = _ODD.sub("-", name).strip("-")
    if plain != name or len(plain) > LONGEST:  # two names must not become one
        plain = f"{plain[:LONGEST]}-{hashlib.sha256(name.encode('utf-8', 'replace')).hexdigest()[:8]}"
    return node.path.parent / str(config.getini("seawall_recordings")) / node.path.stem / f"{plain}.json"


def _check(replayer: "Replayer") -> None:
    try:
        replayer.check()
    except AssertionError as error:
        mistake = str(error)
    else:
        return
    pytest.fail(mistake, pytrace=False)


def _transport(path: Path, options: dict[str, Any]) -> "Recorder | Replayer":
    from seawall import UsageError
    from seawall.testing import RecordingError, recorded

    try:
        return recorded(path, **options)
    except RecordingError as error:
        advice = f"record it with --seawall-record={'all' if path.exists() else 'once'}, where the server can be reached"
        mistake = f"{error}\n({advice})"
    except (TypeError, UsageError) as error:
        mistake = f"recording_options: {error}"
    pytest.fail(mistake, pytrace=False)
