"""Hearing of other processes' writes: the one thread of the stores."""

import inspect
import logging
import os
import threading
import weakref
from collections.abc import Callable
from typing import Any

__all__ = ["Watch"]

PAUSE = 1.0  # seconds before a lost connection is tried again
IDLE = 5.0  # seconds after which a silent thread looks whether it is still wanted
_log = logging.getLogger("seawall")
_all: "weakref.WeakSet[Watch]" = weakref.WeakSet()


class Watch:
    """Calls a function when something is published that its own process did not write, and after each gap in listening.

    Args:
        client: Whose channel it is.
        channel: Its name.
        is_own: Tells whether a message is this process's own.
        changed: What to call, in the watch's thread. A method does not keep its object alive: when that is gone, the thread ends.
    """

    def __init__(self, client: Any, channel: str, is_own: Callable[[bytes], bool], changed: Callable[[], object]) -> None:
        self._client = client
        self._channel = channel
        self._is_own = is_own
        self._changed: Callable[[], Callable[[], object] | None]
        self._changed = weakref.WeakMethod(changed) if inspect.ismethod(changed) else lambda: changed
        self.forget()
        _all.add(self)

    def forget(self) -> None:
        """Be as new: in a forked child, where the thread is not."""
        self._mutex = threading.Lock()
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None
        self._subscription: Any = None

    def ensure(self) -> None:
        """Start listening, unless that is done in this process."""
        with self._mutex:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="seawall-watch", daemon=True)
                self._thread.start()

    def end(self) -> None:
        """Call the function no more, and let the thread end; it is not waited for."""
        self._ended.set()
        subscription = self._subscription
        if subscription is not None and subscription.connection is not None:
            try:
                subscription.connection.disconnect()  # wakes the thread
            except Exception:
                pass  # the thread is closing it too

    @property
    def _wanted(self) -> bool:
        return not self._ended.is_set() and self._changed() is not None

    def _run(self) -> None:
        while self._wanted:
            try:
                with self._client.pubsub() as self._subscription:
                    self._subscription.subscribe(self._channel)
                    self._listen(self._subscription)
            except Exception as error:  # whatever a client, or a callback, raises: who listens again misses nothing
                if self._wanted:
                    _log.debug("listening to other processes' sign-ins broke off: %s", type(error).__name__)
            self._subscription = None
            self._ended.wait(PAUSE)

    def _listen(self, subscription: Any) -> None:
        while self._wanted:
            message = subscription.get_message(timeout=IDLE)
            if message is not None and self._concerns(message):
                self._tell()

    def _concerns(self, message: dict[str, Any]) -> bool:
        kind = message["type"]
        return kind == "subscribe" or (kind == "message" and not self._is_own(_bytes(message["data"])))

    def _tell(self) -> None:
        changed = self._changed()
        if changed is not None and not self._ended.is_set():
            changed()


def _bytes(data: Any) -> bytes:
    return data if isinstance(data, bytes) else str(data).encode()


def _after_fork() -> None:
    for watch in list(_all):
        watch.forget()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
