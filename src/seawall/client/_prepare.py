"""From the arguments of a call to a request: everything is checked and encoded here, once."""

from collections.abc import Callable, Mapping
from typing import Any

from seawall.model import (
    EMPTY,
    NOBODY,
    Body,
    Call,
    Clocks,
    Headers,
    HeaderValue,
    Listeners,
    NestedCalls,
    NestedSend,
    Options,
    Request,
    Runtime,
    Secret,
    UsageError,
    WatchedBody,
    add_params,
    check_header,
    fill_path,
    form_body,
    join_url,
    json_body,
    make_body,
    multipart_body,
    split_url,
    user_headers,
)

from ._context import NESTED, ambient_remaining
from ._options import check_names, policy_options
from ._settings import Settings

__all__ = ["Preparer"]

_NO_NAMES: frozenset[str] = frozenset()
_BODIES = frozenset({"content", "data", "files", "json"})
_JSON = frozenset({"json"})
_FORM = frozenset({"data", "files"})
_OF_NEW_REQUESTS = _BODIES | {"cookies", "headers", "params", "path_params"}
_METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY"})
_METHOD_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ-_")


class Preparer:
    """Makes the requests of one client.

    Args:
        settings: The client's options.
        runtime: The client's world.
        nested_send: Where `call.send` leads.
        check_model: Refuses a type that cannot be decoded, before anything is sent.
        calls: Calls of policies' own.
    """

    def __init__(
        self,
        settings: Settings,
        runtime: Runtime,
        nested_send: NestedSend,
        check_model: Callable[[Any], None],
        calls: NestedCalls,
    ) -> None:
        self._settings = settings
        self._runtime = runtime
        self._nested_send = nested_send
        self._check_model = check_model
        self._calls = calls
        self._home = split_url(settings.base_url)[0] if settings.base_url else None
        self._listeners = Listeners(settings.listeners) if settings.listeners else NOBODY
        self._foreign_headers = settings.headers.without_secrets()

    def prepare(
        self, method: str, url: str, given: Mapping[str, Any], response_model: Any = None, *, stream: bool = False
    ) -> Request:
        """Build a request that belongs to a new call.

        Args:
            method: HTTP method, any case.
            url: Absolute, or a path below the base URL.
            given: The call's options; see `CallOptions`.
            response_model: The type to decode into, or None.
            stream: Whether the caller reads the body.

        Raises:
            UsageError: Something is wrong; the message names the option.
        """
        if given:
            check_names(given)
        if response_model is not None:
            self._check_model(response_model)
        options = policy_options(given, self._settings, response_model, stream=stream)
        call = self.new_call(options, given.get("cancel"), url if given.get("path_params") is not None else None)
        if not isinstance(url, str):
            raise UsageError(f"url: give text, not {type(url).__name__}")
        if "{" in url or given.get("path_params") is not None:
            url = fill_path(url, given.get("path_params") or {})
        url, secret_names = join_url(self._settings.base_url, url), _NO_NAMES
        if given.get("params") is not None:
            url, secret_names = add_params(url, given["params"])
        body = _body(given) if given else EMPTY
        headers = _headers(self._headers_for(url), given, body)
        return Request(_method(method), url, headers, body, secret_names, given.get("extensions") or {}, call)

    def adopt(self, request: Request, given: Mapping[str, Any], *, stream: bool = False) -> Request:
        """Put a request made by hand into a new call."""
        check_names(given)
        odd = {name for name in given.keys() & _OF_NEW_REQUESTS if given[name] is not None or name == "json"}
        if odd:
            raise UsageError(f"{min(odd)}: a ready request is sent as it is; change the request instead")
        call = self.new_call(policy_options(given, self._settings, None, stream=stream), given.get("cancel"), None)
        headers = user_headers(request.headers.items()).with_defaults(self._headers_for(request.url))
        return Request(
            _method(request.method), request.url, headers, request.body, request.secret_names, request.extensions, call
        )

    def _headers_for(self, url: str) -> Headers[HeaderValue]:
        """The client's fields; credentials among them were named for the base URL's origin and go to no other."""
        origin = split_url(url)[0]
        return self._settings.headers if self._home is None or origin == self._home else self._foreign_headers

    def new_call(self, options: Options, cancel: Any, route: str | None) -> Call:
        """Begin a call: its clocks start now."""
        timeout = options.timeout or self._settings.timeout
        monotonic = self._runtime.monotonic
        now, ambient, outer = monotonic(), ambient_remaining(), NESTED.get()
        limit = timeout.total if ambient is None else _earlier(timeout.total, ambient)
        set_for_it = limit if options.timeout is not None else ambient
        deadline = None if limit is None else now + limit
        return Call(
            self._runtime,
            options,
            clocks=Clocks(monotonic, timeout.connect, timeout.read, deadline, cancel),
            body_deadline=None if set_for_it is None else now + set_for_it,
            route=route,
            listeners=self._listeners,
            nested_send=self._nested_send,
            nested=outer is not None and not outer.ended,
            calls=self._calls,
        )


def _earlier(one: float | None, other: float | None) -> float | None:
    if one is None or other is None:
        return one if other is None else other
    return min(one, other)


def _method(method: object) -> str:
    if method in _METHODS and isinstance(method, str):
        return method
    upper = method.upper() if isinstance(method, str) else ""
    if not upper or not _METHOD_LETTERS.issuperset(upper):
        raise UsageError(f"method: {str(method)[:40]!r} is no HTTP method")
    return upper


def _body(given: Mapping[str, Any]) -> Body:
    kinds = given.keys() & _BODIES
    if kinds != _JSON:
        kinds = {name for name in kinds if given[name] is not None or name == "json"}  # json=None sends `null`
    if not kinds:
        return EMPTY
    if kinds == _JSON:
        body: Body = json_body(given["json"])
    elif len(kinds) > 1 and kinds != _FORM:
        raise UsageError(f"{max(kinds)}: give one body only, not {' and '.join(sorted(kinds))}")
    elif "files" in kinds:
        body = multipart_body(given.get("data") or {}, given["files"])
    else:
        body = form_body(given["data"]) if "data" in kinds else make_body(given["content"])
    return WatchedBody(body, given["on_upload"]) if given.get("on_upload") is not None else body


def _headers(base: Headers[HeaderValue], given: Mapping[str, Any], body: Body) -> Headers[HeaderValue]:
    headers = base
    if given.get("headers"):
        headers = user_headers(given["headers"]).with_defaults(base)
    if body.media_type is not None:
        headers = headers.with_default("Content-Type", body.media_type)
    if given.get("cookies"):
        headers = headers.with_header("Cookie", _cookies(given["cookies"]))
    return headers


def _cookies(cookies: Mapping[str, str | Secret]) -> Secret:
    pairs: list[str] = []
    for name, value in cookies.items():
        text = value.reveal() if isinstance(value, Secret) else value
        check_header(name, text)
        if ";" in text or "," in text:
            raise UsageError(f"cookies: the value of {name!r} holds a separator")
        pairs.append(f"{name}={text}")
    return Secret("; ".join(pairs))
