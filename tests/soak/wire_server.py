"""A server that breaks what it answers in every way a call can name, in a process of its own: `python -m tests.soak.wire_server`.

It prints its port. When its standard input ends it prints what it has received, and ends. `/ok/7` is answered with "7".
"""

import asyncio
import json
import socket
import struct
import sys
from collections import Counter
from collections.abc import Callable
from typing import Any

RESET = struct.pack("ii", 1, 0)  # SO_LINGER: closing sends RST
PAUSE = 0.002  # seconds between the pieces of a slow answer
END_OF_HEAD = b"\r\n\r\n"


class Line(asyncio.Protocol):
    """One connection.

    Args:
        server: Counts.
    """

    def __init__(self, server: "Server") -> None:
        self._server = server
        self._heard = b""
        self._turn = 0
        self.is_over = False  # nobody may ask anything more here
        self.wire: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.wire = transport

    def data_received(self, data: bytes) -> None:
        self._heard += data
        head, end, behind = self._heard.partition(END_OF_HEAD)
        if not end:
            return
        self._heard, self._turn = behind, self._turn + 1
        _, kind, number = head.split(b" ", 2)[1].decode("ascii").split("/")
        self._server.note(kind, is_mistake=self.is_over or bool(behind))
        ANSWERS[kind](self, number.encode("ascii"))

    def later(self, work: Callable[[], object], steps: int = 1) -> None:
        """Do something after a pause, unless another request has come, or the connection has ended."""
        turn = self._turn

        def act() -> None:
            if turn == self._turn and not self.wire.is_closing():
                work()

        self._server.loop.call_later(PAUSE * steps, act)

    def reset(self) -> None:
        """End the connection with RST."""
        self.wire.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        self.wire.abort()


def whole(body: bytes, *, status: bytes = b"200 OK", fields: bytes = b"") -> bytes:
    return b"HTTP/1.1 %b\r\nContent-Length: %d\r\n%b\r\n%b" % (status, len(body), fields, body)


def chunks(body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)


def ok(line: Line, body: bytes) -> None:
    line.wire.write(whole(body))


def chunked(line: Line, body: bytes) -> None:
    line.wire.write(chunks(body))


def large(line: Line, body: bytes) -> None:
    line.wire.write(whole(body * 20_000))


def slow(line: Line, body: bytes) -> None:
    data = chunks(body)
    for step, start in enumerate(range(0, len(data), 20)):
        line.later(lambda start=start: line.wire.write(data[start : start + 20]), step)  # type: ignore[misc]


def early(line: Line, body: bytes) -> None:
    line.wire.write(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + whole(body))


def busy(line: Line, body: bytes) -> None:
    line.wire.write(whole(body, status=b"503 Service Unavailable"))


def behind(line: Line, body: bytes) -> None:
    line.is_over = True
    line.wire.write(whole(body) + whole(b"nobody asked"))


def closing(line: Line, body: bytes) -> None:
    line.is_over = True
    line.wire.write(whole(body, fields=b"Connection: close\r\n"))
    line.wire.close()


def endless(line: Line, body: bytes) -> None:
    line.is_over = True
    line.wire.write(b"HTTP/1.1 200 OK\r\n\r\n" + body)
    line.wire.close()


def leaving(line: Line, body: bytes) -> None:
    line.wire.write(whole(body))
    line.wire.close()


def tired(line: Line, body: bytes) -> None:
    line.wire.write(whole(body))
    line.later(line.wire.close)


def garbage(line: Line, body: bytes) -> None:
    line.is_over = True
    line.wire.write(b"\x15\x03\x03\x00\x02\x02\x46" + body + END_OF_HEAD)


def bad_chunk(line: Line, body: bytes) -> None:
    line.is_over = True
    line.wire.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nno size\r\n" + body)


def truncated(line: Line, body: bytes) -> None:
    line.wire.write(whole(body + b"more")[:-4])
    line.wire.close()


def reset(line: Line, body: bytes) -> None:
    line.reset()


def reset_body(line: Line, body: bytes) -> None:
    line.wire.write(whole(body + b"more")[:-4])
    line.later(line.reset)


def silence(line: Line, body: bytes) -> None:
    line.is_over = True


ANSWERS: dict[str, Callable[[Line, bytes], None]] = {
    work.__name__: work
    for work in (
        ok, chunked, large, slow, early, busy, behind, closing, endless, leaving, tired, garbage, bad_chunk, truncated, reset,
        reset_body, silence,
    )
}  # fmt: skip


class Server:
    """Counts what came.

    Attributes:
        received: How many requests of each kind came.
        mistakes: Requests on a connection that should have been given up, or behind another one.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.received: Counter[str] = Counter()
        self.mistakes = 0

    def note(self, kind: str, *, is_mistake: bool) -> None:
        self.received[kind] += 1
        self.mistakes += is_mistake


async def main() -> None:
    loop = asyncio.get_running_loop()
    server = Server(loop)
    listener = await loop.create_server(lambda: Line(server), "127.0.0.1", 0, backlog=1024)
    print(listener.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    print(json.dumps({"received": server.received, "mistakes": server.mistakes}), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
