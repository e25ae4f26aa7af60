"""One request out, and the head of its response in."""

from collections.abc import Coroutine
from typing import Any

from seawall.model import BodyReader, Request, UsageError, reveal

from ..sockets import PIECE, Exchange, Upload
from ._connection import Connection, StaleError, State
from ._engine import Engine
from ._head import request_head
from ._reader import Phase, ResponseReader
from ._route import Route

__all__ = ["exchange_heads"]

INLINE = PIECE  # bytes of a body that leave in one write with the head
CONTINUE = 1.0  # seconds to wait for the server's word before a body: what curl waits; many servers know no Expect


def exchange_heads(
    request: Request, exchange: Exchange, engine: Engine, route: Route
) -> Coroutine[Any, Any, tuple[Connection, ResponseReader]]:
    """Send a request, and return as soon as the final head of the response is there.

    A kept connection that turns out dead before a byte of the request was handed over is exchanged for another one.

    Raises:
        Fault: No response came.
        UsageError: The request cannot be sent as it is.
    """
    head = request_head(request, route.target(request), route.extra_fields())
    if request.body.data is None:
        return _with_stream(head, request, exchange, engine, route)
    return _over_any(head, request, None, exchange, engine, route)


async def _with_stream(
    head: bytes, request: Request, exchange: Exchange, engine: Engine, route: Route
) -> tuple[Connection, ResponseReader]:
    body = request.body.open(exchange.runtime)
    try:
        return await _over_any(head, request, body, exchange, engine, route)
    finally:
        await body.aclose()


async def _over_any(
    head: bytes, request: Request, body: BodyReader | None, exchange: Exchange, engine: Engine, route: Route
) -> tuple[Connection, ResponseReader]:
    while True:
        connection = engine.kept(route, exchange) or await engine.connect(route, exchange)
        reader = ResponseReader(bodiless=request.method == "HEAD")
        try:
            connection.begin(exchange)
            whole = await _send(head, request, body, connection, exchange, reader)
            connection.state = State.WAITING
            while reader.phase is Phase.HEAD:
                await connection.receive(exchange, reader)
        except StaleError:
            connection.close()
            exchange.reached = False  # the next one is connected to under the connect clock, and a proxy's words are its own
            continue
        except BaseException:
            reader.forget()
            connection.close()
            raise
        connection.poisoned = not whole or _asks_to_close(request)  # half a request lies before the next one
        connection.state = State.READING
        if reader.phase is Phase.BODY and not reader.pieces:
            connection.glance(exchange, reader)
        return connection, reader


def _asks_to_close(request: Request) -> bool:
    """Whether the caller's own field says that no other request will follow (RFC 9112, section 9.6)."""
    said = request.headers.get("connection")
    return said is not None and "close" in [option.strip() for option in reveal(said).lower().split(",")]


def _expects_continue(request: Request) -> bool:
    """Whether the caller's own field asks the server before the body is sent (RFC 9110, section 10.1.1)."""
    return bool(reveal(request.headers["expect"]).strip().lower() == "100-continue")


def _promised(request: Request) -> int | None:
    """Bytes of the body that the head promised; None where it comes in chunks. The caller's own fields rule."""
    if "transfer-encoding" in request.headers.names:
        return None
    if request.body.length is None and "content-length" in request.headers.names:
        return int(reveal(request.headers.get("content-length")))
    return request.body.length


async def _send(
    head: bytes, request: Request, body: BodyReader | None, connection: Connection, exchange: Exchange, reader: ResponseReader
) -> bool:
    """Send head and body; True if all of it left."""
    data, promised = request.body.data, _promised(request)
    if data is not None and promised is None:
        data = b"%x\r\n%b\r\n0\r\n\r\n" % (len(data), data) if data else b"0\r\n\r\n"
    expects = promised != 0 and "expect" in request.headers.names
    if data is not None and len(data) <= INLINE and not expects:
        return await connection.send(head + data if data else head, exchange, reader)
    if not await connection.send(head, exchange, reader):
        return False
    if expects and _expects_continue(request) and not await connection.may_continue(exchange, reader, CONTINUE):
        return False
    if body is None:
        return await connection.send(data or b"", exchange, reader, attentive=True)
    return await _stream(body, promised, connection, exchange, reader)


async def _stream(body: BodyReader, left: int | None, connection: Connection, exchange: Exchange, reader: ResponseReader) -> bool:
    """Send a body piece by piece: as it is where its length was promised, else in chunks (RFC 9112, section 7.1)."""
    upload = Upload(body, exchange)
    while piece := await upload.read():
        if left is not None:
            left -= len(piece)
            if left < 0 or (left == 0 and await upload.read()):  # looked at before a whole request has left
                raise UsageError("content: the body is longer or shorter than its Content-Length says")
        framed = piece if left is not None else b"%x\r\n%b\r\n" % (len(piece), piece)
        if not await connection.send(framed, exchange, reader, attentive=True):
            return False
    if left:
        raise UsageError("content: the body is longer or shorter than its Content-Length says")
    return left is not None or await connection.send(b"0\r\n\r\n", exchange, reader, attentive=True)
