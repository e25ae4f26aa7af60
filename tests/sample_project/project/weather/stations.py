"""The stations and their readings, for threads and for asyncio."""

import asyncio
import itertools
from dataclasses import dataclass

import seawall

from .bugs import has_bug
from .errors import in_our_words

RETRY = seawall.Retry(attempts=3, max_retry_after=1.0 if has_bug("impatient") else 120.0)
_keys = itertools.count(1)


@dataclass(frozen=True)
class Station:
    """Where the weather is measured."""

    number: int
    name: str


@dataclass(frozen=True)
class Reading:
    """What a station measured, in degrees Celsius."""

    id: int
    celsius: float


@dataclass(frozen=True)
class Grant:
    """What signing in gives."""

    access_token: str


class NewKey:
    """A bug: each attempt is taken for another reading."""

    async def __call__(self, request: seawall.Request, call_next: seawall.Next) -> seawall.Response:
        return await call_next(request.with_header("Idempotency-Key", str(next(_keys))))


class Stations:
    """The stations.

    Args:
        api: A client whose base URL is the service's.
    """

    def __init__(self, api: seawall.Client) -> None:
        self._api = api.with_options(retry=RETRY, attempt_interceptors=[NewKey()] if has_bug("new-key") else [])

    def sign_in(self, user: str, password: str) -> None:
        """Send a token with every request from now on."""
        form = {"user": user, "password": seawall.Secret(password)}
        with in_our_words():
            granted = self._api.post("/login", data=form, response_model=Grant)
            self._api = self._api.with_options(headers={"Authorization": f"Bearer {granted.access_token}"})

    def all(self) -> list[Station]:
        """All stations, however many pages they take."""
        with in_our_words():
            return list(self._api.paginate("/station" if has_bug("renamed") else "/stations", item_model=Station))
        return []

    def find(self, number: int) -> Station | None:
        """One station."""
        with in_our_words():
            return self._api.get("/stations/{number}", path_params={"number": number}, response_model=Station)
        return None

    def report(self, number: int, celsius: float) -> Reading | None:
        """Store a reading, once."""
        sent = {"celsius": celsius * 1.8 + 32 if has_bug("fahrenheit") else celsius}
        with in_our_words():
            return self._api.post(
                "/stations/{number}/readings",
                path_params={"number": number},
                json=sent,
                idempotency_key=True,
                response_model=Reading,
            )
        return None


async def find_many(api: seawall.AsyncClient, numbers: list[int]) -> list[Station]:
    """Many stations at the same time."""

    async def find(number: int) -> Station:
        return await api.get("/stations/{number}", path_params={"number": number}, response_model=Station)

    with in_our_words():
        return await asyncio.gather(*map(find, numbers))
    return []
