"""The transports under contract. A new one joins by one entry in `SUBJECTS`."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

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
    """

    name: str
    make_blocking: Callable[..., Transport]
    make_asyncio: Callable[..., Transport]
    without: Collection[str] = ()
    cannot: Mapping[str, str] = field(default_factory=dict)

    def make(self, is_blocking: bool, **options: object) -> Transport:
        """Make the transport of one world."""
        return (self.make_blocking if is_blocking else self.make_asyncio)(**options)

    @classmethod
    def named(cls, name: str) -> "Subject":
        """The subject of that name."""
        return next(subject for subject in SUBJECTS if subject.name == name)


SUBJECTS = [
    Subject("wire", WireTransport, AsyncWireTransport, without=("http2", "http2 early answer", "socks")),
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
