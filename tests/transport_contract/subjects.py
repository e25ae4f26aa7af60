"""The transports under contract. A new one joins by one entry in `SUBJECTS`."""

import zlib
from collections.abc import Callable, Collection, Mapping, Set
from dataclasses import dataclass, field
from typing import Any

from seawall import AsyncHttpx2Transport, Httpx2Transport, Transport
from seawall.transport import AsyncWireTransport, WireTransport


@dataclass(frozen=True)
class Subject:
    """A network transport in its two forms.

    Args:
        name: What the tests are called after.
        make_blocking: Makes the transport of `Client`; it takes the options that `Client` has for the network.
        make_asyncio: Makes the transport of `AsyncClient`.
        without: Rows about something that it does not offer: they are no rows of its contract.
        cannot: Rows of `ROWS` that it cannot meet, with the reasons: their tests are expected to fail, and must.
        is_default: Clients take it unasked. `make test` runs less of the others: see `is_daily`.
    """

    name: str
    make_blocking: Callable[..., Transport]
    make_asyncio: Callable[..., Transport]
    without: Set[str] = frozenset()
    cannot: Mapping[str, str] = field(default_factory=dict)
    is_default: bool = False

    def make(self, is_blocking: bool, **options: object) -> Transport:
        """Make the transport of one world."""
        return (self.make_blocking if is_blocking else self.make_asyncio)(**options)

    def is_daily(self, test: str, rows: Collection[str], params: Mapping[str, Any]) -> bool:
        """Whether `make test` runs a test with these parameters; what it leaves out, `make soak` runs.

        Both engines stand on the same sockets. So the one that is not the default runs each test that both run blocking over TLS
        and in asyncio without, or the other way round, and none on uvloop.
        """
        if self.is_default or not DEFAULT.without.isdisjoint(rows):
            return True
        if "uvloop" in (params.get("loop"), params.get("name")):
            return False
        is_blocking = params["world"].is_blocking if "world" in params else params.get("name") == "blocking"
        return "server" not in params or (is_blocking == params["server"]) == bool(zlib.crc32(test.encode()) % 2)

    @classmethod
    def named(cls, name: str) -> "Subject":
        """The subject of that name."""
        return next(subject for subject in SUBJECTS if subject.name == name)


SUBJECTS = [
    Subject("wire", WireTransport, AsyncWireTransport, without={"http2", "http2 early answer", "socks"}, is_default=True),
    Subject(
        "httpx2",
        Httpx2Transport,
        AsyncHttpx2Transport,
        cannot={
            "http2 early answer": "httpcore2 looks at an answer only after the whole body has left, and a server that has"
            " answered opens no further window for it: the call ends by its read clock",
        },
    ),
]
DEFAULT = next(subject for subject in SUBJECTS if subject.is_default)
