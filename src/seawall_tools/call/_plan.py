"""What was asked for, checked and ready to be sent: method, URL, options of the client and of the call."""

import re
from typing import Any

import msgspec

from seawall import Secret, Timeout
from seawall.model import split_url

from .._address import full_url
from ._asked import GENERATED, Asked
from ._body import body_options, body_word
from ._credentials import authorization
from ._into import parse_type
from ._sources import wrong

__all__ = ["Plan", "make_plan"]

_METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY"})

_METHOD = re.compile(r"[A-Za-z][A-Za-z_-]*").fullmatch


class Plan(msgspec.Struct, frozen=True, eq=False):
    """One call, or many of the same.

    Attributes:
        method, url: What to ask.
        options: The call's; see `seawall.CallOptions`.
        client: The client's; see `seawall.ClientOptions`.
        into: The type to decode into; None without one.
        body: The option that gave the body; None without one.
    """

    method: str
    url: str
    options: dict[str, Any]
    client: dict[str, Any]
    into: Any
    body: str | None

    def __repr__(self) -> str:
        return f"<Plan {self.method}>"  # the rest holds secrets


def make_plan(asked: Asked) -> Plan:
    """Check what was asked for.

    Raises:
        typer.BadParameter: Something cannot be; the message names the option.
    """
    _check_combinations(asked)
    body = body_word(asked)
    method, url = _target(asked.words, body)
    options = body_options(asked)
    options["headers"] = _headers(asked, url, options.pop("media_type", None))
    options["params"] = [_query(each) for each in asked.query or ()]
    options |= _sending_options(asked)
    into = None if asked.into is None else parse_type(asked.into)
    return Plan(method, url, options, client_options(asked), into, body)


def _check_combinations(asked: Asked) -> None:
    rules = (
        ("--no-retry", asked.no_retry, "--retry", asked.retry is not None),
        ("--no-verify", not asked.verify, "--cacert", asked.cacert is not None),
        ("--into", asked.into is not None, "--output", asked.output is not None),
        *(("--repeat", asked.repeat is not None, word, given) for word, given in _not_repeated(asked)),
    )
    for one, given, other, other_given in rules:
        if given and other_given:
            raise wrong(one, f"it cannot be combined with {other}")
    if asked.concurrency > 1 and asked.repeat is None:
        raise wrong("--concurrency", "it needs --repeat")
    if asked.key is not None and asked.cert is None:
        raise wrong("--key", "it needs --cert")
    if asked.output is not None and (asked.output.is_dir() or not asked.output.parent.is_dir()):
        raise wrong("--output", "give the path of a file in a folder that exists")  # before a POST is sent for nothing


def _not_repeated(asked: Asked) -> tuple[tuple[str, bool], ...]:
    return (
        ("--output", asked.output is not None),
        ("--include", asked.include),
        ("--explain", asked.explain),
        ("--as-curl", asked.as_curl),
        ("--verbose", asked.verbose),
    )


def _target(words: list[str], body: str | None) -> tuple[str, str]:
    if len(words) > 2:
        raise wrong("URL", f"there are {len(words)} words; give a method and a URL, and options with a dash")
    *methods, url = words
    if not methods and url.upper() in _METHODS:
        raise wrong("URL", f"it is missing: {url} is a method")
    if methods and not _METHOD(methods[0]):  # unquoted: it may be a password behind a --user without one
        raise wrong("METHOD", "the first of two words must be a method, letters only")
    method = methods[0].upper() if methods else "POST" if body else "GET"
    return method, full_url(url)


def _headers(asked: Asked, url: str, media_type: str | None) -> list[tuple[str, str | Secret]]:
    pairs: list[tuple[str, str | Secret]] = []
    for each in asked.headers or ():
        name, mark, value = each.partition(":")
        if not mark:
            raise wrong("--header", "give 'NAME: VALUE', with a colon between them")  # unquoted: it may be a credential
        pairs.append((name.strip(), value.strip()))
    if media_type is not None and all(name.lower() != "content-type" for name, _ in pairs):
        pairs.append(("Content-Type", media_type))
    credential = authorization(asked, split_url(url)[0])
    return pairs if credential is None else [*pairs, ("Authorization", credential)]


def _query(each: str) -> tuple[str, str]:
    name, mark, value = each.partition("=")
    if not mark:
        raise wrong("--query", "give NAME=VALUE")
    return name, value


def _sending_options(asked: Asked) -> dict[str, Any]:
    options: dict[str, Any] = {}
    if asked.timeout is not None:
        options["timeout"] = asked.timeout
    if asked.idempotent:
        options["idempotent"] = True
    if asked.idempotency_key is not None:
        options["idempotency_key"] = True if asked.idempotency_key == GENERATED else asked.idempotency_key
    if not asked.follow:
        options["follow_redirects"] = False
    return options


def client_options(asked: Asked) -> dict[str, Any]:
    """Return the options of the client, those that were given and no others."""
    verify = True if asked.cacert is None else asked.cacert
    chosen: dict[str, Any] = {
        "timeout": _clocks(asked),
        "retry": False if asked.no_retry else asked.retry,
        "verify": verify if asked.verify else False,
        "cert": asked.cert if asked.key is None else (asked.cert, asked.key),
        "proxy": asked.proxy,
        "trust_env": asked.trust_env,
        "http2": asked.http2,
        "max_connections": max(100, asked.concurrency),
    }
    return {name: value for name, value in chosen.items() if value is not None}


def _clocks(asked: Asked) -> Timeout:
    """The clocks beside the total one. Who waits a minute for an answer means a server that is silent for that minute."""
    usual = Timeout()
    read = max(usual.read or 0, asked.timeout or 0)
    connect = usual.connect if asked.connect_timeout is None else asked.connect_timeout
    return Timeout(connect=connect, read=read)
