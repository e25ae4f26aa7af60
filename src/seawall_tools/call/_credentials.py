"""The Authorization header, from `--user`, `--bearer` or `--bearer-env`."""

import os
import sys
from base64 import b64encode

import typer

from seawall import Secret
from seawall.model import Origin

from ._asked import Asked
from ._sources import read, wrong

__all__ = ["authorization"]


def authorization(asked: Asked, origin: Origin) -> Secret | None:
    """Return the value of the Authorization header, None where none is asked for.

    Credentials go over https, or to this machine: over plain http anybody on the way could read them. Who means it all the same
    gives the header with `--header`.

    Raises:
        typer.BadParameter: Several are given, one is missing, or it would go over plain http.
    """
    given = {"--user": asked.user, "--bearer": asked.bearer, "--bearer-env": asked.bearer_env}
    words = [word for word, value in given.items() if value is not None]
    if not words:
        return None
    if len(words) > 1:
        raise wrong(words[-1], f"give one credential only, not {' and '.join(words)}")
    if any(header.partition(":")[0].strip().lower() == "authorization" for header in asked.headers or ()):
        raise wrong(words[0], "there is an Authorization header already, from --header")
    if origin.scheme == "http" and not origin.is_loopback:
        raise wrong(words[0], f"{origin} is plain http, and anybody on the way could read it; if you mean it, use --header")
    return _basic(asked.user) if asked.user is not None else _bearer(asked)


def _basic(user: str) -> Secret:
    name, mark, password = user.partition(":")
    if not mark:
        password = _asked_for(name)
    return Secret("Basic " + b64encode(f"{name}:{password}".encode("utf-8", "surrogateescape")).decode("ascii"))


def _asked_for(name: str) -> str:
    if not sys.stdin.isatty():
        raise wrong("--user", "there is no password and nobody to ask; give NAME:PASSWORD")
    password: str = typer.prompt(f"Password of {name!r}", hide_input=True, err=True, default="", show_default=False)
    return password


def _bearer(asked: Asked) -> Secret:
    if asked.bearer is not None:
        word, token = "--bearer", read(asked.bearer, "--bearer").decode("utf-8", "replace").strip()
    else:
        word, token = "--bearer-env", os.environ.get(asked.bearer_env or "", "").strip()
    if not token:
        raise wrong(word, "there is no token")
    return Secret(f"Bearer {token}")
