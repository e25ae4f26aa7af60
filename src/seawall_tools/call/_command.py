"""The sub-command `seawall call`."""

import inspect
from typing import Any

import typer
from typer.core import TyperCommand

from seawall import UsageError

from .._terminal import write
from ._asked import GENERATED, Asked
from ._body import body_word
from ._exit import EXIT_CODES, FAILED, INTERRUPTED
from ._misuse import misuse
from ._plan import make_plan
from ._run import run

__all__ = ["app"]

_HELP = """Make an HTTP call as an app with Seawall makes it: with deadlines, safe retries and typed problems.

Without a scheme the URL is https, or http for this machine. At a terminal the body is indented and coloured; into a pipe it goes
as it came, byte by byte.

```
seawall call api.acme.example/v1/agents -q team=blue
seawall call POST localhost:8000/agents -j '{"name": "Ada"}' --idempotency-key
seawall call localhost:8000/agents/7 --into shop.models:Agent --explain
seawall call POST localhost:8000/avatars -F file=@ada.png -F name=Ada
seawall call api.acme.example/v1/me --bearer-env ACME_TOKEN --json
seawall call api.acme.example/export.csv -o export.csv
seawall call localhost:8000/agents --repeat 1000 --concurrency 20
```
"""
_EPILOG = "Exit codes:\n\n" + "\n".join(f"- `{code}` {meaning}" for code, meaning in EXIT_CODES.items())

app = typer.Typer(add_completion=False, rich_markup_mode="markdown")


class _Command(TyperCommand):
    """Knows an option whose value may be left out, which typer does not."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        return super().parse_args(ctx, [f"{word}={GENERATED}" if word == "--idempotency-key" else word for word in args])


def _call(**given: Any) -> None:
    asked = Asked(**given)
    body = body_word(asked)
    try:
        code = run(asked, make_plan(asked))
    except (KeyboardInterrupt, typer.Abort):  # the second is what becomes of Ctrl-C while a password is asked for
        write("Interrupted.", error=True)
        code = INTERRUPTED
    except UsageError as error:
        raise misuse(error, body) from None
    except BrokenPipeError:  # whose reader had enough: typer ends without a word
        raise
    except OSError as error:
        write(f"The output cannot be written: {error.strerror or type(error).__name__}", error=True)
        code = FAILED
    raise typer.Exit(code)


# One object in place of thirty parameters: typer reads what it offers from the signature.
_call.__signature__ = inspect.signature(Asked)  # type: ignore[attr-defined]
app.command(cls=_Command, no_args_is_help=True, help=_HELP, epilog=_EPILOG)(_call)
