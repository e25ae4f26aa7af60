"""From what a person types as an address to a URL."""

import re

import typer

from seawall.model import UsageError, split_url

__all__ = ["full_url"]

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://").match
_ONE_SLASH = re.compile(r"https?:/(?!/)", re.IGNORECASE).match  # the scheme would pass for a host, and all behind it for a path
_USER = re.compile(r"[^/?#]*@").match
_BRACES = str.maketrans({"{": "%7B", "}": "%7D"})  # in a URL that was typed they are no places to be filled


def full_url(typed: str) -> str:
    """Complete an address: without a scheme it is https, or http where the host is this machine.

    Args:
        typed: A URL, or one whose scheme was left out: `api.acme.example/v1`, `localhost:8000`.

    Raises:
        typer.BadParameter: It is no address of an HTTP server; the message quotes no part that may be a password.
    """
    scheme = _SCHEME(typed)
    rest = typed[scheme.end() :] if scheme else typed.removeprefix("//")
    if _ONE_SLASH(rest):
        raise _bad("there are two slashes behind http: and https:, and nothing before them")
    if _USER(rest):
        raise _bad("leave the user and the password out of it; `seawall call` takes them as --user")
    try:
        if scheme:
            split_url(typed)
        else:
            typed = f"{'http' if split_url(f'http://{rest}')[0].is_loopback else 'https'}://{rest}"
    except UsageError as error:
        reason = str(error).removeprefix("url: ")
    else:
        return typed.translate(_BRACES)
    raise _bad(reason)


def _bad(reason: str) -> typer.BadParameter:
    return typer.BadParameter(reason, param_hint="URL")
