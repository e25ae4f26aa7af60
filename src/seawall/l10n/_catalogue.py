"""The messages of an app."""

import threading
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from seawall.model import UsageError
from seawall.problems import keys_by_code

from ._build import build
from ._built_in import DEFAULT_LOCALE, built_in
from ._folder import Folder, read_folder
from ._negotiate import negotiate
from ._snapshot import Snapshot
from ._tags import language_tag, locale_id

__all__ = ["Catalogue"]


class Catalogue:
    """Messages by error code, in the languages of an app; Seawall's own fill what the app does not say.

    Made by `Catalogue.load`; `seawall.l10n.install` lets all problems speak by it. It may be used from all threads, also
    while it is reloaded.

    Args:
        read: Gives all messages, each time that it is called.
        default: Its default locale.
    """

    def __init__(self, read: Callable[[], Snapshot], default: str) -> None:
        self._read = read
        self._default = default
        self._reloading = threading.Lock()
        self._snapshot = read()

    @classmethod
    def load(
        cls, folder: Folder, *, default_locale: str = "en", codes: Mapping[str, str] | None = None, pseudo: bool = False
    ) -> "Catalogue":
        """Read the ARB files of a folder: `app_en.arb`, `app_pt_BR.arb`, ...

        Args:
            folder: A path, or what `importlib.resources.files` gives.
            default_locale: The language of the template, which has every message and declares the parameters. It speaks where
                no language is asked for, and where the one asked for lacks a message.
            codes: Keys of messages by error code; by default each message's `x-code` in the template.
            pseudo: Whether to add "en-XA": the template's texts with accents and brackets, to find what is not translated.

        Raises:
            CatalogueError: With all that is wrong: file, line, key.
            UsageError: icu4py or Babel is not installed, or the default locale is none.
        """
        default = locale_id(default_locale)
        if default is None:
            raise UsageError("default_locale: a language tag such as 'pt-BR' is needed")
        return cls(lambda: build(read_folder(folder), default, codes, with_pseudo=pseudo, folder=str(folder)), default)

    @staticmethod
    def built_in() -> "Catalogue":
        """Return the catalogue of Seawall's own messages: statuses and kinds of failure, no code of an app."""
        return _built_in_catalogue()

    @property
    def locales(self) -> tuple[str, ...]:
        """Its languages as BCP 47 tags, the default one first."""
        return tuple(map(language_tag, self._snapshot.locales))

    @property
    def codes(self) -> Mapping[str, str]:
        """Keys of messages, by error code."""
        return dict(self._snapshot.codes)

    def negotiate(self, accept_language: str) -> str:
        """Return the language of this catalogue that serves an `Accept-Language` best, else the default one.

        Args:
            accept_language: The header's value, as the browser sent it.
        """
        return negotiate(accept_language, self.locales) or language_tag(self._default)

    def reload(self) -> None:
        """Read the files again; who asks meanwhile gets the old messages or the new ones, never some of both.

        Raises:
            CatalogueError: With all that is wrong; the messages stay as they were.
        """
        with self._reloading:
            self._snapshot = self._read()

    def message(self, code: str | None, keys: Sequence[str], params: Mapping[str, Any], locale: str | None) -> str | None:
        """See `seawall.problems.MessageSource`."""
        return self._snapshot.message(code, keys, params, locale)

    def __repr__(self) -> str:
        return f"<Catalogue {' '.join(self.locales)}>"


@cache
def _built_in_catalogue() -> Catalogue:
    return Catalogue(lambda: Snapshot(built_in(), keys_by_code(), DEFAULT_LOCALE), DEFAULT_LOCALE)
