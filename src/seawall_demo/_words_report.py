"""What people read when something goes wrong, word for word."""

from collections.abc import Iterator

from ._report import LABELS
from .trial import DemoRun

_ISOLATES = dict.fromkeys(map(ord, "\u2066\u2067\u2068\u2069"))


def readings(run: DemoRun) -> Iterator[str]:
    """The texts that each client had for the user, line by line."""
    yield "What people read who want to change somebody else's agent session, in calm:"
    for name, trial in run.trials["calm"].items():
        yield from (f"  {LABELS[name]}: {_one_line(text)}" for text in trial.words)
    yield "What they read in the storm, with Seawall, and how often:"
    words = run.trials["storm"]["seawall"].words
    yield from (f"  {words[text]} x {_one_line(text)}" for text in sorted(words, key=lambda text: (-words[text], text)))
    yield "And where the backend takes newer versions of the app only:"
    yield from (f"  {_one_line(text)}" for text in run.outdated.words)


def writable(text: str, encoding: str) -> str:
    """Make a text fit for an output of this encoding: where need be without the marks that isolate params, and with "?"."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return text.translate(_ISOLATES).encode(encoding, "replace").decode(encoding)
    return text


def _one_line(text: str) -> str:
    return " ".join(text.split())
