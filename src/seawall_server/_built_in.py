"""The problems that this package itself answers."""

from collections.abc import Mapping
from typing import Any

from ._field_error import FieldError
from ._params import is_param
from ._problem import ProblemError
from ._statuses import code_of

__all__ = ["AppUpgradeRequired", "InternalError", "StatusError", "ValidationFailed"]

MAX_CODE = 63  # characters


class InternalError(ProblemError):
    """500: something that nobody foresaw. It says nothing; its trace id leads to the log."""

    code = "INTERNAL_ERROR"
    status = 500
    detail = "Internal error"


class ValidationFailed(ProblemError):
    """422: fields of the request were refused.

    Args:
        errors: Which ones.
    """

    code = "VALIDATION_ERROR"
    status = 422
    detail = "Validation failed"

    def __init__(self, *errors: FieldError) -> None:
        super().__init__()
        self.with_errors(*errors)


class AppUpgradeRequired(ProblemError):
    """403: this version of the app is too old.

    Args:
        minimum: The oldest version that is still taken.
    """

    code = "APP_UPGRADE_REQUIRED"
    status = 403
    detail = "This version of the app is no longer supported"

    def __init__(self, *, minimum: str) -> None:
        super().__init__(minimum=minimum)


class StatusError(ProblemError):
    """An error that is known by its status only, as a framework raises it. Its code is the status's name.

    Args:
        status: HTTP status, 400 or above; one without a name is kept.
        detail: What was raised with it: a text for developers, or an object with `code` and params. Nothing of it is sent with
            5xx, where it is often an exception's text.
    """

    def __init__(self, status: int, detail: object = None) -> None:
        told = detail if status < 500 else None
        members: Mapping[Any, Any] = told if isinstance(told, Mapping) else {}
        params = {name: value for name, value in members.items() if isinstance(name, str) and is_param(value)}
        code = params.pop("code", None)
        super().__init__(**params)
        self.status = status
        self.code = code[:MAX_CODE] if isinstance(code, str) and code else code_of(status)
        self.detail = told if isinstance(told, str) else ""
