"""What things may be called, and what generated code calls them."""

import builtins
import keyword
import re
from functools import cache

import seawall

__all__ = ["class_name", "code_fault", "default_key", "is_code", "is_key", "page_name", "param_fault"]

_CODE = re.compile(r"[A-Z][A-Z0-9_]{0,61}[A-Z0-9]", re.ASCII)
_WORDS = re.compile(r"[A-Z](?:[A-Z0-9_]*[A-Z0-9])?", re.ASCII)
_KEY = re.compile(r"[a-z][A-Za-z0-9_]{0,99}", re.ASCII)
_PARAM = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)
# What Dart reads as its own; flutter gen-l10n makes a method of each key.
_DART_WORDS = frozenset({
    "assert", "await", "break", "case", "catch", "class", "const", "continue", "default", "do", "else", "enum", "extends",
    "false", "final", "finally", "for", "if", "in", "is", "new", "null", "rethrow", "return", "super", "switch", "this",
    "throw", "true", "try", "var", "void", "when", "while", "with", "yield",
})  # fmt: skip
# What the generated modules, and the OpenAPI components, call something else.
_TAKEN = frozenset({"Any", "ClassVar", "ErrorCode", "ProblemError", "ProblemFieldError", "StrEnum"})
# What the generated classes themselves need: a param of that name would stand before it.
_NEEDED = frozenset({"cls", "datetime", "dict", "float", "int", "property", "self", "str", "super"})


def is_code(text: str) -> bool:
    """Whether it is a code: UPPER_SNAKE of 2 to 63 characters, and not the client's word for all the others."""
    return _CODE.fullmatch(text) is not None and text != "UNKNOWN"


def code_fault(text: str) -> str:
    """Return why a text is no code."""
    if text == "UNKNOWN":
        return "is kept for codes that the client does not know"
    if _WORDS.fullmatch(text) and not 2 <= len(text) <= 63:
        return f"is too {'short' if len(text) < 2 else 'long'}: a code has 2 to 63 characters"
    meant = re.sub(r"[^A-Z0-9]+", "_", text.upper(), flags=re.ASCII).strip("_")
    return f"is no code in UPPER_SNAKE{f'; did you mean {meant}?' if is_code(meant) else ''}"


def is_key(text: str) -> bool:
    """Whether it can be the key of a message, a Dart identifier."""
    return _KEY.fullmatch(text) is not None and text not in _DART_WORDS


def param_fault(name: str) -> str | None:
    """Return what is wrong with the name of a param, or None."""
    if _PARAM.fullmatch(name) is None:
        return "is not in snake_case of at most 40 characters"
    if keyword.iskeyword(name) or name in _NEEDED:
        return "is a word that the generated code needs"
    return "is taken: every problem has an attribute of that name" if name in _attributes() else None


def class_name(code: str) -> str:
    """Return the name of a code's class: AGENT_FORBIDDEN -> AgentForbidden, NOT_IMPLEMENTED -> NotImplementedProblem."""
    name = "".join(part.capitalize() for part in code.split("_"))
    return f"{name}Problem" if name in _TAKEN or keyword.iskeyword(name) or hasattr(builtins, name) else name


def default_key(code: str) -> str:
    """Return the usual key of a code's message: AGENT_FORBIDDEN -> errorAgentForbidden."""
    return "error" + "".join(part.capitalize() for part in code.split("_"))


def page_name(code: str) -> str:
    """Return the name of a code's page: AGENT_FORBIDDEN -> agent-forbidden.md."""
    return code.lower().replace("_", "-") + ".md"


@cache
def _attributes() -> frozenset[str]:
    """The names that a property of a generated class would hide, but for those that are facts of one kind of problem."""
    return frozenset({*dir(seawall.ApiProblem), *vars(seawall.ApiProblem()), *dir(OSError)})
