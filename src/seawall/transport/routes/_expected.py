"""What a test can expect of a call, and how a call differs from it."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypedDict

from seawall.model import Secret, UsageError, is_secret_header, is_secret_name, reveal

from ._call import RouteCall
from ._differences import NOTHING, Difference, json_differences
from ._fields import Fields
from ._matchers import accepts, as_text, fits, shown

__all__ = ["Expected", "check_names", "differences"]


class Expected(TypedDict, total=False):
    """What a call should be like. Each value is a value, or a rule: a compiled regex that is found in it, a type, a predicate.

    Attributes:
        method: The method, for routes that take all.
        path: The path, still escaped, for routes that take many.
        path_params: The values of the places of the route's template, all of them.
        query: The query's parameters, decoded: these and no others. A list expects a name so often; numbers and booleans are
            compared as the client writes them.
        headers: Header fields, names in any case; the call may have others. None expects a field to be absent, a list expects
            its values one by one.
        content: The body, as bytes or as text.
        json: The body as JSON, exactly; rules may stand anywhere in it.
        json_includes: The same, but objects may have more members.
        form: The fields of a form, decoded: these and no others.
    """

    method: Any
    path: Any
    path_params: Mapping[str, Any]
    query: Mapping[str, Any]
    headers: Mapping[str, Any]
    content: "bytes | str | re.Pattern[bytes] | re.Pattern[str] | Callable[[bytes], object]"
    json: Any
    json_includes: Any
    form: Mapping[str, Any]


def check_names(expected: Mapping[str, Any]) -> None:
    """Refuse expectations that do not exist: a misspelt one would never fail.

    Raises:
        UsageError: It names one.
    """
    if unknown := sorted(expected.keys() - _CHECKS.keys()):
        raise UsageError(f"{', '.join(unknown)}: no such expectation; there are {', '.join(_CHECKS)}")


def differences(call: RouteCall, expected: Mapping[str, Any]) -> Iterator[Difference]:
    """Every difference between a call and what is expected of it."""
    for name, value in expected.items():
        yield from _CHECKS[name](call, value)


def _method(call: RouteCall, expected: Any) -> Iterator[Difference]:
    if not accepts(expected.upper() if isinstance(expected, str) else expected, call.method):
        yield Difference("method", shown(expected), shown(call.method))


def _path(call: RouteCall, expected: Any) -> Iterator[Difference]:
    if not accepts(expected, call.path):
        yield Difference("path", shown(expected), shown(call.path))


def _path_params(call: RouteCall, expected: Mapping[str, Any]) -> Iterator[Difference]:
    return _named("path parameter", expected, Fields(call.path_params.items()))


def _query(call: RouteCall, expected: Mapping[str, Any]) -> Iterator[Difference]:
    return _named("query parameter", expected, call.query_params)


def _form(call: RouteCall, expected: Mapping[str, Any]) -> Iterator[Difference]:
    if call.content and not call.form:
        yield Difference("form", "fields", f"a body of {call.header('content-type') or 'no media type'}")
    else:
        yield from _named("form field", expected, call.form)


def _named(what: str, expected: Mapping[str, Any], got: Fields) -> Iterator[Difference]:
    """Compare fields that must be these and no others."""
    for name in [*expected, *(name for name in got if name not in expected)]:
        values = got.get_list(name)
        if not fits(expected.get(name), values):
            yield _field(f"{what} {name}", expected.get(name), values, got.hides(name))


def _headers(call: RouteCall, expected: Mapping[str, Any]) -> Iterator[Difference]:
    for name, wanted in expected.items():
        typed = call.headers.get_list(name)
        values = [reveal(value) for value in typed]
        if not isinstance(wanted, list | tuple) and values:
            values = [", ".join(values)]
        if not fits(wanted, values):
            hidden = is_secret_header(name) or any(isinstance(value, Secret) for value in typed)
            yield _field(f"header {name}", wanted, values, hidden)


def _field(where: str, expected: Any, values: list[str], secret: bool) -> Difference:
    wanted = NOTHING if expected is None else shown(as_text(expected), secret=secret or isinstance(expected, Secret))
    got = shown(values[0] if len(values) == 1 else values, secret=secret) if values else NOTHING
    return Difference(where, wanted, got)


def _json(call: RouteCall, expected: Any, *, partial: bool = False) -> Iterator[Difference]:
    try:
        got = call.json()
    except (ValueError, RecursionError):
        yield Difference("json", "a JSON document", f"{len(call.content)} bytes that are none")
        return
    yield from json_differences(expected, got, partial=partial, secret=call.has_secret_body)


def _json_includes(call: RouteCall, expected: Any) -> Iterator[Difference]:
    return _json(call, expected, partial=True)


def _content(call: RouteCall, expected: Any) -> Iterator[Difference]:
    expected = expected.encode() if isinstance(expected, str) else expected
    if accepts(expected, call.content):
        return
    secret = call.has_secret_body or _names_secrets(call)
    at = _first_difference(expected, call.content) if isinstance(expected, bytes) else 0
    where = f"content from byte {at}" if at else "content"
    wanted = shown(expected[at:] if at else expected, secret=secret)
    yield Difference(where, wanted, shown(call.content[at:], secret=secret))


def _first_difference(one: bytes, other: bytes) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (left, right) in pairs if left != right), min(len(one), len(other)))


def _names_secrets(call: RouteCall) -> bool:
    """Whether a body names a secret, be it JSON, a form, or something else that has pairs."""
    words = re.findall(r"[\w.\[\]-]+", call.text)
    return any(is_secret_name(word) for word in words)


_CHECKS: dict[str, Callable[[RouteCall, Any], Iterator[Difference]]] = {
    "method": _method,
    "path": _path,
    "path_params": _path_params,
    "query": _query,
    "headers": _headers,
    "content": _content,
    "json": _json,
    "json_includes": _json_includes,
    "form": _form,
}
