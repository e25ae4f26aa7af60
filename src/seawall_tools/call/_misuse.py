"""From the library's `UsageError`, which names an option of Python, to an error that names the option of the command."""

import typer

from seawall import UsageError

__all__ = ["misuse"]

_WORDS = {
    "cert": "--cert",
    "headers": "--header",
    "http2": "--http2",
    "idempotency_key": "--idempotency-key",
    "method": "METHOD",
    "params": "--query",
    "proxy": "--proxy",
    "retry.attempts": "--retry",
    "timeout": "--timeout",
    "to": "--output",
    "trust_env": "--trust-env",
    "url": "URL",
    "verify": "--cacert",
}
_BODIES = frozenset({"content", "data", "files", "json"})


def misuse(error: UsageError, body: str | None) -> typer.BadParameter:
    """Return the command's error for one of the library's, to be raised.

    Args:
        error: What the library raised.
        body: The option that gave the body, None without one.
    """
    option, mark, message = str(error).partition(": ")
    word = body if option in _BODIES else _WORDS.get(option)
    if not mark or word is None:
        return typer.BadParameter(str(error))
    if message.startswith("connect must"):  # both clocks are one option of the library
        word = "--connect-timeout"
    return typer.BadParameter(message, param_hint=f"'{word}'")
