"""The right to refresh, in Redis or Valkey: kept alive by its holder, so that others need not wait long for a dead one's."""

import threading
import uuid
from collections.abc import Callable
from typing import Any

from ._redis_scripts import PROLONG, RELEASE, TAKE

__all__ = ["RedisLease"]

LIFE = 5.0  # seconds that a holder is not heard of: less than others wait for the lease, more than a busy machine makes it pause
BEAT = 1.0  # seconds between two signs of life


class RedisLease:
    """One lease, taken once.

    Args:
        run: Runs a script.
        name: Of the lease.
    """

    def __init__(self, run: Callable[..., Any], name: str) -> None:
        self._run = run
        self._name = name
        self._holder = uuid.uuid4().hex
        self._released = threading.Event()

    def take(self, seconds: float) -> bool:
        """Take it, if it is to be had, and keep it for so long unless it is released, or this process dies."""
        life = min(seconds, LIFE)
        if not self._run(TAKE, [self._name], self._holder, max(1, int(life * 1000))):
            return False
        if seconds > LIFE:
            threading.Thread(target=self._keep, args=(seconds,), name="seawall-lease", daemon=True).start()
        return True

    def release(self) -> None:
        """See `Lease.release`; where the server is away, the lease ends with its time."""
        self._released.set()
        try:
            self._run(RELEASE, [self._name], self._holder)
        except Exception:
            pass

    def _keep(self, seconds: float) -> None:
        """Give a sign of life at each beat; one that does not get through is made up for by the next."""
        for _ in range(int((seconds - LIFE) / BEAT)):
            if self._released.wait(BEAT):
                return
            try:
                self._run(PROLONG, [self._name], self._holder, int(LIFE * 1000))
            except Exception:
                pass
