"""The root of the error tree, and its drawing.

ApiProblem                                all that a network or a server can do to a call
├── NetworkProblem                        no whole response came
│   ├── ConnectProblem                    no connection: refused, unreachable        (also ConnectionError)
│   │   ├── ResolveProblem                the host name is unknown
│   │   ├── ProxyProblem                  the proxy refused
│   │   ├── TlsProblem                    no secure connection
│   │   │   └── CertificateProblem        the certificate is not to be trusted; never retried
│   │   └── ConnectTimeoutProblem         also a TimeoutProblem
│   ├── DisconnectProblem                 the connection broke in mid-exchange        (also ConnectionError)
│   └── ProtocolProblem                   what came is not HTTP
├── TimeoutProblem                        a clock ran out                             (also TimeoutError)
│   ├── ConnectTimeoutProblem             timeout.connect
│   ├── ReadTimeoutProblem                timeout.read: the server fell silent
│   ├── AttemptTimeoutProblem             timeout.attempt
│   ├── PoolTimeoutProblem                no connection became free in time
│   └── DeadlineProblem                   timeout.total, or an explicit deadline
├── CancelledProblem                      Cancel.cancel() was used
├── RefreshProblem                        the tokens could not be refreshed for now
├── SignInProblem                         signing in by browser or device did not work
│   ├── SignInDeniedProblem               the person said no                          (also PermissionError)
│   └── SignInExpiredProblem              nobody finished it in time                  (also TimeoutError)
├── StatusProblem                         the server answered with an error status
│   ├── ClientErrorProblem                4xx
│   │   ├── BadRequestProblem             400
│   │   ├── UnauthorizedProblem           401
│   │   │   ├── SessionEndedProblem       the session is over, whether or not this call was sent
│   │   │   └── RefreshLoopProblem        the server refuses tokens that it has just handed out
│   │   ├── ForbiddenProblem              403                                         (also PermissionError)
│   │   ├── NotFoundProblem               404, 410                                    (also LookupError)
│   │   ├── ConflictProblem               409, 412
│   │   ├── ValidationProblem             422                                         (also ValueError)
│   │   ├── RateLimitedProblem            429, and 403 of servers that limit so
│   │   └── AppUpgradeProblem             426, or the code APP_UPGRADE_REQUIRED
│   ├── ServerErrorProblem                5xx
│   │   └── UnavailableProblem            502, 503, 504
│   └── GraphQLProblem                    2xx with errors, for calls with graphql=True
└── ContentProblem                        the response came and cannot be used
    ├── DecodeProblem                     it is not of the declared type              (also ValueError)
    ├── TooLargeProblem                   it is over a bound
    └── RedirectProblem                   too many redirects, or one that cannot be followed
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self, TypeVar

import msgspec

from seawall.model import Attempt, Explanation, Response, Sent, StopReason, explain

from ._challenges import AuthDetails, Challenge
from ._field_error import FieldError
from ._locale import current_locale
from ._messages import message_for

__all__ = ["ApiProblem"]

P = TypeVar("P", bound="ApiProblem")
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "QUERY", "TRACE"})
_RETRYABLE_STATUSES = frozenset({408, 425, 429, 502, 503, 504})


class ApiProblem(Exception):
    """A call failed. `str()` gives a text that may be shown to people; developers read the notes and `explain()`.

    Attributes:
        status: HTTP status; 0 without a response.
        title: Short summary of the type of problem, for developers.
        detail: The server's or library's words about this occurrence, for developers, never shown to people.
        code: Machine-readable code in UPPER_SNAKE, or None; by default that of the class, if it stands for one.
        original_code: The code as the server wrote it.
        params: Facts for messages, by name.
        type: Problem type, an absolute URI (RFC 9457); "about:blank" without one.
        instance: URI of this occurrence, or None.
        field_errors: What is wrong with single fields.
        retry_after: Seconds the server asked to wait, or None.
        trace_id: The server's name for this request, or None.
        extensions: Members of the problem document beyond the standard ones.
        body_status: The status that the problem document names, or None; `status` is the response's own and rules.
        auth: What the server said about the credential, or None.
        challenges: What it asks for, from `WWW-Authenticate` or `Proxy-Authenticate`.
        dialect: Name of the form that the body was read in, or None where only the status spoke.
        sent: Whether the server may have seen the request.
        attempts: Every sending of the call.
        stopped: Why no further attempt was made, or None where that was never a question.
        may_have_applied: Whether the request may have had its effect although the call failed.
        method, url: The request, redacted.
        response: The response, or None; lost in a pickle.
    """

    kind: ClassVar[str | None] = None
    default_title: ClassVar[str] = "The call failed"
    status_speaks: ClassVar[bool] = True  # whether the status says what went wrong; a 200 that cannot be read says nothing

    def __init__(
        self,
        *,
        status: int = 0,
        title: str = "",
        detail: str = "",
        code: str | None = None,
        original_code: str | None = None,
        params: Mapping[str, Any] | None = None,
        type: str = "about:blank",
        instance: str | None = None,
        field_errors: Sequence[FieldError] = (),
        retry_after: float | None = None,
        trace_id: str | None = None,
        extensions: Mapping[str, Any] | None = None,
        body_status: int | None = None,
        auth: AuthDetails | None = None,
        challenges: Sequence[Challenge] = (),
        dialect: str | None = None,
        sent: Sent = Sent.MAYBE,
        method: str | None = None,
        url: str | None = None,
        response: Response | None = None,
    ) -> None:
        super().__init__()
        self.status, self.title, self.detail = status, title or self.default_title, detail
        own: str | None = getattr(self, "code", None)  # an app's own class stands for one, made by hand too
        self.code, self.original_code = own if code is None else code, original_code
        self.params: dict[str, Any] = dict(params) if params else {}
        self.type, self.instance = type, instance
        self.field_errors = tuple(field_errors)
        self.retry_after, self.trace_id = retry_after, trace_id
        self.extensions: dict[str, Any] = dict(extensions) if extensions else {}
        self.body_status = body_status
        self.auth, self.challenges, self.dialect = auth, tuple(challenges), dialect
        self.sent = sent
        self.attempts: tuple[Attempt, ...] = ()
        self.stopped: StopReason | None = None
        self.may_have_applied = False
        self.method, self.url, self.response = method, url, response

    @property
    def may_have_been_sent(self) -> bool:
        """Whether the server may have seen the request."""
        return self.sent is not Sent.NO

    @property
    def retryable(self) -> bool:
        """Whether the same call may succeed later without anyone mending anything."""
        return self.status in _RETRYABLE_STATUSES

    @property
    def offline(self) -> bool:
        """Whether this machine itself seems to have no network."""
        return False

    def user_message(self, locale: str | None = None) -> str:
        """Return a text that may be shown to people: by code, else by status, else in general.

        Args:
            locale: BCP 47 tag; by default the one of `seawall.use_locale`, else that of the catalogue. Languages other than
                English need `seawall.l10n.install`.
        """
        status = self.status if self.status_speaks else 0
        return message_for(self.code, status, "offline" if self.offline else self.kind, self.params, locale or current_locale())

    def explain(self) -> Explanation:
        """Return the call's timeline: each attempt, why it was repeated or not, how long was waited."""
        return explain(self.method or "?", self.url or "?", self.attempts)

    def to_dict(self) -> dict[str, Any]:
        """Return all facts as plain dicts, lists, text and numbers, ready for JSON.

        URLs and the timeline are redacted. Title, detail, params and extensions are the server's own words: for developers, and
        neither for people nor for logs that are kept.
        """
        skipped = ("response", "attempts", "__notes__")
        facts = {name: value for name, value in self.__dict__.items() if name not in skipped}
        attempts = self.explain().to_dict()["attempts"]
        plain: dict[str, Any] = msgspec.to_builtins(
            {"problem": type(self).__name__, **facts, "retryable": self.retryable, "attempts": attempts}
        )
        return plain

    def settle(self, attempts: Sequence[Attempt], stopped: StopReason | None) -> None:
        """Note what the whole call did; the client does this once, before it raises."""
        self.attempts = explain("", "", attempts).attempts
        self.stopped = self.stopped or stopped
        unsafe = self.method is not None and self.method not in _SAFE_METHODS
        if unsafe and self.status == 0 and self.sent is not Sent.NO:
            self.may_have_applied = True
        others = [note for note in getattr(self, "__notes__", ()) if not note.startswith("Seawall: ")]
        self.__notes__ = others
        self.add_note(f"Seawall: {self.explain()}")

    def __str__(self) -> str:
        return self.user_message()

    def __repr__(self) -> str:
        facts = [f"status={self.status}", *([f"code={self.code!r}"] if self.code else []), f"sent={self.sent.value}"]
        where = f" {self.method} {self.url}" if self.method else ""
        return f"<{type(self).__name__} {' '.join(facts)}{where}>"

    def _facts(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name not in ("response", "__notes__")}

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other) or not isinstance(other, ApiProblem):
            return NotImplemented
        return self._facts() == other._facts()

    def __hash__(self) -> int:
        return hash((type(self), self.status, self.code, self.type, self.method, self.url))

    def __copy__(self) -> Self:
        state = {**self.__dict__, **({"__notes__": list(self.__notes__)} if hasattr(self, "__notes__") else {})}
        return _revive(type(self), state, self.__cause__)

    def __reduce__(self) -> tuple[Any, ...]:
        state = {**self.__dict__, "response": None}
        return (_revive, (type(self), state, self.__cause__))


def _revive(kind: type[P], state: dict[str, Any], cause: BaseException | None) -> P:
    """Make a problem from a pickle without its `__init__`: generated problems take keywords of their own."""
    problem = kind.__new__(kind)
    problem.__dict__.update(state)
    if cause is not None:
        problem.__cause__ = cause
    return problem
