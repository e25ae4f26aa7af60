"""A request: what an interceptor sees and may replace, never change."""

import re
import shlex
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NoReturn, cast

import msgspec

from ._body import EMPTY, Body
from ._errors import UsageError
from ._headers import Headers, HeaderValue
from ._redaction import redact_body, redact_url
from ._secret import REDACTED, Secret
from ._url import Origin, split_url

if TYPE_CHECKING:
    from ._call import Call

__all__ = ["Request"]

_NO_HEADERS: Headers[HeaderValue] = Headers()
_METHOD = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Z]+").fullmatch
_NO_EXTENSIONS: Mapping[str, Any] = MappingProxyType({})


class _NoCall:
    """Stands for the call of a request made by hand; a plain field is read a dozen times per call, a property costs then."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise UsageError("this request belongs to no call; send it with client.send(request)")


_NO_CALL = _NoCall()


class Request(msgspec.Struct, frozen=True, eq=False, dict=False):
    """One HTTP request. Immutable: the `with_...` methods return changed copies.

    Attributes:
        method: Upper-case method.
        url: Absolute URL as text, secrets included; log `redacted_url`.
        headers: Fields to send; credentials among them are `Secret`.
        body: What is sent after the head.
        secret_names: Query parameters whose values were given as `Secret`.
        extensions: What the caller passed through to interceptors and transports.
        call: The call this request belongs to: its runtime, deadline, attempts, and the door for nested calls. A request made by
            hand is in no call yet, and asking it for one is misuse.
    """

    method: str
    url: str
    headers: Headers[HeaderValue] = _NO_HEADERS
    body: Body = EMPTY
    secret_names: frozenset[str] = frozenset()
    extensions: Mapping[str, Any] = _NO_EXTENSIONS
    call: "Call" = cast("Call", _NO_CALL)

    @property
    def origin(self) -> Origin:
        """Scheme, host and port."""
        return split_url(self.url)[0]

    @property
    def target(self) -> str:
        """Path and query as they go on the wire."""
        return split_url(self.url)[1]

    @property
    def redacted_url(self) -> str:
        """The URL fit for logs."""
        return redact_url(self.url, self.secret_names)

    def with_header(self, name: str, value: HeaderValue) -> "Request":
        """Return a copy in which this header has exactly this value."""
        return msgspec.structs.replace(self, headers=self.headers.with_header(name, value))

    def with_headers(self, headers: Headers[HeaderValue]) -> "Request":
        """Return a copy with these headers in place of all others."""
        return msgspec.structs.replace(self, headers=headers)

    def without_header(self, *names: str) -> "Request":
        """Return a copy that lacks these headers."""
        return msgspec.structs.replace(self, headers=self.headers.without(*names))

    def with_url(self, url: str) -> "Request":
        """Return a copy for another absolute URL."""
        split_url(url)
        return msgspec.structs.replace(self, url=url)

    def with_method(self, method: str) -> "Request":
        """Return a copy with another method.

        Raises:
            UsageError: It is no upper-case token.
        """
        if not _METHOD(method):
            raise UsageError(f"method: {method[:40]!r} is no HTTP method")
        return msgspec.structs.replace(self, method=method)

    def with_body(self, body: Body) -> "Request":
        """Return a copy with another body."""
        return msgspec.structs.replace(self, body=body)

    def as_curl(self) -> str:
        """Return a curl command that asks the same, secrets redacted."""
        has_body = self.body.data != b""
        parts = ["curl", "--head"] if self.method == "HEAD" and not has_body else ["curl", "-X", self.method]
        for name, value in self.headers.redacted():
            parts += ["-H", f"{name}: {value}" if value else f"{name};"]  # "name:" would have curl leave the field out
        if has_body:
            shown = REDACTED if self.body.secret else redact_body(self.body.data, self.body.media_type)
            parts += ["--data-binary", "@body"] if shown is None else ["--data-raw", shown]
        return shlex.join([*parts, self.redacted_url])

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Request belongs to its call and cannot be pickled; keep .method and .redacted_url")

    def __repr__(self) -> str:
        return f"<Request {self.method} {self.redacted_url}>"


def reveal(value: HeaderValue) -> str:
    """Return the text of a header value at the moment it is serialised."""
    return value.reveal() if isinstance(value, Secret) else value
