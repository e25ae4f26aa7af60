"""Answers at the wrong time, in the wrong order, or never: every byte that is sent is good HTTP."""

import builtins
import itertools
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Literal, NoReturn

from seawall.model import Sent
from seawall.problems import DisconnectProblem
from seawall.transport import MockAnswer, MockCall

from ._connection import Connection
from ._reply import ANSWER, Behaviour, Reply, Step, behaviour_for
from ._seen_call import SeenCall

__all__ = ["CloseAfter", "Deaf", "Delay", "Drip", "EarlyReply", "Gate", "Hang", "Informational", "LostAnswer", "Unsolicited"]

_TOO_LARGE = Reply(413, text="The body is too large.")


@dataclass(frozen=True)
class LostAnswer(Behaviour, MockAnswer):
    """Read the whole request, let it take effect, and close (FIN) without a byte of an answer.

    Args:
        effect: What the request does to the world before its answer is lost; called with the call.
    """

    effect: Callable[[Any], object] | None = None

    def act(self, connection: Connection, call: SeenCall) -> None:
        """Take effect, and close."""
        if self.effect is not None:
            self.effect(call)
        connection.fin()

    async def answer(self, call: MockCall) -> DisconnectProblem:
        """Take effect, and fail as a transport does that gets no answer; see `MockAnswer`."""
        if self.effect is not None:
            self.effect(call)
        return DisconnectProblem(sent=Sent.MAYBE)


@dataclass(frozen=True)
class Hang(Behaviour, MockAnswer):
    """Read the request and never answer, until the peer or the server closes."""

    def act(self, connection: Connection, call: SeenCall) -> None:
        """Do nothing, for as long as somebody is there."""
        connection.wait()

    async def answer(self, call: MockCall) -> NoReturn:
        """Wait for a clock of the call to run out; see `MockAnswer`."""
        await call.wait()
        raise AssertionError("a wait without end ended")


@dataclass(frozen=True)
class Deaf(Behaviour):
    """Stop reading in the middle of the request's body and never answer, so that a long upload gets stuck.

    The server cannot know when the peer of a stuck upload leaves; such a connection stays open until the server closes.
    """

    needs_body: ClassVar[bool] = False

    def act(self, connection: Connection, call: SeenCall) -> None:
        """Do nothing, and read no more than a block of what comes."""
        connection.wait()


@dataclass(frozen=True)
class Delay(Behaviour, MockAnswer):
    """Wait before anything else happens: on a FaultServer in real time, in a MockTransport on the call's clock.

    Args:
        seconds: How long.
        then: What happens afterwards: any step of a script.
    """

    seconds: float
    then: Any = ANSWER

    def act(self, connection: Connection, call: SeenCall) -> None:
        """Wait, for as long as somebody is there, and go on."""
        connection.wait(self.seconds)
        behaviour_for(self.then, call).act(connection, call)

    async def answer(self, call: MockCall) -> Any:
        """Wait on the call's clock; see `MockAnswer`."""
        await call.wait(self.seconds)
        return self.then


@dataclass(frozen=True)
class Gate(Behaviour):
    """Hold the answer until the gate is opened, and then stays open: order without sleeping.

    Args:
        then: What happens once the gate is open.
        opens_at: Open when so many calls have come, so that they are answered together; None leaves it to the test.

    Attributes:
        reached: Set when a call waits here, or came through.
    """

    then: Step = ANSWER
    opens_at: int | None = None
    reached: threading.Event = field(default_factory=threading.Event, init=False, compare=False, repr=False)
    _opened: threading.Event = field(default_factory=threading.Event, init=False, compare=False, repr=False)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1), init=False, compare=False, repr=False)

    def open(self) -> None:
        """Let every call pass, those that wait and those that come."""
        self._opened.set()

    def act(self, connection: Connection, call: SeenCall) -> None:
        """Wait for the gate, and go on."""
        self.reached.set()
        if next(self._numbers) == self.opens_at:
            self.open()
        connection.wait(until=self._opened)
        behaviour_for(self.then, call).act(connection, call)


@dataclass(frozen=True)
class Drip(Behaviour):
    """Send an answer a few bytes at a time, each drop after a wait.

    Args:
        what: The answer; or bytes, all of which drip as they are, before the connection is closed.
        interval: Seconds before each drop.
        bytes: The size of a drop.
        part: Which part of the answer drips; the other one is sent at once.
    """

    what: Reply | builtins.bytes = ANSWER
    interval: float = 0.2
    bytes: int = 1
    part: Literal["all", "head", "body"] = "all"

    def act(self, connection: Connection, call: SeenCall) -> None:
        """Drip, and end as the answer does."""
        if isinstance(self.what, Reply):
            self._send(connection, self.what.head(call), drips=self.part != "body")
            self._send(connection, self.what.payload(call), drips=self.part != "head")
        else:
            self._send(connection, self.what, drips=True)
        if not isinstance(self.what, Reply) or self.what.closes(call):
            connection.fin()

    def _send(self, connection: Connection, piece: builtins.bytes, drips: bool) -> None:
        if not drips:
            connection.send(piece)
            return
        for start in range(0, len(piece), self.bytes):
            connection.wait(self.interval)
            connection.send(piece[start : start + self.bytes])


@dataclass(frozen=True)
class Informational(Behaviour):
    """An interim answer, such as 103 Early Hints, before what really happens.

    Args:
        status: The interim status, 1xx.
        headers: The interim answer's fields.
        then: What follows.
    """

    status: int = 103
    headers: Mapping[str, str] | Sequence[tuple[str, str]] = ()
    then: Step = ANSWER

    def act(self, connection: Connection, call: SeenCall) -> None:
        """Send the interim answer, and go on."""
        connection.send(Reply(self.status, headers=self.headers).head(call))
        behaviour_for(self.then, call).act(connection, call)


@dataclass(frozen=True)
class EarlyReply(Behaviour):
    """Answer as soon as the head is there, without reading the body, and close.

    Args:
        reply: The answer; it says `Connection: close`.
        linger: True reads and drops what the peer still sends until the peer closes, as nginx does; False closes at once, so
            that a peer that is still sending meets an RST.
    """

    needs_body: ClassVar[bool] = False
    reply: Reply = _TOO_LARGE
    linger: bool = False

    def act(self, connection: Connection, call: SeenCall) -> None:
        """Answer and close, whatever the peer still wants to say."""
        replace(self.reply, headers=(*self.reply.pairs, ("Connection", "close"))).send(connection, call)
        if self.linger:
            connection.finish_sending()
            connection.drain()
        connection.fin()


@dataclass(frozen=True)
class Unsolicited(Behaviour):
    """An answer and, in the same packet, a second one that nobody asked for; the connection stays open.

    Args:
        reply: The answer.
        extra: The bytes after it.
    """

    reply: Reply = ANSWER
    extra: bytes = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nnot yours"

    def act(self, connection: Connection, call: SeenCall) -> None:
        """Answer twice."""
        self.reply.send(connection, call, self.extra)


@dataclass(frozen=True)
class CloseAfter(Behaviour):
    """Answer as if the connection could be used again, and close it: it is stale before anybody uses it.

    Args:
        reply: The answer.
        reset: Close with RST instead of FIN.
    """

    reply: Reply = ANSWER
    reset: bool = False

    def act(self, connection: Connection, call: SeenCall) -> None:
        """Answer and close."""
        self.reply.send(connection, call)
        connection.end("reset" if self.reset else "close")
