"""The language of the person who runs the demo."""

from collections.abc import Mapping, Sequence

from seawall.l10n import language_tag, locale_id, negotiate

# The order of POSIX (XBD, section 8.2): the first one that is set decides.
_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")


def served(tag: str, locales: Sequence[str]) -> str | None:
    """The language that serves a reader best, as a BCP 47 tag, or None for none.

    Args:
        tag: what the reader asks for: a BCP 47 tag, or a POSIX locale such as "de_DE.UTF-8".
        locales: the languages that are spoken.
    """
    locale = locale_id(tag)
    return None if locale is None else negotiate(language_tag(locale), locales)


def of_environment(environment: Mapping[str, str], locales: Sequence[str]) -> str:
    """The language that the environment asks for; the first of those that are spoken where it asks for none of them.

    Args:
        environment: the variables.
        locales: the languages that are spoken, the default one first.
    """
    wanted = next((value for name in _VARIABLES if (value := environment.get(name))), "")
    return served(wanted, locales) or locales[0]
