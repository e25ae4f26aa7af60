"""What a client is set to, checked once when it is built."""

import difflib
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import msgspec

from seawall.auth import Credential, as_credential
from seawall.chain import Transport
from seawall.chain.runtimes import SYSTEM_CLOCK
from seawall.model import AppInfo, Clock, Event, HeaderInput, Headers, HeaderValue, UsageError, split_url, user_headers
from seawall.policies import Bounds, CookieJar, Idempotency, Redirects, Retry, Timeout
from seawall.problems import Dialect, StatusProblem

from ._client_options import ClientOptions

__all__ = ["NetworkOptions", "Settings", "make_settings", "unknown_option"]


class NetworkOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What the network transport is told; see `Httpx2Transport`."""

    verify: Any = True
    cert: Any = None
    http2: bool = False
    proxy: str | None = None
    trust_env: bool = False
    max_connections: int = 100
    max_connections_per_origin: int | None = None
    max_connection_age: float | None = None
    resolver: Any = None
    uds: str | None = None

    def given(self) -> dict[str, Any]:
        """Return what differs from the defaults."""
        plain = NetworkOptions()
        return {
            name: value
            for name in self.__struct_fields__
            if (value := getattr(self, name)) is not getattr(plain, name) and value != getattr(plain, name)
        }

    def __repr__(self) -> str:
        return f"NetworkOptions({', '.join(sorted(self.given()))})"


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """All options of a client, each of its final type."""

    base_url: str
    app: AppInfo | None
    timeout: Timeout
    retry: Retry
    headers: Headers[HeaderValue]
    cookies: CookieJar | None
    redirects: Redirects | None
    bounds: Bounds
    idempotency: Idempotency
    language: str | None
    raise_for_status: bool
    interceptors: tuple[object, ...]
    attempt_interceptors: tuple[object, ...]
    listeners: tuple[Callable[[Event], object], ...]
    dialects: tuple[Dialect, ...]
    problem_types: tuple[type[StatusProblem], ...]
    auth: Credential | None
    transport: Transport | None
    network: NetworkOptions
    clock: Clock


def make_settings(
    base_url: str = "",
    *,
    app: AppInfo | None = None,
    timeout: float | Timeout | None = Timeout(),  # noqa: B008 - frozen
    retry: Retry | bool | int | None = None,
    headers: HeaderInput | None = None,
    cookies: bool | CookieJar = False,
    redirects: bool | Redirects = True,
    bounds: Bounds | None = None,
    idempotency: Idempotency | None = None,
    language: str | None = None,
    raise_for_status: bool = True,
    interceptors: Sequence[object] = (),
    attempt_interceptors: Sequence[object] = (),
    listeners: Sequence[Callable[[Event], object]] = (),
    dialects: Sequence[Dialect] = (),
    problem_types: Sequence[type[StatusProblem]] = (),
    auth: Credential | None = None,
    transport: Transport | None = None,
    clock: Clock | None = None,
    **network: Any,
) -> Settings:
    """Check the options of a client; `Client` documents them.

    Raises:
        UsageError: One of them is wrong; the message names it.
    """
    _check(locals())
    return Settings(
        base_url=base_url,
        app=app,
        timeout=Timeout.of(timeout),
        retry=Retry.of(retry),
        headers=user_headers(() if headers is None else headers),
        **_switches(cookies, redirects),
        **_typed_options(bounds=bounds or Bounds(), idempotency=idempotency or Idempotency()),
        language=language,
        raise_for_status=raise_for_status,
        **_tuples(locals()),
        auth=None if auth is None else as_credential(auth),
        transport=transport,
        network=_network(network, transport),
        clock=clock or SYSTEM_CLOCK,
    )


def _tuples(given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(given[name]) for name in _LISTS}


def _switches(cookies: Any, redirects: Any) -> dict[str, Any]:
    return {"cookies": _switched("cookies", cookies, CookieJar), "redirects": _switched("redirects", redirects, Redirects)}


def _typed_options(bounds: Any, idempotency: Any) -> dict[str, Any]:
    return {"bounds": _typed("bounds", bounds, Bounds), "idempotency": _typed("idempotency", idempotency, Idempotency)}


def _is_switch(value: Any) -> bool:
    return isinstance(value, bool)


def _is_text(value: Any) -> bool:
    return value is None or isinstance(value, str)


def _is_transport(value: object) -> bool:
    return not isinstance(value, type) and hasattr(value, "send") and hasattr(value, "aclose")


def _is_dialect(value: Any) -> bool:
    return isinstance(getattr(value, "name", None), str) and all(
        callable(getattr(value, name, None)) for name in ("match", "read")
    )


_LISTS = ("attempt_interceptors", "dialects", "interceptors", "listeners", "problem_types")
# What an option must be -> how errors call that.
_KINDS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "app": (lambda value: value is None or isinstance(value, AppInfo), "a seawall.AppInfo"),
    "attempt_interceptors": (lambda value: isinstance(value, list | tuple), "a list of interceptors"),
    "base_url": (lambda value: isinstance(value, str), "text"),
    "clock": (lambda value: value is None or hasattr(value, "monotonic"), "a clock, as seawall.testing.FakeClock is"),
    "dialects": (lambda value: isinstance(value, list | tuple) and all(map(_is_dialect, value)), "a list of dialects"),
    "interceptors": (lambda value: isinstance(value, list | tuple), "a list of interceptors"),
    "language": (lambda value: value is None or (isinstance(value, str) and value.isprintable()), "language tags as text"),
    "listeners": (lambda value: isinstance(value, list | tuple) and all(map(callable, value)), "a list of functions"),
    "problem_types": (lambda value: isinstance(value, list | tuple), "a list of classes of problems"),
    "raise_for_status": (_is_switch, "True or False"),
    "transport": (lambda value: value is None or _is_transport(value), "a transport: an object with `send` and `aclose`"),
}
_NETWORK_KINDS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "http2": (_is_switch, "True or False"),
    "max_connections": (lambda value: type(value) is int and value >= 1, "a whole number of at least 1"),
    "proxy": (_is_text, "a URL as text"),
    "trust_env": (_is_switch, "True or False"),
    "uds": (_is_text, "a path as text"),
}


def _check(given: Mapping[str, Any]) -> None:
    _check_kinds(given, _KINDS)
    if base_url := given["base_url"]:
        _check_address(base_url)
        if "?" in base_url or "#" in base_url:
            raise UsageError("base_url: it must hold no query and no fragment; use params=")


def _check_kinds(given: Mapping[str, Any], kinds: Mapping[str, tuple[Callable[[Any], bool], str]]) -> None:
    for name, (fits, kind) in kinds.items():
        if name in given and not fits(given[name]):
            raise UsageError(f"{name}: give {kind}, not {given[name]!r}"[:200])


def _check_address(base_url: str) -> None:
    if not base_url.lower().startswith(("http://", "https://")):
        raise UsageError("base_url: must begin with https:// or http://")
    try:
        split_url(base_url)
    except UsageError as error:
        mistake = str(error)
    else:
        return
    raise UsageError(mistake.replace("url:", "base_url:", 1))


def _switched(name: str, value: Any, kind: type[Any]) -> Any:
    """Take what may be True, False or an object of options."""
    return (kind() if value else None) if isinstance(value, bool) else _typed(name, value, kind)


def _typed(name: str, value: Any, kind: type[Any]) -> Any:
    if not isinstance(value, kind):
        raise UsageError(f"{name}: a seawall.{kind.__name__}, not {type(value).__name__}")
    return value


def _network(given: dict[str, Any], transport: Transport | None) -> NetworkOptions:
    unknown = given.keys() - set(NetworkOptions.__struct_fields__)
    if unknown:
        raise UsageError(unknown_option(min(unknown), ClientOptions.__annotations__))
    if transport is not None and given:
        raise UsageError(f"{sorted(given)[0]}: belongs to the built-in transport; give it to the one passed as transport=")
    _check_kinds(given, _NETWORK_KINDS)
    return NetworkOptions(**given)


def unknown_option(name: str, known: Collection[str]) -> str:
    """Return what to say about an option that does not exist: the one that was probably meant."""
    near = difflib.get_close_matches(name, known, 1)
    return f"unknown option {name!r}{f'; did you mean {near[0]!r}?' if near else ''}"
