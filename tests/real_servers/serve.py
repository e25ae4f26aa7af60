"""Runs one app in a process of its own: `python -m tests.real_servers.serve NAME`.

It prints its URL as soon as it listens, and ends when its standard input does, so that it cannot outlive its test run.
"""

import importlib
import inspect
import os
import socket
import sys
import threading
from typing import Any

import uvicorn
from werkzeug.serving import make_server


def end_with_the_test_run() -> None:
    """Leave when the other side is gone, even if it was killed."""
    sys.stdin.read()
    os._exit(0)


def serve(app: Any, listener: socket.socket, wsgi_options: dict[str, Any]) -> None:
    """Serve an ASGI app with uvicorn, a WSGI app with werkzeug."""
    if inspect.iscoroutinefunction(app.__call__):
        uvicorn.Server(uvicorn.Config(app, log_level="error")).run(sockets=[listener])
    else:
        make_server("127.0.0.1", 0, app, threaded=True, fd=listener.fileno(), **wsgi_options).serve_forever()


def main(name: str) -> None:
    """Serve `apps/NAME.py` on a free port."""
    module = importlib.import_module(f"tests.real_servers.apps.{name}")
    listener = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=end_with_the_test_run, daemon=True).start()
    print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    serve(module.app, listener, getattr(module, "WSGI_OPTIONS", {}))


if __name__ == "__main__":
    main(sys.argv[1])
