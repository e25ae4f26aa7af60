"""How much of a catalogue is translated."""

from collections.abc import Sequence

import msgspec

from seawall.l10n import ArbFile, language_tag

from ._finding import is_blank

__all__ = ["Progress", "progress"]


class Progress(msgspec.Struct, frozen=True):
    """One language.

    Attributes:
        locale: BCP 47 tag.
        file: The file's path.
        translated: How many messages of the template are there.
        missing: How many are not, the damaged ones among them.
        same: How many of the translated ones are the template's text word for word: perhaps nobody translated them.
        percent: Share of the translated ones, rounded down: 100 is all.
    """

    locale: str
    file: str
    translated: int
    missing: int
    same: int
    percent: int


def progress(files: Sequence[ArbFile], template: ArbFile) -> list[Progress]:
    """Return how far each language is, the template first, then those with the most to do."""
    others = sorted((_of(file, template) for file in files if file is not template and file.locale), key=_order)
    return [_of(template, template), *others]


def _order(found: Progress) -> tuple[int, str]:
    return found.translated, found.locale


def _of(file: ArbFile, template: ArbFile) -> Progress:
    wanted = template.messages
    there = [message for key, message in file.messages.items() if key in wanted and not is_blank(message)]
    same = 0 if file is template else sum(message.pattern == wanted[message.key].pattern for message in there)
    percent = 100 * len(there) // len(wanted) if wanted else 100
    return Progress(language_tag(file.locale or ""), file.name, len(there), len(wanted) - len(there), same, percent)
