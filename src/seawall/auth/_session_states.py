"""What a screen needs to know of a session."""

from typing import Any, TypeAlias

import msgspec

from ._states import EndReason, Refreshing, Revoked, State, Valid

__all__ = ["Authenticated", "Restoring", "SessionState", "Unauthenticated", "Unknown", "outline"]

_NEVER = frozenset({EndReason.NEVER_SIGNED_IN, EndReason.SIGNED_OUT})


class Unknown(msgspec.Struct, frozen=True):
    """Nobody has asked the store yet."""


class Restoring(msgspec.Struct, frozen=True):
    """The store is being asked."""


class Authenticated(msgspec.Struct, frozen=True):
    """Somebody is signed in.

    Attributes:
        user: What the app said of them at sign-in.
    """

    user: Any = None


class Unauthenticated(msgspec.Struct, frozen=True):
    """Nobody is signed in.

    Attributes:
        reason: Why.
    """

    reason: EndReason

    @property
    def message(self) -> str:
        """A text that may be shown to people."""
        if self.reason in _NEVER:
            return "Please sign in."
        if self.reason is EndReason.STORE_UNREACHABLE:
            return "Your session could not be restored. Please try again, or sign in."
        return "Your session has ended. Please sign in again."


SessionState: TypeAlias = Unknown | Restoring | Authenticated | Unauthenticated


def outline(state: State) -> Authenticated | Unauthenticated | None:
    """Return what a machine's state comes to, with the user as plain JSON; None while the store has to be asked."""
    if isinstance(state, Valid | Refreshing):
        return Authenticated(state.held.stored.user)
    if isinstance(state, Revoked):
        return Unauthenticated(state.reason)
    if not state.loaded:
        return None
    return Unauthenticated(EndReason.SIGNED_OUT if state.epoch else EndReason.NEVER_SIGNED_IN)
