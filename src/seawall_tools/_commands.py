"""The sub-commands: found by entry point, imported only when they are called or listed.

An entry point's value is a typer app (made with `add_completion=False`), its name is the word on the command line, and
its extras, in square brackets behind the value, are what to install when one of its imports is missing. A rejected
design is a list of sub-commands in this file: the command would then know of, and import, all that stands above it.
"""

from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import EntryPoint, entry_points, version
from typing import Annotated, Any, cast

import typer

GROUP = "seawall.commands"
_HELP = """Tools for apps that call HTTP APIs through Seawall.

`seawall COMMAND --help` explains a command. One whose packages are not installed says which extra brings them.
"""


def command(found: Iterable[EntryPoint] | None = None) -> Any:
    """Build the whole command, ready to be called.

    Args:
        found: The sub-commands' entry points; those of the group `seawall.commands` if not given.
    """
    app = typer.Typer(no_args_is_help=True, rich_markup_mode="markdown", pretty_exceptions_show_locals=False)
    app.callback(help=_HELP)(_options)
    group = cast("Any", typer.main.get_command(app))
    group.commands = _Commands(entry_points(group=GROUP) if found is None else found)
    return group


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(f"seawall {version('seawall')}")
        raise typer.Exit


_Version = Annotated[bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")]


def _options(show_version: _Version = False) -> None:
    """Read the options before the sub-command; each acts in its own callback."""


class _Commands(Mapping[str, Any]):
    """The sub-commands by name; looking one up imports it."""

    def __init__(self, found: Iterable[EntryPoint]) -> None:
        self._found = {entry.name: entry for entry in found}

    def __getitem__(self, name: str) -> Any:
        entry = self._found[name]
        try:
            made = typer.main.get_command(entry.load())
        except ModuleNotFoundError as error:
            if error.name is None or _root(error.name) == _root(entry.module):
                raise
            made = _missing(entry, error.name)
        made.name = name  # the help prints it: an app's own is that of its function, or none
        return made

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._found))

    def __len__(self) -> int:
        return len(self._found)


def _root(module: str) -> str:
    return module.partition(".")[0]


def _missing(entry: EntryPoint, module: str) -> Any:
    """A command that stands in for one whose packages are not installed, and says how to install them."""
    distribution = entry.dist.name if entry.dist else "seawall"
    extras = f"[{','.join(entry.extras)}]" if entry.extras else ""
    remedy = f"pip install '{distribution}{extras}'"
    app = typer.Typer(add_completion=False)

    @app.command(
        help=f"Not installed; install it with: {remedy}",
        context_settings={"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []},
    )
    def explain(context: typer.Context) -> None:
        typer.echo(f"`seawall {entry.name}` needs the package {module!r}. Install it with: {remedy}", err=True)
        raise typer.Exit(1)

    return typer.main.get_command(app)
