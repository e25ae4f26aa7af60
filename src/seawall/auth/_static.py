"""Credentials that stay what they are: API keys, HTTP basic, a bearer token of one's own."""

import base64
from collections.abc import Collection

import msgspec

from seawall.model import Request, Response, Secret, UsageError, add_params, check_header

__all__ = ["ApiKey", "Basic", "Bearer"]


class _Static:
    """What these have in common: a refusal stands."""

    origins: tuple[str, ...] = ()  # crash reports show half-made objects, too

    def __init__(self, scheme: str, origins: Collection[str], allow_http: bool) -> None:
        self.scheme = scheme
        self.origins = tuple([origins] if isinstance(origins, str) else origins)
        self.allow_http = allow_http

    async def renew(self, request: Request, mark: object, refusal: Response, /) -> Request | None:
        """See `Credential.renew`: there is no better one."""
        return None

    def __repr__(self) -> str:
        return f"<{type(self).__name__} for {', '.join(self.origins) or 'the base URL'}>"


class _Header(_Static):
    """A header field with a fixed value."""

    def __init__(self, scheme: str, name: str, value: Secret, origins: Collection[str], allow_http: bool) -> None:
        super().__init__(scheme, origins, allow_http)
        check_header(name, value)
        self._name = name
        self._value = value

    async def attach(self, request: Request, /) -> tuple[Request, object]:
        """See `Credential.attach`; a field that the caller set stays."""
        headers = request.headers.with_default(self._name, self._value)
        return msgspec.structs.replace(request, headers=headers), None


class Basic(_Header):
    """HTTP basic authentication (RFC 7617).

    Args:
        user: Without a colon.
        password: Text, or a Secret.
        origins: URLs of the origins it is for; by default that of the base URL.
        allow_http: Whether it may go over plain HTTP to other machines.
    """

    def __init__(self, user: str, password: str | Secret, *, origins: Collection[str] = (), allow_http: bool = False) -> None:
        secret, password = Secret(password), ""  # frames of errors show their locals
        if ":" in user:
            raise UsageError("Basic: the user's name must not hold a colon (RFC 7617)")
        value = _basic(user, secret)
        if value is None:
            raise UsageError("Basic: the user's name or password holds half a character (a lone surrogate)")
        super().__init__("basic", "Authorization", value, origins, allow_http)


def _basic(user: str, password: Secret) -> Secret | None:
    try:
        return password.map(lambda word: "Basic " + base64.b64encode(f"{user}:{word}".encode()).decode())
    except UnicodeEncodeError:
        return None


class Bearer(_Header):
    """A bearer token that is not refreshed (RFC 6750).

    Args:
        token: Text, or a Secret.
        origins: URLs of the origins it is for; by default that of the base URL.
        allow_http: Whether it may go over plain HTTP to other machines.
    """

    def __init__(self, token: str | Secret, *, origins: Collection[str] = (), allow_http: bool = False) -> None:
        secret, token = Secret(token), ""  # frames of errors show their locals
        super().__init__("bearer", "Authorization", secret.map("Bearer {}".format), origins, allow_http)


class ApiKey(_Static):
    """An API key, in a header field or in the query.

    Args:
        key: Text, or a Secret.
        header: Name of the field; "X-Api-Key" unless `query` is given.
        query: Name of a query parameter instead: servers log those, so a header is better where there is a choice.
        origins: URLs of the origins it is for; by default that of the base URL.
        allow_http: Whether it may go over plain HTTP to other machines.
    """

    def __init__(
        self,
        key: str | Secret,
        *,
        header: str | None = None,
        query: str | None = None,
        origins: Collection[str] = (),
        allow_http: bool = False,
    ) -> None:
        secret, key = Secret(key), ""  # frames of errors show their locals
        super().__init__("", origins, allow_http)
        if header is not None and query is not None:
            raise UsageError("ApiKey: give header= or query=, not both")
        if query == "":
            raise UsageError("ApiKey: query= must name the parameter")
        self._key = secret
        self._header = "X-Api-Key" if header is None else header
        self._query = query
        if query is None:
            check_header(self._header, self._key)

    async def attach(self, request: Request, /) -> tuple[Request, object]:
        """See `Credential.attach`; a field that the caller set stays."""
        if self._query is None:
            headers = request.headers.with_default(self._header, self._key)
            return msgspec.structs.replace(request, headers=headers), None
        url, names = add_params(request.url, {self._query: self._key})
        return msgspec.structs.replace(request, url=url, secret_names=request.secret_names | names), None
