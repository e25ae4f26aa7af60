"""An ASGI app on one free loopback port."""

import socket
import threading

import uvicorn
from starlette.types import ASGIApp

from ._exchange import OpenSocketProtocol

_LAST_ANSWERS_SECONDS = 2


class Server:
    """Serves an app from its making until it is closed.

    Args:
        app: finds each connection's transport in `scope["state"]`.
    """

    def __init__(self, app: ASGIApp) -> None:
        listener = _listen()
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        config = uvicorn.Config(
            app,
            http=OpenSocketProtocol,
            loop="asyncio",
            ws="none",
            lifespan="off",
            log_level="error",
            access_log=False,
            proxy_headers=False,
            timeout_graceful_shutdown=_LAST_ANSWERS_SECONDS,
        )
        self._server = uvicorn.Server(config)
        # Off the main thread uvicorn leaves the signals alone. The port listens already: no wait is needed.
        self._thread = threading.Thread(target=self._server.run, args=([listener],), daemon=True, name=self.url)
        self._thread.start()

    def stop(self) -> None:
        """Begin to stop: the last answers are given."""
        self._server.should_exit = True

    def close(self) -> None:
        """Stop, and wait until that is done."""
        self.stop()
        self._thread.join(_LAST_ANSWERS_SECONDS + 1.0)


def _listen() -> socket.socket:
    """A listener on a free port. It names its protocol: asyncio turns Nagle's algorithm off (40 ms) only then."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    return listener
