"""`--verbose`: the heads as they come and go, on standard error, secrets left out."""

from typing import Any

import seawall
from seawall import Request, Response
from seawall.model import Event, RedirectFollowed, RetryScheduled

from .._terminal import one_line, write
from ._head import head_lines

__all__ = ["tracing"]


def tracing() -> dict[str, Any]:
    """Return the options of a client that tells what it sends and gets."""
    return {
        "attempt_interceptors": [seawall.before_request(_request), seawall.after_response(_response)],
        "listeners": [_event],
    }


def _request(request: Request) -> None:
    _tell(">", f"{request.method} {request.redacted_url}")
    for name, value in request.headers.redacted():
        _tell(">", f"{name}: {value}")


def _response(response: Response) -> None:
    for line in head_lines(response):
        _tell("<", line)


def _event(event: Event) -> None:
    if isinstance(event, RetryScheduled):
        _tell("*", f"attempt {event.number} follows in {event.delay:.3f} s: {event.reason}")
    elif isinstance(event, RedirectFollowed):
        _tell("*", f"redirected to {event.location}")


def _tell(mark: str, text: str) -> None:
    write(f"{mark} {one_line(text)}", error=True, style="dim")
