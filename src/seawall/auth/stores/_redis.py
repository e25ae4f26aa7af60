"""A store in Redis or Valkey, for processes on many machines."""

import hashlib
import os
import uuid
from collections.abc import Callable
from typing import Any

from seawall.model import UsageError

from ._attempt import attempt
from ._private_file import ASIDES
from ._redis_client import accept_client
from ._redis_lease import RedisLease
from ._redis_scripts import KEEP_ASIDE, LOAD, SWAP
from ._redis_watch import Watch
from ._store import CorruptStoreError, Lease, StoredSession, decode_session, encode_session

__all__ = ["RedisStore"]


class RedisStore:
    """Keeps a session in Redis or Valkey; other processes learn of a write at once.

    A holder of the lease that dies loses it after 5 s. What is no session is kept aside under a name that ends in
    `:corrupt-1` and so on. The session is not encrypted there: use rediss://, and a server that only the app reaches.

    Args:
        client: A URL (redis://, rediss://, unix://), or a synchronous client of the package redis or valkey, with its own
            time-outs.
        key: Names the session; all keys are named after it.

    Raises:
        UsageError: The URL, the client or the key is none.
        ModuleNotFoundError: A URL is given, and redis is not installed.
    """

    def __init__(self, client: Any, *, key: str) -> None:
        self._key = key
        self._client = accept_client(client)
        client = None  # a URL may hold a password, and frames of errors show their locals
        if self._client is None:
            raise UsageError("client: give a URL (redis://, rediss://, unix://), or a synchronous client of redis or valkey")
        if not key:
            raise UsageError("key: it must name the session")
        self._writer = uuid.uuid4().hex
        self._watches: set[Watch] = set()

    def load(self) -> StoredSession | None:
        """See `TokenStore.load`."""
        found = attempt(self._words("read"), self._look)
        if not isinstance(found, _Corrupt):
            return found
        number = attempt(self._words("written"), lambda: self._keep_aside(found))
        if not number:
            return self.load()  # another process was faster
        raise CorruptStoreError(f"key: {self._key!r} held no session; it is kept as {self._name(f'corrupt-{number}')}")

    def swap(self, expected: str | None, session: StoredSession | None) -> bool:
        """See `TokenStore.swap`."""
        done = attempt(self._words("written"), lambda: self._swap(expected, session))
        if done < 0:
            self.load()  # keeps it aside, and says so
        return done > 0

    def try_lease(self, seconds: float) -> Lease | None:
        """See `TokenStore.try_lease`."""
        lease = RedisLease(self._run, self._name("lease"))
        taken = attempt(self._words("written"), lambda: lease.take(seconds))
        return lease if taken else None

    def watch(self, changed: Callable[[], object]) -> Callable[[], None]:
        """See `TokenStore.watch`. It is called too when listening begins, and after each gap.

        In a forked child listening begins anew when the store is next used.
        """
        watch = Watch(self._client, self._name("changed"), lambda writer: writer == self._own(), changed)
        self._watches.add(watch)
        watch.ensure()

        def end() -> None:
            self._watches.discard(watch)
            watch.end()

        return end

    def _look(self) -> "StoredSession | _Corrupt | None":
        found = self._run(LOAD, [self._name("session")])
        return None if found is None else _read(*found)

    def _swap(self, expected: str | None, session: StoredSession | None) -> int:
        revision, content = ("", b"") if session is None else (session.revision, encode_session(session))
        arguments = [expected or "", revision, content, self._name("changed"), self._own()]
        done: int = self._run(SWAP, [self._name("session")], *arguments)
        return done

    def _keep_aside(self, found: "_Corrupt") -> int:
        keys = [self._name("session"), *(self._name(f"corrupt-{number}") for number in range(1, ASIDES + 1))]
        number: int = self._run(KEEP_ASIDE, keys, found.revision, found.digest)
        return number

    def _run(self, script: str, keys: list[str], *arguments: Any) -> Any:
        """Run a script by its text: a restarted server knows no other name. Answers are bytes, whatever the client is set to."""
        for watch in tuple(self._watches):
            watch.ensure()
        return self._client.execute_command("EVAL", script, len(keys), *keys, *arguments, NEVER_DECODE=True)

    def _name(self, use: str) -> str:
        return f"{{{self._key}}}:{use}"

    def _own(self) -> bytes:
        return f"{self._writer}:{os.getpid()}".encode()

    def _words(self, done: str) -> str:
        return f"key: {self._key!r} in Redis cannot be {done}"

    def __repr__(self) -> str:
        return f"<RedisStore {self._key!r}>"


class _Corrupt:
    """What was found, as it is recognised again."""

    def __init__(self, revision: bytes, content: bytes) -> None:
        self.revision = revision
        self.digest = hashlib.sha1(content, usedforsecurity=False).hexdigest()


def _read(revision: bytes, content: bytes) -> StoredSession | _Corrupt:
    try:
        session = decode_session(content)
    except CorruptStoreError:
        return _Corrupt(revision, content)
    return session if session.revision.encode() == revision else _Corrupt(revision, content)
