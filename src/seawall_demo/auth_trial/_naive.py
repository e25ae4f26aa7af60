"""Plain httpx2 with a few lines for tokens, as people write them: on 401, refresh and send again."""

import json
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx2

from seawall_demo.subjects import TIMEOUT_SECONDS

from ._errand import Errand, Kind


class NaiveScript:
    """Right as long as one call is made at a time: nothing keeps two of them from refreshing with the same token.

    Args:
        url: where the console is.
        store: a file for the tokens, or None.
    """

    def __init__(self, url: str, store: Path | None) -> None:
        self._client = httpx2.AsyncClient(base_url=url, timeout=TIMEOUT_SECONDS, trust_env=False)
        self._store = store
        self._tokens: dict[str, Any] = {}
        self.ends: list[str] = []
        self.signed_in = False

    async def __aenter__(self) -> Self:
        if self._store is not None and self._store.exists():
            self._tokens, self.signed_in = json.loads(self._store.read_text()), True
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def log_in(self, email: str, read_mail: Callable[[], str]) -> None:
        """POST twice."""
        (await self._client.post("/auth/code", json={"email": email})).raise_for_status()
        answer = await self._client.post("/auth/login", json={"email": email, "otp": read_mail()})
        self._keep(answer.raise_for_status().json())
        self.signed_in = True

    async def log_out(self) -> None:
        """POST, and forget."""
        await self._client.post("/auth/logout", json={"refresh_token": self._tokens["refresh_token"]})
        self.signed_in = False

    async def run(self, errand: Errand) -> None:
        """Send; on 401, refresh and send again."""
        response = await self._send(errand)
        if response.status_code == 401:
            await self._refresh()
            response = await self._send(errand)
        response.raise_for_status()

    def reason(self, error: BaseException) -> str:
        """The status, or the exception's name: there is nothing else."""
        return f"HTTP {error.response.status_code}" if isinstance(error, httpx2.HTTPStatusError) else type(error).__name__

    async def _send(self, errand: Errand) -> httpx2.Response:
        headers = {"Authorization": f"Bearer {self._tokens['access_token']}"}
        match errand.kind:
            case Kind.AGENTS:
                return await self._client.get("/agents", headers=headers)
            case Kind.SESSIONS:
                return await self._client.get("/agent-sessions", headers=headers)
            case Kind.CREATE:
                return await self._client.post("/agents", json={"name": errand.name}, headers=headers)

    async def _refresh(self) -> None:
        response = await self._client.post("/auth/refresh", json={"refresh_token": self._tokens["refresh_token"]})
        if response.is_client_error:
            self.signed_in = False
            self.ends.append(f"HTTP {response.status_code}")
        self._keep(response.raise_for_status().json())

    def _keep(self, tokens: dict[str, Any]) -> None:
        self._tokens = tokens
        if self._store is not None:
            self._store.write_text(json.dumps(tokens))
