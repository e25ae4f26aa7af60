"""The storms over one process: what strikes before each wave of calls.

expiry       all access tokens end at once, before each wave
lost         so they do; before some waves, the answer to the next refresh is lost besides. The backend has a grace
lost-late    the same once, and the backend has no grace: the session cannot be saved
revocation   the session is revoked, once

After the last two comes a second wave, for an app that does not know yet that its session is over.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from seawall_demo.trial import BackendProcess, OpenSite

StormName = Literal["expiry", "lost", "lost-late", "revocation"]
GRACE_SECONDS = 30.0
NO_GRACE = 0.0


@dataclass(frozen=True)
class Blow:
    """What strikes before a wave."""

    expires: bool = False
    loses_answer: bool = False
    revokes: bool = False

    def strike(self, backend: BackendProcess, site: OpenSite) -> None:
        """Do it."""
        if self.expires:
            backend.expire_tokens(site)
        if self.loses_answer:
            backend.lose_refresh_answer(site)
        if self.revokes:
            backend.revoke_sessions(site)


@dataclass(frozen=True)
class Storm:
    """A storm.

    Args:
        name: see the module.
        grace: the backend's, in seconds.
        blows: one before each wave.
        ends: whether it is meant to end the session; if not, who is logged out by it logs in again before the next wave.
    """

    name: StormName
    grace: float
    blows: tuple[Blow, ...]
    ends: bool


def storms(seed: int, waves: int) -> Iterator[Storm]:
    """All of them.

    Args:
        seed: decides which answers are lost.
        waves: how many waves those have that do not end the session.
    """
    lost = random.Random(f"{seed}/lost").sample(range(waves), k=(waves + 1) // 2)
    expiry = Blow(expires=True)
    yield Storm("expiry", NO_GRACE, (expiry,) * waves, ends=False)
    blows = tuple(Blow(expires=True, loses_answer=number in lost) for number in range(waves))
    yield Storm("lost", GRACE_SECONDS, blows, ends=False)
    yield Storm("lost-late", NO_GRACE, (Blow(expires=True, loses_answer=True), Blow()), ends=True)
    yield Storm("revocation", NO_GRACE, (Blow(revokes=True), Blow()), ends=True)
