"""Who is told of what: an event that nobody wants is never built."""

import logging
from typing import Any
from unittest.mock import MagicMock

import pytest

from seawall.model import AttemptFinished, CallFinished, Event
from seawall.observe import log_calls
from seawall.testing import FaultServer, Reply
from tests.behaviours.logs import AGAIN
from tests.worlds import World


class Choosy:
    """Wants the ends of calls alone, and of those only what `failed` says.

    Args:
        answers: What it says when it is asked about something that went well.
    """

    kinds = frozenset({CallFinished})

    def __init__(self, *, answers: bool) -> None:
        self._answers = answers
        self.heard: list[Event] = []

    def wants(self, kind: type[Event], failed: bool) -> bool:
        return failed or self._answers

    def __call__(self, event: Event) -> None:
        self.heard.append(event)


async def ask(world: World, server: FaultServer, *listeners: Any) -> None:
    """Make a call that goes well in the second attempt."""
    server.route("GET", "/", Reply(503), Reply(text="fine"))
    async with world.client(server.url, retry=AGAIN, listeners=list(listeners)) as api:
        await api.get("/")


async def test_a_listener_is_told_of_its_kinds_alone(world: World, fault_server: FaultServer) -> None:
    """A listener that names its kinds hears nothing else, and one beside it that names none hears all."""
    heard: list[Event] = []
    choosy = Choosy(answers=True)
    await ask(world, fault_server, choosy, heard.append)
    assert [type(event) for event in choosy.heard] == [CallFinished]
    assert len(heard) > 4


async def test_a_listener_may_want_failures_alone(world: World, fault_server: FaultServer) -> None:
    """A call that went well is not told of where the only listener does not want it."""
    choosy = Choosy(answers=False)
    await ask(world, fault_server, choosy)
    assert choosy.heard == []


@pytest.mark.parametrize(("level", "lines"), [(logging.WARNING, 1), (logging.INFO, 2), (logging.DEBUG, 3)])
async def test_the_log_wants_what_it_would_write(
    world: World, fault_server: FaultServer, caplog: pytest.LogCaptureFixture, level: int, lines: int
) -> None:
    """The logging listener misses no line, whatever the level: the retried attempt, the call, and the attempt that went well."""
    caplog.set_level(level, "listening")
    await ask(world, fault_server, log_calls("listening"))
    assert len(caplog.records) == lines


def test_the_log_does_not_want_what_nobody_would_see(caplog: pytest.LogCaptureFixture) -> None:
    """At WARNING it wants neither an attempt nor a call that went well, and every one that failed."""
    caplog.set_level(logging.WARNING, "listening")
    listener: Any = log_calls("listening")
    wanted = [listener.wants(kind, failed) for kind in (AttemptFinished, CallFinished) for failed in (False, True)]
    assert wanted == [False, True, False, True]


async def test_a_mock_is_a_listener(world: World, fault_server: FaultServer) -> None:
    """A MagicMock, which has every attribute and answers anything, is told of the same events as a plain function."""
    heard: list[Event] = []
    mock = MagicMock()
    await ask(world, fault_server, mock, heard.append)
    told = [call.args[0] for call in mock.call_args_list]
    assert CallFinished in {type(event) for event in told}
    assert told == heard


class Broken(Choosy):
    """Cannot say what it wants."""

    def wants(self, kind: type[Event], failed: bool) -> bool:
        raise ValueError("a mistake of the listener's own")


async def test_who_cannot_say_what_it_wants_is_told(world: World, fault_server: FaultServer) -> None:
    """A listener whose `wants` raises spoils no call, and hears the end of it."""
    broken = Broken(answers=False)
    await ask(world, fault_server, broken)
    assert [type(event) for event in broken.heard] == [CallFinished]
