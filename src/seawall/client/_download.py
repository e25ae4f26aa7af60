"""Downloads that survive interruption.

What came so far is in `NAME.part`, and what it belongs to (URL and validator) in `NAME.part.json`. A later call, or the next
attempt of this one, asks for the rest by Range and If-Range (RFC 9110, section 14): a server whose file has changed sends all
of it again.
"""

import os
import re
from collections.abc import Callable, Mapping
from functools import partial
from math import inf
from pathlib import Path
from typing import IO, Any, TypeVar

import msgspec

from seawall.model import Call, OnProgress, Progress, Response, Sent, UsageError
from seawall.policies import Retry
from seawall.problems import ApiProblem, DeadlineProblem, DisconnectProblem, ProtocolProblem, TimeoutProblem

from ._core import Core

__all__ = ["download"]

T = TypeVar("T")
_RANGE = re.compile(r"bytes\s+(\d+)-(\d+)/(\d+|\*)", re.ASCII | re.IGNORECASE).fullmatch
_INTERRUPTIONS = (DisconnectProblem, TimeoutProblem, ProtocolProblem)


class _Stamp(msgspec.Struct):
    """What a partial file is a part of."""

    url: str
    validator: str


async def download(core: Core, url: str, to: Path, options: Mapping[str, Any], *, resume: bool) -> Path:
    """Download to a file; see `Client.download`.

    Raises:
        ApiProblem: The call failed; what came so far is kept for the next time.
        UsageError: The folder of `to` does not exist.
    """
    if not to.parent.is_dir():
        raise UsageError(f"to: the folder {to.parent.name!r} does not exist")
    retry = Retry.of(options["retry"]) if options.get("retry") is not None else core.settings.retry
    part = _Part(to, core.runtime.blocking)
    for attempt in range(1, retry.attempts + 1):
        try:
            await _fetch(core, url, part, options, resume=resume)
        except _INTERRUPTIONS as problem:
            overdue = isinstance(problem, DeadlineProblem) or problem.sent is not Sent.YES
            pause = core.runtime.random() * min(retry.max_backoff, retry.backoff * 2.0 ** (attempt - 1))
            overdue = overdue or core.runtime.monotonic() + pause >= part.deadline
            if attempt == retry.attempts or not resume or not part.stamped or overdue:
                raise
        else:
            return await part.finish()
        await core.runtime.sleep(pause, options.get("cancel"))
    raise AssertionError("the loop returns or raises")


class _Part:
    """The partial file and its stamp."""

    def __init__(self, to: Path, blocking: Callable[[Callable[[], Any]], Any]) -> None:
        self.to = to
        self.path = to.with_name(to.name + ".part")
        self.stamp_path = to.with_name(to.name + ".part.json")
        self.stamped = False
        self.deadline = inf
        self.blocking = blocking

    def read_stamp(self) -> tuple[int, _Stamp] | None:
        try:
            stamp = msgspec.json.decode(self.stamp_path.read_bytes(), type=_Stamp)
            return self.path.stat().st_size, stamp
        except (OSError, msgspec.DecodeError):
            return None

    def write_stamp(self, url: str, response: Response) -> None:
        validator = response.headers.get("etag") or response.headers.get("last-modified") or ""
        self.stamped = bool(validator) and not validator.startswith("W/")
        if self.stamped:
            self.stamp_path.write_bytes(msgspec.json.encode(_Stamp(url, validator)))
        else:
            self.stamp_path.unlink(missing_ok=True)

    def limit(self, call: Call) -> None:
        """Hold all calls of one download to the deadline that was set for it."""
        if call.body_deadline is not None:
            self.deadline = call.body_deadline = min(self.deadline, call.body_deadline)
            call.deadline = min(call.deadline or inf, self.deadline)

    async def finish(self) -> Path:
        def work() -> None:
            os.replace(self.path, self.to)
            self.stamp_path.unlink(missing_ok=True)

        await self.blocking(work)
        return self.to


async def _fetch(core: Core, url: str, part: _Part, options: Mapping[str, Any], *, resume: bool) -> None:
    found = await part.blocking(part.read_stamp) if resume else None
    plain = {**options, "on_download": None, "raise_for_status": True}
    request = core.preparer.prepare("GET", url, plain, stream=True)
    part.limit(request.call)
    request = request.with_header("Accept-Encoding", "identity")
    name = request.redacted_url
    start = 0
    if found is not None and found[0] > 0 and found[1].url == name:
        start = found[0]
        request = request.with_header("Range", f"bytes={start}-").with_header("If-Range", found[1].validator)
    try:
        response = await core.send(request)
    except ApiProblem as problem:
        if problem.status != 416 or not start:
            raise
        response = None
    if response is None:  # the part is longer than the file, or the file is gone from there: begin anew
        await part.blocking(lambda: part.path.unlink(missing_ok=True))
        return await _fetch(core, url, part, options, resume=False)
    async with response:
        await _write(response, part, name, start, options.get("on_download"))
    return None


async def _write(response: Response, part: _Part, name: str, start: int, report: OnProgress | None) -> None:
    begin, total = _span(response, start)
    file: IO[bytes] = await part.blocking(lambda: part.path.open("ab" if begin else "wb"))
    try:
        if not begin:
            await part.blocking(lambda: part.write_stamp(name, response))
        else:
            part.stamped = True
        done = begin
        while piece := await response.next_piece():
            await part.blocking(partial(file.write, piece))
            done += len(piece)
            if report is not None:
                report(Progress(done, total))
    finally:
        await part.blocking(file.close)
    if total is not None and done != total:
        request = response.request
        raise DisconnectProblem(
            status=response.status, detail="the body was shorter than announced", sent=Sent.YES,
            method=request.method, url=request.redacted_url, response=response,
        )  # fmt: skip


def _span(response: Response, start: int) -> tuple[int, int | None]:
    """Return where this body begins in the file, and the file's whole size."""
    if response.status == 206:
        found = _RANGE(response.headers.get("content-range", ""))
        if found is not None and int(found.group(1)) == start:
            return start, None if found.group(3) == "*" else int(found.group(3))
        request = response.request
        raise ProtocolProblem(
            status=206, detail="the server sent another range than asked", sent=Sent.YES, method=request.method,
            url=request.redacted_url,
        )  # fmt: skip
    length = response.headers.get("content-length", "")
    return 0, int(length) if length.isascii() and length.isdigit() and "content-encoding" not in response.headers else None
