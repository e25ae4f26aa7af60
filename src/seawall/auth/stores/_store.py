"""Where a session lies between two runs of an app, and between processes that share it.

A store is plain synchronous code; the auth machine runs it by `runtime.blocking`. Laws that every store keeps, and that one
contract suite tests:

1. `swap` is atomic over threads and processes: it writes only if what is there is what the caller last saw.
2. What was written is whole or not there at all, whatever is killed when.
3. At most one holder has the lease at a time; one that dies loses it, and one that lives on loses it with its time.
4. Nothing of a session appears in an error, a repr or a log.
"""

from collections.abc import Callable
from typing import Any, Protocol

import msgspec

from .._tokens import Tokens, tokens_from_plain, tokens_to_plain

__all__ = ["CorruptStoreError", "Lease", "StoreError", "StoredSession", "TokenStore", "decode_session", "encode_session"]

VERSION = 1
MAX_BYTES = 1024 * 1024  # of one stored session


class StoreError(Exception):
    """The store cannot be read or written now; the words name the store, and nothing that is in it."""


class CorruptStoreError(StoreError):
    """What the store holds is no session; it was kept aside, and the store is empty."""


class StoredSession(msgspec.Struct, frozen=True, kw_only=True):
    """One session at rest.

    Attributes:
        session: A random name, made at sign-in; all tokens refreshed from those of one sign-in share it.
        revision: A random name of this very write; what `swap` compares.
        tokens: The tokens.
        expires_at: When the access token ends, in seconds since 1970 by this machine's clock, or None.
        user: What the app wants to know of its user, plain JSON.
        number: Counts the writes of a session, from 1, so that an older one that came back (a restored file, a server that
            failed over) is known as such; 0 where nobody has counted.
    """

    session: str
    revision: str
    tokens: Tokens
    expires_at: float | None = None
    user: Any = None
    number: int = 0

    def precedes(self, other: "StoredSession") -> bool:
        """Tell whether this is known to be an older record of the same session."""
        return self.session == other.session and 0 < self.number < other.number

    def __repr__(self) -> str:
        return f"<StoredSession {self.session[:8]} revision {self.revision[:8]}>"


class Lease(Protocol):
    """The right to refresh, held by one process at a time."""

    def release(self) -> None:
        """Give it back; harmless when it was lost already, and never raises."""
        ...


class TokenStore(Protocol):
    """See the module."""

    def load(self) -> StoredSession | None:
        """Return the session, or None.

        Raises:
            CorruptStoreError: What was there is no session, and was kept aside.
            StoreError: The store cannot be reached.
        """
        ...

    def swap(self, expected: str | None, session: StoredSession | None) -> bool:
        """Write, or delete for None, if the revision that is there is the expected one; None expects nothing to be there.

        Returns:
            Whether it was written.

        Raises:
            StoreError: The store cannot be reached; whether it was written is then not known.
        """
        ...

    def try_lease(self, seconds: float) -> Lease | None:
        """Take the right to refresh without waiting, or return None when another holds it.

        Args:
            seconds: How long it lasts at most. A store that sees a holder die ends it at once.

        Raises:
            StoreError: The store cannot be reached.
        """
        ...

    def watch(self, changed: Callable[[], object]) -> Callable[[], None]:
        """Have a function called, in any thread, when another process has written; return what ends that.

        A store that cannot know does nothing; its users learn of a change when they next need the store.
        """
        ...


def encode_session(stored: StoredSession) -> bytes:
    """Return a session as JSON, tokens in plain text: for stores alone.

    Raises:
        StoreError: `user` is no plain JSON, or too big.
    """
    content = _encoded(stored)
    if content is None:
        raise StoreError("the session cannot be stored: `user` must be plain JSON, and at most a megabyte")
    return content


def _encoded(stored: StoredSession) -> bytes | None:
    """Encode in a frame that is gone before an error is raised: its locals are plain text."""
    try:
        plain = {**msgspec.structs.asdict(stored), "version": VERSION, "tokens": tokens_to_plain(stored.tokens)}
        content = msgspec.json.encode(plain)
    except (TypeError, NotImplementedError, ValueError, RecursionError):
        return None
    return content if len(content) <= MAX_BYTES else None


def decode_session(content: bytes) -> StoredSession:
    """Read what `encode_session` wrote.

    Raises:
        CorruptStoreError: It is something else.
    """
    stored = _decoded(content)
    if stored is None:
        content = b""  # frames of errors show their locals
        raise CorruptStoreError("the store holds something that is no session")
    return stored


def _decoded(content: bytes) -> StoredSession | None:
    try:
        plain = msgspec.json.decode(content, type=dict[str, Any]) if len(content) <= MAX_BYTES else {}
        if plain.pop("version", None) != VERSION:
            return None
        tokens = tokens_from_plain(plain.pop("tokens", None))
        return msgspec.convert({**plain, "tokens": tokens}, StoredSession)
    except (msgspec.MsgspecError, UnicodeDecodeError, ValueError, RecursionError):
        return None
