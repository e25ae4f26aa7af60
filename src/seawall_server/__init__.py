"""The backend's half of the error contract: problems that are raised, and answered as RFC 9457 wants it.

This folder knows no framework. `asgi` and `wsgi` hold the middlewares for any app, `starlette` and `fastapi` what these two need
besides, `idempotency` the store for requests that must happen once. Nothing here imports `seawall`: a backend needs no client.
"""

from ._answer import Answer, answer
from ._built_in import AppUpgradeRequired, InternalError, StatusError, ValidationFailed
from ._exchange import current_request_id, current_trace_id
from ._field_error import FieldError
from ._lifecycle import Lifecycle
from ._problem import ProblemError
from ._validation import validation_failed
from ._version_gate import VersionGate

__all__ = [
    "Answer",
    "AppUpgradeRequired",
    "FieldError",
    "InternalError",
    "Lifecycle",
    "ProblemError",
    "StatusError",
    "ValidationFailed",
    "VersionGate",
    "answer",
    "current_request_id",
    "current_trace_id",
    "validation_failed",
]
