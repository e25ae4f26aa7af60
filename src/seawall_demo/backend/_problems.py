"""Every error of the backend as `application/problem+json` (RFC 9457) with the contract's `code` and `params`."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

MEDIA_TYPE = "application/problem+json"


class Problem(Exception):
    """An error that the backend answers on purpose.

    Args:
        status: the HTTP status.
        code: the machine-readable code, in UPPER_SNAKE_CASE.
        detail: fixed text for developers; it never quotes the request or an exception.
        params: what a client needs to word its own message.
        errors: the fields that were refused.
        headers: what HTTP wants beside the document.
    """

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        params: Mapping[str, str] | None = None,
        errors: Sequence[Mapping[str, str]] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.status, self.code, self.detail = status, code, detail
        self.params, self.errors, self.headers = dict(params or {}), errors, headers

    def response(self) -> JSONResponse:
        """The problem document of this error."""
        document: dict[str, Any] = {
            "code": self.code,
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
            "params": self.params,
        }
        if self.errors is not None:
            document["errors"] = self.errors
        return JSONResponse(document, self.status, self.headers, media_type=MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Make the app answer every error, its own and the framework's, as a problem document."""
    app.add_exception_handler(Problem, _own)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _framework)
    app.add_exception_handler(Exception, _unforeseen)


def not_found(resource: str) -> Problem:
    """The answer for an agent or agent session that does not exist."""
    return Problem(404, f"{resource.upper()}_NOT_FOUND", "Not found", params={"resource": resource})


def forbidden(resource: str, action: str) -> Problem:
    """The answer for touching what belongs to somebody else."""
    return Problem(403, "AGENT_FORBIDDEN", "Forbidden", params={"resource": resource, "action": action})


async def _own(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Problem)
    return error.response()


async def _invalid(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    errors = [
        {"pointer": _pointer(item["loc"], item["type"]), "code": str(item["type"]).upper(), "detail": str(item["msg"])}
        for item in error.errors()
    ]
    return Problem(422, "VALIDATION_ERROR", "Validation failed", errors=errors).response()


async def _framework(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    phrase = HTTPStatus(error.status_code).phrase
    response = Problem(error.status_code, phrase.upper().replace(" ", "_"), phrase).response()
    response.headers.update(error.headers or {})
    return response


async def _unforeseen(_request: Request, _error: Exception) -> JSONResponse:
    return Problem(500, "INTERNAL_ERROR", "Internal error").response()


def _pointer(location: Sequence[str | int], kind: str) -> str:
    """A JSON pointer as a URI fragment; for a query or header it holds the parameter's name."""
    if kind == "json_invalid":
        return "#"
    parts = [str(part).replace("~", "~0").replace("/", "~1") for part in location[1:]]
    return "#" + "".join(f"/{part}" for part in parts)
