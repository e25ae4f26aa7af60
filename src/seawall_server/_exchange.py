"""The request that is being answered: its name, and what its response announces.

A context variable holds it, so that code far below the middleware, in threads that a framework copies its context to, finds it.
"""

import logging
import os
import random
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from ._built_in import InternalError
from ._groups import first_of
from ._problem import ProblemError

__all__ = ["CURRENT", "Exchange", "being_answered", "current_request_id", "current_trace_id", "log_unforeseen", "problem_of"]

_REQUEST_ID = re.compile(r"[A-Za-z0-9._~:+/=@-]{1,128}").fullmatch
_IDS = r"(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}"
_TRACEPARENT = re.compile(rf"00-{_IDS}|(?!00|ff)[0-9a-f]{{2}}-{_IDS}(?:-.{{0,200}})?", re.ASCII).fullmatch
_log = logging.getLogger("seawall_server")
# Names, not secrets: a generator of our own spares each request a call of the system, and heeds no `random.seed` of the app.
_names = random.Random()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_names.seed)


class Exchange:
    """One request and its response.

    Args:
        offered: The `X-Request-Id` of the request, or None. One that is not fit for a log line is not taken over.
        traceparent: Its `traceparent` (W3C Trace Context), or None; a malformed one is ignored.

    Attributes:
        request_id: What is offered, else the trace id, else a new name.
        trace_id: The trace that the request belongs to, else its own name.
    """

    __slots__ = ("announced", "logged", "request_id", "trace_id")

    def __init__(self, offered: str | None = None, traceparent: str | None = None) -> None:
        trace_id = None if traceparent is None else _trace_id(traceparent)
        fit = offered if offered is not None and _REQUEST_ID(offered) else None
        self.request_id = fit or trace_id or f"{_names.getrandbits(128):032x}"
        self.trace_id = trace_id or self.request_id
        self.announced: list[tuple[str, str]] = []
        self.logged: Exception | None = None

    def fields(self) -> list[tuple[str, str]]:
        """What every response carries, be it an error or not."""
        return [("X-Request-Id", self.request_id), *self.announced]

    def over(self, fields: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        """Return an app's fields and ours, which count where only one may stand; an app inside the app may have added them."""
        ours = self.fields()
        single, links = {name.lower() for name, _ in ours if name != "Link"}, [("link", value) for _, value in ours]
        named = [(name.lower(), name, value) for name, value in fields]
        return [(name, value) for low, name, value in named if low not in single and (low, value) not in links] + ours

    def announce(self, fields: list[tuple[str, str]]) -> None:
        """Add fields to the response. A field that stands there once is replaced: the route speaks after its router."""
        single = {name for name, _ in fields if name != "Link"}
        self.announced = [pair for pair in self.announced if pair[0] not in single and pair not in fields] + fields


CURRENT: ContextVar[Exchange | None] = ContextVar("seawall_server.exchange", default=None)


@contextmanager
def being_answered(exchange: Exchange) -> Iterator[None]:
    """Let the code in the block know the request."""
    token = CURRENT.set(exchange)
    try:
        yield
    finally:
        CURRENT.reset(token)


def current_request_id() -> str | None:
    """Return the name of the request that is being answered, for log lines and calls to other services; None outside of one."""
    exchange = CURRENT.get()
    return None if exchange is None else exchange.request_id


def current_trace_id() -> str | None:
    """Return the `trace_id` that problems of this request have, for handlers of your own; None outside of a request."""
    exchange = CURRENT.get()
    return None if exchange is None else exchange.trace_id


def problem_of(error: Exception, exchange: Exchange) -> ProblemError:
    """Return what to answer: the problem itself, or for anything else a 500 that says nothing; that is logged."""
    if (problem := first_of(error, ProblemError)) is not None:
        return problem
    log_unforeseen(error, exchange)
    return InternalError()


def log_unforeseen(error: Exception, exchange: Exchange) -> None:
    """Tell the developers, with the traceback and the trace id, of an error that the client hears nothing of.

    An error that passes several layers is logged once. The path is left out: it may name a person.
    """
    if exchange.logged is not error:
        exchange.logged, trace_id = error, exchange.trace_id
        _log.error("unforeseen %s, trace id %s", type(error).__name__, trace_id, exc_info=error, extra={"trace_id": trace_id})


def _trace_id(traceparent: str) -> str | None:
    found = _TRACEPARENT(traceparent)
    return None if found is None else found[1] or found[2]
