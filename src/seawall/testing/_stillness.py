"""Whether all who use a fake clock have come to rest, so that its time may jump.

Laws:
1. A thread rests from the beginning of its wait to its end, whoever ends it. Then it is awake, until it waits again or is gone.
2. An event loop rests when it went round a few times without a wait that began or ended. Nobody can ask it for more: what is
   ready to run is its private affair, and uvloop does not tell either.
3. A thread that the clock has not met gets a short chance to begin a wait; one that was there before the clock gets none.
4. Who is awake for long without a wait (in real I/O, at a lock, in an idle pool) counts as resting: that cannot be told apart.

How long, is counted in looks and not in seconds: on a busy machine that stops us all for a while, nobody looks.
"""

import asyncio
import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple
from weakref import WeakKeyDictionary

__all__ = ["CERTAIN", "LOOK", "Party", "Stillness"]

LOOK = 0.001  # real seconds from one look to the next: threads end without telling

CHANCE = 5  # looks, for a thread that was just started; each thread costs them once
PATIENCE = 200  # looks, for a thread that runs, and may do anything
CERTAIN = 1000  # looks, for a thread or a loop that was woken and will come, unless it is stuck

ROUNDS = 16  # of a loop: a longer chain of tasks, futures and callbacks is seldom


class Party(NamedTuple):
    """Who waits.

    Attributes:
        thread: Where it runs.
        loop: The event loop of a task; None for the thread itself.
    """

    thread: threading.Thread
    loop: asyncio.AbstractEventLoop | None = None


class _Turn:
    """What a thread does now, and for how many looks it is waited for."""

    def __init__(self, looks: float) -> None:
        self.looks = looks


_RESTS = _Turn(0)
_BLOCKED = _Turn(0)  # rests in a wait of the thread itself: an event loop that it runs is stuck


class Stillness:
    """Knows who is about to do something. All methods are called with the mutex held.

    Args:
        mutex: The clock's.
        settled: Called with the mutex held when an event loop has come to rest.
    """

    def __init__(self, mutex: threading.Condition, settled: Callable[[], object]) -> None:
        self._mutex = mutex
        self._settled = settled
        self._looks = 0
        self._stirred = time.monotonic()
        older = set(threading.enumerate()) - {threading.current_thread()}
        self._turns: WeakKeyDictionary[threading.Thread, _Turn] = WeakKeyDictionary(dict.fromkeys(older, _RESTS))

    @property
    def quiet(self) -> float:
        """Real seconds since somebody last began or ended a wait."""
        return time.monotonic() - self._stirred

    def rest(self, party: Party) -> None:
        """This thread begins to wait, or a task does, whose loop will come to rest soon."""
        if party.loop is not None:
            self.rouse(party)
        else:
            self._stir()
            self._turns[party.thread] = _BLOCKED

    def rouse(self, party: Party) -> None:
        """This one's wait ends: because time has come, because somebody else ends it, or because it goes on itself."""
        self._stir()
        if party.loop is None:
            runs = party.thread is threading.current_thread()
            self._turns[party.thread] = _Turn(PATIENCE if runs else CERTAIN)
        elif self._turns.get(party.thread) is not _BLOCKED:
            turn = _Turn(CERTAIN)
            try:
                party.loop.call_soon_threadsafe(self._go_round, party.thread, party.loop, turn, ROUNDS)
            except RuntimeError:
                return  # that loop is closed; its tasks are gone
            self._turns[party.thread] = turn

    def reached(self) -> bool:
        """Look whether all rest; whoever was waited for in vain counts as resting from now on."""
        self._looks += 1
        turns = {thread: self._turns.get(thread) or _Turn(CHANCE) for thread in threading.enumerate()}
        if any(self._looks <= turn.looks for turn in turns.values()):
            return False
        self._turns.update({thread: turn if turn is _BLOCKED else _RESTS for thread, turn in turns.items()})
        return True

    @contextmanager
    def held(self) -> Iterator[None]:
        """Let nothing count as still while this thread is in the block."""
        thread = threading.current_thread()
        before, self._turns[thread] = self._turns.get(thread), _Turn(math.inf)
        try:
            yield
        finally:
            self._stir()
            del self._turns[thread]
            if before is not None:
                self._turns[thread] = before

    def _stir(self) -> None:
        self._looks, self._stirred = 0, time.monotonic()

    def _go_round(self, thread: threading.Thread, loop: asyncio.AbstractEventLoop, turn: _Turn, left: int) -> None:
        with self._mutex:
            if self._turns.get(thread) is not turn:
                return  # something happened meanwhile, and another count has begun
            if left:
                loop.call_soon(self._go_round, thread, loop, turn, left - 1)
            else:
                self._turns[thread] = _RESTS
                self._settled()
