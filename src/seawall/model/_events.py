"""All that can happen in Seawall, in one list. Sinks in `observe` and users' listeners receive these.

Every event is frozen and holds no secret: URLs are redacted, bodies are absent. Times are monotonic seconds of the
runtime's clock.
"""

import logging
from collections.abc import Callable

import msgspec

from ._attempt import Attempt, StopReason
from ._errors import name_and_place

__all__ = [
    "AttemptFinished",
    "AttemptStarted",
    "CallFinished",
    "CallStarted",
    "Deprecated",
    "Event",
    "RedirectFollowed",
    "RetryScheduled",
    "RetryStopped",
    "SchemaDrift",
    "ServerWarning",
    "StreamFinished",
    "SunsetAnnounced",
]

_log = logging.getLogger("seawall")


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """What all events share.

    Attributes:
        method, url: The request, redacted.
        route: The path template, or None.
        at: Monotonic time in seconds.
        call: Number of the call within this process; all events of one call have the same.
    """

    method: str
    url: str
    route: str | None
    at: float
    call: int = 0


class CallStarted(Event, frozen=True, kw_only=True):
    """A call was prepared and enters the chain."""


class CallFinished(Event, frozen=True, kw_only=True):
    """A call ended: with a response, or with a problem.

    Attributes:
        duration: Seconds from its start.
        status: HTTP status, or None.
        problem: What is raised or kept at the response; None when all went well.
        attempts: Number of sendings.
    """

    duration: float
    status: int | None
    problem: BaseException | None
    attempts: int


class AttemptStarted(Event, frozen=True, kw_only=True):
    """A sending begins.

    Attributes:
        number: 1 for the first.
    """

    number: int


class AttemptFinished(Event, frozen=True, kw_only=True):
    """A sending ended, in whatever way.

    Attributes:
        attempt: What happened, as it stood then.
    """

    attempt: Attempt


class RetryScheduled(Event, frozen=True, kw_only=True):
    """Another attempt will follow.

    Attributes:
        number: Of the attempt to come.
        delay: Seconds until then.
        reason: Why.
    """

    number: int
    delay: float
    reason: str


class RetryStopped(Event, frozen=True, kw_only=True):
    """A failure is final.

    Attributes:
        reason: Why no attempt follows.
    """

    reason: StopReason


class RedirectFollowed(Event, frozen=True, kw_only=True):
    """The server sent the request elsewhere.

    Attributes:
        status: 301, 302, 303, 307 or 308.
        location: The new URL, redacted.
        crossed_origin: Whether credentials were dropped.
    """

    status: int
    location: str
    crossed_origin: bool


class SchemaDrift(Event, frozen=True, kw_only=True):
    """A response holds what the declared type does not, or an unknown enum member took the default.

    Attributes:
        pointer: JSON pointer (RFC 6901) to the place.
        kind: "unknown_field" or "unknown_member".
    """

    pointer: str
    kind: str


class Deprecated(Event, frozen=True, kw_only=True):
    """The server says that the resource is, or will be, deprecated (RFC 9745); told once per resource and moment.

    Attributes:
        since: Seconds since 1970; None where the server gave no moment (the drafts' `true`).
        link: URL of the documentation (`rel="deprecation"`), redacted, or None.
    """

    since: float | None
    link: str | None


class SunsetAnnounced(Event, frozen=True, kw_only=True):
    """The server says from when on the resource will probably not answer (RFC 8594); told once per resource and moment.

    Attributes:
        moment: Seconds since 1970.
        link: URL of the documentation (`rel="sunset"`), redacted, or None.
    """

    moment: float
    link: str | None


class ServerWarning(Event, frozen=True, kw_only=True):
    """The server sent a lasting warning (`Warning: 299`, RFC 7234, section 5.5); told once per resource and text.

    Attributes:
        agent: Who warns, as the server names itself.
        text: The server's words, for developers, never shown to people; at most 200 characters.
    """

    agent: str
    text: str


class StreamFinished(Event, frozen=True, kw_only=True):
    """A body read by the caller ended.

    Attributes:
        outcome: "end", "closed" or "error".
        size: Bytes read.
    """

    outcome: str
    size: int


def tell(listener: Callable[[Event], object], event: Event) -> None:
    """Call a listener; one that raises is logged and spoils neither the call nor the other listeners."""
    try:
        listener(event)
    except Exception as error:
        try:
            _log.error("a listener raised %s on %s", name_and_place(error), type(event).__name__)
        except Exception:
            pass
