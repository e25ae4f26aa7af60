"""What the job asks of each client."""

from collections.abc import Mapping
from types import TracebackType
from typing import Protocol, Self


class Subject(Protocol):
    """One way to call the agents console; used by eight threads at once.

    Each method returns what the server told, raises one of `typed_errors`, or crashes with something else.
    """

    typed_errors: tuple[type[Exception], ...]

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None: ...

    def is_forbidden(self, error: Exception) -> bool:
        """Whether a typed error is the server's refusal of what belongs to somebody else."""
        ...

    def words(self, error: Exception) -> str:
        """What the user reads of a typed error."""
        ...

    def list_agents(self, *, headers: Mapping[str, str]) -> list[str]:
        """The names of the first agents."""
        ...

    def read_agent(self, agent: int, *, headers: Mapping[str, str]) -> str:
        """The name of one agent."""
        ...

    def create_agent(self, name: str, *, keyed: bool, headers: Mapping[str, str]) -> int:
        """A new agent's id; `keyed` asks for an idempotency key of clients that make one."""
        ...

    def close_session(self, session: int, *, headers: Mapping[str, str]) -> str:
        """The new state of an agent session."""
        ...
