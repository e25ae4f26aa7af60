"""`--repeat`, and a Ctrl-C that comes at the worst of moments."""

import signal
from threading import Event, get_ident

import pytest

from seawall import CancelledProblem, NetworkProblem
from seawall_tools.call._answer import Answer
from seawall_tools.call._repeat import repeat
from seawall_tools.call._tally import Outcome, Tally


class Interrupted(Tally):
    """A tally that is interrupted when it is about to count."""

    def add(self, outcome: Outcome) -> None:
        """Count one more, after a Ctrl-C."""
        signal.raise_signal(signal.SIGINT)
        super().add(outcome)


def test_ctrl_c_before_a_count_does_not_lose_it() -> None:
    """A Ctrl-C between the end of a call and its count ends the other calls, and the ended one is counted."""
    calls = iter([Answer(response=None, problem=NetworkProblem())])
    ended = Event()

    def call() -> Answer:
        if (done := next(calls, None)) is not None:
            return done
        assert ended.wait(20)
        return Answer(response=None, problem=CancelledProblem())

    tally = Interrupted(10)
    before = signal.getsignal(signal.SIGINT)
    repeat(call, tally, concurrency=1, abort=ended.set, watch=lambda: None)
    assert (tally.calls, tally.problems, tally.interrupted) == (1, {"NetworkProblem": 1}, True)
    assert signal.getsignal(signal.SIGINT) is before


def test_a_second_ctrl_c_ends_at_once() -> None:
    """A second Ctrl-C does not wait for calls that do not end."""
    ended, main = Event(), get_ident()

    def call() -> Answer:
        signal.pthread_kill(main, signal.SIGINT)  # `raise_signal` would not wake the main thread from its wait
        assert ended.wait(20)
        return Answer(response=None, problem=CancelledProblem())

    tally = Tally(1)
    with pytest.raises(KeyboardInterrupt):
        repeat(call, tally, concurrency=1, abort=lambda: signal.raise_signal(signal.SIGINT), watch=lambda: None)
    ended.set()
    assert tally.interrupted
