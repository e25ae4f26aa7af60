"""A plain httpx2 script, as people write it: raise for the status, take the field out of the JSON."""

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

import httpx2

TIMEOUT_SECONDS = 10.0


class PlainScript:
    """Every call goes once; `httpx2.HTTPError` is shown to the user.

    Args:
        url: where the console is.
    """

    typed_errors: tuple[type[Exception], ...] = (httpx2.HTTPError,)

    def __init__(self, url: str) -> None:
        # trust_env: a proxy of the environment would stand between the demo and its own loopback.
        self._client = httpx2.Client(base_url=url, timeout=TIMEOUT_SECONDS, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self._client.close()

    def is_forbidden(self, error: Exception) -> bool:
        """The status tells."""
        return isinstance(error, httpx2.HTTPStatusError) and error.response.status_code == 403

    def words(self, error: Exception) -> str:
        """The exception's text: there is nothing else to show."""
        return str(error)

    def list_agents(self, *, headers: Mapping[str, str]) -> list[str]:
        """GET the list."""
        return [agent["name"] for agent in self.fetch("GET", "/agents", headers=headers).json()]

    def read_agent(self, agent: int, *, headers: Mapping[str, str]) -> str:
        """GET one."""
        name: str = self.fetch("GET", f"/agents/{agent}", headers=headers).json()["name"]
        return name

    def create_agent(self, name: str, *, keyed: bool, headers: Mapping[str, str]) -> int:
        """POST one. There is no key: nothing in httpx2 makes one."""
        identity: int = self.fetch("POST", "/agents", headers=headers, json={"name": name}).json()["id"]
        return identity

    def close_session(self, session: int, *, headers: Mapping[str, str]) -> str:
        """PATCH the state."""
        change = {"state": "closed"}
        state: str = self.fetch("PATCH", f"/agent-sessions/{session}", headers=headers, json=change).json()["state"]
        return state

    def fetch(self, method: str, path: str, **options: Any) -> httpx2.Response:
        """Send, and raise for a bad status."""
        return self._client.request(method, path, **options).raise_for_status()
