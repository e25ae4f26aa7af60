"""RFC 9457 problem details, in JSON and in XML, and the short form of our own backends: only `code`, `detail` and `params`.

A member of the wrong type is ignored alone, as if it were absent. The HTTP status rules over the body's.
"""

import re
from typing import Any
from urllib.parse import urljoin

from .._facts import Facts, as_object, as_status, as_status_text, as_text, as_trace_id, normalise_code
from .._field_error import FieldError
from ._dialect import ErrorBody, Match
from ._fields import MAX_POINTER, field_error, location_error, objects_of, pointer_of_path

__all__ = ["Rfc9457"]

_STANDARD = frozenset({"type", "title", "status", "detail", "instance", "code", "params", "errors", "trace_id", "traceId"})
_XML = "application/problem+xml"
_TYPES = frozenset({"application/problem+json", _XML})
_HOME = re.compile(r"https?://[^/?#]+").match
_ODD = re.compile(r"//|/\.").search  # what begins another host, or steps up
_TEXTS = ("title", "detail", "code")
_BESIDE_A_TEXT = ("params", "status")
_TELLING = (*_TEXTS, "type", "params")  # without one of them the others tell nothing
_OTHERS = {"code": ("message", "error", "description", "msg"), "detail": ("errorCode", "error_code")}  # of `plain`
_OF_A_TYPE = ("title", "detail", "status", "instance")  # one of them stands beside the type of a problem
# RFC 7807's own example, and its relatives; Symfony's and API Platform's, and Zalando's.
_INVALID_PARAMS = ("invalid-params", "invalid_params", "invalidParams", "violations")
_PLACES = ("name", "field", "parameter", "propertyPath")
_PLACED_WORDS = ("detail", "reason", "message", "title")


class Rfc9457:
    """See the module."""

    name = "rfc9457"
    signs = frozenset[str]()

    def match(self, body: ErrorBody, /) -> Match:
        """See `Dialect.match`: by media type, else by what it has of the members."""
        if body.media_type in _TYPES:
            return Match.SURE if body.members else Match.NO
        known = _STANDARD.intersection(body.members)
        if known.isdisjoint(_TELLING):
            return Match.NO
        texts = [name for name in _TEXTS if name in known and isinstance(body.members[name], str)]
        if "params" not in known and len(texts) == 1 and not body.members.keys().isdisjoint(_OTHERS.get(texts[0], ())):
            return Match.NO
        if "type" in known and _has_type(body.members):
            texts.append("type")
        if not texts:
            return Match.RESEMBLES if isinstance(body.members.get("params"), dict) else Match.NO
        return Match.RESEMBLES if len(texts) == 1 and known.isdisjoint(_BESIDE_A_TEXT) else Match.LIKELY

    def read(self, body: ErrorBody, /) -> Facts:
        """See `Dialect.read`."""
        members, xml = body.members, body.media_type == _XML
        if xml:
            root = next(iter(members.values()))
            members = root if isinstance(root, dict) else {}
        original, kind, instance = as_text(members.get("code")), as_text(members.get("type")), as_text(members.get("instance"))
        typed = body.media_type in _TYPES or _has_type(members)
        return Facts(
            title=as_text(members.get("title")),
            detail=as_text(members.get("detail")),
            code=normalise_code(original),
            original_code=original,
            params=as_object(members.get("params")),
            type=_resolve(body.url, kind) if kind is not None and typed else "about:blank",
            instance=None if instance is None else _resolve(body.url, instance),
            field_errors=_field_errors(members),
            trace_id=as_trace_id(members.get("trace_id")) or as_trace_id(members.get("traceId")),
            extensions=_extensions(members),
            body_status=(as_status_text if xml else as_status)(members.get("status")),
        )


def _has_type(members: dict[str, Any]) -> bool:
    """Whether its `type` is that of a problem: others have one too, "error" or "error.list"."""
    return isinstance(members.get("type"), str) and not members.keys().isdisjoint(_OF_A_TYPE)


def _extensions(members: dict[str, Any]) -> dict[str, Any] | None:
    further = members.keys() - _STANDARD
    return as_object({name: members[name] for name in members if name in further}) if further else None


def _resolve(url: str, reference: str) -> str:
    if reference.startswith("https://"):  # as most do, and resolving is slow
        return reference
    if reference.startswith("/") and _ODD(reference) is None and (home := _HOME(url)) is not None:
        return home.group() + reference
    try:
        return urljoin(url, reference)
    except ValueError:  # for example "http://[::1"
        return reference


def _field_errors(members: dict[str, Any]) -> tuple[FieldError, ...]:
    errors = members.get("errors")
    if not isinstance(errors, list):
        errors = next((members[name] for name in _INVALID_PARAMS if isinstance(members.get(name), list)), None)
    return tuple([error for item in objects_of(errors) if (error := _field_error(item)) is not None])


def _field_error(error: dict[str, Any]) -> FieldError | None:
    pointer = error.get("pointer")
    if isinstance(pointer, str):
        return field_error(pointer_of_path(pointer), error) if len(pointer) <= MAX_POINTER else None
    if isinstance(error.get("loc"), list):  # as fastapi-problem hands it on
        return location_error(error)
    for name in _PLACES:
        if isinstance(error.get(name), str):
            words = next((each for each in _PLACED_WORDS if each in error), "message")
            return field_error(pointer_of_path(error[name]), error, detail=words)
    return None
