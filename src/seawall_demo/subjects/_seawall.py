"""One Seawall client, with the defaults that the other subjects' figures are held against."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import seawall
from seawall_demo.console import PROBLEM_TYPES, AgentForbidden

from ._plain import TIMEOUT_SECONDS
from ._tenacity import ATTEMPTS


@dataclass(frozen=True)
class Agent:
    """What this app needs of an agent; what else the server sends is ignored."""

    id: int
    name: str


@dataclass(frozen=True)
class AgentSession:
    """What this app needs of an agent session."""

    id: int
    state: str


class SeawallApp:
    """Creates and updates carry an idempotency key where the job allows it.

    Args:
        url: where the console is.
    """

    typed_errors: tuple[type[Exception], ...] = (seawall.ApiProblem,)

    def __init__(self, url: str) -> None:
        self._api = seawall.Client(
            base_url=url,
            app=seawall.AppInfo("agents-console", "1.0.0"),
            timeout=TIMEOUT_SECONDS,
            retry=seawall.Retry(attempts=ATTEMPTS),
            problem_types=PROBLEM_TYPES,
            trust_env=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self._api.close()

    def is_forbidden(self, error: Exception) -> bool:
        """The code tells, not the status: a 403 may come from anywhere."""
        return isinstance(error, AgentForbidden)

    def words(self, error: Exception) -> str:
        """The catalogue's message, in the user's language."""
        assert isinstance(error, seawall.ApiProblem)
        return error.user_message()

    def list_agents(self, *, headers: Mapping[str, str]) -> list[str]:
        """GET the list."""
        return [agent.name for agent in self._api.get("/agents", headers=headers, response_model=list[Agent])]

    def read_agent(self, agent: int, *, headers: Mapping[str, str]) -> str:
        """GET one."""
        return self._api.get("/agents/{id}", path_params={"id": agent}, headers=headers, response_model=Agent).name

    def create_agent(self, name: str, *, keyed: bool, headers: Mapping[str, str]) -> int:
        """POST one, at most once however often it is sent."""
        key = True if keyed else None
        body = {"name": name}
        return self._api.post("/agents", json=body, idempotency_key=key, headers=headers, response_model=Agent).id

    def close_session(self, session: int, *, headers: Mapping[str, str]) -> str:
        """PATCH the state."""
        return self._api.patch(
            "/agent-sessions/{id}",
            path_params={"id": session},
            json={"state": "closed"},
            idempotency_key=True,
            headers=headers,
            response_model=AgentSession,
        ).state
