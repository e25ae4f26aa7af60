"""Which language the demo speaks."""

import pytest

from seawall_demo._language import of_environment, served

LOCALES = ("en", "ar", "de", "pt")


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "de"),
        ({"LANG": "de_DE.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "de_DE.UTF-8", "LC_ALL": ""}, "de"),
        ({"LANG": "de_DE.UTF-8", "LC_MESSAGES": "pt_PT"}, "pt"),
        ({"LANG": "fr_FR.UTF-8"}, "en"),
        ({"LANG": "../../etc"}, "en"),
    ],
)
def test_the_environment_is_asked_in_the_order_of_posix(environment: dict[str, str], expected: str) -> None:
    """The first variable that is set decides, and where it names nothing that is spoken the default language does."""
    assert of_environment(environment, LOCALES) == expected


@pytest.mark.parametrize(("tag", "expected"), [("ar-EG", "ar"), ("pt_BR", "pt"), ("fr", None), ("", None), ("*", None)])
def test_a_reader_is_served_by_a_relative(tag: str, expected: str | None) -> None:
    """A region is served by its language, in either way to write it, and nothing is made up for the rest."""
    assert served(tag, LOCALES) == expected
