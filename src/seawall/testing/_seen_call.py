"""What a FaultServer saw: one request, and the log that it is written into."""

import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from seawall.model import REDACTED, is_secret_header
from seawall.transport.routes import RouteCall

__all__ = ["CallLog", "SeenCall", "SeenHeaders"]


class SeenHeaders(Mapping[str, str]):
    """The header fields of a seen request: read-only, names in any case, order kept.

    Args:
        pairs: Names and values as they came; a name may come many times.
    """

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self.pairs = tuple(pairs)

    def __getitem__(self, name: str) -> str:
        values = self.get_list(name)
        if not values:
            raise KeyError(name)
        return ", ".join(values)

    def __iter__(self) -> Iterator[str]:
        return iter({name.lower(): name for name, _ in self.pairs}.values())

    def __len__(self) -> int:
        return len({name.lower() for name, _ in self.pairs})

    def __repr__(self) -> str:
        shown = [(name, REDACTED if is_secret_header(name) else value) for name, value in self.pairs]
        return f"SeenHeaders({shown!r})"

    def get_list(self, name: str) -> list[str]:
        """All values of one name, in the order in which they came."""
        return [value for known, value in self.pairs if known.lower() == name.lower()]


@dataclass(frozen=True)
class SeenCall(RouteCall):
    """One request, as it came over the socket.

    Args:
        method: As sent.
        target: As sent; path, query and all.
        path: The target's path, still escaped.
        query: What follows the question mark, still escaped; empty without one.
        headers: The header fields.
        body: The body without its framing; what came of it when `complete` is false.
        connection: The serial number of the connection, from 1.
        number: The serial number of the call on its route, from 1.
        http_version: As sent, such as "HTTP/1.1".
        complete: False if the body was not read to its end: the peer left, or the behaviour did not want it.
        path_params: The values of the places of its route's path template, decoded.
    """

    method: str
    target: str
    path: str
    query: str
    headers: SeenHeaders
    body: bytes
    connection: int
    number: int
    http_version: str = "HTTP/1.1"
    complete: bool = True
    path_params: Mapping[str, str] = field(default_factory=dict)

    @property
    def content(self) -> bytes:
        """The body, under the name that it has in requests and responses."""
        return self.body

    @property
    def keep_alive(self) -> bool:
        """Whether the peer wants to use the connection again (RFC 9112, section 9.3)."""
        options = self.headers.get("connection", "").lower()
        return "keep-alive" in options if self.http_version == "HTTP/1.0" else "close" not in options

    def __repr__(self) -> str:
        return f"<SeenCall {self.number}: {self.line()} on connection {self.connection}>"


class CallLog:
    """Calls in the order in which they were seen; safe to read and to wait on from any thread."""

    def __init__(self) -> None:
        self._seen: list[SeenCall] = []
        self._more = threading.Condition()

    @property
    def calls(self) -> list[SeenCall]:
        """A copy of all calls up to now."""
        with self._more:
            return list(self._seen)

    def wait_for_calls(self, count: int, timeout: float = 10.0) -> list[SeenCall]:
        """Wait until so many calls were seen, and return a copy of all.

        Args:
            count: How many calls at least.
            timeout: Seconds to wait at most.

        Raises:
            AssertionError: Fewer calls came in that time.
        """
        with self._more:
            if not self._more.wait_for(lambda: len(self._seen) >= count, timeout):
                raise AssertionError(f"{self} saw {len(self._seen)} of {count} calls within {timeout} s")
            return list(self._seen)

    def add(self, call: SeenCall) -> None:
        """Write a call down and wake those who wait."""
        with self._more:
            self._seen.append(call)
            self._more.notify_all()
