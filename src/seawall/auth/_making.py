"""From what lies in a store to tokens in use."""

from seawall.model import Runtime

from ._states import Held
from ._vault import MakeHeld
from ._windows import RefreshOptions, windows
from .stores import StoredSession

__all__ = ["held_maker"]


def held_maker(options: RefreshOptions, runtime: Runtime, stored: StoredSession, refreshed_at: float | None = None) -> MakeHeld:
    """Return what makes tokens in use of a stored session, given their generation and epoch.

    Args:
        options: When they are refreshed.
        runtime: Whose clock and chance.
        stored: The session.
        refreshed_at: Monotonic time of the refresh that brought them, if one did.
    """
    advise, require = windows(options, runtime.wall(), stored.expires_at, runtime.random())
    header = stored.tokens.header
    return lambda generation, epoch: Held(stored, header, generation, epoch, advise, require, refreshed_at)
