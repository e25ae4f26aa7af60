"""Google's APIs (AIP-193): `{"error": {"code": 429, "status": "RESOURCE_EXHAUSTED", "message": "...", "details": [...]}}`."""

from typing import Any

from .._facts import Facts, as_object, as_seconds, as_status, as_text, as_trace_id, normalise_code
from .._field_error import FieldError
from ._dialect import ErrorBody, Match
from ._fields import field_error, objects_of, pointer_of_path

__all__ = ["Google", "read_status"]

MAX_DETAILS = 100
_LIMITS = ("rateLimitExceeded", "userRateLimitExceeded")


class Google:
    """See the module. The details are those of google.rpc: ErrorInfo, RetryInfo, BadRequest, RequestInfo."""

    name = "google"
    signs = frozenset({"error"})

    def match(self, body: ErrorBody, /) -> Match:
        """See `Dialect.match`."""
        error = body.members.get("error")
        if not isinstance(error, dict) or as_status(error.get("code")) is None:
            return Match.NO
        if isinstance(error.get("status"), str) or isinstance(error.get("details"), list):
            return Match.SURE
        return Match.NO if "type" in error else Match.LIKELY

    def read(self, body: ErrorBody, /) -> Facts:
        """See `Dialect.read`."""
        error: dict[str, Any] = body.members["error"]
        facts = read_status(error)
        facts.body_status = as_status(error.get("code"))
        reason = _older_reason(error.get("errors"))
        facts.rate_limited = body.status == 403 and reason in _LIMITS
        if facts.rate_limited or facts.original_code is None:
            facts.code, facts.original_code = "RATE_LIMIT_EXCEEDED" if facts.rate_limited else normalise_code(reason), reason
        return facts


def read_status(error: dict[str, Any]) -> Facts:
    """Read a google.rpc.Status, but for its `code`: the name in `status`, the words, and the details by their `@type`."""
    listed = error.get("details")
    details = _by_kind(listed) if isinstance(listed, list) else {}
    info, retry = details.get("ErrorInfo", {}), details.get("RetryInfo", {})
    original = as_text(info.get("reason")) or as_text(error.get("status"))
    return Facts(
        detail=as_text(error.get("message")),
        code=normalise_code(original),
        original_code=original,
        params=as_object(info.get("metadata")),
        field_errors=_field_errors(details.get("BadRequest", {}).get("fieldViolations")),
        trace_id=as_trace_id(details.get("RequestInfo", {}).get("requestId")),
        retry_after=as_seconds(retry.get("retryDelay")) if isinstance(retry.get("retryDelay"), str) else None,
    )


def _older_reason(errors: object) -> str | None:
    """Of the form before AIP-193: `"errors": [{"domain": "usageLimits", "reason": "rateLimitExceeded"}]`."""
    first = errors[0] if isinstance(errors, list) and errors else None
    return as_text(first.get("reason")) if isinstance(first, dict) else None


def _by_kind(details: list[Any]) -> dict[str, dict[str, Any]]:
    """The first of each kind, "type.googleapis.com/google.rpc.ErrorInfo" by its last word."""
    found: dict[str, dict[str, Any]] = {}
    for detail in details[:MAX_DETAILS]:
        kind = detail.get("@type") if isinstance(detail, dict) else None
        if isinstance(kind, str):
            found.setdefault(kind.rpartition(".")[2], detail)
    return found


def _field_errors(violations: object) -> tuple[FieldError, ...]:
    return tuple(
        [
            field_error(pointer_of_path(item.get("field")), item, code="reason", detail="description")
            for item in objects_of(violations)
        ]
    )
