"""What each server of `engine_serve.py` answers, and the applications that answer it; `engine_node.js` says the same to Node."""

import itertools
from collections.abc import Iterable
from http.server import BaseHTTPRequestHandler
from typing import Any, NamedTuple

from flask import Flask, Response, request

BIG = bytes(range(256)) * (5 * 4096)  # 5 MiB
PARTS = [b"one ", b"two ", b"three"]
PROBLEM = b'{"type": "about:blank", "title": "Not Found", "status": 404, "code": "AGENT_UNKNOWN"}'


class Answer(NamedTuple):
    """A response, but for what a server adds to all of its own.

    Attributes:
        status: Its status.
        headers: Its fields; without a length among them, the server decides how the end is told.
        parts: Its body.
    """

    status: int
    headers: dict[str, str]
    parts: list[bytes]


def answer(path: str, body: bytes, peer: int) -> Answer:
    """Answer a request.

    Args:
        path: What was asked for.
        body: What came with it.
        peer: Port of the connection's other side: calls of one connection see the same.
    """
    seen = {"X-Peer": str(peer)}
    whole = {**seen, "Content-Length": str(len(body))}
    answers = {
        "/echo": Answer(200, whole, [body]),
        "/close": Answer(200, {**whole, "Connection": "close"}, [body]),
        "/parts": Answer(200, seen, PARTS),
        "/big": Answer(
            200, {**seen, "Content-Length": str(len(BIG))}, [BIG[at : at + 65536] for at in range(0, len(BIG), 65536)]
        ),
        "/empty": Answer(204, seen, []),
        "/cached": Answer(304, {**seen, "ETag": '"1"'}, []),
        "/moved": Answer(307, {**seen, "Location": "/echo", "Content-Length": "0"}, []),
    }
    problem = {**seen, "Content-Type": "application/problem+json", "Content-Length": str(len(PROBLEM))}
    return answers.get(path, Answer(404, problem, [PROBLEM]))


async def asgi(scope: Any, receive: Any, send: Any) -> None:
    """Answer as an ASGI application without a lifespan."""
    if scope["type"] != "http":
        return
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    status, headers, parts = answer(scope["path"], body, scope["client"][1])
    fields = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": fields})
    for part in parts:
        await send({"type": "http.response.body", "body": part, "more_body": True})
    await send({"type": "http.response.body"})


flask = Flask(__name__)


@flask.route("/<path:_path>", methods=["GET", "HEAD", "POST"])
def anything(_path: str) -> Response:
    """Answer as a Flask application."""
    status, headers, parts = answer(request.path, request.get_data(), int(request.environ["REMOTE_PORT"]))
    return Response(iter(parts), status, headers)


class Handler(BaseHTTPRequestHandler):
    """Answers as a handler of Python's own server, which leaves the framing to its users.

    Attributes:
        patience: Seconds that it waits for a further request; the first may take its time, however busy the machine is.
    """

    disable_nagle_algorithm = True
    patience: float

    def do_GET(self) -> None:
        """Answer in chunks where there is no length, unless the protocol is too old for them."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        status, headers, parts = answer(self.path, body, self.client_address[1])
        in_chunks = status == 200 and "Content-Length" not in headers and self.protocol_version == "HTTP/1.1"
        self.send_response(status)
        for name, value in [*headers.items(), *([("Transfer-Encoding", "chunked")] if in_chunks else [])]:
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.writelines(chunks(parts) if in_chunks else parts)
        self.connection.settimeout(self.patience)

    do_HEAD = do_POST = do_GET  # noqa: N815 (http.server's names)

    def log_message(self, *_details: object) -> None:
        """Say nothing."""


def chunks(parts: Iterable[bytes]) -> Iterable[bytes]:
    """Frame a body whose length is told by its end."""
    return itertools.chain((b"%x\r\n%s\r\n" % (len(part), part) for part in parts), [b"0\r\n\r\n"])
