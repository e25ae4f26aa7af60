"""The messages that come with Seawall: English as the problems speak it, and the files of the folder `messages`."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from seawall.problems import english_messages, keys_by_code

from ._arb import ArbFile, ArbMessage
from ._fault import CatalogueError
from ._folder import read_folder
from ._message import Message
from ._pattern import parse_pattern
from ._pseudo import PSEUDO_LOCALE, pseudo

__all__ = ["DEFAULT_LOCALE", "built_in", "built_in_files"]

DEFAULT_LOCALE = "en"


def built_in_files() -> list[ArbFile]:
    """Return the built-in messages, those in English first.

    Raises:
        CatalogueError: A file was damaged after it was installed.
    """
    codes = {key: code for code, key in keys_by_code().items()}
    english = {
        key: ArbMessage(key, text, parse_pattern(text), 1, {}, code=codes.get(key)) for key, text in english_messages().items()
    }
    others = read_folder(files("seawall.l10n") / "messages")
    if faults := [fault for file in others for fault in file.faults]:
        raise CatalogueError(faults)
    return [ArbFile("seawall_en.arb", DEFAULT_LOCALE, english, ()), *others]


@cache
def built_in() -> Mapping[str, Mapping[str, Message]]:
    """Return the built-in messages, compiled once for the process: by locale, by key."""
    found = {
        file.locale: {key: Message(message.parts, file.locale, {}) for key, message in file.messages.items()}
        for file in built_in_files()
        if file.locale
    }
    pseudos = {key: Message(pseudo(parse_pattern(text)), DEFAULT_LOCALE, {}) for key, text in english_messages().items()}
    return {**found, PSEUDO_LOCALE: pseudos}
