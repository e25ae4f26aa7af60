"""A body whose sending is reported."""

from ._body import PIECE, Body, BodyReader
from ._progress import OnProgress, Progress
from ._runtime import Runtime

__all__ = ["WatchedBody"]


class WatchedBody(Body):
    """Another body whose sending is reported piece by piece.

    Args:
        body: What is sent.
        report: Called with a `Progress` after each piece was read for the wire; starts again with each attempt.
    """

    def __init__(self, body: Body, report: OnProgress) -> None:
        self._body = body
        self._report = report
        self.length, self.media_type, self.secret = body.length, body.media_type, body.secret

    @property
    def replayable(self) -> bool:
        return self._body.replayable

    def open(self, runtime: Runtime) -> BodyReader:
        return _WatchedReader(self._body.open(runtime), self._body, self._report)


class _WatchedReader:
    def __init__(self, inner: BodyReader, body: Body, report: OnProgress) -> None:
        self._inner = inner
        self._total = body.length
        self._report = report
        self._done = 0
        self._rest = b""

    async def read(self) -> bytes:
        piece = self._rest or await self._inner.read()
        piece, self._rest = piece[:PIECE], piece[PIECE:]
        if piece:
            self._done += len(piece)
            self._report(Progress(self._done, self._total))
        return piece

    async def aclose(self) -> None:
        await self._inner.aclose()
