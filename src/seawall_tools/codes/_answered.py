"""What a client makes of an answer, asked of the client itself and not tabled a second time."""

import msgspec

import seawall
from seawall.model import Headers
from seawall.problems import StatusProblem, parse

__all__ = ["answered"]


class _Answer:
    def __init__(self, status: int, code: str) -> None:
        self.status_code = status
        self.headers = Headers({"Content-Type": "application/problem+json"})
        self.content = msgspec.json.encode({"code": code})


def answered(status: int, code: str) -> StatusProblem:
    """Return the problem that a client without any registered class reads.

    Args:
        status: HTTP status from 400 to 599.
        code: As the server writes it.
    """
    problem = parse(_Answer(status, code), now=0.0)
    assert problem is not None
    assert getattr(seawall, type(problem).__name__) is type(problem)
    return problem
