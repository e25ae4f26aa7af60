"""A line for people, made of the fields: what is not among them cannot be in it."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from seawall.model import StopReason

__all__ = ["line_of"]

Fields = Mapping[str, Any]

_USUAL = StopReason.NOT_RETRYABLE.name.lower()  # goes without saying: a 404 stays one


def line_of(fields: Fields) -> str:
    """Return what the fields say, in one line that begins with the number of the call."""
    attempt = f"attempt {fields['attempt']} " if "attempt" in fields else ""
    asked = f"#{fields['call']} {attempt}{fields['method']} {fields['url']}"
    return f"{asked}: {_NEWS[fields['event']](fields)}"


def _sending(fields: Fields) -> str:
    """The end of a call or an attempt."""
    outcome = " ".join(str(fields[name]) for name in ("status", "problem", "code") if name in fields)
    took = f" in {_seconds(fields['duration_ms'])}" if "duration_ms" in fields else ""
    return "; ".join([", ".join([f"{outcome or 'no outcome'}{took}", *_facts(fields)]), *_reasons(fields)])


def _facts(fields: Fields) -> Iterator[str]:
    if fields.get("attempts", 1) != 1:
        yield f"{fields['attempts']} attempts"
    if "redirects" in fields:
        yield f"redirects: {fields['redirects']}"
    if "replays" in fields:
        yield "with a new token"
    if "connection" in fields:
        yield f"on {fields['connection']}"
    if fields.get("sent", "yes") != "yes":
        yield f"sent: {fields['sent']}"
    if "may_have_applied" in fields:
        yield "may have applied"


def _reasons(fields: Fields) -> Iterator[str]:
    if "retried" in fields:
        yield f"retry in {_seconds(fields.get('delay_ms', 0.0))}: {fields['retried']}"
    if fields.get("stopped", _USUAL) != _USUAL:
        yield f"stopped: {StopReason[fields['stopped'].upper()].value}"
    if "trace_id" in fields:
        yield f"trace {fields['trace_id']}"


def _redirect(fields: Fields) -> str:
    dropped = ", another origin: credentials stay behind" if fields["crossed_origin"] else ""
    return f"{fields['status']} to {fields['location']}{dropped}"


def _announcement(news: str, preposition: str, fields: Fields) -> str:
    moment = f" {preposition} {fields['moment']}" if "moment" in fields else ""
    link = f"; see {fields['link']}" if "link" in fields else ""
    return f"{news}{moment}{link}"


def _warning(fields: Fields) -> str:
    words = f": {fields['agent']}: {fields['text']}" if "text" in fields else ""
    return f"the server sent a warning{words}"


def _seconds(milliseconds: float) -> str:
    return f"{milliseconds / 1000:.3f}s"


_NEWS: dict[str, Callable[[Fields], str]] = {
    "attempt": _sending,
    "call": _sending,
    "deprecated": lambda fields: _announcement("deprecated", "since", fields),
    "redirect": _redirect,
    "schema_drift": lambda fields: f"{fields['kind']} at {fields['pointer']}",
    "server_warning": _warning,
    "stream": lambda fields: f"body read, {fields['outcome']} after {fields['size']} bytes",
    "sunset": lambda fields: _announcement("will be switched off", "on", fields),
}
