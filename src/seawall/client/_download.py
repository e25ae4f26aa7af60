"""Downloads that survive interruption.

What came so far is in `NAME.part`, and what it belongs to (URL and validator) in `NAME.part.json`. A later call, or the next
attempt of this one, asks for the rest by Range and If-Range (RFC 9110, section 14): a server whose file has changed sends all
of it again.
"""

import os
import re
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import IO, Any

from seawall.model import OnProgress, Progress, Response, Sent, UsageError
from seawall.policies import Retry, retries_are_off
from seawall.problems import ApiProblem, DeadlineProblem, DisconnectProblem, ProtocolProblem, RedirectProblem, TimeoutProblem

from ._core import Core
from ._part import Part

__all__ = ["download"]

FILES = frozenset({200, 203, 206})  # what else succeeds brings no file, but a page about it or nothing
_RANGE = re.compile(r"bytes\s+(\d+)-(\d+)/(\d+|\*)", re.ASCII | re.IGNORECASE).fullmatch
_INTERRUPTIONS = (DisconnectProblem, TimeoutProblem, ProtocolProblem)


class _Wanted:
    """What is asked for. It is no local of our frames, because crash reports show those."""

    def __init__(self, url: str, options: Mapping[str, Any]) -> None:
        self.url = url
        self.options = dict(options)
        for name in ("accept_status", "raise_for_status"):
            if self.options.get(name) is not None:
                raise UsageError(f"{name}: a download makes a file, or raises what was in its way")


async def download(core: Core, url: str, to: object, options: dict[str, Any], *, resume: bool) -> Path:
    """Download to a file; see `Client.download`.

    Raises:
        ApiProblem: The call failed; what came so far is kept for the next time.
        UsageError: `to` is no place for a file, or an option is wrong.
    """
    try:
        place = _place(to)
        wanted = _Wanted(url, options)
    finally:
        url = ""
        options.clear()
    part = Part(place, core.runtime.blocking)
    await part.blocking(part.claim)
    try:
        await _fetch_all(core, wanted, part, resume=resume)
        path: Path = await part.blocking(part.finish)
    finally:
        await part.blocking(part.release)
    return path


def _place(to: object) -> Path:
    text = os.fspath(to) if isinstance(to, str | os.PathLike) else None
    if not isinstance(text, str) or "\0" in text:
        raise UsageError(f"to: give the path of a file, not {type(to).__name__ if text is None else text!r}")
    path = Path(text)
    if path.is_dir():
        raise UsageError(f"to: {text!r} is a folder; give the path of a file")
    if not path.parent.is_dir():
        raise UsageError(f"to: the folder {path.parent.name!r} does not exist")
    return path


async def _fetch_all(core: Core, wanted: _Wanted, part: Part, *, resume: bool) -> None:
    given = wanted.options.get("retry")
    retry = core.settings.retry if given is None else Retry.of(given)
    attempts = 1 if retries_are_off() else retry.attempts
    for attempt in range(1, attempts + 1):
        try:
            return await _fetch(core, wanted, part, resume=resume)
        except _INTERRUPTIONS as problem:
            overdue = isinstance(problem, DeadlineProblem) or problem.sent is not Sent.YES
            pause = core.runtime.random() * min(retry.max_backoff, retry.backoff * 2.0 ** (attempt - 1))
            overdue = overdue or core.runtime.monotonic() + pause >= part.deadline
            if attempt == attempts or not resume or not part.stamped or overdue:
                raise
        await core.runtime.sleep(pause, wanted.options.get("cancel"))
    raise AssertionError("the loop returns or raises")


async def _fetch(core: Core, wanted: _Wanted, part: Part, *, resume: bool) -> None:
    request = core.prepare_stream("GET", wanted.url, {**wanted.options, "on_download": None, "raise_for_status": True})
    part.limit(request.call)
    request = request.with_header("Accept-Encoding", "identity")
    name = request.redacted_url
    found = await part.blocking(partial(part.find, name)) if resume else None
    start = 0
    if found is not None:
        start, validator = found
        request = request.with_header("Range", f"bytes={start}-").with_header("If-Range", validator)
    try:
        response = await core.send(request)
    except ApiProblem as problem:
        if problem.status != 416 or not start:
            raise
        response = None
    if response is None:  # the part is longer than the file, or the file is gone from there: begin anew
        await part.blocking(part.clear)
        return await _fetch(core, wanted, part, resume=False)
    async with response:
        await _write(response, part, name, start, wanted.options.get("on_download"))
    return None


async def _write(response: Response, part: Part, name: str, start: int, report: OnProgress | None) -> None:
    begin, total = _span(response, start)
    file: IO[bytes] = await part.blocking(lambda: part.path.open("ab" if begin else "wb"))
    try:
        if not begin:
            await part.blocking(lambda: part.write_stamp(name, response))
        else:
            part.stamped = True
        done = begin
        whole = [] if response.is_streamed else [response.content]  # a transport that streams nothing, as mocks do
        while piece := whole.pop() if whole else await response.next_piece():
            await part.blocking(partial(file.write, piece))
            done += len(piece)
            if report is not None:
                report(Progress(done, total))
    finally:
        await part.blocking(file.close)
    if total is not None and done != total:
        raise _fault(DisconnectProblem, response, "the body was shorter than announced")


def _span(response: Response, start: int) -> tuple[int, int | None]:
    """Return where this body begins in the file, and the file's whole size."""
    if response.status not in FILES:
        kind = RedirectProblem if 300 <= response.status < 400 else ProtocolProblem
        raise _fault(kind, response, f"status {response.status} brings no file")
    if response.status == 206:
        found = _RANGE(response.headers.get("content-range", ""))
        if found is not None and int(found.group(1)) == start:
            return start, None if found.group(3) == "*" else int(found.group(3))
        raise _fault(ProtocolProblem, response, "the server sent another range than asked")
    length = response.headers.get("content-length", "")
    return 0, int(length) if length.isascii() and length.isdigit() and "content-encoding" not in response.headers else None


def _fault(kind: type[ApiProblem], response: Response, detail: str) -> ApiProblem:
    request = response.request
    problem = kind(
        status=response.status, detail=detail, sent=Sent.YES, method=request.method, url=request.redacted_url, response=response
    )
    problem.settle(response.attempts, None)
    return problem
