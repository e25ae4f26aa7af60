"""RFC 9457 problem details, and the short form of our own backends that has only `code`, `detail` and `params`.

A member of the wrong type is ignored alone, as if it were absent. The HTTP status rules over the body's.
"""

from typing import Any
from urllib.parse import unquote, urljoin

from .._facts import MAX_TEXT, Facts, as_object, as_status, as_text, normalise_code
from .._field_error import FieldError

__all__ = ["read_rfc9457"]

MAX_FIELD_ERRORS = 100
_STANDARD = frozenset({"type", "title", "status", "detail", "instance", "code", "params", "errors", "trace_id", "traceId"})


def read_rfc9457(body: dict[str, Any], url: str) -> Facts | None:
    """Read a problem document.

    Args:
        body: The JSON object received.
        url: Where it came from, redacted; relative `type` and `instance` are resolved against it.

    Returns:
        What it says, or None when no member of it belongs to this form.
    """
    if not _STANDARD & body.keys():
        return None
    original = as_text(body.get("code"))
    kind = as_text(body.get("type"))
    return Facts(
        title=as_text(body.get("title")),
        detail=as_text(body.get("detail")),
        code=normalise_code(original),
        original_code=original,
        params=as_object(body.get("params")),
        type="about:blank" if kind is None else _resolve(url, kind),
        instance=None if (instance := as_text(body.get("instance"))) is None else _resolve(url, instance),
        field_errors=_field_errors(body.get("errors")),
        trace_id=as_text(body.get("trace_id")) or as_text(body.get("traceId")),
        extensions=as_object({name: value for name, value in body.items() if name not in _STANDARD}),
        body_status=as_status(body.get("status")),
    )


def _resolve(url: str, reference: str) -> str:
    try:
        return urljoin(url, reference)
    except ValueError:  # for example "http://[::1"
        return reference


def _field_errors(errors: object) -> tuple[FieldError, ...]:
    if not isinstance(errors, list):
        return ()
    found = [_field_error(error) for error in errors[:MAX_FIELD_ERRORS] if isinstance(error, dict)]
    return tuple(error for error in found if error is not None)


def _field_error(error: dict[str, Any]) -> FieldError | None:
    pointer = error.get("pointer")
    if not isinstance(pointer, str) or len(pointer) > MAX_TEXT:  # a part of a pointer points elsewhere
        return None
    if pointer.startswith("#"):  # as a URI fragment: RFC 6901, section 6
        pointer = unquote(pointer[1:])
    code = normalise_code(as_text(error.get("code")))
    return FieldError(pointer, code, as_object(error.get("params")) or {}, as_text(error.get("detail")) or "")
