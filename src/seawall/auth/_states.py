"""The states of a session's tokens, and the only ways between them.

A *generation* counts the tokens of one session: it is stamped on each request, so that a late 401 for old tokens starts no second
refresh. An *epoch* counts sign-ins and sign-outs: what belongs to an older one is thrown away, wherever it is on its way.
"""

from enum import Enum
from typing import TypeAlias

import msgspec

from seawall.model import Secret

from ._tokens import Tokens
from .stores import StoredSession

__all__ = ["TRANSITIONS", "Empty", "EndReason", "Event", "Held", "Refreshing", "Revoked", "State", "Valid"]


class EndReason(Enum):
    """Why a session is over."""

    SIGNED_OUT = "signed_out"
    SIGNED_OUT_ELSEWHERE = "signed_out_elsewhere"
    REPLACED = "replaced"  # of a call alone: somebody has signed in since it began
    REVOKED = "revoked"
    REFRESH_ANSWER_LOST = "refresh_answer_lost"
    EXPIRED = "expired"
    STORE_CORRUPT = "store_corrupt"
    STORE_UNREACHABLE = "store_unreachable"
    NEVER_SIGNED_IN = "never_signed_in"


class Held(msgspec.Struct, frozen=True, eq=False):
    """Tokens in use.

    Attributes:
        stored: The session as it lies in the store.
        header: The value of the Authorization header.
        generation: Counts the tokens of this machine, from 1.
        epoch: Of the sign-in that they come from.
        advise_at: Seconds since 1970 from when on one caller refreshes while others go on; infinity for never.
        require_at: Seconds since 1970 from when on all wait for the refresh.
        refreshed_at: Monotonic time of the refresh that brought them; None for those of a sign-in or a store.
        failure: What the last refresh of them failed with, or None. Requests that carried them before it share that failure.
        doubted: Whether another process is known to have written to the store since.
        look_at: Monotonic time from when on the store is asked about a doubt; later than now where it could not be reached.
    """

    stored: StoredSession
    header: Secret
    generation: int
    epoch: int
    advise_at: float
    require_at: float
    refreshed_at: float | None = None
    failure: Exception | None = None
    doubted: bool = False
    look_at: float = float("-inf")

    @property
    def tokens(self) -> Tokens:
        """The tokens themselves."""
        return self.stored.tokens


class Empty(msgspec.Struct, frozen=True):
    """Nobody is signed in, as far as this machine knows; `loaded` tells whether it has asked the store."""

    epoch: int
    loaded: bool


class Valid(msgspec.Struct, frozen=True):
    """Tokens are there."""

    held: Held


class Refreshing(msgspec.Struct, frozen=True):
    """Tokens are there, and the next ones are being fetched."""

    held: Held


class Revoked(msgspec.Struct, frozen=True):
    """The session was ended by the other side; calls fail at once until somebody signs in, here or in another process.

    Where the source needs no user, the next call signs in.
    """

    epoch: int
    reason: EndReason
    loaded: bool = True


State: TypeAlias = Empty | Valid | Refreshing | Revoked


class Event(Enum):
    """What can happen to a machine."""

    LOADED = "the store was read"
    SIGNED_IN = "sign-in"
    SIGNED_OUT = "sign-out"
    REFRESH_BEGUN = "a refresh begins"
    REFRESHED = "new tokens came"
    REFRESH_FAILED = "the refresh failed for now"
    ENDED = "the session was revoked"


TRANSITIONS: dict[tuple[type[State], Event], frozenset[type[State]]] = {
    (Empty, Event.LOADED): frozenset({Empty, Valid, Revoked}),
    (Empty, Event.SIGNED_IN): frozenset({Valid}),
    (Empty, Event.SIGNED_OUT): frozenset({Empty}),
    (Empty, Event.REFRESHED): frozenset({Valid}),  # a source that needs no user: client credentials
    (Valid, Event.LOADED): frozenset({Valid}),  # another process was faster
    (Valid, Event.SIGNED_IN): frozenset({Valid}),
    (Valid, Event.SIGNED_OUT): frozenset({Empty}),
    (Valid, Event.REFRESH_BEGUN): frozenset({Refreshing}),
    (Valid, Event.REFRESHED): frozenset({Valid}),  # by a refresh that had been given up
    (Valid, Event.ENDED): frozenset({Revoked}),
    (Refreshing, Event.LOADED): frozenset({Valid}),
    (Refreshing, Event.SIGNED_IN): frozenset({Valid}),
    (Refreshing, Event.SIGNED_OUT): frozenset({Empty}),
    (Refreshing, Event.REFRESHED): frozenset({Valid}),
    (Refreshing, Event.REFRESH_FAILED): frozenset({Valid}),
    (Refreshing, Event.ENDED): frozenset({Revoked}),
    (Revoked, Event.LOADED): frozenset({Valid}),  # somebody has signed in elsewhere
    (Revoked, Event.SIGNED_IN): frozenset({Valid}),
    (Revoked, Event.SIGNED_OUT): frozenset({Empty}),
    (Revoked, Event.REFRESHED): frozenset({Valid}),  # a source that needs no user makes a new session
}
