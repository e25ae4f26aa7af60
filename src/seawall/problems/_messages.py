"""What people are told: by code, else by status, else in general. Never the server's free text.

The built-in messages are English; the l10n room adds catalogues and languages.
"""

__all__ = ["GENERIC", "field_message", "message_for"]

GENERIC = "Something went wrong. Please try again."
_FIELD = "Please check this value."
_BY_STATUS = {
    400: "The request was not understood. Please check your input.",
    401: "Please sign in again.",
    402: "A payment is needed to go on.",
    403: "You are not allowed to do this.",
    404: "This was not found. It may have been removed.",
    405: "This is not possible here.",
    408: "The server waited too long. Please try again.",
    409: "This was changed in the meantime. Please reload and try again.",
    410: "This is no longer available.",
    412: "This was changed in the meantime. Please reload and try again.",
    413: "This is too large to send.",
    415: "This kind of content is not accepted.",
    422: "Some of the information is not valid. Please check your input.",
    423: "This is locked at the moment. Please try again later.",
    425: "It is too early for this. Please try again.",
    428: "This was changed in the meantime. Please reload and try again.",
    429: "Too many requests. Please wait a moment and try again.",
    451: "This is not available for legal reasons.",
    500: "The server has a problem. Please try again later.",
    501: "The server cannot do this yet.",
    502: "The server cannot be reached at the moment. Please try again later.",
    503: "The service is not available at the moment. Please try again later.",
    504: "The server took too long. Please try again later.",
}
_BY_CODE = {"APP_UPGRADE_REQUIRED": "This version of the app is too old. Please update it."}
_BY_KIND = {
    "offline": "There seems to be no internet connection.",
    "connect": "The server cannot be reached. Please check your connection and try again.",
    "certificate": "A secure connection could not be made.",
    "session": "Please sign in again.",
    "refresh": "Your sign-in could not be renewed. Please try again later.",
    "sign-in": "Signing in did not work. Please try again.",
    "timeout": "This took too long. Please try again.",
    "cancelled": "This was cancelled.",
    "content": "The server's answer was not understood. Please try again later.",
    "disconnect": "The connection was interrupted. Please try again.",
}


def message_for(code: str | None, status: int, kind: str | None, locale: str | None = None) -> str:
    """Return the text to show.

    Args:
        code: Machine-readable code of the problem; catalogues of the app speak about it.
        status: HTTP status, 0 without a response.
        kind: For problems without a response: the group of failures it belongs to.
        locale: BCP 47 tag; only English is built in.
    """
    if code is not None and code in _BY_CODE:
        return _BY_CODE[code]
    if status:
        return _BY_STATUS.get(status) or _BY_STATUS.get(status // 100 * 100) or GENERIC
    return _BY_KIND.get(kind or "", GENERIC)


def field_message(code: str | None, locale: str | None = None) -> str:
    """Return the text to show beside a rejected field."""
    return _FIELD
