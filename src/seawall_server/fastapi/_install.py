"""Every error of a FastAPI app as a problem."""

try:
    from fastapi import Depends, FastAPI
    from fastapi.exceptions import RequestValidationError, WebSocketRequestValidationError
    from starlette.requests import HTTPConnection
except ModuleNotFoundError as error:
    raise ModuleNotFoundError("seawall_server.fastapi needs FastAPI: pip install fastapi", name=error.name) from None

from typing import Any

from .. import starlette
from .._lifecycle import Lifecycle
from .._validation import validation_failed
from .._version_gate import VersionGate
from ._responses import describe

__all__ = ["announcing", "install"]


def install(app: FastAPI, *, gate: VersionGate | None = None) -> None:
    """Do what `seawall_server.starlette.install` does, answer refused fields with JSON pointers, and say so in OpenAPI.

    Args:
        app: The app.
        gate: Which versions of the client are taken; None for all.
    """
    starlette.install(app, gate=gate)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(WebSocketRequestValidationError, _invalid)
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        return describe(generate())

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's own way to extend the document


def announcing(lifecycle: Lifecycle) -> Any:
    """Return a dependency that announces a route's end: `@app.get("/old", dependencies=[announcing(OLD)], deprecated=True)`."""

    async def announce() -> None:  # on the loop: FastAPI would send a plain function to a thread
        lifecycle.announce()

    return Depends(announce)


async def _invalid(request: HTTPConnection, error: Exception) -> Any:
    assert isinstance(error, RequestValidationError | WebSocketRequestValidationError)
    return await starlette.refuse(request, validation_failed(error.errors(), getattr(error, "body", None)))
