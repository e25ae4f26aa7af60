"""What people are told: by code, else by status or kind of failure, else in general. Never the server's free text.

The English texts stand here and nowhere else. The l10n room adds other languages and the app's own messages: it may not be
imported from here, so that it hands in a `MessageSource`.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Protocol

__all__ = ["MessageSource", "english_messages", "field_message", "keys_by_code", "message_for", "set_message_source"]

GENERIC = "seawallGeneric"
FIELD = "seawallField"
_ENGLISH: Mapping[str, str] = {
    GENERIC: "Something went wrong. Please try again.",
    FIELD: "Please check this value.",
    "seawallAppUpgradeRequired": "This version of the app is too old. Please update it.",
    "seawallStatus400": "The request was not understood. Please check your input.",
    "seawallStatus401": "Please sign in again.",
    "seawallStatus402": "A payment is needed to go on.",
    "seawallStatus403": "You are not allowed to do this.",
    "seawallStatus404": "This was not found. It may have been removed.",
    "seawallStatus405": "This is not possible here.",
    "seawallStatus408": "Sending took too long. Please try again.",
    "seawallStatus409": "This was changed in the meantime. Please reload and try again.",
    "seawallStatus410": "This is no longer available.",
    "seawallStatus412": "This was changed in the meantime. Please reload and try again.",
    "seawallStatus413": "This is too large to send.",
    "seawallStatus415": "This kind of content is not accepted.",
    "seawallStatus422": "Some of the information is not valid. Please check your input.",
    "seawallStatus423": "This is locked at the moment. Please try again later.",
    "seawallStatus425": "It is too early for this. Please try again.",
    "seawallStatus428": "This was changed in the meantime. Please reload and try again.",
    "seawallStatus429": "Too many requests. Please wait a moment and try again.",
    "seawallStatus451": "This is not available for legal reasons.",
    "seawallStatus500": "The server has a problem. Please try again later.",
    "seawallStatus501": "The server cannot do this yet.",
    "seawallStatus502": "The server cannot be reached at the moment. Please try again later.",
    "seawallStatus503": "The service is not available at the moment. Please try again later.",
    "seawallStatus504": "The server took too long. Please try again later.",
    "seawallKindOffline": "There seems to be no internet connection.",
    "seawallKindConnect": "The server cannot be reached. Please check your connection and try again.",
    "seawallKindCertificate": "A secure connection could not be made.",
    "seawallKindSession": "Please sign in again.",
    "seawallKindRefresh": "Your sign-in could not be renewed. Please try again later.",
    "seawallKindSignIn": "Signing in did not work. Please try again.",
    "seawallKindTimeout": "This took too long. Please try again.",
    "seawallKindCancelled": "This was cancelled.",
    "seawallKindContent": "The server's answer was not understood. Please try again later.",
    "seawallKindDisconnect": "The connection was interrupted. Please try again.",
}
_KEYS_BY_CODE: Mapping[str, str] = {"APP_UPGRADE_REQUIRED": "seawallAppUpgradeRequired"}
_REMEMBERED = 1024  # statuses and kinds whose keys are kept


def english_messages() -> Mapping[str, str]:
    """Return the built-in messages by their keys: the source of all translations."""
    return _ENGLISH


def keys_by_code() -> Mapping[str, str]:
    """Return which built-in messages belong to error codes, by code."""
    return _KEYS_BY_CODE


class MessageSource(Protocol):
    """Speaks in place of the built-in English.

    When: each time that a text for people is asked for. Errors: it raises none.
    """

    def message(self, code: str | None, keys: Sequence[str], params: Mapping[str, Any], locale: str | None) -> str | None:
        """Return a text for people, or None: then English speaks.

        Args:
            code: Machine-readable code, or None.
            keys: Names of the built-in messages that may stand in for the code's, the nearest first.
            params: Facts for the code's message, as the server sent them: of any type.
            locale: The language asked for, or None for the source's own.
        """
        ...


_source: MessageSource | None = None


def set_message_source(source: MessageSource | None) -> None:
    """Let this source speak for all problems of the process; None goes back to the built-in English.

    Apps call `seawall.l10n.install`, which comes here.
    """
    global _source
    _source = source


def message_for(code: str | None, status: int, kind: str | None, params: Mapping[str, Any], locale: str | None) -> str:
    """Return the text to show.

    Args:
        code: Machine-readable code of the problem; catalogues of the app speak about it.
        status: HTTP status, 0 without a response.
        kind: For problems without a response: the group of failures it belongs to.
        params: Facts for the code's message.
        locale: BCP 47 tag; without a catalogue only English is spoken.
    """
    return _spoken(code, _keys(status, kind), params, locale)


def field_message(code: str | None, params: Mapping[str, Any], locale: str | None) -> str:
    """Return the text to show beside a rejected field."""
    return _spoken(code, (FIELD,), params, locale)


def _spoken(code: str | None, keys: Sequence[str], params: Mapping[str, Any], locale: str | None) -> str:
    if _source is not None and (text := _source.message(code, keys, params, locale)) is not None:
        return text
    if code is not None and code in _KEYS_BY_CODE:
        return _ENGLISH[_KEYS_BY_CODE[code]]
    return next(_ENGLISH[key] for key in (*keys, GENERIC) if key in _ENGLISH)


@lru_cache(_REMEMBERED)
def _keys(status: int, kind: str | None) -> tuple[str, ...]:
    if status:
        return (f"seawallStatus{status}", f"seawallStatus{status // 100 * 100}", GENERIC)
    name = "".join(part.capitalize() for part in (kind or "").split("-"))
    return (f"seawallKind{name}", GENERIC)
