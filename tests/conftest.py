"""What holds for every test; worlds and fixtures have files of their own."""

import inspect
import signal
from typing import Any

import hypothesis
import pytest

from seawall.testing import FakeClock
from tests.no_skips import pytest_make_collect_report, pytest_runtest_makereport
from tests.worlds import WORLDS, World

__all__ = ["pytest_make_collect_report", "pytest_runtest_makereport"]

# No deadline: it would be a bound of the wall clock, and a busy machine would fail honest code.
hypothesis.settings.register_profile("seawall", deadline=None, print_blob=True)
hypothesis.settings.load_profile("seawall")

# A shell ignores Ctrl-C for its jobs in the background, and so would all processes of the tests.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(params=WORLDS, ids=lambda world: world.name)
def world(request: pytest.FixtureRequest) -> World:
    """The world a test runs in: each test that asks for it runs in both."""
    return request.param


@pytest.fixture
def clock() -> FakeClock:
    """A clock that jumps over every wait."""
    return FakeClock()


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: Any) -> bool | None:
    """Run a coroutine test in its world."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    pyfuncitem.funcargs["world"].run(pyfuncitem.obj(**arguments))
    return True
