"""What one Python file says about codes, read with `ast` and nothing executed.

It is independent of the document, so that it can be kept until the file changes.
"""

import ast
import builtins
import re
import warnings
from collections.abc import Iterator

import msgspec

__all__ = ["Imported", "SourceFacts", "Text", "Use", "read_facts"]

ALLOWED = "# codes: allow"  # on a line whose texts only look like codes
MAX_FACTS = 20_000  # of each kind in one file
_OF_PYTHON = frozenset(
    name for name, kind in vars(builtins).items() if isinstance(kind, type) and issubclass(kind, BaseException)
)
_LOOKS_LIKE_CODE = re.compile(r"[A-Z][A-Z0-9_]{0,61}[A-Z0-9]", re.ASCII)


class Imported(msgspec.Struct, frozen=True):
    """A name that an import binds.

    Attributes:
        local: What it is called in the file; dotted for `import a.b`.
        module: The module, dotted; empty for `from . import x`.
        level: Number of leading dots.
        name: What is taken from the module, or None for the module itself.
        line: Where.
    """

    local: str
    module: str
    level: int
    name: str | None
    line: int


class Use(msgspec.Struct, frozen=True):
    """A dotted name; `makes` where a class would be made or raised: called, raised, returned, chosen, not caught or compared.

    Of the others only those are kept that may be classes, and belong to what the file imports.
    """

    name: str
    line: int
    makes: bool = True


class Text(msgspec.Struct, frozen=True):
    """A text that looks like a code; `raised` if it is given to what is raised, or names the code of an exception's class."""

    value: str
    line: int
    raised: bool


class SourceFacts(msgspec.Struct, frozen=True):
    """All of one file; `fault` says why it cannot be read, and `line` where."""

    imports: tuple[Imported, ...] = ()
    uses: tuple[Use, ...] = ()
    texts: tuple[Text, ...] = ()
    fault: str | None = None
    line: int = 1


def read_facts(content: bytes) -> SourceFacts:
    """Read the source text of one module."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a wrong escape is the linter's concern, and would be told on standard error
            tree = ast.parse(content)
    except SyntaxError as error:
        return SourceFacts(fault=error.msg[:200], line=max(1, error.lineno or 1))
    except (ValueError, RecursionError, MemoryError) as error:
        return SourceFacts(fault=type(error).__name__)
    allowed = {number for number, line in enumerate(content.splitlines(), 1) if ALLOWED.encode() in line}
    imports: list[Imported] = []
    uses: list[Use] = []
    texts: list[Text] = []
    for fact in _facts(tree):
        match fact:
            case Imported() if len(imports) < MAX_FACTS:
                imports.append(fact)
            case Use() if len(uses) < MAX_FACTS:
                uses.append(fact)
            case Text() if fact.line not in allowed and len(texts) < MAX_FACTS:
                texts.append(fact)
    local = {imported.local.partition(".")[0] for imported in imports}
    kept = tuple(use for use in uses if use.makes or use.name.partition(".")[0] in local)
    return SourceFacts(tuple(imports), kept, tuple(texts))


def _facts(tree: ast.Module) -> Iterator[Imported | Use | Text]:
    """Walk without recursion: generated sources nest deeper than Python's stack."""
    waiting: list[tuple[ast.AST, bool, int]] = [(tree, True, 0)]
    while waiting:
        node, used, raised = waiting.pop()
        match node:
            case ast.Import() | ast.ImportFrom():
                yield from _imported(node)
                continue
            case ast.Constant(value=str(value)) if _LOOKS_LIKE_CODE.fullmatch(value):
                yield Text(value, node.lineno, raised > 0)
            case ast.Name() | ast.Attribute() if name := _dotted(node):
                if used or name.rpartition(".")[2][:1].isupper():
                    yield Use(name, node.lineno, used)
                continue
        waiting += _children(node, used, raised)


def _children(node: ast.AST, used: bool, raised: int) -> Iterator[tuple[ast.AST, bool, int]]:
    """The parts of a node: each with whether a name there is used, and for how many calls more a text there is raised."""
    if isinstance(node, ast.Raise):
        raised = 2
    elif isinstance(node, ast.Call) and raised:
        # `raise Refused("CODE", FieldError("OTHER"))`: the second is a field's code; `raise KeyError("A_NAME")` holds none
        raised = 0 if _dotted(node.func) in _OF_PYTHON else raised - 1
    in_class = isinstance(node, ast.ClassDef)
    for field, value in ast.iter_fields(node):
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield child, _is_use(node, field, child, used), 1 if in_class and _names_code(child) else raised


def _is_use(node: ast.AST, field: str, child: ast.AST, used: bool) -> bool:
    match node:
        case ast.Call():
            return field == "func"
        case ast.Compare() | ast.MatchClass() | ast.MatchValue():
            return False
        case ast.ExceptHandler() | ast.AnnAssign() | ast.ClassDef() | ast.arg() | ast.FunctionDef() | ast.AsyncFunctionDef():
            return isinstance(child, ast.stmt) or field == "value"
    return used or isinstance(child, ast.stmt)


def _names_code(node: ast.AST) -> bool:
    """Whether it is `code = ...`, which in the body of an exception's class names its code."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return any(isinstance(target, ast.Name) and target.id == "code" for target in targets)


def _imported(node: ast.Import | ast.ImportFrom) -> Iterator[Imported]:
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield Imported(alias.asname or alias.name, alias.name, 0, None, alias.lineno)
        return
    for alias in node.names:
        yield Imported(alias.asname or alias.name, node.module or "", node.level, alias.name, alias.lineno)


def _dotted(node: ast.AST) -> str:
    """The dotted name of an expression, or "" where it is none."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""
