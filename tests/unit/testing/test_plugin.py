"""The fixtures that every project with pytest finds when Seawall is installed."""

import subprocess
import sys
import urllib.request
from importlib.metadata import entry_points

from seawall.testing import FakeClock, FaultServer, Reply


def test_the_fixtures_come_with_the_package(fault_server: FaultServer, fake_clock: FakeClock) -> None:
    """A test takes a running server and a jumping clock by their names."""
    fault_server.route("GET", "/x", Reply(text="ok"))
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(f"{fault_server.url}/x") as answer:
        assert answer.read() == b"ok"
    assert fake_clock.skip(3600.0)
    assert [entry.value for entry in entry_points(group="pytest11", name="seawall")] == ["seawall.testing._plugin"]


def test_the_plugin_itself_loads_nothing() -> None:
    """What a project pays that never uses the fixtures is the import of the package, and nothing behind it."""
    program = (
        "import pytest, sys, seawall.testing; b = set(sys.modules); import seawall.testing._plugin; print(*set(sys.modules) - b)"
    )
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert loaded.stdout.split() == ["seawall.testing._plugin"]
