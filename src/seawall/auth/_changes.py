"""Telling observers of a session's state, in order, and safe from them.

Each observer is guarded: psygnal stops at the first one that raises, and one screen's mistake must break neither sign-in nor what
the others hear. A method does not keep its object alive: a widget that is gone hears nothing any more. States that come while
observers are being told wait for their turn, so that nobody hears of the older one last.
"""

import inspect
import logging
import weakref
from collections import deque
from collections.abc import Callable, Hashable
from typing import Any

from seawall.chain import mutex
from seawall.model import UsageError, name_and_place

from ._session_states import SessionState

__all__ = ["StateChanges"]

Observer = Callable[[SessionState], object]
_log = logging.getLogger("seawall")


class StateChanges:
    """The signal of a session."""

    def __init__(self) -> None:
        self._signal: Any = None
        self._guards: dict[Hashable, _Guard] = {}
        self._waiting: deque[SessionState] = deque()
        self._mutex = mutex()
        self._telling = False

    def begin_anew(self) -> None:
        """Be free, in a forked child: there nobody tells, and the signal's own lock may be held by a thread that is gone."""
        self._mutex = mutex()
        self._telling = False
        if self._signal is not None:
            self._signal = _new_signal()
            for guard in self._guards.values():
                self._signal.connect(guard.hear, thread=guard.thread)

    def connect(self, observer: Observer, *, thread: Any = None) -> Observer:
        """Call a function with each new state, in the thread that brought it about.

        Args:
            observer: Takes the state. A method is forgotten with its object, which it does not keep alive.
            thread: A thread to be called in instead, or "main"; that thread has to call `psygnal.emit_queued()`, as
                `psygnal.qt.start_emitting_from_queue` has it done by Qt.

        Returns:
            The function, so that this can be a decorator.

        Raises:
            UsageError: psygnal is not installed.
        """
        if self._signal is None:
            self._signal = _new_signal()
        for key in [key for key, guard in self._guards.copy().items() if guard.observer() is None]:
            self._disconnect(key)
        guard = self._guards.setdefault(_key(observer), _Guard(observer, thread))
        self._signal.connect(guard.hear, thread=thread, unique=True)
        return observer

    def disconnect(self, observer: Observer) -> None:
        """Call it no more; harmless when it was never connected."""
        self._disconnect(_key(observer))

    def _disconnect(self, key: Hashable) -> None:
        guard = self._guards.pop(key, None)
        if guard is not None:
            self._signal.disconnect(guard.hear)

    def add(self, state: SessionState) -> None:
        """Note a state that is to be told; the caller sees to the order."""
        self._waiting.append(state)

    def tell(self) -> None:
        """Tell all observers what was noted, unless somebody is at it already, who will tell this, too."""
        with self._mutex:
            if self._telling:
                return
            self._telling = True
        while True:
            with self._mutex:
                if not self._waiting:
                    self._telling = False
                    return
                state = self._waiting.popleft()
            try:
                if self._signal is not None:
                    self._signal.emit(state)
            except BaseException:  # Ctrl-C in an observer: what comes next is told all the same
                self._telling = False
                raise


class _Guard:
    """An observer, and what psygnal calls in its place.

    Args:
        observer: Takes the state. Of a method the object may go.
        thread: Where it is called.
    """

    def __init__(self, observer: Observer, thread: Any) -> None:
        self.observer: Callable[[], Observer | None]
        self.observer = weakref.WeakMethod(observer) if inspect.ismethod(observer) else lambda: observer
        self.thread = thread

    def hear(self, state: SessionState) -> None:
        """Call the observer, if there still is one."""
        observer = self.observer()
        if observer is None:
            return
        try:
            observer(state)
        except Exception as error:
            _log.error("an observer of the session raised %s", name_and_place(error))


def _key(observer: Observer) -> Hashable:
    """What an observer is known by, without holding a method's object."""
    return (id(observer.__self__), observer.__func__) if inspect.ismethod(observer) else observer


def _new_signal() -> Any:
    try:
        from psygnal import SignalInstance
    except ModuleNotFoundError:
        pass
    else:
        return SignalInstance((object,), name="state_changed")
    raise UsageError("observing a session needs the package psygnal: pip install 'seawall[session]'")
