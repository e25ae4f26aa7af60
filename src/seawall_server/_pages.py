"""Error pages of frameworks: text or HTML, where an API's client expects a problem."""

from collections.abc import Iterable

from ._built_in import StatusError

__all__ = ["problem_of_page"]

_PAGES = frozenset({"", "text/html", "text/plain"})


def problem_of_page(status: int, headers: Iterable[tuple[str, str]]) -> StatusError | None:
    """Return the problem that takes the place of an error page, or None for a response that is none.

    It keeps the page's fields (`Allow`, `Retry-After`, `WWW-Authenticate`, `Set-Cookie`); `answer` drops those about its body.
    """
    if status < 400:
        return None
    fields = list(headers)
    content_type = next((value for name, value in fields if name.lower() == "content-type"), "")
    if content_type.partition(";")[0].strip().lower() not in _PAGES:
        return None
    problem = StatusError(status)
    problem.headers = fields
    return problem
