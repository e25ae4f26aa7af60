"""Exports: a folder is a public namespace, its files are private, its `__init__` exports."""

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator

from ._source import Function, SourceFile, Violation

_OPEN_NAMES = {"__init__.py", "__main__.py"}


def public_files(files: Iterable[SourceFile]) -> Iterator[Violation]:
    """Files whose names lack the underscore: only folders are public."""
    for file in files:
        if file.path.name not in _OPEN_NAMES and not file.path.name.startswith("_"):
            yield file.violation(1, f"call it _{file.path.name}: a folder is public, its files are private")


def untrue_exports(files: Iterable[SourceFile]) -> Iterator[Violation]:
    """`__init__` files whose `__all__` is unsorted, repeats a name, or is not what the file really imports."""
    for file in files:
        if not file.is_package:
            continue
        listed, bound = exported(file), set(_bound_names(file.tree))
        if listed != sorted(set(listed), key=_order):
            yield file.violation(1, "__all__ is not sorted (constants, classes, the rest), or repeats a name")
        if missing := sorted(bound - set(listed)):
            yield file.violation(1, f"imported, but not in __all__: {', '.join(missing)}")
        if phantom := sorted(name for name in set(listed) - bound if not name.startswith("__")):
            yield file.violation(1, f"in __all__, but not imported: {', '.join(phantom)}")


def exported_twice(files: Iterable[SourceFile]) -> Iterator[Violation]:
    """Symbols that two namespaces of the same depth export: a user could not know which one to import from."""
    known = {file.module: file for file in files}
    doors: dict[tuple[int, str], list[SourceFile]] = defaultdict(list)
    for file in known.values():
        for name in exported(file) if file.is_package else ():
            doors[file.module.count("."), ".".join(origin(known, file.module, name))].append(file)
    for (_, symbol), (first, *others) in doors.items():
        for other in others:
            yield other.violation(1, f"{symbol} is exported by {first.module} already")


def undocumented(files: Iterable[SourceFile]) -> Iterator[Violation]:
    """Exported classes and functions that say nothing about themselves."""
    known = {file.module: file for file in files}
    symbols = {origin(known, file.module, name) for file in known.values() if file.is_package for name in exported(file)}
    for module, symbol in sorted(symbols):
        node = definition(known[module], symbol) if module in known else None
        if isinstance(node, ast.ClassDef | Function) and not ast.get_docstring(node):
            yield known[module].violation(node.lineno, f"{symbol} is exported and has no docstring")


def exported(file: SourceFile) -> list[str]:
    """The names in a file's `__all__`, as they stand there."""
    node = definition(file, "__all__")
    return list(ast.literal_eval(node.value)) if isinstance(node, ast.Assign) else []


def origin(known: dict[str, SourceFile], module: str, name: str) -> tuple[str, str]:
    """The module that defines a name, and the name there, found by following imports as far as our own files go."""
    while file := known.get(module):
        step = _imported_names(file).get(name)
        if step is None:
            break
        if ".".join(step) in known:  # a module, exported as a name
            return step
        module, name = step
    return module, name


def definition(file: SourceFile, name: str) -> ast.stmt | None:
    """The statement of a file that defines a name, wherever in the module's own body it stands."""
    found = None
    for node in _module_level(file.tree.body):
        if name in _defined_names(node):
            found = node
    return found


def _imported_names(file: SourceFile) -> dict[str, tuple[str, str]]:
    return {
        alias.asname or alias.name: (file.absolute(node), alias.name)
        for node in _module_level(file.tree.body)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def _bound_names(tree: ast.Module) -> Iterator[str]:
    for node in _module_level(tree.body):
        yield from (name for name in _names_from(node) if not name.startswith("_"))


def _names_from(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.Import | ast.ImportFrom):
        return [alias.asname or alias.name.partition(".")[0] for alias in node.names]
    return _defined_names(node)


def _defined_names(node: ast.stmt) -> list[str]:
    match node:
        case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            return [name]
        case ast.Assign(targets=targets):
            return [target.id for target in targets if isinstance(target, ast.Name)]
        case ast.AnnAssign(target=ast.Name(id=name)):
            return [name]
    return []


def _module_level(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for node in body:
        if isinstance(node, ast.If | ast.Try):
            for block in (node.body, node.orelse, *(handler.body for handler in getattr(node, "handlers", []))):
                yield from _module_level(block)
        else:
            yield node


def _order(name: str) -> tuple[int, str]:
    """Ruff's order of `__all__` (RUF022): constants, classes, the rest."""
    return (0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2), name
