"""What the accounts count."""

import enum
import threading
from collections import Counter


class Entry(enum.Enum):
    """What is counted."""

    SIGN_IN = "sign_ins"
    REFRESH = "refreshes"
    REPLAY = "replays"
    REFUSAL = "refused"
    REVOCATION = "revoked"
    UNAUTHORIZED = "unauthorized"


class Ledger:
    """Counts entries, of all threads of this process.

    Sign-ins; refresh requests that brought new tokens, that brought the same again within the grace, and that were refused;
    families that were revoked because a used refresh token came again; and calls of the API that were answered with 401.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: Counter[Entry] = Counter()

    def add(self, entry: Entry) -> None:
        """Count one more."""
        with self._lock:
            self._entries[entry] += 1

    def figures(self) -> dict[str, int]:
        """All counts until now, by name."""
        with self._lock:
            return {entry.value: self._entries[entry] for entry in Entry}
