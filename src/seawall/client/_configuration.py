"""Options from outside the code: environment variables and configuration files."""

import os
from collections.abc import Mapping
from typing import Any

import msgspec

from seawall.model import AppInfo, UsageError
from seawall.policies import Bounds, Idempotency, Redirects, Retry, Timeout

from ._settings import make_settings

__all__ = ["options_from_environment", "options_from_mapping"]

PREFIX = "SEAWALL_"


class _Configuration(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may be said in a file or in variables: plain values only."""

    base_url: str = ""
    app: AppInfo | None = None
    timeout: float | Timeout | None = msgspec.UNSET  # type: ignore[assignment]
    retry: bool | int | Retry | None = None
    headers: dict[str, str] = msgspec.field(default_factory=dict)
    cookies: bool = False
    redirects: bool | Redirects = True
    bounds: Bounds | None = None
    idempotency: Idempotency | None = None
    language: str | None = None
    raise_for_status: bool = True
    verify: bool | str = True
    cert: str | None = None
    http2: bool = False
    proxy: str | None = None
    trust_env: bool = False
    max_connections: int = 100
    max_connections_per_origin: int | None = None
    max_connection_age: float | None = None
    uds: str | None = None


# Variable name without its prefix -> where its value goes. Everything else that begins with the prefix is a mistake.
_VARIABLES: dict[str, tuple[str, ...]] = {
    "APP_NAME": ("app", "name"),
    "APP_VERSION": ("app", "version"),
    "APP_PLATFORM": ("app", "platform"),
    "BASE_URL": ("base_url",),
    "CERT": ("cert",),
    "CONNECT_TIMEOUT": ("timeout", "connect"),
    "COOKIES": ("cookies",),
    "HTTP2": ("http2",),
    "LANGUAGE": ("language",),
    "MAX_BODY": ("bounds", "body"),
    "MAX_CONNECTIONS": ("max_connections",),
    "PROXY": ("proxy",),
    "READ_TIMEOUT": ("timeout", "read"),
    "REDIRECTS": ("redirects",),
    "RETRY": ("retry", "attempts"),
    "RETRY_ATTEMPTS": ("retry", "attempts"),
    "RETRY_BACKOFF": ("retry", "backoff"),
    "TIMEOUT": ("timeout", "total"),
    "TRUST_ENV": ("trust_env",),
    "VERIFY": ("verify",),
}
_WORDS = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
_WHOLE_NUMBERS = frozenset({"MAX_BODY", "MAX_CONNECTIONS", "RETRY", "RETRY_ATTEMPTS"})
_SWITCHES = frozenset({"COOKIES", "HTTP2", "REDIRECTS", "TRUST_ENV"})


def options_from_mapping(mapping: Mapping[str, Any]) -> dict[str, Any]:
    """Turn a mapping, for example a table of a TOML file, into options of a client.

    Args:
        mapping: Options by name; `timeout`, `retry`, `app` and other groups may be mappings themselves.

    Raises:
        UsageError: A name is unknown or a value of the wrong type; the message says where.
    """
    if not isinstance(mapping, Mapping):
        raise UsageError(f"configuration: give a mapping, not {type(mapping).__name__}")
    message = ""
    try:
        found = msgspec.convert(dict(mapping), _Configuration)
    except UsageError as error:
        message = str(error)
    except msgspec.ValidationError as error:
        message = str(error)
    else:
        plain = _Configuration()
        values = {name: getattr(found, name) for name in found.__struct_fields__}
        return {name: value for name, value in values.items() if value is not getattr(plain, name) and name in mapping}
    raise UsageError(f"configuration: {message}")


def options_from_environment(environ: Mapping[str, str] | None = None, prefix: str = PREFIX) -> dict[str, Any]:
    """Read the options of a client from environment variables.

    Args:
        environ: By default the process's own. An empty variable is as good as none.
        prefix: What the variables begin with.

    Raises:
        UsageError: A variable with the prefix is unknown, or its value is wrong; the message names the variable.
    """
    places: dict[tuple[str, ...], str] = {}
    mapping: dict[str, Any] = {}
    for variable, text in (os.environ if environ is None else environ).items():
        if not variable.startswith(prefix):
            continue
        place = _VARIABLES.get(variable.removeprefix(prefix))
        if place is None:
            known = ", ".join(prefix + name for name in _VARIABLES)
            raise UsageError(f"{variable}: no such setting; known are {known}")
        if text.strip():
            if place in places:
                raise UsageError(f"{' and '.join(sorted((variable, places[place])))} say the same; set one of them")
            places[place] = variable
            _put(mapping, place, _value(variable, variable.removeprefix(prefix), text))
    return {name: value for group in mapping for name, value in _checked(mapping, group, places).items()}


def _checked(mapping: dict[str, Any], group: str, places: Mapping[tuple[str, ...], str]) -> dict[str, Any]:
    """Return one option; errors about it name the variables that it comes from."""
    try:
        options = options_from_mapping({group: mapping[group]})
        make_settings(**options)
    except UsageError as error:
        mistake = str(error).removeprefix("configuration: ")
    else:
        return options
    raise UsageError(f"{', '.join(sorted(places[place] for place in places if place[0] == group))}: {mistake}")


def _put(mapping: dict[str, Any], place: tuple[str, ...], value: Any) -> None:
    for name in place[:-1]:
        mapping = mapping.setdefault(name, {})
    mapping[place[-1]] = value


def _value(variable: str, name: str, text: str) -> Any:
    lowered = text.strip().lower()
    switch = _WORDS.get(lowered)
    if name in _SWITCHES:
        if switch is None:
            raise UsageError(f"{variable}: must be true or false, not {text[:40]!r}")
        return switch
    if name == "RETRY" and switch is not None and lowered != "1":
        return Retry.of(switch).attempts
    if name == "VERIFY":
        return text if switch is None else switch
    if name in _WHOLE_NUMBERS or name.endswith(("TIMEOUT", "BACKOFF")):
        return _number(variable, lowered, whole=name in _WHOLE_NUMBERS)
    return text


def _number(variable: str, text: str, *, whole: bool) -> float | int | None:
    if text == "none":
        return None
    try:
        return int(text) if whole else float(text)
    except ValueError:
        kind = "a whole number" if whole else "a number of seconds"
    raise UsageError(f"{variable}: must be {kind}, not {text[:40]!r}")
