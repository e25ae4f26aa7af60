"""From pydantic's errors to field errors that quote nothing of the request."""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate, islice
from typing import Any, cast, get_args

from ._built_in import ValidationFailed
from ._field_error import MAX_POINTER, FieldError, Location, pointer_of
from ._params import is_param

__all__ = ["validation_failed"]

MAX_ERRORS = 100
MAX_PLACES = 8_000  # characters of all places together: names of fields are the sender's, who may choose long ones
_LOCATIONS = frozenset(get_args(Location))
_ODD = re.compile(r"[^A-Z0-9]+")
# Facts of the schema, which alone may become params. The others (`error`, `tag`, `actual_length`, ...) are made of the input.
_OF_THE_SCHEMA = frozenset({
    "decimal_places", "discriminator", "expected", "expected_schemes", "expected_tags", "expected_version", "ge", "gt", "le",
    "lt", "max_digits", "max_length", "min_length", "multiple_of", "pattern", "tz_expected", "whole_digits",
})  # fmt: skip
# The types whose words pydantic makes of the schema only. A list of those that may speak, not of those that may not: validators
# of users write what they like, and a new type of pydantic may quote.
_WORDS_OF_THE_SCHEMA = frozenset({
    "bool_parsing", "bool_type", "bytes_type", "date_future", "date_past", "date_type", "datetime_future", "datetime_past",
    "datetime_type", "decimal_max_digits", "decimal_max_places", "decimal_parsing", "decimal_type", "decimal_whole_digits",
    "dict_type", "enum", "extra_forbidden", "finite_number", "float_parsing", "float_type", "greater_than", "greater_than_equal",
    "int_from_float", "int_parsing", "int_parsing_size", "int_type", "less_than", "less_than_equal", "list_type", "literal_error",
    "missing", "multiple_of", "none_required", "set_type", "string_pattern_mismatch", "string_too_long", "string_too_short",
    "string_type", "time_type", "timezone_aware", "timezone_naive", "tuple_type", "union_tag_not_found", "url_scheme", "url_type",
    "uuid_type",
})  # fmt: skip


def validation_failed(errors: Iterable[Any], body: object = None) -> ValidationFailed:
    """Return the 422 for errors as pydantic and FastAPI list them: `{"type": ..., "loc": [...], "msg": ..., "ctx": {...}}`.

    Args:
        errors: The errors, of which the first 100 are told, fewer where their places are long; `input` is never looked at. Their
            locations begin with the part of the request, as FastAPI's do, else they are places in the body.
        body: The decoded body, where it is at hand: it shows which parts of a location are places and which are names of
            pydantic's own, such as the branch of a union.
    """
    listed = [_field_error(error if isinstance(error, Mapping) else {}, body) for error in islice(errors, MAX_ERRORS)]
    ends = accumulate(len(error.where) for error in listed)
    return ValidationFailed(*[error for error, end in zip(listed, ends, strict=True) if end <= MAX_PLACES])


def _field_error(error: Mapping[str, Any], body: object) -> FieldError:
    kind, context = str(error.get("type", "")), error.get("ctx")
    facts = context if isinstance(context, Mapping) else {}
    params = {name: value for name, value in facts.items() if name in _OF_THE_SCHEMA and is_param(value)}
    detail = str(error.get("msg", "")) if kind in _WORDS_OF_THE_SCHEMA else "Not valid"
    where, steps = _split(error.get("loc"))
    if where != "body":
        return FieldError(".".join(map(str, steps))[:MAX_POINTER], _code(kind), detail, params, where)
    if kind == "json_invalid":  # its location is an offset into text
        return FieldError("", "JSON_INVALID", "The body is no JSON")
    return FieldError(pointer_of(_places(steps, body, kind)), _code(kind), detail, params)


def _split(location: object) -> tuple[Location, Sequence[str | int]]:
    """The part of the request and the steps inside it; pydantic's own locations begin inside the body."""
    steps = list(location) if isinstance(location, list | tuple) else []
    return (cast(Location, steps[0]), steps[1:]) if steps and steps[0] in _LOCATIONS else ("body", steps)


def _places(steps: Sequence[str | int], body: object, kind: str) -> list[str | int]:
    """The steps that lead somewhere in the body; without a decoded one, all of them.

    A missing field leads nowhere and is named all the same, as the last step.
    """
    if not isinstance(body, dict | list):
        return list(steps)
    places: list[str | int] = []
    inside: Any = body
    for number, step in enumerate(steps, 1):
        if _leads(inside, step):
            inside = inside[step]
            places.append(step)
        elif kind == "missing" and number == len(steps):
            places.append(step)
    return places


def _leads(value: object, step: str | int) -> bool:
    if isinstance(value, dict):
        return step in value
    return isinstance(value, list) and isinstance(step, int) and step < len(value)


def _code(kind: str) -> str:
    return _ODD.sub("_", kind.upper())[:63].strip("_") or "INVALID"
