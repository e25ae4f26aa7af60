"""Write docs/reference/errors.md: the tree of problems, each class, and the dialects, out of the code's own docstrings.

Usage: python -m tools.error_reference [--check].
"""

import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from seawall import problems
from seawall.problems import ApiProblem
from seawall.problems.dialects import BUILT_IN

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs/reference/errors.md"
REFRESH = "make api"

_HEAD = """\
# The tree of errors

<!-- Generated from the docstrings by tools/error_reference.py (`make api`); a test holds it against the code. -->

Everything that a network or a server can do to a call is an `ApiProblem`. [How to show errors to people](../how-to/errors.md)
says what to do with them, [error dialects](../explanation/dialects.md) how they are read. A mistake in the calling code is
`seawall.UsageError`, a `TypeError` outside this tree.
"""
_ITEM = re.compile(r"^(?P<indent> +)(?P<names>[a-z_]+(?:, [a-z_]+)*): (?P<text>.*(?:\n(?P=indent) +\S.*)*)", re.MULTILINE)


def main() -> int:
    """Write the page, or with --check compare it; the exit code says whether it was true."""
    text = render()
    if "--check" in sys.argv:
        return int(not PAGE.exists() or PAGE.read_text(encoding="utf-8") != text)
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(text, encoding="utf-8")
    return 0


def render() -> str:
    """The page."""
    return "\n".join([_HEAD, *_tree(), *_members(), *_classes(), *_dialects()]).rstrip() + "\n"


def _tree() -> Iterator[str]:
    drawing = inspect.getdoc(inspect.getmodule(ApiProblem)) or ""
    yield f"```text\n{drawing.partition(chr(10))[2].strip()}\n```\n"


def _members() -> Iterator[str]:
    yield "## What every problem has\n"
    yield "| member | what it is |\n| --- | --- |"
    doc = inspect.cleandoc(ApiProblem.__doc__ or "").partition("Attributes:")[2]
    for item in _ITEM.finditer(doc):
        names = ", ".join(f"`{name}`" for name in item["names"].split(", "))
        yield f"| {names} | {_flat(item['text'])} |"
    for name, member in sorted(vars(ApiProblem).items()):
        if isinstance(member, property):
            yield f"| `{name}` | {_first(member)} |"
        elif inspect.isfunction(member) and not name.startswith("_") and name != "settle":
            yield f"| `{name}()` | {_first(member)} |"
    yield ""


def _classes() -> Iterator[str]:
    yield "## The classes\n"
    for kind in _below(ApiProblem):
        parents = " and ".join(f"`{base.__name__}`" for base in kind.__bases__)
        doc = inspect.cleandoc(kind.__doc__ or "")
        summary, _, attributes = doc.partition("Attributes:")
        yield f"### {kind.__name__}\n\n{_flat(summary)} Is also: {parents}.\n"
        own = [f"- `{item['names']}`: {_flat(item['text'])}" for item in _ITEM.finditer(attributes)]
        own += [f"- `{name}`: {_first(member)}" for name, member in vars(kind).items() if _is_own(member)]
        yield from [*own, ""] if own else []


def _dialects() -> Iterator[str]:
    yield "## The dialects\n\n| `problem.dialect` | form |\n| --- | --- |"
    for dialect in sorted(BUILT_IN, key=lambda dialect: dialect.name):
        yield f"| `{dialect.name}` | {_first(inspect.getmodule(dialect))} |"


def _below(kind: type[ApiProblem]) -> Iterator[type[ApiProblem]]:
    """Every exported class of the tree once, in the order of the drawing."""
    seen: dict[type[ApiProblem], None] = {}
    waiting = [kind]
    while waiting:
        current = waiting.pop()
        seen[current] = None
        waiting += [child for child in reversed(current.__subclasses__()) if child not in seen]
    exported = {getattr(problems, name) for name in problems.__all__}
    yield from (found for found in seen if found in exported and found is not kind)


def _is_own(member: object) -> bool:
    return isinstance(member, property) and bool(member.__doc__)


def _first(thing: object) -> str:
    """The first paragraph of a docstring, on one line and fit for a table."""
    return _flat((inspect.getdoc(thing) or "").partition("\n\n")[0]).replace("|", "\\|")


def _flat(text: str) -> str:
    return " ".join(text.split())


if __name__ == "__main__":
    sys.exit(main())
