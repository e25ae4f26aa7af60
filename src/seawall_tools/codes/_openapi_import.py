"""Codes out of an OpenAPI document: the error responses whose schemas or examples name one."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from http import HTTPStatus
from itertools import islice
from typing import Any
from urllib.parse import unquote

from ._answered import answered
from ._document import Entry, Param, ParamType
from ._names import class_name, default_key, is_code, param_fault
from ._openapi_text import read_openapi

__all__ = ["imported_entries"]

MAX_HOPS = 20  # of references to references
MAX_PARAMS = 32
_METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})
_TYPES: dict[str, ParamType] = {"string": "string", "integer": "integer", "number": "number"}
_PHRASES = {status.value: status.phrase for status in HTTPStatus}
_MEDIA_TYPE = re.compile(
    r"\s*(?:\S*json|\*/\*|application/\*)\s*(?:;|\Z)", re.IGNORECASE
)  # stars where a generator knows no better
_STATUS = re.compile(r"[45](?:\d\d|XX)", re.ASCII)
_WRAPPERS = ("error", "detail")  # members that hold the problem, as the client knows them


def imported_entries(content: bytes) -> list[Entry]:
    """Find the codes of an OpenAPI 3 document.

    Args:
        content: JSON or YAML.

    Returns:
        An entry per code, the first found of each, in the order of the codes. They are in UPPER_SNAKE, as a client makes them.

    Raises:
        OpenApiError: It is no OpenAPI document.
    """
    return _Found(read_openapi(content)).entries()


class _Found:
    """One document, being searched."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self._seen: set[tuple[int | None, int]] = set()

    def entries(self) -> list[Entry]:
        found: dict[str, Entry] = {}
        for status, response in self._responses():
            for entry in self._of_response(status, self._resolved(response)):
                found.setdefault(entry.code, entry)
        return [found[code] for code in sorted(found)]

    def _responses(self) -> Iterator[tuple[int | None, Any]]:
        for item in _object(self._document.get("paths")).values():
            for method, operation in _object(self._resolved(item)).items():
                if method in _METHODS:
                    yield from _with_status(_object(_object(operation).get("responses")))
        components = _object(self._document.get("components"))
        for response in _object(components.get("responses")).values():
            if (status := _status(_object(response).get("x-status"))) is not None:
                yield status, response

    def _of_response(self, status: int | None, response: Mapping[str, Any]) -> Iterator[Entry]:
        texts = [response.get("description")]
        for media_type, content in _object(response.get("content")).items():
            if _MEDIA_TYPE.match(media_type):
                holder = _object(content)
                for schema in self._alternatives(status, holder.get("schema")):
                    yield from self._of_schema(status, schema, texts)
                for example in self._examples(holder):
                    yield from _of_example(status, example, texts)

    def _alternatives(self, status: int | None, schema: Any) -> Iterator[Mapping[str, Any]]:
        """A schema, all that it is put together of, and what it wraps; once for each status, for schemas may hold themselves."""
        waiting = [schema]
        while waiting:
            found = self._resolved(waiting.pop())
            if found and (status, id(found)) not in self._seen:
                self._seen.add((status, id(found)))
                yield found
                properties = _object(found.get("properties"))
                waiting += [properties.get(name) for name in reversed(_WRAPPERS)]
                waiting += [part for name in ("allOf", "anyOf", "oneOf") for part in reversed(_list(found.get(name)))]

    def _of_schema(self, status: int | None, schema: Mapping[str, Any], texts: list[Any]) -> Iterator[Entry]:
        properties = _object(schema.get("properties"))
        status = status or next(map(_status, self._values(properties.get("status"))), None)
        params = tuple(self._params(self._resolved(properties.get("params"))))
        for member in ("code", "error"):
            for value in self._values(properties.get(member)):
                yield from _entry(status, value, [schema.get("description"), *texts], params)
        for example in (schema.get("example"), *_list(schema.get("examples"))):
            yield from _of_example(status, example, texts)

    def _values(self, schema: Any) -> Iterator[Any]:
        """What a schema lets a value be, as far as it says so."""
        found = self._resolved(schema)
        values = (found.get("const"), *_list(found.get("enum")), found.get("default"), found.get("example"))
        yield from (value for value in (*values, *_list(found.get("examples"))) if value is not None)

    def _examples(self, content: Mapping[str, Any]) -> Iterator[Any]:
        yield content.get("example")
        for example in _object(content.get("examples")).values():
            yield self._resolved(example).get("value")

    def _params(self, schema: Mapping[str, Any]) -> Iterator[Param]:
        required = _list(schema.get("required"))
        for name, value in islice(_object(schema.get("properties")).items(), MAX_PARAMS):
            if param_fault(name) is None:
                yield Param(name, self._type(self._resolved(value)), name in required)

    def _type(self, schema: Mapping[str, Any]) -> ParamType:
        """The type of a param: the first of several that is not null."""
        parts = [self._resolved(part) for name in ("anyOf", "oneOf") for part in _list(schema.get(name))]
        for part in (schema, *parts):
            if part.get("format") == "date-time":
                return "date-time"
            given = part.get("type")
            for name in given if isinstance(given, list) else [given]:
                if isinstance(name, str) and name in _TYPES:
                    return _TYPES[name]
        return "string"

    def _resolved(self, value: Any) -> Mapping[str, Any]:
        """An object of the document, its reference followed; references to other files are passed over."""
        for _ in range(MAX_HOPS):
            reference = _object(value).get("$ref")
            if not isinstance(reference, str):
                return _object(value)
            value = self._document if reference.startswith("#/") else None
            for part in unquote(reference[2:]).split("/"):
                value = _object(value).get(part.replace("~1", "/").replace("~0", "~"))
        return {}


def _with_status(responses: Mapping[str, Any]) -> Iterator[tuple[int | None, Any]]:
    for name, response in responses.items():
        if name == "default" or _STATUS.fullmatch(name.upper()):
            yield _status(name.upper().replace("X", "0")), response


def _status(value: Any) -> int | None:
    """An error status, written as number or text."""
    text = str(value)
    return int(text) if isinstance(value, int | str) and re.fullmatch(r"[45]\d\d", text, re.ASCII) else None


def _of_example(status: int | None, example: Any, texts: list[Any]) -> Iterator[Entry]:
    body = _object(example)
    for holder in (body, *(_object(body.get(name)) for name in _WRAPPERS)):
        given = _object(holder.get("params"))
        params = [Param(name, _kind(value)) for name, value in given.items() if param_fault(name) is None]
        for member in ("code", "error"):
            yield from _entry(status or _status(holder.get("status")), holder.get(member), texts, tuple(params[:MAX_PARAMS]))


def _kind(value: Any) -> ParamType:
    if isinstance(value, int) and not isinstance(value, bool):
        return "integer"
    return "number" if isinstance(value, float) else "string"


def _entry(status: int | None, said: Any, texts: list[Any], params: tuple[Param, ...]) -> Iterator[Entry]:
    if status is None or not isinstance(said, str) or said == "string":  # as generators fill examples in
        return
    code = _code(said)
    if code is not None and is_code(code):
        phrase = _PHRASES.get(status, class_name(code))
        description = next((_line(text) for text in texts if isinstance(text, str) and text.strip()), phrase)
        yield Entry(code=code, status=status, detail=phrase, key=default_key(code), description=description, params=params)


@lru_cache(4096)
def _code(said: str) -> str | None:
    """The code that a client makes of a text."""
    return answered(400, said).code


def _line(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in " ".join(text.split()))[:1000]


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
