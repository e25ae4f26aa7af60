"""What came of a storm."""

from collections.abc import Sequence
from dataclasses import dataclass

from seawall_demo.trial import AuthTally


@dataclass(frozen=True)
class Wave:
    """Calls that were made all at once.

    Args:
        calls: how many.
        reasons: why a call failed, once for each that did.
        before: what the backend had counted before.
        after: what it had counted afterwards.
    """

    calls: int
    reasons: tuple[str, ...]
    before: AuthTally
    after: AuthTally


@dataclass(frozen=True)
class AuthResult:
    """The figures of one app in one storm; the names are those of `--json`. All but the first four are the backend's.

    Args:
        calls: calls made.
        lost: calls that failed.
        reasons: the different reasons that these failed for.
        told: how often the app told its user that the session is over.
        refreshes: new tokens handed out, for each wave.
        unauthorized: calls that were answered with 401, for each wave; a call that begins late may be spared.
        sign_ins: see `AuthTally`, as for the others.
    """

    calls: int
    lost: int
    reasons: tuple[str, ...]
    told: int
    refreshes: tuple[int, ...]
    unauthorized: tuple[int, ...]
    sign_ins: int
    replays: int
    refused: int
    revoked: int


def auth_result(waves: Sequence[Wave], told: int) -> AuthResult:
    """Add up.

    Args:
        waves: one after the other; at least one.
        told: how often the app told its user that the session is over.
    """
    tally = waves[-1].after
    reasons = [reason for wave in waves for reason in wave.reasons]
    return AuthResult(
        calls=sum(wave.calls for wave in waves),
        lost=len(reasons),
        reasons=tuple(sorted(set(reasons))),
        told=told,
        refreshes=tuple(wave.after.refreshes - wave.before.refreshes for wave in waves),
        unauthorized=tuple(wave.after.unauthorized - wave.before.unauthorized for wave in waves),
        sign_ins=tally.sign_ins,
        replays=tally.replays,
        refused=tally.refused,
        revoked=tally.revoked,
    )
