"""Write the public API of `seawall` down in `api.txt`: every exported name, with signatures and members.

Usage: python -m tools.api_snapshot [--check]. It reads the source and imports nothing, so that the text is the same on
every Python; and a change of the API is a change of this text, reviewed with it.
"""

import ast
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from tools.house import SourceFile, definition, exported, origin, python_files

ROOT = Path(__file__).parents[1]
SNAPSHOT = ROOT / "api.txt"
REFRESH = "make api"

_WIDEST_VALUE = 80
_HIDDEN = {"__slots__", "__match_args__", "__repr__", "__reduce__", "__hash__"}


def main() -> int:
    """Write the snapshot, or with --check compare it; the exit code says whether it was true."""
    text = render(ROOT / "src")
    if "--check" in sys.argv:
        return int(SNAPSHOT.read_text(encoding="utf-8") != text)
    SNAPSHOT.write_text(text, encoding="utf-8")
    return 0


def render(source: Path, package: str = "seawall") -> str:
    """The public API of a package as text.

    Args:
        source: The folder that the package lies in.
        package: Its name; the namespaces below it are shown too.
    """
    known = {file.module: file for file in python_files(source) if file.module.partition(".")[0] == package}
    folders = sorted(file.module for file in known.values() if file.is_package)
    homes = {
        origin(known, folder, name): f"{folder}.{name}"
        for folder in sorted(folders, key=lambda folder: folder.count("."))
        for name in exported(known[folder])
    }
    lines: list[str] = []
    for folder in folders:
        lines += [
            folder,
            *(f"  {line}" for name in exported(known[folder]) for line in _entry(known, homes, folder, name)),
            "",
        ]
    return "\n".join(lines)


def _entry(known: dict[str, SourceFile], homes: dict[tuple[str, str], str], folder: str, name: str) -> Iterator[str]:
    """The lines for one exported name: where it is at home if that is elsewhere, or all of it."""
    module, symbol = origin(known, folder, name)
    home = homes[module, symbol]
    if home != f"{folder}.{name}":
        yield f"{name} = {home}"
    elif f"{module}.{symbol}" in known:
        yield f"{name}: the namespace {module}.{symbol}"
    elif module not in known:
        yield f"{name} = {module}.{symbol}"
    else:
        yield from _Shape(known, homes).lines(known[module], symbol)


class _Shape:
    """How definitions look in the snapshot."""

    def __init__(self, known: dict[str, SourceFile], homes: dict[tuple[str, str], str]) -> None:
        self._known = known
        self._homes = homes

    def lines(self, file: SourceFile, name: str) -> Iterator[str]:
        """The lines for a name that a file defines."""
        nodes: Sequence[ast.stmt | None] = _definitions(file.tree.body, name) or [definition(file, name)]
        for node in nodes:
            match node:
                case ast.ClassDef():
                    yield from self._class(file, node)
                case ast.FunctionDef() | ast.AsyncFunctionDef():
                    yield from _function(node)
                case ast.Assign(value=value):
                    yield f"{name} = {_short(value)}"
                case ast.AnnAssign(annotation=annotation):
                    yield f"{name}: {ast.unparse(annotation)}"
                case _:
                    yield name

    def _class(self, file: SourceFile, node: ast.ClassDef) -> Iterator[str]:
        yield from (f"@{ast.unparse(decorator)}" for decorator in node.decorator_list)
        bases = ", ".join(ast.unparse(base) for base in [*node.bases, *node.keywords])
        yield f"class {node.name}({bases})" if bases else f"class {node.name}"
        members: dict[str, list[str]] = {}
        for owner in self._private_bases(file, node):
            members = {**members, **_members(owner)}
        yield from (f"  {line}" for name in sorted(members) for line in members[name])

    def _private_bases(self, file: SourceFile, node: ast.ClassDef) -> Iterator[ast.ClassDef]:
        """The class itself, last, and the unexported bases that it takes public members from."""
        for base in reversed(node.bases):
            root = base.value if isinstance(base, ast.Subscript) else base
            if not isinstance(root, ast.Name):
                continue
            module, symbol = origin(self._known, file.module, root.id)
            found = definition(self._known[module], symbol) if module in self._known else None
            if isinstance(found, ast.ClassDef) and (module, symbol) not in self._homes:
                yield from self._private_bases(self._known[module], found)
        yield node


def _definitions(body: list[ast.stmt], name: str) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    """The functions of that name that a caller sees: the overloads, or a property and its setter, or the last one."""
    found = [node for node in body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name]
    told_apart = [node for node in found if _marks(node) & {"overload", "property", "setter", "deleter"}]
    return told_apart or found[-1:]


def _members(owner: ast.ClassDef) -> dict[str, list[str]]:
    members: dict[str, list[str]] = {}
    for node in owner.body:
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) if _is_shown(name):
                members[name] = [line for one in _definitions(owner.body, name) for line in _function(one)]
            case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation, value=value) if _is_shown(name):
                members[name] = [f"{name}: {ast.unparse(annotation)}" + (f" = {_short(value)}" if value else "")]
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if _is_shown(name):
                members[name] = [f"{name} = {_short(value)}"]
    for name, line in _attributes(owner):
        members.setdefault(name, [line])
    return members


def _attributes(owner: ast.ClassDef) -> Iterator[tuple[str, str]]:
    """The public attributes that `__init__` sets."""
    for method in _definitions(owner.body, "__init__"):
        for node in ast.walk(method):
            match node:
                case ast.AnnAssign(target=ast.Attribute(value=ast.Name(id="self"), attr=name), annotation=annotation):
                    line = f"{name}: {ast.unparse(annotation)}"
                case ast.Assign(targets=[ast.Attribute(value=ast.Name(id="self"), attr=name)]):
                    line = name
                case _:
                    continue
            if _is_shown(name):
                yield name, line


def _function(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    yield from (f"@{ast.unparse(decorator)}" for decorator in node.decorator_list)
    returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    kind = "async def" if isinstance(node, ast.AsyncFunctionDef) else "def"
    yield f"{kind} {node.name}({ast.unparse(node.args)}){returns}"


def _marks(node: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    return {ast.unparse(decorator).rpartition(".")[2] for decorator in node.decorator_list}


def _is_shown(name: str) -> bool:
    return name not in _HIDDEN if name.startswith("__") else not name.startswith("_")


def _short(value: ast.expr) -> str:
    text = ast.unparse(value)
    return text if len(text) <= _WIDEST_VALUE else "..."


if __name__ == "__main__":
    sys.exit(main())
