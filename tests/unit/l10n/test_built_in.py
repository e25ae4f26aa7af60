"""Seawall's own messages are whole in each of its languages."""

import pytest

from seawall.l10n import arguments, built_in_files
from seawall.problems import english_messages

FILES = {file.locale: file for file in built_in_files()}


def test_the_languages_are_there() -> None:
    """English, German, Russian, Arabic, Japanese and Portuguese, which CLDR takes for that of Brazil, come along."""
    assert list(FILES) == ["en", "ar", "de", "ja", "pt", "ru"]


@pytest.mark.parametrize("locale", FILES)
def test_a_language_has_every_message(locale: str) -> None:
    """No language lacks a message of the English ones or has one more, and none is empty or needs a parameter."""
    messages = FILES[locale].messages
    assert list(messages) == list(english_messages())
    assert [key for key, message in messages.items() if not message.pattern.strip() or list(arguments(message.parts))] == []


@pytest.mark.parametrize("locale", [locale for locale in FILES if locale != "en"])
def test_a_language_says_the_same_where_english_does(locale: str) -> None:
    """What is one sentence in English is one in each language, and what differs, differs."""
    groups: dict[str, set[str]] = {}
    for key, text in english_messages().items():
        groups.setdefault(text, set()).add(FILES[locale].messages[key].pattern)
    assert [texts for texts in groups.values() if len(texts) > 1] == []
    assert len({text for texts in groups.values() for text in texts}) == len(groups)
