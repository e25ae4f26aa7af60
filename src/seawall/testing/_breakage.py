"""Answers that are broken on the wire: cut, malformed, or no HTTP at all."""

from dataclasses import dataclass, replace
from typing import Literal

from ._connection import Connection, Ending
from ._reply import ANSWER, Behaviour, Reply
from ._seen_call import SeenCall

__all__ = ["BadChunk", "Garbage", "Raw", "Reset", "Truncate", "TruncatedChunk"]


@dataclass(frozen=True)
class Reset(Behaviour):
    """Close with RST. For an RST before the request is read see `FaultServer.refuse_next`.

    Args:
        when: After the "request" was read, in the middle of the answer's "head", or in the middle of its "body".
        reply: The answer that is cut.
        after: How many bytes of that part are sent; half of them by default, negative counts from its end.
    """

    when: Literal["request", "head", "body"] = "request"
    reply: Reply = ANSWER
    after: int | None = None

    def act(self, connection: Connection, call: SeenCall) -> None:
        """Send what comes before the cut, and reset."""
        head, payload = self.reply.head(call), self.reply.payload(call)
        if self.when == "head":
            connection.send(_cut(head, self.after))
        elif self.when == "body":
            connection.send(head, _cut(payload, self.after))
        connection.reset()


@dataclass(frozen=True)
class Truncate(Behaviour):
    """State the whole length, send less, and close (FIN).

    Args:
        reply: The answer that is cut; a chunked one is cut anywhere, with `after=-5` just before its last chunk.
        after: How many bytes of the body are sent; half of them by default, negative counts from its end.
    """

    reply: Reply = ANSWER
    after: int | None = None

    def act(self, connection: Connection, call: SeenCall) -> None:
        """Send a part of the body, and close."""
        connection.send(self.reply.head(call), _cut(self.reply.payload(call), self.after))
        connection.fin()


@dataclass(frozen=True)
class TruncatedChunk(Behaviour):
    """Send one chunk, half of the next one, and close (FIN).

    Args:
        reply: The answer whose body the chunks hold.
    """

    reply: Reply = ANSWER

    def act(self, connection: Connection, call: SeenCall) -> None:
        """Cut the second chunk."""
        chunk = self.reply.content()
        connection.send(_chunked(self.reply, call), _chunk(chunk), _cut(_chunk(chunk), None))
        connection.fin()


@dataclass(frozen=True)
class BadChunk(Behaviour):
    """Send one good chunk, and then one whose size is no number.

    Args:
        reply: The answer whose body the good chunk holds.
        bad: The malformed chunk.
        then: How the connection goes on.
    """

    reply: Reply = ANSWER
    bad: bytes = b"many\r\nbytes\r\n0\r\n\r\n"
    then: Ending = "close"

    def act(self, connection: Connection, call: SeenCall) -> None:
        """Send both chunks."""
        connection.send(_chunked(self.reply, call), _chunk(self.reply.content()), self.bad)
        connection.end(self.then)


@dataclass(frozen=True)
class Garbage(Behaviour):
    """Answer with something that is not HTTP.

    Args:
        data: The bytes.
        then: How the connection goes on.
    """

    data: bytes = b"\x15\x03\x01\x00\x02\x02\x16 220 mail.example ESMTP\r\n\r\n"
    then: Ending = "close"

    def act(self, connection: Connection, call: SeenCall) -> None:
        """Send the bytes."""
        connection.send(self.data)
        connection.end(self.then)


@dataclass(frozen=True, init=False)
class Raw(Behaviour):
    """Send bytes literally, one packet for each part as far as the system allows.

    Args:
        parts: What to send.
        then: How the connection goes on: "close" (FIN), "keep" (the next request is read), "reset" (RST) or "hang".
    """

    parts: tuple[bytes, ...]
    then: Ending

    def __init__(self, *parts: bytes, then: Ending = "close") -> None:
        object.__setattr__(self, "parts", parts)
        object.__setattr__(self, "then", then)

    def act(self, connection: Connection, call: SeenCall) -> None:
        """Send all parts."""
        for part in self.parts:
            connection.send(part)
        connection.end(self.then)


def _cut(data: bytes, after: int | None) -> bytes:
    return data[: len(data) // 2 if after is None else after]


def _chunked(reply: Reply, call: SeenCall) -> bytes:
    return replace(reply, chunked=True).head(call)


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)
