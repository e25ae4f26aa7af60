"""The processes of a soak, seen from their parent."""

import queue
import signal
import threading
from types import TracebackType
from typing import Any, Self

from tests.soak.session_server import PATIENCE, SessionServer
from tests.soak.session_worker import Orders, work
from tests.unit.auth.store_crew import Hand


class Worker(Hand):
    """One process, ended with the block. What it fails with is told to the server, where the test waits.

    Args:
        server: Counts its calls.
        orders: See there.
    """

    def __init__(self, server: SessionServer, orders: Orders) -> None:
        super().__init__(work, orders)
        self.orders = orders
        self._server = server
        self._mutex = threading.Lock()  # guards the end of the process
        self._heard: queue.Queue[Any] = queue.Queue()
        self._ears = threading.Thread(target=self._listen, daemon=True)
        self._ears.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self.kill()
        self._ears.join()
        self.close()

    @property
    def name(self) -> str:
        return self.orders.name

    def prepare(self) -> Self:
        """Wait until it is ready; from now on, the tokens expire only when its callers were answered, too."""
        assert self.says() == "ready"
        self._server.expect(self.name, self.orders.callers)
        return self

    def begin(self) -> Self:
        """Have it take up the session, and call."""
        self.hears("go")
        return self

    def finish(self) -> int:
        """Have it stop; returns how many of its calls were answered, as it says itself."""
        answered = self.hears("stop").says()
        assert isinstance(answered, int), answered
        return answered

    def says(self) -> Any:
        try:
            return self._heard.get(timeout=PATIENCE)
        except queue.Empty:
            raise AssertionError(f"{self.name} ({self.orders.kind}) has said nothing for {PATIENCE} s") from None

    def kill(self) -> None:
        """End it by SIGKILL, and return when it is dead; it may be called again, and by any thread."""
        with self._mutex:
            if self._process.exitcode is None:
                super().kill()

    @property
    def was_killed(self) -> bool:
        return self._process.exitcode == -signal.SIGKILL

    def _listen(self) -> None:
        try:
            while True:
                told = self._pipe.recv()
                if isinstance(told, str) and told != "ready":
                    self._server.fail(f"{self.name} failed: {told}")
                self._heard.put(told)
        except (EOFError, OSError):
            self._heard.put(f"{self.name} is dead")
