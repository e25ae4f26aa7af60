"""The job that each subject does: a fixed list of calls, so that every subject meets the same storm."""

import enum
from dataclasses import dataclass

# Ghosts can only be prevented where the server may recognise a request: one create in ten shows the difference.
CREATES_PER_UNKEYED = 10
READS_PER_FORBIDDEN = 12
SEEDED_AGENTS = 40
FOREIGN_SESSION = 2


class Kind(enum.Enum):
    """What a call does."""

    CREATE = "create an agent"
    LIST = "list agents"
    READ = "read an agent"
    FORBIDDEN = "update an agent session of somebody else"


@dataclass(frozen=True)
class Step:
    """One call of the job.

    Args:
        number: its place in the job, from 0; the storm knows the call by it.
        kind: what it does.
        agent: the agent to read.
        name: the name of the agent to create; no two steps have the same.
        keyed: whether a client that can send an idempotency key does so.
    """

    number: int
    kind: Kind
    agent: int
    name: str
    keyed: bool

    @property
    def headers(self) -> dict[str, str]:
        """The header by which the storm knows the call."""
        return {"X-Demo-Call": str(self.number)}


def job(calls: int) -> list[Step]:
    """Half creates, half reads; among the reads now and then an update that the server must forbid.

    Args:
        calls: how many steps.
    """
    return [_step(number) for number in range(calls)]


def _step(number: int) -> Step:
    turn = number // 2
    keyed = turn % CREATES_PER_UNKEYED != CREATES_PER_UNKEYED // 2
    name = f"job-{number:04d}-{'keyed' if keyed else 'unkeyed'}"
    return Step(number, Kind.CREATE if number % 2 else _reading(turn), turn % SEEDED_AGENTS + 1, name, keyed)


def _reading(turn: int) -> Kind:
    if turn % READS_PER_FORBIDDEN == READS_PER_FORBIDDEN - 1:
        return Kind.FORBIDDEN
    return Kind.READ if turn % 2 else Kind.LIST
