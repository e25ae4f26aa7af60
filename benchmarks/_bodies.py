"""Error bodies of about one kilobyte, one per dialect, made as those servers make them: with text, or with field errors."""

import json
from dataclasses import dataclass, field
from typing import Any

__all__ = ["BODIES", "Body"]

SIZE = 1024  # bytes
TEXT = "The request could not be fulfilled because the resource is in use by another session. "


@dataclass(frozen=True)
class Body:
    """An error response.

    Args:
        status: HTTP status.
        content: The body.
        headers: The header fields.
    """

    status: int
    content: bytes
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})


def _worded(words: int) -> str:
    return (TEXT * (words // len(TEXT) + 1))[:words]


def _filled(status: int, make: Any, media_type: str = "application/json", **headers: str) -> Body:
    """Give `make(words)` as many characters of text as bring the body to the size."""
    room = SIZE - len(json.dumps(make("")))
    fields = {"Content-Type": media_type, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return Body(status, json.dumps(make(_worded(max(0, room)))).encode(), fields)


def _names(count: int) -> list[str]:
    return [f"field_{number}" for number in range(count)]


def _fastapi(words: str) -> Any:
    return {"detail": [
        {"type": "int_parsing", "loc": ["body", "items", number, "quantity"], "msg": "Input should be an integer", "input": "x"}
        for number in range(8)
    ] + [{"type": "missing", "loc": ["body", "name"], "msg": words, "input": {}}]}  # fmt: skip


def _jsonapi(words: str) -> Any:
    return {"errors": [
        {"status": "422", "code": "BLANK", "title": "Invalid attribute", "source": {"pointer": f"/data/attributes/{name}"}}
        for name in _names(7)
    ] + [{"status": "422", "code": "TOO_LONG", "detail": words, "source": {"pointer": "/data/attributes/title"}}]}  # fmt: skip


def _google(words: str) -> Any:
    kind = "type.googleapis.com/google.rpc."
    violations = [{"field": f"agent.{name}", "reason": "REQUIRED", "description": "must be set"} for name in _names(4)]
    return {"error": {"code": 400, "status": "INVALID_ARGUMENT", "message": words, "details": [
        {"@type": f"{kind}ErrorInfo", "reason": "API_KEY_INVALID", "domain": "googleapis.com", "metadata": {"service": "x"}},
        {"@type": f"{kind}BadRequest", "fieldViolations": violations},
        {"@type": f"{kind}RequestInfo", "requestId": "b7a5c1d2"},
    ]}}  # fmt: skip


_PROBLEM = "application/problem+json"
_XML = f"""<?xml version="1.0" encoding="UTF-8"?><problem xmlns="urn:ietf:rfc:7807"><type>https://a.example/in-use</type>\
<title>In use</title><status>409</status><detail>{_worded(800)}</detail><instance>/agents/7</instance></problem>"""
BODIES: dict[str, Body] = {
    "rfc9457": _filled(409, lambda words: {
        "type": "https://a.example/in-use", "title": "In use", "status": 409, "detail": words, "instance": "/agents/7",
        "code": "AGENT_IN_USE", "params": {"agent": 7}, "errors": [{"pointer": "#/name", "detail": "taken"}],
    }, _PROBLEM),
    "rfc9457-xml": Body(409, _XML.encode(), {"Content-Type": "application/problem+xml"}),
    "aspnet": _filled(400, lambda words: {
        "type": "https://tools.ietf.org/html/rfc9110#section-15.5.1", "title": words, "status": 400, "traceId": "00-84c1-b7a5-00",
        "errors": {name: [f"The {name} field is required."] for name in _names(8)},
    }, _PROBLEM),
    "aws": _filled(400, lambda words: {"__type": "com.amazonaws.dynamodb.v20120810#ThrottlingException", "message": words},
                   "application/x-amz-json-1.0", x_amzn_RequestId="b7a5c1d2"),
    "bearer": Body(403, b"", {"WWW-Authenticate": 'Bearer realm="a", error="insufficient_scope", scope="agents:write"'}),
    "drf": _filled(400, lambda words: {
        "non_field_errors": [words], "items": {str(number): {"quantity": ["Give a valid integer."]} for number in range(8)},
    }),
    "fastapi": _filled(422, _fastapi),
    "github": _filled(422, lambda words: {
        "message": words, "documentation_url": "https://docs.github.com/rest", "status": "422",
        "errors": [{"resource": "Issue", "field": name, "code": "missing_field"} for name in _names(6)],
    }),
    "google": _filled(400, _google),
    "graphql": _filled(400, lambda words: {"data": None, "errors": [{
        "message": words, "path": ["agent", "name"], "locations": [{"line": 2, "column": 3}], "extensions": {"code": "FORBIDDEN"},
    }]}),
    "grpc": _filled(403, lambda words: {"code": 7, "message": words, "details": []}),
    "jsonapi": _filled(422, _jsonapi, "application/vnd.api+json"),
    "kubernetes": _filled(422, lambda words: {
        "kind": "Status", "apiVersion": "v1", "status": "Failure", "message": words, "reason": "Invalid", "code": 422,
        "details": {"name": "x", "group": "apps", "kind": "Deployment", "causes": [
            {"reason": "FieldValueRequired", "message": "Required value", "field": f"spec.{name}"} for name in _names(6)
        ]},
    }),
    "listed": _filled(400, lambda words: {
        "success": False, "errors": [{"code": "BAD_ROUTE", "message": words, "field": "name"}], "messages": [], "result": None,
    }),
    "matrix": _filled(429, lambda words: {"errcode": "M_LIMIT_EXCEEDED", "error": words, "retry_after_ms": 819}),
    "oauth2": _filled(400, lambda words: {"error": "invalid_grant", "error_description": words}),
    "odata": _filled(400, lambda words: {"error": {
        "code": "BadArgument", "message": words, "target": "agent",
        "details": [{"code": "NullValue", "target": name, "message": "must not be null"} for name in _names(6)],
        "innererror": {"code": "x"},
    }}),
    "paypal": _filled(422, lambda words: {
        "name": "UNPROCESSABLE_ENTITY", "message": words, "debug_id": "b7a5c1d2",
        "details": [{"field": f"/{name}", "issue": "MISSING_VALUE", "description": "must be set"} for name in _names(6)],
    }),
    "plain": _filled(500, lambda words: {"error": "agent_in_use", "message": words, "request_id": "b7a5c1d2"}),
    "spring": _filled(404, lambda words: {
        "timestamp": "2026-11-22T03:00:00.000+00:00", "status": 404, "error": "Not Found", "path": "/agents/7", "trace": words,
    }),
    "stripe": _filled(402, lambda words: {"error": {
        "type": "card_error", "code": "card_declined", "param": "number", "message": words, "decline_code": "generic_decline",
    }}, Request_Id="req_b7a5c1d2"),
    "unleash": _filled(400, lambda words: {
        "id": "b7a5c1d2", "name": "BadDataError", "message": words,
        "details": [{"path": f"/body/{name}", "message": "must be set"} for name in _names(6)],
    }),
    "html": Body(502, f"<html><h1>Bad Gateway</h1><p>{_worded(985)}</p></html>".encode(), {"Content-Type": "text/html"}),
}  # fmt: skip
