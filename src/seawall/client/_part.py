"""The file that a download grows in.

One download at a time holds `NAME.part` and may resume it. The lock is on the file itself and ends with its process, so that no
crash leaves one behind; where there are no such locks (Windows) downloads to one place must not run at the same time.
"""

import os
import secrets
import sys
from collections.abc import Callable
from math import inf
from pathlib import Path
from typing import IO, Any

import msgspec

from seawall.model import Call, Response

if sys.platform != "win32":
    import fcntl

__all__ = ["Part"]


class _Stamp(msgspec.Struct):
    """What a partial file is a part of."""

    url: str
    validator: str


class Part:
    """The partial file and its stamp.

    Args:
        to: Where the whole file goes.
        blocking: Runs what waits for the disk.
    """

    def __init__(self, to: Path, blocking: Callable[[Callable[[], Any]], Any]) -> None:
        self.to = to
        self.path = to.with_name(to.name + ".part")
        self.stamp_path = to.with_name(to.name + ".part.json")
        self.stamped = False
        self.deadline = inf
        self.blocking = blocking
        self._private = False
        self._finished = False
        self._lock: IO[bytes] | None = None

    def claim(self) -> None:
        """Take the part for this download alone; while another has it, take one of a name of its own, which nobody resumes."""
        if sys.platform == "win32":
            return
        lock = self.path.open("ab")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.path.samestat(os.fstat(lock.fileno()), self.path.stat()):  # else it was finished and renamed meanwhile
                self._lock = lock
                return
        except OSError:
            pass
        lock.close()
        self._private = True
        self.path = self.to.with_name(f"{self.to.name}.{secrets.token_hex(8)}.part")

    def release(self) -> None:
        """Let go of the part; what is of no use to a later download goes away."""
        try:
            if not self._finished and (self._private or not self.path.stat().st_size):
                self.path.unlink()
        except FileNotFoundError:
            pass
        finally:
            if self._lock is not None:
                self._lock.close()

    def find(self, url: str) -> tuple[int, str] | None:
        """Return how much of this URL is there, in bytes, and the validator to ask for the rest with."""
        try:
            stamp = None if self._private else msgspec.json.decode(self.stamp_path.read_bytes(), type=_Stamp)
            size = self.path.stat().st_size
        except (OSError, msgspec.DecodeError):
            return None
        return (size, stamp.validator) if stamp is not None and size and stamp.url == url else None

    def write_stamp(self, url: str, response: Response) -> None:
        """Note what the part is from here on a part of; only a strong validator tells bodies apart (RFC 9110, section 13.1.5)."""
        etag = response.headers.get("etag") or ""
        validator = etag if etag and not etag.startswith("W/") else response.headers.get("last-modified") or ""
        self.stamped = bool(validator) and not self._private
        if self.stamped:
            self.stamp_path.write_bytes(msgspec.json.encode(_Stamp(url, validator)))
        elif not self._private:
            self.stamp_path.unlink(missing_ok=True)

    def clear(self) -> None:
        """Begin anew, in the same file: the lock is on it."""
        self.path.open("wb").close()

    def limit(self, call: Call) -> None:
        """Hold all calls of one download to the deadline that was set for it."""
        if call.body_deadline is not None:
            self.deadline = call.body_deadline = min(self.deadline, call.body_deadline)
            call.deadline = min(call.deadline or inf, self.deadline)

    def finish(self) -> Path:
        """Give the file its name. The stamp goes first: afterwards there may be another download's."""
        if not self._private:
            self.stamp_path.unlink(missing_ok=True)
        os.replace(self.path, self.to)
        self._finished = True
        return self.to
