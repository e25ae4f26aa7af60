"""What a signed-in app does all the time: calls that each need a token."""

import enum
from dataclasses import dataclass


class Kind(enum.Enum):
    """What a call does."""

    AGENTS = "list agents"
    CREATE = "create an agent"
    SESSIONS = "list agent sessions"


_KINDS = tuple(Kind)


@dataclass(frozen=True)
class Errand:
    """One call.

    Args:
        kind: what it does.
        name: the name of the agent to create; no two errands of a storm have the same.
    """

    kind: Kind
    name: str


def errands(count: int, wave: str) -> list[Errand]:
    """As many of each kind, one of them creates.

    Args:
        count: how many.
        wave: what sets their names apart from those of other waves.
    """
    return [Errand(_KINDS[number % len(_KINDS)], f"{wave}-{number:03d}") for number in range(count)]
