"""The switch that ends calls from outside."""

import threading

from seawall.model import Cancel


def test_all_who_watch_are_told_once() -> None:
    """Using the switch tells everyone who watches, once, in order, and using it again tells nobody."""
    cancel, told = Cancel(), list[int]()
    for number in range(3):
        cancel.watch(lambda number=number: told.append(number))
    assert (cancel.cancelled, told) == (False, [])
    cancel.cancel()
    cancel.cancel()
    assert (cancel.cancelled, told) == (True, [0, 1, 2])


def test_who_comes_late_is_told_at_once() -> None:
    """Watching a switch that was used calls the action there and then, and ending that watch is harmless."""
    cancel, told = Cancel(), list[str]()
    cancel.cancel()
    unwatch = cancel.watch(lambda: told.append("late"))
    unwatch()
    assert told == ["late"]


def test_who_went_is_not_told() -> None:
    """Ending a watch, also twice and among equal actions, ends just that one."""
    cancel, told = Cancel(), list[str]()

    def act() -> None:
        told.append("x")

    first, _ = cancel.watch(act), cancel.watch(act)
    first()
    first()
    cancel.cancel()
    assert told == ["x"]


def test_an_action_may_use_the_switch() -> None:
    """An action that watches, unwatches or cancels does not wait for itself."""
    cancel, told = Cancel(), list[str]()
    unwatch = cancel.watch(lambda: None)

    def act() -> None:
        unwatch()
        cancel.cancel()
        cancel.watch(lambda: told.append("inner"))

    cancel.watch(act)
    cancel.cancel()
    assert told == ["inner"]


def test_threads_that_watch_and_cancel_together_lose_nobody() -> None:
    """Whoever watches while another thread cancels is told exactly once."""
    for _ in range(50):
        cancel, told = Cancel(), list[int]()
        barrier = threading.Barrier(9)

        def watch(number: int, cancel: Cancel = cancel, told: list[int] = told, barrier: threading.Barrier = barrier) -> None:
            barrier.wait()
            cancel.watch(lambda: told.append(number))

        def use(cancel: Cancel = cancel, barrier: threading.Barrier = barrier) -> None:
            barrier.wait()
            cancel.cancel()

        threads = [threading.Thread(target=watch, args=(number,)) for number in range(8)] + [threading.Thread(target=use)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(told) == list(range(8))
        assert repr(cancel) == "<Cancel used>"
