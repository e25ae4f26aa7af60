"""One call: what all its attempts share. Per-call state lives here, and in no context variable."""

import itertools
from collections.abc import Callable, Collection, Coroutine
from typing import Any, NoReturn

import msgspec

from ._attempt import Attempt, Explanation, explain
from ._errors import UsageError
from ._events import Event, tell
from ._listeners import Listeners
from ._nested import NO_CALLS, NestedCalls
from ._progress import OnProgress
from ._request import Request
from ._response import Response
from ._runtime import Clocks, Runtime

__all__ = ["Call", "NestedSend", "Options"]


class Options(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """What the caller asked of this one call, checked. Policies read their own part; None means: as the client is set.

    Attributes:
        stream: The caller reads the body itself.
        retry: The retry policy's options, or False for none.
        timeout: The deadline policy's options.
        idempotent: The caller says that repeating does no harm.
        idempotency_key: True for a generated key, or the key; a header on every attempt.
        accept_status: Statuses of 400 and above that are no problem.
        raise_for_status: Whether problems of the server are raised or only kept at `response.problem`.
        follow_redirects: Whether redirects are followed.
        graphql: Whether a good answer may tell of errors.
        response_model: The type to decode the body into, or None.
        on_download: Told of each piece of the response body.
        auth: The credential of this call; True for the client's, None for none.
    """

    stream: bool = False
    retry: Any = None
    timeout: Any = None
    idempotent: bool | None = None
    idempotency_key: bool | str | None = None
    accept_status: Collection[int] = ()
    raise_for_status: bool = True
    follow_redirects: bool | None = None
    graphql: bool = False
    response_model: Any = None
    on_download: OnProgress | None = None
    auth: Any = True


DEFAULT_OPTIONS = Options()
NOBODY = Listeners()
_numbers = itertools.count(1)
NestedSend = Callable[["Call", Request], Coroutine[Any, Any, Response]]


class Call:
    """The state of one call.

    Attributes:
        runtime: The world it runs in; the only door to time, chance, waits and threads.
        options: What the caller asked of this call.
        started: Monotonic time of its beginning.
        deadline: Monotonic time by which all must have ended; None without one.
        body_deadline: Monotonic time by which a body streamed by the caller must have ended: the deadline that a person set for
            this call; None where only the client's default counts, which ends at the head.
        route: The path template, for metrics; None when the path was given filled.
        attempts: Every sending so far, the running one last.
        cancel: The caller's switch, or None.
        clocks: The limits of the running attempt, for the transport.
        nested: Whether it runs inside another call of Seawall, which then holds the retries.
        depth: 0 for a call of its own, 1 for one made by `send` of such a call, and so on.
        ended: Whether it is over, its streamed body excepted.
        keyed: Whether it carries an idempotency key.
        waited: Seconds slept before the attempt that runs or begins next.
        calls: Calls of a policy's own, through the same client and without its credential.
    """

    __slots__ = (
        "_listeners",
        "_nested_send",
        "_number",
        "attempts",
        "body_deadline",
        "calls",
        "cancel",
        "clocks",
        "deadline",
        "depth",
        "ended",
        "keyed",
        "nested",
        "options",
        "route",
        "runtime",
        "started",
        "waited",
    )  # fmt: skip

    def __init__(
        self,
        runtime: Runtime,
        options: Options = DEFAULT_OPTIONS,
        *,
        clocks: Clocks | None = None,
        body_deadline: float | None = None,
        route: str | None = None,
        listeners: Listeners = NOBODY,
        nested_send: NestedSend | None = None,
        nested: bool = False,
        calls: NestedCalls = NO_CALLS,
    ) -> None:
        self.runtime = runtime
        self.options = options
        self.started = runtime.monotonic()
        self.clocks = clocks or Clocks(runtime.monotonic)
        self.deadline = self.clocks.deadline
        self.cancel = self.clocks.cancel
        self.body_deadline = body_deadline
        self.route = route
        self.nested = nested
        self.depth = 0
        self.ended = False
        self.keyed = False
        self.waited = 0.0
        self.attempts: list[Attempt] = []
        self._listeners = listeners
        self._nested_send = nested_send
        self.calls = calls

    @property
    def attempt(self) -> Attempt | None:
        """The attempt that runs or ran last; None before the first."""
        return self.attempts[-1] if self.attempts else None

    @property
    def observed(self) -> bool:
        """Whether anyone listens: build an event only then."""
        return self._listeners is not NOBODY

    def is_heard(self, kind: type[Event], *, failed: bool = True) -> bool:
        """Whether anyone wants events of this type, of something that failed or did not."""
        return self._listeners is not NOBODY and self._listeners.want(kind, failed=failed)

    def emit(self, event: Event) -> None:
        """Hand an event to every listener that wants its kind; a listener that raises is logged and skipped."""
        for listener in self._listeners.of(type(event)):
            tell(listener, event)

    @property
    def number(self) -> int:
        """The call's number within this process, given when first asked for: most calls have no listener, and need none."""
        try:
            return self._number
        except AttributeError:
            self._number: int = next(_numbers)
            return self._number

    def announce(self, kind: type[Event], request: Request, /, **facts: Any) -> None:
        """Build an event about a request of this call and hand it to every listener; does nothing when nobody wants its kind."""
        if self._listeners.of(kind):
            url, at = request.redacted_url, self.runtime.monotonic()
            self.emit(kind(method=request.method, url=url, route=self.route, at=at, call=self.number, **facts))

    def elapsed(self) -> float:
        """Seconds since the call began."""
        return self.runtime.monotonic() - self.started

    def remaining(self) -> float | None:
        """Seconds until the deadline, never negative; None without one."""
        return None if self.deadline is None else max(0.0, self.deadline - self.runtime.monotonic())

    async def send(self, request: Request) -> Response:
        """Make a nested call through the same client: same runtime, no auth, its own attempts, this call's deadline.

        Raises:
            ApiProblem: As any call.
        """
        if self._nested_send is None:
            raise UsageError("a call made by hand has no client to send through")
        return await self._nested_send(self, request)

    def explain(self, request: Request) -> Explanation:
        """Return the timeline so far, under the name of what was asked first."""
        first = self.attempts[0] if self.attempts else None
        if first is None:
            return explain(request.method, request.redacted_url, ())
        return explain(first.method, first.url, self.attempts)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Call belongs to its client and cannot be pickled; keep .attempts")

    def __repr__(self) -> str:
        return f"<Call with {len(self.attempts)} attempts>"
