"""From an error response to a problem. It never raises, whatever the server sent."""

import logging
import time
from collections.abc import Iterable, Sequence
from http import HTTPStatus
from operator import itemgetter
from typing import Any, Protocol

from msgspec.structs import astuple

from seawall.model import Response, Sent, redact_url

from ._challenges import AuthDetails, Challenge, auth_details, parse_challenges
from ._document import read_document
from ._facts import Facts, as_trace_id, bounded_errors, checked, normalise_code
from ._problem_types import types_by_code
from ._retry_hint import HINT_HEADERS, retry_hint
from ._statuses import AppUpgradeProblem, GraphQLProblem, RateLimitedProblem, StatusProblem, status_class
from .dialects import Dialect, ErrorBody, GraphQl, Match, asked_about

__all__ = ["Parser", "parse"]

APP_UPGRADE_REQUIRED = "APP_UPGRADE_REQUIRED"
MAX_DATA_DEPTH = 100
_TRACE_HEADERS = (
    "x-request-id", "request-id", "x-correlation-id", "x-trace-id", "x-amzn-requestid", "x-amz-request-id", "x-ms-request-id",
    "x-github-request-id",
)  # fmt: skip
_READ = frozenset({
    *_TRACE_HEADERS, *HINT_HEADERS, "content-type", "date", "proxy-authenticate", "upgrade", "www-authenticate",
})  # fmt: skip
_PHRASES = {status.value: status.phrase for status in HTTPStatus}
_HINTS, _TRACES = frozenset(HINT_HEADERS), frozenset(_TRACE_HEADERS)
_GRAPHQL = GraphQl()
_NO, _SURENESS = Match.NO, itemgetter(0)
_log = logging.getLogger("seawall")


class ForeignResponse(Protocol):
    """What any HTTP library's response has: ours, httpx's, requests'."""

    @property
    def status_code(self) -> int:
        """HTTP status."""
        ...

    @property
    def headers(self) -> Any:
        """Header fields with a case-insensitive `get`, whose iteration gives names."""
        ...

    @property
    def content(self) -> bytes:
        """The whole body."""
        ...


class Parser:
    """Reads problems, by the built-in dialects and those of the user.

    Args:
        dialects: The user's own; they win over equally sure built-in ones, the first over the later.
        problem_types: Classes that stand for one code each; a problem of that code becomes one of its class.

    Raises:
        UsageError: A class of `problem_types` cannot be used, or two stand for one code.
    """

    def __init__(self, dialects: Sequence[Dialect] = (), problem_types: Iterable[type[StatusProblem]] = ()) -> None:
        self._own = tuple([(dialect.match, dialect) for dialect in map(_Checked, dialects)])
        self._types = types_by_code(problem_types)

    def parse(self, response: ForeignResponse, *, now: float | None = None) -> StatusProblem | None:
        """Read the problem that a response of status 400 or above tells of; see `seawall.problems.parse`."""
        if response.status_code < 400:
            return None
        fields = _fields(response.headers)
        return self._problem(response, fields, _body(response, fields), now)

    def parse_graphql(self, response: ForeignResponse, *, now: float | None = None) -> StatusProblem | None:
        """Read the problem that a GraphQL answer tells of, whatever its status; None for one without errors."""
        if response.status_code >= 400:
            return self.parse(response, now=now)
        fields = _fields(response.headers)
        body = _body(response, fields)
        if _GRAPHQL.match(body) is Match.NO:
            return None
        problem = self._problem(response, fields, body, now)
        if isinstance(problem, GraphQLProblem):
            problem.data = _partial_data(body)
        return problem

    def _problem(self, response: ForeignResponse, fields: dict[str, Any], body: ErrorBody, now: float | None) -> StatusProblem:
        (name, facts), status = self._read(body), body.status
        challenges = body.challenges or parse_challenges(fields.get("proxy-authenticate"))
        auth = _auth(facts.auth, challenges) if challenges else facts.auth
        code, original = facts.code, facts.original_code
        if code is None and original is None and auth is not None and auth.error is not None:
            code, original = normalise_code(auth.error), auth.error
        ours = response if isinstance(response, Response) else None
        request = ours.request if ours is not None and ours.is_answer else None
        kind = _class(status, code, facts, fields)
        if kind is AppUpgradeProblem and code not in self._types:
            code = APP_UPGRADE_REQUIRED
        if self._types and code is not None:
            kind = _named(self._types.get(code), kind)
        return kind(
            status=status,
            title=facts.title or _PHRASES.get(status) or f"Status {status}",
            detail=facts.detail or "",
            code=code,
            original_code=original,
            params=facts.params,
            type=facts.type,
            instance=facts.instance,
            field_errors=bounded_errors(facts.field_errors),
            retry_after=_retry_after(fields, status, now, facts.retry_after),
            trace_id=facts.trace_id or _trace_id(fields),
            extensions=facts.extensions,
            body_status=facts.body_status,
            auth=auth,
            challenges=challenges,
            dialect=name,
            sent=Sent.YES,
            method=None if request is None else request.method,
            url=None if request is None else body.url,
            response=ours,
        )

    def _read(self, body: ErrorBody) -> tuple[str | None, Facts]:
        """Let the surest dialect read; of two equally sure ones the earlier, and no two built-in ones are for any known body."""
        found: list[tuple[Match, Dialect]] = []
        for match, dialect in self._own + asked_about(body.members):
            try:
                if (sureness := match(body)) > _NO:
                    found.append((sureness, dialect))
            except Exception as error:
                _failed(dialect, body, error)
        if len(found) > 1:
            found.sort(key=_SURENESS, reverse=True)
        for _, dialect in found:
            try:
                return dialect.name, dialect.read(body)
            except Exception as error:
                _failed(dialect, body, error)
        return None, Facts()


class _Checked:
    """A user's dialect, whose answers are held to their types: a mistake in it must not become a mistake of the call."""

    def __init__(self, dialect: Dialect) -> None:
        self.name, self.match, self._read = dialect.name, dialect.match, dialect.read

    def read(self, body: ErrorBody, /) -> Facts:
        """See `Dialect.read`."""
        return checked(self._read(body))


def _failed(dialect: Dialect, body: ErrorBody, error: Exception) -> None:
    """A dialect that raises is passed over: an error must not hide behind another one. Its words may quote the body."""
    _log.error("dialect %s failed on a response of status %d: %s", dialect.name, body.status, type(error).__name__)


_DEFAULT = Parser()


def parse(response: ForeignResponse, *, now: float | None = None, dialects: Sequence[Dialect] = ()) -> StatusProblem | None:
    """Read the problem that a response of status 400 or above tells of.

    Args:
        response: Ours or another library's, its body read.
        now: Seconds since 1970, for dates in Retry-After; by default this machine's clock.
        dialects: Your own, beside the built-in ones.

    Returns:
        The problem, or None below 400. The most specific class of its status; what the body does not say comes from the
        headers and the status.
    """
    return (Parser(dialects) if dialects else _DEFAULT).parse(response, now=now)


def _body(response: ForeignResponse, fields: dict[str, Any]) -> ErrorBody:
    content_type = fields.get("content-type") or ""
    media_type = content_type.partition(";")[0].strip().lower()
    document = read_document(response.content, content_type, media_type)
    members = document if isinstance(document, dict) else {}
    challenges = parse_challenges(fields.get("www-authenticate"))
    return ErrorBody(response.status_code, response.headers.get, media_type, document, members, _url(response), challenges)


def _auth(in_body: AuthDetails | None, challenges: tuple[Challenge, ...]) -> AuthDetails | None:
    """What the body says goes before what a challenge says, and the other way round where one is silent."""
    told = auth_details(challenges)
    if in_body is None or told is None:
        return in_body or told
    return AuthDetails(*(one or other for one, other in zip(astuple(in_body), astuple(told), strict=True)))


def _class(status: int, code: str | None, facts: Facts, fields: dict[str, Any]) -> type[StatusProblem]:
    # RFC 9110, 15.5.22: a 426 names the protocol that it wants; one that names none speaks of the app.
    if (code == APP_UPGRADE_REQUIRED and status < 500) or (status == 426 and not fields.get("upgrade")):
        return AppUpgradeProblem
    if status < 400:
        return GraphQLProblem
    return RateLimitedProblem if facts.rate_limited else status_class(status)


def _named(registered: type[StatusProblem] | None, kind: type[StatusProblem]) -> type[StatusProblem]:
    """The app's class of a code, whatever the status; but what a good GraphQL answer holds has its place in its own class."""
    if registered is None or (kind is GraphQLProblem and not issubclass(registered, GraphQLProblem)):
        return kind
    return registered


def _partial_data(body: ErrorBody) -> Any:
    """What a GraphQL answer holds beside its errors; None where it is too deep to be copied and pickled."""
    data = body.members.get("data")
    level = [data]
    for _ in range(MAX_DATA_DEPTH):
        level = [child for value in level for child in _children(value)]
        if not level:
            return data
    return None


def _children(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _url(response: object) -> str:
    """Where it came from, redacted: `type` and `instance` are resolved against it, and kept."""
    if isinstance(response, Response):
        return response.request.redacted_url if response.is_answer else ""
    try:
        return redact_url(str(getattr(response, "url", "")))
    except RuntimeError:  # httpx: a response made by hand
        return ""


def _fields(headers: Any) -> dict[str, Any]:
    """Pick the header fields that are read here: most responses have few of them, and each look-up costs."""
    return {name: headers.get(name) for name in _READ.intersection(map(str.lower, headers))}


def _retry_after(fields: dict[str, Any], status: int, now: float | None, in_body: float | None) -> float | None:
    if _HINTS.isdisjoint(fields):
        return in_body
    return retry_hint(fields.get, status, time.time() if now is None else now, in_body)


def _trace_id(fields: dict[str, Any]) -> str | None:
    if _TRACES.isdisjoint(fields):
        return None
    for name in _TRACE_HEADERS:
        if name in fields and (value := as_trace_id(fields[name])):
            return value
    return None
