"""Telling observers of a session's state."""

import logging
import sys
import threading
import weakref

import psygnal
import pytest

from seawall import UsageError
from seawall.auth import Authenticated, EndReason, SessionState, Unauthenticated, Unknown
from seawall.auth._changes import StateChanges

ADA, BOB, OUT = Authenticated("ada"), Authenticated("bob"), Unauthenticated(EndReason.SIGNED_OUT)


def tell(changes: StateChanges, *states: SessionState) -> None:
    for state in states:
        changes.add(state)
    changes.tell()


def test_observers_hear_all_in_order() -> None:
    """Every observer hears every state once, in order, and after it was disconnected nothing more."""
    changes, heard = StateChanges(), list[SessionState]()
    assert changes.connect(heard.append) == heard.append
    changes.connect(heard.append)
    tell(changes, ADA, OUT)
    tell(changes, BOB)
    changes.disconnect(heard.append)
    changes.disconnect(heard.append)
    tell(changes, OUT)
    assert heard == [ADA, OUT, BOB]


def test_an_observer_that_causes_a_change_waits_for_the_others() -> None:
    """A state that an observer brings about is told after the one that it was told of, to all."""
    changes, heard = StateChanges(), list[tuple[str, SessionState]]()

    def first(state: SessionState) -> None:
        heard.append(("first", state))
        if state is ADA:
            tell(changes, OUT)

    changes.connect(first)
    changes.connect(lambda state: heard.append(("second", state)))
    tell(changes, ADA)
    assert heard == [("first", ADA), ("second", ADA), ("first", OUT), ("second", OUT)]


def test_an_observer_that_raises_is_logged_and_passed_over(caplog: pytest.LogCaptureFixture) -> None:
    """An observer's mistake is logged by its type and place, and nobody else's turn is lost."""
    changes, heard = StateChanges(), list[SessionState]()

    def broken(state: SessionState) -> None:
        raise ValueError("its words")

    changes.connect(broken)
    changes.connect(heard.append)
    with caplog.at_level(logging.ERROR):
        tell(changes, ADA, OUT)
    assert heard == [ADA, OUT]
    assert caplog.text.count("ValueError") == 2
    assert "its words" not in caplog.text


def test_ctrl_c_in_an_observer_does_not_silence_it() -> None:
    """What interrupts an observer is raised, and later states are told all the same."""
    changes, heard = StateChanges(), list[SessionState]()

    def interrupted(state: SessionState) -> None:
        if state is ADA:
            raise KeyboardInterrupt
        heard.append(state)

    changes.connect(interrupted)
    with pytest.raises(KeyboardInterrupt):
        tell(changes, ADA)
    tell(changes, OUT)
    assert heard == [OUT]


def test_a_thread_can_have_its_changes_brought() -> None:
    """An observer of a thread is called in that thread, when it asks for what has come."""
    changes, heard = StateChanges(), list[tuple[SessionState, int]]()
    changes.connect(lambda state: heard.append((state, threading.get_ident())), thread=threading.current_thread())
    thread = threading.Thread(target=lambda: tell(changes, ADA, OUT))
    thread.start()
    thread.join()
    assert heard == []
    psygnal.emit_queued()
    assert heard == [(ADA, threading.get_ident()), (OUT, threading.get_ident())]


def test_many_threads_tell_in_one_order() -> None:
    """States that many threads bring about are heard by all observers in the same order, none of them lost."""
    changes = StateChanges()
    heard: tuple[list[SessionState], list[SessionState]] = ([], [])
    for sink in heard:
        changes.connect(sink.append)
    threads = [threading.Thread(target=tell, args=(changes, Authenticated(number))) for number in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert heard[0] == heard[1]
    assert len(set(heard[0])) == 50


class Widget:
    """Observes a session, and can be dropped."""

    __hash__ = None  # type: ignore[assignment]

    def __init__(self, heard: list[SessionState]) -> None:
        self._heard = heard

    def show(self, state: SessionState) -> None:
        self._heard.append(state)


def test_an_observer_is_not_kept_alive() -> None:
    """A widget whose method observes goes when the app drops it, and is called no more; one that lives can disconnect."""
    changes, heard = StateChanges(), list[SessionState]()
    first, second = Widget(heard), Widget(heard)
    for widget in (first, second, second):
        changes.connect(widget.show)
    gone = weakref.ref(first)
    del first, widget
    assert gone() is None
    tell(changes, ADA)
    assert heard == [ADA]
    changes.disconnect(second.show)
    tell(changes, OUT)
    assert heard == [ADA]


def test_what_is_left_of_dropped_observers_is_cleared_away() -> None:
    """A session that outlives a thousand widgets keeps nothing of them."""
    changes, heard = StateChanges(), list[SessionState]()
    for _ in range(1000):
        changes.connect(Widget(heard).show)
    changes.connect(heard.append)
    assert (len(changes._guards), len(changes._signal)) == (1, 1)


def test_nobody_needs_psygnal_who_observes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without psygnal sessions work; observing one says which extra to install."""
    monkeypatch.setitem(sys.modules, "psygnal", None)
    changes = StateChanges()
    tell(changes, Unknown())
    with pytest.raises(UsageError, match=r"seawall\[session\]") as caught:
        changes.connect(print)
    assert caught.value.__context__ is None
