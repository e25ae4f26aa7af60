"""A transport that answers from a recording."""

import os
import threading
from collections.abc import Collection, Iterable
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Self

from seawall.model import Clocks, Request, Response, Sent
from seawall.problems import CancelledProblem, DeadlineProblem

from ._recording_file import Exchange, RecordedRequest, RecordingError, read_recording
from ._recording_match import MATCH_ON, check_match_on, differences, fits, nearest
from ._recording_redaction import Redactor
from ._recording_secrets import Hidden

__all__ = ["Replayer", "UnmatchedRequestError"]

MAX_DIFFERENCES = 8
"""Lines about differences that an error shows."""


class UnmatchedRequestError(AssertionError):
    """No unused recording fits a request; the message names the nearest one and what differs."""


class Replayer:
    """A transport for `Client` and `AsyncClient` that answers from a recording and never touches the network.

    Each recording answers once: the first unused one that fits a request. What is redacted in the recording fits everything. A
    request that none fits raises an `UnmatchedRequestError`, which is raised again at the end of a `with` block, in case the app
    swallowed it. Deadlines and `cancel` are kept; no time passes.

    Args:
        path: The file.
        match_on: What must be the same: of "method", "origin", "path", "query", "body" (the default is all of these) and
            "header:NAME".
        strict: Whether a `with` block must use every recording.
        redact: Names, patterns and values to hide in errors; see `recorded`.
        keep: Names that are not secret here.

    Raises:
        RecordingError: The file is missing or broken; the message names the place.
        UsageError: `match_on` or `redact` names something unknown.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        match_on: Collection[str] = MATCH_ON,
        strict: bool = False,
        redact: Iterable[Hidden] = (),
        keep: Iterable[str] = (),
    ) -> None:
        self.path = Path(path)
        self._match_on = check_match_on(match_on)
        self._strict = strict
        self._redactor = Redactor(redact, keep)
        self._exchanges = read_recording(self.path)
        self._unused = list(range(len(self._exchanges)))
        self._unmatched: UnmatchedRequestError | None = None
        self._mutex = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if kind is None:
            self.check()

    async def send(self, request: Request, clocks: Clocks) -> Response:
        """See `Transport.send`.

        Raises:
            UnmatchedRequestError: No unused recording fits.
        """
        _keep_clocks(request, clocks, Sent.NO)
        number = self._take(await self._described(request))
        exchange, method, url = self._exchanges[number], request.method, request.redacted_url
        if exchange.response is None:
            assert exchange.problem is not None
            raise exchange.problem.problem(method=method, url=url)
        _keep_clocks(request, clocks, Sent.MAYBE)
        return _answer(request, exchange, f"recording {number + 1}")

    async def aclose(self) -> None:
        """See `Transport.aclose`: there is nothing to close."""

    def check(self) -> None:
        """Check what the end of a `with` block checks: that every request was matched, and if strict, `assert_all_used`.

        Raises:
            UnmatchedRequestError: One was not, whether the app swallowed this error or not.
            AssertionError: See `assert_all_used`.
        """
        if self._unmatched is not None:
            raise self._unmatched
        if self._strict:
            self.assert_all_used()

    def assert_all_used(self) -> None:
        """Check that every recording answered a request.

        Raises:
            AssertionError: Some did not; the message lists them.
        """
        if self._unused:
            unused = "".join(f"\n  {self._line(number)}" for number in self._unused)
            raise AssertionError(f"{self.path}: {len(self._unused)} of {len(self._exchanges)} recordings were not used:{unused}")

    def __repr__(self) -> str:
        return f"<Replayer {self.path} with {len(self._unused)} of {len(self._exchanges)} recordings unused>"

    async def _described(self, request: Request) -> RecordedRequest:
        if self._expects_no_reading(request):
            return self._redactor.request(request, b"", cut=True)
        return self._redactor.request(request, await _content(request))

    def _expects_no_reading(self, request: Request) -> bool:
        """Whether the next recording met its end before the body was read; then a body that can be read once stays unread."""
        if request.body.data is not None:
            return False
        live, parts = self._redactor.request(request, b""), [part for part in self._match_on if part != "body"]
        with self._mutex:
            found = next((number for number in self._unused if fits(self._exchanges[number].request, live, parts)), None)
        body = None if found is None else self._exchanges[found].request.body
        return body is not None and body.cut and not body.forms

    def _take(self, live: RecordedRequest) -> int:
        with self._mutex:
            for number in self._unused:
                if fits(self._exchanges[number].request, live, self._match_on):
                    self._unused.remove(number)
                    return number
            error = UnmatchedRequestError(self._complaint(live))
            self._unmatched = self._unmatched or error
        raise error

    def _complaint(self, live: RecordedRequest) -> str:
        lines = [f"{self.path}: no recording fits {live.method} {live.url}"]
        number = nearest(self._exchanges, live, self._match_on)
        if number is None:
            lines.append("there are no recordings in it")
        elif found := list(islice(differences(self._exchanges[number].request, live, self._match_on), MAX_DIFFERENCES)):
            lines.append(f"the nearest is {self._line(number)}, which differs in")
            lines += [f"  {line}" for line in found]
        else:
            lines.append(f"all recordings that fit were used before, such as {self._line(number)}")
        advice = 'to record anew use mode="all", with pytest --seawall-record=all'
        return "\n".join([*lines, f"({advice})"])

    def _line(self, number: int) -> str:
        request = self._exchanges[number].request
        return f"recording {number + 1}: {request.method} {request.url}"


class _RecordedStream:
    """A recorded body on its way: a stream even where it is short, as from the network.

    Args:
        content: What came.
        error: What follows where it broke off, or was not read any further.
    """

    def __init__(self, content: bytes, error: Exception | None) -> None:
        self._content = content
        self._error = error

    async def read(self) -> bytes:
        content, self._content = self._content, b""
        if not content and self._error is not None:
            raise self._error
        return content

    async def aclose(self) -> None:
        self._content = b""


def _answer(request: Request, exchange: Exchange, connection: str) -> Response:
    recorded = exchange.response
    assert recorded is not None
    error: Exception | None = None
    if exchange.problem is not None:
        error = exchange.problem.problem(method=request.method, url=request.redacted_url)
    elif recorded.body is not None and recorded.body.cut:
        error = RecordingError(f"{connection}: its body was not read any further when it was made")
    return Response(
        recorded.status,
        headers=recorded.fields(),
        stream=_RecordedStream(recorded.content(), error),
        request=request,
        http_version=recorded.http_version,
        connection=connection,
    )


def _keep_clocks(request: Request, clocks: Clocks, sent: Sent) -> None:
    if clocks.cancel is not None and clocks.cancel.cancelled:
        raise CancelledProblem(sent=sent, method=request.method, url=request.redacted_url)
    if clocks.deadline is not None and clocks.now() >= clocks.deadline:
        raise DeadlineProblem(sent=sent, method=request.method, url=request.redacted_url)


async def _content(request: Request) -> bytes:
    if request.body.data is not None:
        return request.body.data
    reader = request.body.open(request.call.runtime)
    pieces: list[bytes] = []
    try:
        while piece := await reader.read():
            pieces.append(piece)
    finally:
        await reader.aclose()
    return b"".join(pieces)
