"""One catalogue speaks for the whole process, and somebody said so."""

import threading

from seawall.model import UsageError
from seawall.problems import set_message_source

from ._catalogue import Catalogue

__all__ = ["install", "uninstall"]

_lock = threading.Lock()
_installed: Catalogue | None = None


def install(catalogue: Catalogue | None = None) -> None:
    """Let all problems and field errors of the process speak by a catalogue. Do it once, where the app starts.

    A second catalogue is refused rather than taken: two parts of a program that both install one would change each other's
    words, and whoever came last would win. New texts in the same files need `Catalogue.reload`.

    Args:
        catalogue: The app's messages; None speaks Seawall's own languages.

    Raises:
        UsageError: Another catalogue is installed; or it is none; or icu4py or Babel is not installed.
    """
    global _installed
    chosen: object = Catalogue.built_in() if catalogue is None else catalogue
    if not isinstance(chosen, Catalogue):  # the mistake would come out where a problem is being told, and hide it
        raise UsageError("l10n.install: a Catalogue is needed, such as Catalogue.load gives")
    with _lock:
        if _installed not in (None, chosen):
            raise UsageError("l10n.install: another catalogue is installed; reload() that one, or call l10n.uninstall() before")
        _installed = chosen
        set_message_source(chosen)


def uninstall() -> None:
    """Go back to the built-in English, as tests do."""
    global _installed
    with _lock:
        _installed = None
        set_message_source(None)
