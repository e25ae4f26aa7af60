"""A transport that writes down what goes through another one."""

import os
import threading
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

from seawall.chain import Transport
from seawall.model import Clocks, Request, Response, UsageError
from seawall.problems import ApiProblem
from seawall.transport import network_transport

from ._recording_claim import claim, release
from ._recording_edition import edition, sole_writer
from ._recording_file import Exchange, RecordingError, write_recording
from ._recording_live import LiveExchange
from ._recording_redaction import Redactor
from ._recording_secrets import Hidden

__all__ = ["MAX_BODY", "Recorder"]

MAX_BODY = 1024 * 1024  # bytes: a recording is read by people, and kept in a repository
MAX_EXCHANGES = 10_000


class Recorder:
    """A transport that passes requests on and writes the exchanges to a file, redacted.

    The file is written in one step when the client is closed and when a `with` block ends, also by an exception or Ctrl-C; one
    that nothing was recorded for stays as it is. Until then no other recorder of this process may have the file. Processes do
    not know of each other while they record: the first one to write wins, and the others raise instead of replacing its file.

    Args:
        path: The file; its folder is made.
        transport: What sends. By default the one that `Client` or `AsyncClient` has by itself, whichever asks.
        redact: What is secret besides what its name says; see `recorded`.
        keep: Names that are not secret here.
        max_body: Bytes of the biggest body, unpacked. A bigger one raises a `RecordingError`.

    Raises:
        UsageError: `redact` holds something else than names, patterns and Secrets, or `max_body` is no number of bytes.
        RecordingError: Another recorder has the file.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        transport: Transport | None = None,
        *,
        redact: Iterable[Hidden] = (),
        keep: Iterable[str] = (),
        max_body: int = MAX_BODY,
    ) -> None:
        if type(max_body) is not int or max_body < 0:
            raise UsageError(f"max_body: a number of bytes, not {max_body!r}"[:200])
        self.path = Path(path)
        self._given = transport
        self._own: dict[bool, Transport] = {}
        self._redactor = Redactor(redact, keep)
        self._max_body = max_body
        self._exchanges: list[LiveExchange] = []
        self._saved: list[Exchange] = []
        self._mutex = threading.Lock()
        is_blocking = getattr(transport, "is_blocking", None)
        if is_blocking is not None:  # one that does not say, as without a transport, fits both clients
            self.is_blocking: bool = is_blocking
        claim(self.path, self)
        self._edition = edition(self.path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.save()

    async def send(self, request: Request, clocks: Clocks) -> Response:
        """See `Transport.send`.

        Raises:
            RecordingError: A body is over `max_body`, or another recorder has the file, which this one had saved.
        """
        transport, exchange = self._begin(request)
        try:
            response = await transport.send(exchange.request, clocks)
        except ApiProblem as problem:
            exchange.fail(problem)
            raise
        return exchange.attend(response)

    async def aclose(self) -> None:
        """See `Transport.aclose`; the recording is saved."""
        try:
            for transport in (self._given, *self._own.values()):
                if transport is not None:
                    await transport.aclose()
        finally:
            self.save()

    def save(self) -> None:
        """Write what was recorded up to now.

        Raises:
            RecordingError: The file cannot be written, or another process has written it meanwhile.
        """
        with self._mutex:
            recorded = [exchange.recorded(self._redactor) for exchange in self._exchanges]
            exchanges = [self._redactor.scrub(exchange) for exchange in recorded if exchange is not None]
            if exchanges != self._saved:
                with sole_writer(self.path, self._edition):
                    write_recording(self.path, exchanges)
                    self._edition = edition(self.path)
                self._saved = exchanges
            release(self.path, self)

    def __repr__(self) -> str:
        return f"<Recorder {self.path} with {len(self._exchanges)} exchanges>"

    def _begin(self, request: Request) -> tuple[Transport, LiveExchange]:
        exchange = LiveExchange(request, self.path, self._max_body)
        with self._mutex:
            if len(self._exchanges) >= MAX_EXCHANGES:
                raise RecordingError(f"{self.path}: more than {MAX_EXCHANGES} exchanges are too many for one recording")
            claim(self.path, self)
            self._exchanges.append(exchange)
            return self._given or self._transport(request.call.runtime.is_blocking), exchange

    def _transport(self, is_blocking: bool) -> Transport:
        if is_blocking not in self._own:
            self._own[is_blocking] = network_transport(is_blocking=is_blocking)
        return self._own[is_blocking]
