"""What the command line can ask of `seawall call`, as one frozen object."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["GENERATED", "Asked"]

GENERATED = "\0"
"""Stands for `--idempotency-key` without a key; no command line can hold it."""

Words = list[str] | None
_option = partial(typer.Option, show_default=False)
_body = partial(_option, rich_help_panel="Body")
_credential = partial(_option, rich_help_panel="Credentials")
_sending = partial(_option, rich_help_panel="Sending")
_showing = partial(_option, rich_help_panel="Showing")
_measuring = partial(_option, rich_help_panel="Measuring")
_connecting = partial(_option, rich_help_panel="Connecting")


@dataclass(frozen=True, kw_only=True, repr=False)  # a repr would show the credentials
class Asked:
    """The arguments and options; the help of each says what it is."""

    words: Annotated[
        list[str],
        typer.Argument(metavar="[METHOD] URL", show_default=False, help="Without a method: GET, or POST if there is a body."),
    ]
    headers: Annotated[Words, _option("-H", "--header", metavar="'NAME: VALUE'", help="A header; repeatable.")] = None
    query: Annotated[Words, _option("-q", "--query", metavar="NAME=VALUE", help="A query parameter; repeatable.")] = None

    data: Annotated[
        Words,
        _body("-d", "--data", metavar="NAME=VALUE|TEXT|@FILE|@-", help="A form field, repeatable; or text, a file, stdin."),
    ] = None
    json_body: Annotated[
        str | None, _body("-j", "--json-body", metavar="JSON|@FILE|@-", help="JSON, checked before it is sent.")
    ] = None
    form: Annotated[
        Words, _body("-F", "--form", metavar="NAME=VALUE|NAME=@FILE", help="A field or a file of a multipart form; repeatable.")
    ] = None

    user: Annotated[
        str | None, _credential("-u", "--user", metavar="NAME[:PASSWORD]", help="Basic auth; asks for a missing password.")
    ] = None
    bearer: Annotated[str | None, _credential("--bearer", metavar="TOKEN|@FILE|@-", help="A bearer token, or where it is.")] = (
        None
    )
    bearer_env: Annotated[
        str | None,
        _credential("--bearer-env", metavar="VARIABLE", help="The variable with the token: no list of processes shows it."),
    ] = None
    cert: Annotated[Path | None, _credential("--cert", metavar="FILE", help="This client's certificate, PEM.")] = None
    key: Annotated[Path | None, _credential("--key", metavar="FILE", help="Its private key, unless --cert holds it.")] = None

    timeout: Annotated[
        float | None, _sending("--timeout", metavar="SECONDS", help="For the whole call, pauses included (30).")
    ] = None
    connect_timeout: Annotated[
        float | None, _sending("--connect-timeout", metavar="SECONDS", help="For name, connection and TLS (10).")
    ] = None
    retry: Annotated[int | None, _sending("--retry", metavar="N", help="Attempts in all, the first included (3).")] = None
    no_retry: Annotated[bool, _sending("--no-retry", help="One attempt only.")] = False
    idempotent: Annotated[bool, _sending("--idempotent", help="Repeating does no harm: retry a POST like a GET.")] = False
    idempotency_key: Annotated[
        str | None, _sending("--idempotency-key", metavar="[=KEY]", help="Send a key with every attempt; yours, or a new one.")
    ] = None
    follow: Annotated[bool, _sending("--follow/--no-follow", "-L", help="Redirects; they are followed.")] = True

    include: Annotated[bool, _showing("-i", "--include", help="The head of the response, too.")] = False
    output: Annotated[
        Path | None, _showing("-o", "--output", metavar="FILE", help="Save the body; a GET goes on where it was interrupted.")
    ] = None
    into: Annotated[
        str | None,
        _showing("--into", metavar="TYPE", help="The body as `package.module:Model`, `list[dict]`, `dict[str, int] | None`..."),
    ] = None
    explain: Annotated[bool, _showing("--explain", help="Tell every attempt, afterwards.")] = False
    as_json: Annotated[bool, _showing("--json", help="One JSON document, errors included.")] = False
    as_curl: Annotated[bool, _showing("--as-curl", help="A curl command, secrets left out; nothing is sent.")] = False
    verbose: Annotated[bool, _showing("-v", "--verbose", help="The heads as they come and go.")] = False

    repeat: Annotated[int | None, _measuring("--repeat", min=1, metavar="N", help="Make the call N times, and count.")] = None
    concurrency: Annotated[int, _measuring("--concurrency", min=1, max=1000, metavar="C", help="So many at a time (1).")] = 1

    verify: Annotated[bool, _connecting("--verify/--no-verify", help="The server's certificate; it is verified.")] = True
    cacert: Annotated[
        Path | None, _connecting("--cacert", metavar="FILE", help="Trust these authorities in place of the system's.")
    ] = None
    proxy: Annotated[str | None, _connecting("--proxy", metavar="URL", help="Go through this proxy.")] = None
    trust_env: Annotated[bool, _connecting("--trust-env", help="Use the proxy that the environment names.")] = False
    http2: Annotated[bool, _connecting("--http2", help="Offer HTTP/2.")] = False
