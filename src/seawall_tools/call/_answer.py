"""What one call came to."""

from pathlib import Path
from typing import Any

import msgspec

from seawall import ApiProblem, Explanation, Response

__all__ = ["Answer"]


class Answer(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """The outcome of one call.

    Attributes:
        response: What came; None when nothing did.
        problem: What went wrong; None when all went well.
        decoded: Whether `value` was asked for, and is there.
        value: The body as the asked type.
        saved: The file that holds the body; None where the response has it.
    """

    response: Response | None
    problem: ApiProblem | None = None
    decoded: bool = False
    value: Any = None
    saved: Path | None = None

    @property
    def content(self) -> bytes:
        """The body, empty where it is in a file or never came."""
        has_it = self.response is not None and self.saved is None and not self.response.is_streamed
        return self.response.content if self.response is not None and has_it else b""

    def explain(self) -> Explanation:
        """The timeline of the call."""
        if self.response is not None and (self.problem is None or not self.problem.attempts):
            return self.response.explain()
        assert self.problem is not None  # there is a response, a problem, or both
        return self.problem.explain()
