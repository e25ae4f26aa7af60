"""`--repeat`: the same call many times, some of them at once, each counted as it ends."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count as numbers
from queue import SimpleQueue
from time import perf_counter

from seawall import CancelledProblem

from ._answer import Answer
from ._tally import Outcome, Tally

__all__ = ["repeat"]

_News = Outcome | BaseException | None  # an outcome, what broke a worker, or that a worker has ended


class _Workers:
    """Threads that make calls until there are enough, or until they are told to stop."""

    def __init__(self, call: Callable[[], Answer], calls: int, concurrency: int) -> None:
        self._call = call
        self._calls = calls
        self._numbers = numbers(1)  # `next` on it is atomic
        self._stopped = threading.Event()
        self.news: SimpleQueue[_News] = SimpleQueue()
        self._concurrency = min(concurrency, calls)
        self.running = 0

    def start(self) -> None:
        while self.running < self._concurrency:
            threading.Thread(target=self._work, daemon=True).start()
            self.running += 1

    def stop(self) -> None:
        self._stopped.set()

    def _work(self) -> None:
        try:
            while not self._stopped.is_set() and next(self._numbers) <= self._calls:
                begun = perf_counter()
                answer = self._call()
                if not isinstance(answer.problem, CancelledProblem):  # broken off by us: neither a failure nor a latency
                    self.news.put(Outcome.of(answer, perf_counter() - begun))
        except BaseException as error:
            self.news.put(error)
        finally:
            self.news.put(None)


def repeat(
    call: Callable[[], Answer], tally: Tally, *, concurrency: int, abort: Callable[[], None], watch: Callable[[], object]
) -> None:
    """Make the calls that a tally asks for, and count them in it.

    Ctrl-C ends the calls on their way and counts what was done until then; a second one ends it at once. The first is
    news like the end of a call, because an exception between taking an outcome and counting it would lose it.

    Args:
        call: Makes one call; called from many threads.
        tally: Where to count.
        concurrency: Most calls at the same time.
        abort: Ends all calls that are on their way.
        watch: Called after each call, from this thread.

    Raises:
        BaseException: What a call raised that is no problem of the network or the server: misuse, a file that has changed.
    """
    begun = perf_counter()
    workers = _Workers(call, tally.asked, concurrency)
    try:
        with _interrupts_as_news(workers.news):
            workers.start()
            for outcome in _outcomes(workers, tally, abort):
                tally.add(outcome)
                watch()
    finally:
        tally.seconds = perf_counter() - begun


def _outcomes(workers: _Workers, tally: Tally, abort: Callable[[], None]) -> Iterator[Outcome]:
    while workers.running:
        news = workers.news.get()
        if isinstance(news, Outcome):
            yield news
        elif news is None:
            workers.running -= 1
        else:
            workers.stop()
            if not isinstance(news, KeyboardInterrupt):
                raise news
            tally.interrupted = True
            abort()


@contextmanager
def _interrupts_as_news(news: SimpleQueue[_News]) -> Iterator[None]:
    """Put the first Ctrl-C into a queue, whose `put` a signal's handler may call at any point; a second one is as before."""
    before = signal.getsignal(signal.SIGINT)
    if not callable(before) or threading.current_thread() is not threading.main_thread():
        yield  # Ctrl-C is ignored, or is another thread's
        return

    def first(*_: object) -> None:
        signal.signal(signal.SIGINT, before)
        news.put(KeyboardInterrupt())

    signal.signal(signal.SIGINT, first)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
