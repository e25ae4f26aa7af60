"""The head of a response, as text."""

from seawall import Response

from .._terminal import one_line

__all__ = ["head_lines"]


def head_lines(response: Response) -> list[str]:
    """Return the status line and the fields, those that hold credentials redacted."""
    status = f"{response.http_version} {response.status} {response.reason}".rstrip()
    return [status, *(one_line(f"{name}: {value}") for name, value in response.headers.redacted())]
