"""The names of HTTP statuses: RFC 9110's own, so that a code does not change with the version of Python."""

from http import HTTPStatus

__all__ = ["CLIENT_GONE", "code_of", "title_of"]

CLIENT_GONE = 499  # as nginx counts it; nobody reads it

# Renamed by RFC 9110, and in CPython only since 3.13; 418 would otherwise have an apostrophe in its code.
_NAMES = {
    413: "Content Too Large",
    414: "URI Too Long",
    416: "Range Not Satisfiable",
    418: "Teapot",
    422: "Unprocessable Content",
}
_TITLES = {status.value: status.phrase for status in HTTPStatus} | _NAMES
_CODES = {status: title.upper().replace(" ", "_").replace("-", "_") for status, title in _TITLES.items()}
_CODES[500] = "INTERNAL_ERROR"  # as of what nobody foresaw: to a client it is the same, whoever made the 500


def title_of(status: int) -> str:
    """Return the phrase of a status; an unknown one, such as 499, is called by its number."""
    return _TITLES.get(status) or f"Status {status}"


def code_of(status: int) -> str:
    """Return the code of an error that is known by its status only, for example NOT_FOUND, or STATUS_499."""
    return _CODES.get(status) or f"STATUS_{status}"
