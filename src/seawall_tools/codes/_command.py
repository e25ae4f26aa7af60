"""The sub-command `seawall codes`."""

import typer

from ._judging import check, compare, gen
from ._reading import list_codes, show
from ._writing import import_openapi, new

__all__ = ["app"]

_HELP = """Keep the one error contract: the document of codes, the modules made of it, the catalogues, the sources.

The table `[tool.seawall.codes]` of pyproject.toml says where things are; options go before it.

```
seawall codes new AGENT_FORBIDDEN --status 403 --param resource:string --param action:string
seawall codes gen
seawall codes check --format github
seawall codes diff origin/main
```
"""
_EPILOG = (
    "Exit codes:\n\n- `0` all is well\n- `1` something is wrong, stale, or breaks somebody\n"
    "- `2` the command was used wrongly, or a file cannot be read or written\n- `130` interrupted by Ctrl-C"
)

app = typer.Typer(add_completion=False, rich_markup_mode="markdown", no_args_is_help=True, help=_HELP, epilog=_EPILOG)
app.command("check")(check)
app.command("diff")(compare)
app.command("gen")(gen)
app.command("list")(list_codes)
app.command("show")(show)
app.command("new")(new)
app.command("import")(import_openapi)
