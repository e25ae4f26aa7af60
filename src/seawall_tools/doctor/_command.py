"""The sub-command `seawall doctor`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from .._address import full_url
from .._json import show_document
from .._terminal import write
from ._examination import examine
from ._finding import Finding
from ._handshake import strict_context
from ._report import line, report, verdict_line
from ._verdict import is_well

__all__ = ["app"]

DEFAULT_TIMEOUT = 10.0  # seconds for each check: what a client gives a connection by default
_UNWELL = 1
_INTERRUPTED = 130  # 128 + SIGINT, as shells count

_HELP = """Look at every step on the way to a server, and say in one line what is wrong and how to mend it.

Name, each address, TLS and its certificates, HTTP and its redirects, the proxy variables, the clock. It sends no credentials,
reads no body, and goes on after a failure as far as it can.

```
seawall doctor api.acme.example
seawall doctor https://localhost:8443/health --cacert ca.pem --json
```
"""
_EPILOG = (
    "Exit codes:\n\n- `0` a call can succeed\n- `1` it cannot, or the output cannot be written\n"
    "- `2` the command was used wrongly\n- `130` interrupted by Ctrl-C"
)

app = typer.Typer(add_completion=False, rich_markup_mode="markdown")


@app.command(no_args_is_help=True, help=_HELP, epilog=_EPILOG)
def _doctor(
    url: Annotated[str, typer.Argument(metavar="URL", show_default=False, help="Without a scheme https; http for this machine.")],
    timeout: Annotated[float, typer.Option("--timeout", min=0.1, metavar="SECONDS", help="For each check.")] = DEFAULT_TIMEOUT,
    cacert: Annotated[
        Path | None, typer.Option("--cacert", metavar="FILE", help="Trust these authorities in place of the system's.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    address = full_url(url)
    _check_file(cacert)
    try:
        findings = _examined(address, timeout, cacert, as_json)
    except KeyboardInterrupt:
        write("Interrupted.", error=True)
        raise typer.Exit(_INTERRUPTED) from None
    except BrokenPipeError:  # whose reader had enough: typer ends without a word
        raise
    except OSError as error:
        write(f"The output cannot be written: {error.strerror or type(error).__name__}", error=True)
        raise typer.Exit(_UNWELL) from None
    raise typer.Exit(0 if is_well(findings) else _UNWELL)


def _examined(address: str, timeout: float, cacert: Path | None, as_json: bool) -> list[Finding]:
    findings: list[Finding] = []
    for finding in examine(address, timeout, cacert):
        findings.append(finding)
        if not as_json:
            write(line(finding))
    if as_json:
        show_document(report(address, findings))
    else:
        write(verdict_line(findings))
        sys.stdout.flush()
    return findings


def _check_file(cacert: Path | None) -> None:
    try:
        strict_context(cacert)
    except OSError as error:  # ssl.SSLError is one
        reason = type(error).__name__
    else:
        return
    raise typer.BadParameter(f"no certificates can be read from {str(cacert)!r} ({reason})", param_hint="'--cacert'")
