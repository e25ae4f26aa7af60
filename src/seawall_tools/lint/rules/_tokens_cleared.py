"""SWL301: tokens thrown away by somebody who is not the session."""

import ast
import re
from collections.abc import Iterator
from itertools import chain

from .._finding import Hit, Rule
from .._module import Module
from .._session import is_named_after_session

__all__ = ["TOKENS_CLEARED"]

_MESSAGE = (
    "tokens are cleared outside the session: other calls still use them. Let the session end itself, or call its sign_out()"
)
_STORE = re.compile(r"(token|credential|session)_?s?_?(stor(e|age)|vault|keeper|holder)s?$", re.IGNORECASE)
_FILE = re.compile(r"(token|credential)s?_?(cache_?)?(file|path)$", re.IGNORECASE)
_SESSION = re.compile(r"(.*_)?(auth|session)", re.IGNORECASE)
_STORAGE = re.compile(
    r"storage_user|(.*_)?(cookies?|keychain|pref(erence)?s|session|session_?state|(local|client|secure)?_?storage|store|vault)",
    re.IGNORECASE,
)
_CLEARS = frozenset(
    {"clear", "clear_all", "delete", "delete_all", "discard", "erase", "forget", "pop", "remove", "reset", "wipe"}
)
_TAKES_OUT = frozenset({"delete", "delete_item", "pop", "remove", "removeItem", "remove_item"})
_PUTS_IN = frozenset({"put", "save", "set", "store", "write"})
_CLEARING = re.compile(
    r"(clear|wipe|erase|forget)_?(all_?)?((local|stored|saved|user|access|refresh|auth)_?)*(tokens?|session|credentials)$|"
    r"(delete|discard|drop|invalidate|purge|remove|reset)_?(all_?)?((local|stored|saved|access|refresh|auth|session)_?)+tokens?$"
)
_PASSWORDS = frozenset({"keyring.delete_password"})
_UNLINKS = frozenset({"os.remove", "os.unlink", "shutil.rmtree"})
_KERAS = re.compile(r"k|keras|backend|tf|tensorflow", re.IGNORECASE)  # whose clear_session() is about graphs
_OWNERS = re.compile(r"store|login", re.IGNORECASE)
_FIELDS = frozenset({"access_token", "refresh_token", "tokens"})
_KEYS = _FIELDS | {"auth_token", "id_token", "token"}


def _check(module: Module) -> Iterator[Hit]:
    if module.is_session:
        return
    for call in module.all(ast.Call):
        if _clears(module, call) and not _is_the_owner(module, call):
            yield Hit(call, _MESSAGE)
    statements: Iterator[ast.Assign | ast.Delete] = chain(module.all(ast.Assign), module.all(ast.Delete))
    for statement in statements:
        if any(map(_is_dropped, _emptied(statement))) and not _is_the_owner(module, statement):
            yield Hit(statement, _MESSAGE)


def _clears(module: Module, call: ast.Call) -> bool:
    name = module.names.meaning(call.func)
    if name in _PASSWORDS:
        return module.imports("seawall")  # other programs keep other secrets in there
    if name in _UNLINKS:
        return any(_FILE.search(_path(each)) for each in call.args)
    match call.func, call.args:
        case ast.Name(id="setattr"), [owner, ast.Constant(value=str(field)), ast.Constant(value=None | "")]:
            return _is_token_of(owner, field)
        case ast.Attribute(value=owner, attr=method), arguments if _is_clearing(owner, method, arguments):
            return True
        case ast.Attribute(value=owner, attr="clear_session" | "clearSession"), _ if _KERAS.fullmatch(_last(owner)):
            return False
        case ast.Attribute(attr=name) | ast.Name(id=name), _:
            return bool(_CLEARING.fullmatch(_snake(name)))
    return False


def _is_clearing(owner: ast.expr, method: str, arguments: list[ast.expr]) -> bool:
    """Whether a method empties a store, takes a token out of one, or removes the file that it is in."""
    match arguments:
        case [*_, ast.Constant(value=None)] if method in _PUTS_IN:
            return bool(_STORE.search(_path(owner)))
        case [ast.Constant(value=str(key)), *_] if method in _TAKES_OUT and _snake(key) in _KEYS:
            return _is_storage(owner) and not (method == "delete" and _is_session(owner))  # which is a call to a URL
    if method == "unlink":
        return bool(_FILE.search(_path(owner)))
    is_field = _last(owner).lstrip("_") in _FIELDS and isinstance(owner, ast.Attribute) and _is_session(owner.value)
    return method in _CLEARS and (is_field or bool(_STORE.search(_path(owner))))


def _emptied(statement: ast.Assign | ast.Delete) -> list[ast.expr]:
    """What gets None, "" or nothing in an assignment, or is deleted."""
    if isinstance(statement, ast.Delete):
        return statement.targets
    found: list[ast.expr] = []
    waiting = [(target, statement.value) for target in statement.targets]
    while waiting:
        match waiting.pop():
            case ast.Tuple(elts=targets), ast.Tuple(elts=values) if len(targets) == len(values):
                waiting += zip(targets, values, strict=True)
            case target, ast.Constant(value=None | "") | ast.Dict(keys=[]):
                found.append(target)
    return found


def _is_dropped(target: ast.expr) -> bool:
    match target:
        case ast.Attribute(value=owner, attr=field):
            return _is_token_of(owner, field)
        case ast.Subscript(value=owner, slice=ast.Constant(value=str(key))) if _snake(key) in _KEYS:
            return _is_storage(owner)
        case ast.Subscript(value=owner):
            return bool(_STORE.search(_path(owner)))
    return False


def _is_token_of(owner: ast.expr, field: str) -> bool:
    """Whether it is a field with tokens in it, of any object but self."""
    plain = _snake(field)
    if plain in _FIELDS:
        return _last(owner) not in {"", "self", "cls"}
    return plain in {"credentials", "token"} and _is_session(owner)


def _is_storage(owner: ast.expr) -> bool:
    return bool(_STORAGE.fullmatch(_last(owner)) or _STORAGE.fullmatch(_path(owner)))


def _is_session(owner: ast.expr) -> bool:
    return bool(_SESSION.fullmatch(_last(owner)))


def _is_the_owner(module: Module, node: ast.AST) -> bool:
    """Whether it happens in a class, or a function of the same purpose, that a session is made of."""
    for around in module.above(node):
        if isinstance(around, ast.ClassDef) and (is_named_after_session(around.name) or _OWNERS.search(around.name)):
            return True
        if isinstance(around, ast.FunctionDef | ast.AsyncFunctionDef) and _is_sign_out(around.name):
            return True
    return False


def _is_sign_out(name: str) -> bool:
    return bool(_CLEARING.fullmatch(_snake(name))) or _snake(name).strip("_") in {"log_out", "logout", "sign_out", "signout"}


def _path(expression: ast.expr) -> str:
    """The last two names of an expression, as in `session.store`."""
    inner = expression.func if isinstance(expression, ast.Call) else expression
    before = _last(inner.value) if isinstance(inner, ast.Attribute) else ""
    return "_".join(filter(None, (before, _last(inner)))).replace("__", "_")


def _last(expression: ast.expr) -> str:
    match expression.func if isinstance(expression, ast.Call) else expression:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
    return ""


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower().lstrip("_")


TOKENS_CLEARED = Rule(
    "SWL301",
    "tokens-cleared",
    "a token store that is cleared, or tokens that are dropped, by code that is not the session",
    ("oken", "TOKEN", "redential", "CREDENTIAL", "ession", "delete_password"),
    _check,
)
