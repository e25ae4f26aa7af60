"""The right to refresh, that one process has at a time."""

import threading
from contextlib import suppress

from seawall.model import Runtime

from .stores import Lease, StoreError, TokenStore

__all__ = ["give_back", "take_lease"]

POLL = 0.025  # seconds between two looks at a lease that another process holds


async def take_lease(runtime: Runtime, store: TokenStore, seconds: float, ends: float) -> Lease:
    """Wait for the lease and take it.

    Args:
        runtime: The leader's world.
        store: Whose lease.
        seconds: How long it lasts at most, if its process dies.
        ends: Monotonic time until which to wait.

    Raises:
        StoreError: Somebody else has held it all the time.
    """
    while True:
        lease = await _try(runtime, store, seconds)
        if lease is not None:
            return lease
        if runtime.monotonic() >= ends:
            raise StoreError("somebody else has held the right to refresh for too long")
        await runtime.sleep(POLL)


async def give_back(runtime: Runtime, lease: Lease) -> None:
    """Release a lease; one that cannot be released ends by itself, and is no reason to lose what was done under it."""
    await runtime.blocking(lambda: _release(lease))


async def _try(runtime: Runtime, store: TokenStore, seconds: float) -> Lease | None:
    """Take the lease in a thread; who is cancelled before the thread is through must not leave it taken."""
    handover = _Handover(store, seconds)
    try:
        await runtime.blocking(handover.take)
    except BaseException:
        handover.refuse()
        raise
    return handover.lease


class _Handover:
    """A lease on its way from the thread that takes it to the task that wants it.

    Args:
        store: Whose lease.
        seconds: How long it lasts at most.

    Attributes:
        lease: What came of it.
    """

    def __init__(self, store: TokenStore, seconds: float) -> None:
        self._store = store
        self._seconds = seconds
        self._mutex = threading.Lock()
        self._refused = False
        self.lease: Lease | None = None

    def take(self) -> None:
        lease = self._store.try_lease(self._seconds)
        with self._mutex:
            self.lease = lease
            orphan = lease if self._refused else None
        if orphan is not None:
            _release(orphan)

    def refuse(self) -> None:
        """Nobody waits any more: the lease goes back, in a thread, for the store may be slow or far away."""
        with self._mutex:
            self._refused = True
            orphan = self.lease
        if orphan is not None:
            threading.Thread(target=_release, args=(orphan,), name="seawall-release", daemon=True).start()


def _release(lease: Lease) -> None:
    with suppress(StoreError):
        lease.release()
