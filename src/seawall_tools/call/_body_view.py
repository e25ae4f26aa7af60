"""A body on a terminal: indented and coloured where it is JSON, harmless in any case."""

from rich.text import Text

from seawall.model import charset_of

from .._json import json_view
from .._terminal import safe

__all__ = ["body_view"]

_BINARY = b"\0"


def body_view(content: bytes, media_type: str) -> Text | str | None:
    """Return a body as a terminal may show it, None for one that is no text.

    Args:
        content: The body.
        media_type: Its Content-Type, "" without one.
    """
    shown = json_view(content) if _claims_json(media_type, content) else None
    if shown is not None:
        return shown
    if _BINARY in content:
        return None
    try:
        return safe(content.decode(charset_of(media_type))).rstrip("\n")
    except UnicodeDecodeError:
        return None


def _claims_json(media_type: str, content: bytes) -> bool:
    return "json" in media_type.lower() or content.lstrip()[:1] in (b"{", b"[")
