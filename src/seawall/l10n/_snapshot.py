"""All messages of a catalogue at one moment. It never changes: reloading makes another one."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from seawall.problems import keys_by_code

from ._built_in import built_in
from ._message import Message
from ._tags import equals, lineage, locale_id

__all__ = ["Snapshot"]

_ByLocale: TypeAlias = Mapping[str, Mapping[str, Message]]
_REMEMBERED = 256  # languages asked for whose lineage is kept; some come from headers, and anyone can write those


class Snapshot:
    """Finds a message.

    Args:
        messages: The app's, by locale and key.
        codes: Keys by error code.
        default: The locale to speak where none is asked for, and where the one asked for lacks a message.
    """

    def __init__(self, messages: _ByLocale, codes: Mapping[str, str], default: str) -> None:
        self.locales = (default, *sorted(locale for locale in messages if locale != default))
        self.codes = codes
        built = keys_by_code()
        self._keys = {code: tuple(dict.fromkeys((key, built.get(code, key)))) for code, key in codes.items()}
        self._layers = (_by_name(messages), _by_name(built_in()))
        self._last = self._of(default)
        self._lineages: dict[str | None, list[Mapping[str, Message]]] = {None: self._last}

    def message(self, code: str | None, keys: Sequence[str], params: Mapping[str, Any], asked: str | None) -> str | None:
        """See `MessageSource.message`: each key in all the languages before the next key, as Flutter's gen-l10n does it.

        What the code says in the default language helps more than a general word in one's own.
        """
        lineage = self._lineages.get(asked) or self._lineage(asked)
        own = self._keys.get(code) if code is not None else None
        for key in (*own, *keys) if own is not None else keys:
            for messages in lineage:
                message = messages.get(key)
                if message is not None and (text := message.text(params)) is not None:
                    return text
        return None

    def _lineage(self, asked: str | None) -> list[Mapping[str, Message]]:
        locale = locale_id(asked) if asked else None
        found = [*self._of(locale), *self._last] if locale else self._last
        if len(self._lineages) >= _REMEMBERED:
            self._lineages = {None: self._last}
        if locale:
            self._lineages[asked] = found
        return found

    def _of(self, locale: str) -> list[Mapping[str, Message]]:
        return [layer[name] for name in lineage(locale) for layer in self._layers if name in layer]


def _by_name(messages: _ByLocale) -> _ByLocale:
    """Also under the names that mean the same: a file for "pt_BR" serves "pt", unless there is one for "pt"."""
    named = {name: found for locale, found in messages.items() for name in equals(locale)}
    return {**named, **messages}
