"""What the app says to people, in all its languages."""

from functools import cache
from importlib.resources import files

from seawall import l10n


def speak() -> l10n.Catalogue:
    """Let all problems of this process speak by the app's messages. Whoever starts the app calls it; once more changes nothing.

    Raises:
        UsageError: another catalogue is installed; or icu4py or Babel is not there.
    """
    catalogue = _catalogue()
    l10n.install(catalogue)
    return catalogue


@cache
def _catalogue() -> l10n.Catalogue:
    return l10n.Catalogue.load(files("seawall_demo.console") / "messages")
