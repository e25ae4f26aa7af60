"""The generated texts: both Python modules and the pages."""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from http import HTTPStatus
from pathlib import Path

import jinja2

from seawall.problems import StatusProblem

from ._answered import answered
from ._document import Document, Entry, Param
from ._names import class_name, page_name
from ._project import GENERATED
from ._python_text import assignment, class_line, docstring

__all__ = ["client_module", "index_page", "page", "server_module"]

_TYPES = {"string": "str", "integer": "int", "number": "float", "date-time": "datetime"}
_PHRASES = {status.value: status.phrase for status in HTTPStatus}


def server_module(document: Document, width: int) -> str:
    """Return the server's module: one exception per code."""
    names = _sorted(class_name(entry.code) for entry in document.entries)
    return _python("server.py.jinja", document, document.entries, names, width)


def client_module(document: Document, width: int) -> str:
    """Return the client's module: the codes as an enum, one problem per code, and the list of them."""
    names = _sorted(["ErrorCode", "PROBLEM_TYPES", *(class_name(entry.code) for entry in document.public)])
    return _python("client.py.jinja", document, document.public, names, width)


def page(document: Document, entry: Entry) -> str:
    """Return the page of one code."""
    codes = {known.code for known in document.entries}

    def link(code: str) -> str:
        return f"[{code}]({page_name(code)})" if code in codes else f"`{code}`, retired"

    return _render("page.md.jinja", document=document, entry=entry, link=link)


def index_page(document: Document) -> str:
    """Return the page that lists all codes."""
    return _render("index.md.jinja", document=document)


def _python(template: str, document: Document, entries: Sequence[Entry], names: Sequence[str], width: int) -> str:
    return _render(
        template,
        document=document,
        entries=entries,
        names=names,
        has_dates=any(param.type == "date-time" for entry in entries for param in entry.params),
        assign=lambda name, text, indent: assignment(name, text, indent, width),
        class_line=lambda entry, base: class_line(class_name(entry.code), base, width),
        docstring=lambda entry: _docstring(entry, width),
    )


def _render(template: str, **values: object) -> str:
    text = _environment().get_template(template).render(generated=GENERATED, **values)
    return text.rstrip("\n") + "\n"


def _sorted(names: Iterable[str]) -> list[str]:
    """The order of `__all__` that ruff asks for (RUF022): constants first, and numbers by their worth."""

    def rank(name: str) -> tuple[bool, list[tuple[int, str]]]:
        parts = re.findall(r"\d+|\D+", name)
        return not name.isupper(), [(int(part), "") if part.isdigit() else (-1, part) for part in parts]

    return sorted(names, key=rank)


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=False,  # Python and Markdown; what goes into them is checked by its grammar, or escaped by name
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters.update(
        class_name=class_name, page_name=page_name, cell=_cell, python_type=lambda param: _TYPES[param.type]
    )
    environment.globals.update(
        base=lambda entry: _base(entry).__name__,
        phrase=lambda status: _PHRASES.get(status, ""),
        required=lambda entry: [param for param in entry.params if param.required],
        optional=lambda entry: [param for param in entry.params if not param.required],
        own_params=_own_params,
        union=lambda params: " | ".join(sorted({_TYPES[param.type] for param in params})),
    )
    return environment


def _base(entry: Entry) -> type[StatusProblem]:
    """The class that such an answer would be without a class of its own."""
    return type(answered(entry.status, entry.code))


def _own_params(entry: Entry) -> list[Param]:
    """The params that the base class has no property for: `minimum` of AppUpgradeProblem is one that it has."""
    return [param for param in entry.params if not hasattr(_base(entry), param.name)]


def _docstring(entry: Entry, width: int) -> str:
    deprecated = f" Deprecated: {entry.deprecated}." if entry.deprecated else ""
    return docstring(f"{entry.status} {entry.code}.", entry.description + deprecated, 4, width)


def _cell(text: str) -> str:
    """Text for a cell of a table; bars that are escaped are left so."""
    return re.sub(r"(?<!\\)\|", r"\\|", text)
