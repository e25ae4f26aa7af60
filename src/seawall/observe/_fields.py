"""The fields of a line: the only way from an event to a log. What is not named here is in no log.

Never: `title`, `detail`, `params` and field errors of a problem, headers, bodies, texts of exceptions. From INFO on, neither a
query nor a word of a server: its codes and trace ids only in forms that hold no sentence, no address and no control character.
Every field is bounded, and absent where there is nothing to say.
"""

import logging
import re
from datetime import UTC, datetime
from typing import Any

from seawall.model import (
    REDACTED,
    AttemptFinished,
    CallFinished,
    Deprecated,
    Event,
    RedirectFollowed,
    RetryScheduled,
    RetryStopped,
    SchemaDrift,
    ServerWarning,
    StreamFinished,
    SunsetAnnounced,
    looks_secret,
    mask_path,
    one_line,
    public_url,
)
from seawall.problems import ApiProblem

__all__ = [
    "attempt_fields",
    "call_fields",
    "drift_fields",
    "notice_fields",
    "problem_fields",
    "redirect_fields",
    "stream_fields",
]

Fields = dict[str, Any]

MAX_NAME = 100  # characters of a name: of a class, a connection, a member
MAX_QUERY = 500  # characters
MAX_NUMBER = 1e12  # what is beyond is no duration, size or wait
_CODE = re.compile(r"[A-Z][A-Z0-9_]{0,62}").fullmatch
_TRACE_ID = re.compile(r"[A-Za-z0-9_.:;,/+=~|%-]{1,200}").fullmatch  # no space, quote, bracket or "@"
_TEMPLATE = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*://[^/]*)?([^?#]*)", re.DOTALL).match
_BETWEEN = re.compile("([&;])")


def call_fields(event: CallFinished, level: int) -> Fields:
    """How a call ended."""
    fields = _about("call", event, level)
    fields |= _given(status=event.status, duration_ms=_milliseconds(event.duration), attempts=event.attempts)
    return fields if event.problem is None else {**fields, **_outcome(event.problem)}


def attempt_fields(event: AttemptFinished, decision: Event | None, level: int) -> Fields:
    """How an attempt ended, and what the retry policy decided then, if it was asked."""
    attempt = event.attempt
    fields = _about("attempt", event, level) | _given(
        attempt=attempt.number,
        status=attempt.status,
        problem=_name(attempt.problem),
        duration_ms=_milliseconds(attempt.duration),
        redirects=attempt.hops or None,
        replays=attempt.replays or None,
        connection=_name(attempt.connection),
        sent=None if attempt.sent is None else attempt.sent.value,
    )
    if isinstance(decision, RetryScheduled):
        return fields | _given(retried=_name(decision.reason), delay_ms=_milliseconds(decision.delay))
    return {**fields, "stopped": decision.reason.name.lower()} if isinstance(decision, RetryStopped) else fields


def redirect_fields(event: RedirectFollowed, level: int) -> Fields:
    """Where a redirect led."""
    return _about("redirect", event, level) | {
        "status": event.status,
        "location": _shown(event.location, level),
        "crossed_origin": event.crossed_origin,
    }


def stream_fields(event: StreamFinished, level: int) -> Fields:
    """How the reading of a body ended."""
    return _about("stream", event, level) | {"outcome": _name(event.outcome), "size": event.size}


def notice_fields(event: Deprecated | SunsetAnnounced | ServerWarning, level: int) -> Fields:
    """What a server announced; the words of a warning only below INFO."""
    if isinstance(event, ServerWarning):
        words = {"agent": _name(event.agent), "text": one_line(event.text, 2 * MAX_NAME)} if level < logging.INFO else {}
        return _about("server_warning", event, level) | words
    kind, moment = ("deprecated", event.since) if isinstance(event, Deprecated) else ("sunset", event.moment)
    return _about(kind, event, level) | _given(
        moment=_moment(moment), link=None if event.link is None else public_url(event.link)
    )


def drift_fields(event: SchemaDrift, level: int) -> Fields:
    """Where a response has moved away from its declared type; names of members that look like secrets are hidden."""
    return _about("schema_drift", event, level) | {"kind": _name(event.kind), "pointer": _name(mask_path(event.pointer))}


def problem_fields(problem: ApiProblem, level: int) -> Fields:
    """What a problem that was caught says of its call."""
    asked = {} if problem.method is None or problem.url is None else _asked(problem.method, problem.url, _route(problem), level)
    return {**asked, **_given(status=problem.status or None), **_outcome(problem)}


def _route(problem: ApiProblem) -> str | None:
    """The route of the call; a problem without a response, or from a pickle, knows of none."""
    response = problem.response
    return response.request.call.route if response is not None and response.is_answer else None


def _outcome(problem: BaseException) -> Fields:
    fields = {"problem": _name(type(problem).__name__)}
    if not isinstance(problem, ApiProblem):
        return fields
    return fields | _given(
        code=_code(problem.code, problem.original_code),
        trace_id=problem.trace_id if isinstance(problem.trace_id, str) and _TRACE_ID(problem.trace_id) else None,
        dialect=_name(problem.dialect),
        retry_after=_number(problem.retry_after),
        sent=problem.sent.value,
        stopped=None if problem.stopped is None else problem.stopped.name.lower(),
        may_have_applied=problem.may_have_applied or None,
    )


def _about(kind: str, event: Event, level: int) -> Fields:
    return {"event": kind, "call": event.call, **_asked(event.method, event.url, event.route, level)}


def _asked(method: str, url: str, route: str | None, level: int) -> Fields:
    template = None if route is None else _template(route)
    origin, host, path = _split(public_url(url))
    if template and level >= logging.INFO:
        path = _fitted(template, path)
    shown = _shown(url, level) if level < logging.INFO else f"{origin}{path}"
    return _given(method=_name(method), host=host or None, path=path, route=template or None, url=shown)


def _template(route: str) -> str:
    """A route as a path: callers may have written it with an origin, or with a query behind it."""
    found = _TEMPLATE(route)
    assert found is not None  # every part may be missing
    return one_line(mask_path(found.group(1)), MAX_QUERY)


def _split(url: str) -> tuple[str, str, str]:
    scheme, mark, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}{mark}{host}", host, f"{slash}{path}"


def _fitted(template: str, path: str) -> str:
    """Put the template in the place of the end of the path that it describes: the base URL's own path stays before it.

    An interceptor or a redirect may have led elsewhere; then the path stays.
    """
    parts, steps = template.strip("/").split("/"), path.rstrip("/").split("/")
    begin = len(steps) - len(parts)
    if begin < 0 or any("{" not in part and part != step for part, step in zip(parts, steps[begin:], strict=True)):
        return path
    return "/".join([*steps[:begin], *parts])


def _shown(url: str, level: int) -> str:
    """A redacted URL, from INFO on without its query."""
    public = public_url(url)
    query = url.partition("#")[0].partition("?")[2] if level < logging.INFO else ""
    return f"{public}?{one_line(''.join(map(_masked_pair, _BETWEEN.split(query))), MAX_QUERY)}" if query else public


def _masked_pair(pair: str) -> str:
    name, mark, value = pair.partition("=")
    return f"{REDACTED if looks_secret(name) else name}{mark}{REDACTED if looks_secret(value) else value}"


def _given(**fields: Any) -> Fields:
    return {name: value for name, value in fields.items() if value is not None}


def _name(text: str | None) -> str | None:
    return None if text is None else one_line(text, MAX_NAME)


def _code(code: object, original: object) -> str | None:
    """A code, but for one that the server's text became only on the way: "ada@example.com" would be ADA_EXAMPLE_COM."""
    if not isinstance(code, str) or not _CODE(code) or looks_secret(code):
        return None
    return None if isinstance(original, str) and looks_secret(original) else code


def _number(value: float | None) -> float | None:
    return value if isinstance(value, int | float) and abs(value) < MAX_NUMBER else None  # no NaN: it is less than nothing


def _milliseconds(seconds: float | None) -> float | None:
    number = _number(seconds)
    return None if number is None else round(number * 1000, 3)


def _moment(seconds: float | None) -> str | None:
    """A moment as ISO 8601; None for one that no calendar has."""
    try:
        return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")
    except (ValueError, OverflowError, OSError):
        return None
