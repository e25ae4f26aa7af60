"""One agents console on one loopback port, with a database and a storm of its own."""

import socket
import threading
from pathlib import Path

import uvicorn

from ._app import create_app
from ._exchange import OpenSocketProtocol
from ._forecast import Forecast
from ._storm import Storm

_LAST_ANSWERS_SECONDS = 2


class Site:
    """A running console; it answers from its making until it is closed.

    Args:
        database: where its SQLite file is made.
        seed: the storm's seed; None is calm.
    """

    def __init__(self, database: Path, seed: int | None) -> None:
        self.database = database
        self.storm = Storm(create_app(database), None if seed is None else Forecast(seed))
        listener = _listen()
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        config = uvicorn.Config(
            self.storm,
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

    def close(self) -> None:
        """Give the last answers and stop; nobody writes to the database afterwards."""
        self._server.should_exit = True
        self._thread.join(_LAST_ANSWERS_SECONDS + 1.0)


def _listen() -> socket.socket:
    """A listener on a free port. It names its protocol: asyncio turns Nagle's algorithm off (40 ms) only then."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    return listener
