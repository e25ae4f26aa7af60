"""What is written to a store, and how it is read and written whatever else is there."""

import uuid
from typing import Any

from seawall.model import Sent, UsageError, check_header
from seawall.problems import ProtocolProblem

from ._tokens import Tokens, jwt_expiry
from .stores import CorruptStoreError, StoredSession, TokenStore

__all__ = ["delete", "follow", "new_session", "next_session", "overwrite", "reread"]


def new_session(tokens: Tokens, user: Any, now: float, ahead: float | None = None) -> StoredSession:
    """Make the record of a sign-in.

    Args:
        tokens: What the server handed out.
        user: Plain JSON.
        now: Seconds since 1970.
        ahead: See `ServerClock`.
    """
    return StoredSession(
        session=uuid.uuid4().hex,
        revision=uuid.uuid4().hex,
        tokens=tokens,
        expires_at=_expiry(tokens, now, ahead),
        user=user,
        number=1,
    )


def next_session(tokens: Tokens, stored: StoredSession | None, begun: float, ahead: float | None = None) -> StoredSession:
    """Make the record of a refresh.

    Args:
        tokens: What it brought.
        stored: What was there before, or None for a source that makes the first tokens itself.
        begun: When it began, in seconds since 1970: the token's life is counted from then, to be on the safe side.
        ahead: See `ServerClock`.

    Raises:
        ProtocolProblem: The access token cannot be sent.
    """
    if not _is_sendable(tokens):
        raise ProtocolProblem(sent=Sent.YES, detail="the server handed out a token that no header field can hold")
    if stored is None:
        return new_session(tokens, None, begun, ahead)
    following = tokens.following(stored.tokens)
    return StoredSession(
        session=stored.session,
        revision=uuid.uuid4().hex,
        tokens=following,
        expires_at=_expiry(following, begun, ahead),
        user=stored.user,
        number=stored.number and stored.number + 1,  # what was begun without a number keeps none: it would look old
    )


def _is_sendable(tokens: Tokens) -> bool:
    try:
        check_header("Authorization", tokens.header)
    except UsageError:
        return False
    return True


def _expiry(tokens: Tokens, now: float, ahead: float | None) -> float | None:
    """When the access token ends, in seconds since 1970: by what the server said, else by what a JWT hints.

    One that was handed out just now and is over by that has not been told of rightly, by a server that writes 0 for no end or
    by a clock that goes wrong; believed, it would be refreshed before each call. Its end shows in a 401.
    """
    ends = jwt_expiry(tokens.access, now, ahead) if tokens.expires_in is None else now + tokens.expires_in
    return None if ends is None or ends <= now else ends


def overwrite(store: TokenStore, stored: StoredSession) -> None:
    """Write a new session over whatever is there: who signs in wins."""
    while True:
        present = reread(store, None)
        if store.swap(None if present is None else present.revision, stored):
            return


def delete(store: TokenStore, session: str | None) -> StoredSession | None:
    """Delete a session, whichever of its revisions is there, and return that; another session stays.

    Args:
        store: Where it lies.
        session: Its name, or None for whichever is there.
    """
    while True:
        present = reread(store, None)
        if present is None or session not in (None, present.session):
            return None
        if store.swap(present.revision, None):
            return present


def reread(store: TokenStore, held: StoredSession | None) -> StoredSession | None:
    """Read the store. Memory's is written, if there is one, over what is no session any more, or an older record of this one:
    that holds a refresh token which was used up long ago.

    Args:
        store: Where it lies.
        held: The session as memory has it.
    """
    revision = None
    try:
        stored = store.load()
    except CorruptStoreError:  # it was kept aside
        if held is None:
            return None
    else:
        if stored is None or held is None or not stored.precedes(held):
            return stored
        revision = stored.revision
    return held if store.swap(revision, held) else store.load()


def follow(store: TokenStore, revision: str | None, fresh: StoredSession) -> StoredSession | None:
    """Write newer tokens over those that they were bought with, and return what lies there then: another process's, or these.

    Args:
        store: Where they lie.
        revision: What they were bought with, or None where nothing was.
        fresh: What is to be written.
    """
    return fresh if store.swap(revision, fresh) else reread(store, fresh)
