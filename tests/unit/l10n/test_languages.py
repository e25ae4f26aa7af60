"""Who gets which language: names of locales, their parents, and what a browser asks for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawall.l10n import language_tag, locale_id, negotiate
from seawall.l10n._negotiate import MAX_HEADER
from seawall.l10n._tags import equals, lineage
from seawall.problems import use_locale


@pytest.mark.parametrize(
    ("tag", "name"),
    [
        ("de", "de"),
        ("PT-br", "pt_BR"),
        ("de_DE.UTF-8", "de_DE"),
        ("ca_ES@valencia", "ca_ES"),
        ("de-DE-u-co-phonebk", "de_DE"),
        ("zh-TW", "zh_Hant_TW"),
        ("zh-CN", "zh_CN"),
        ("sr-ME", "sr_Latn_ME"),
        ("iw-IL", "he_IL"),
        ("sh", "sr_Latn"),
        ("es-419", "es_419"),
        ("sl-rozaj", "sl_rozaj"),
        *((tag, None) for tag in ("", "*", "C", "x-klingon", "de DE", "d" * 200, "de--DE", "ä", "12", "de\n")),
    ],
)
def test_a_locale_is_named_as_cldr_names_it(tag: str, name: str | None) -> None:
    """Tags of BCP 47, POSIX and CLDR give one name, with the script where the region would leave it in doubt."""
    assert locale_id(tag) == name


@pytest.mark.parametrize(
    ("locale", "family"),
    [
        ("pt_MO", ["pt_MO", "pt_PT", "pt"]),
        ("zh_Hant_MO", ["zh_Hant_MO", "zh_Hant_HK", "zh_Hant"]),
        ("zh_Hant_TW", ["zh_Hant_TW", "zh_Hant"]),
        ("zh_Hans_CN", ["zh_Hans_CN", "zh_Hans", "zh"]),
        ("en_NZ", ["en_NZ", "en_001", "en"]),
        ("es_MX", ["es_MX", "es_419", "es"]),
        ("nb_NO", ["nb_NO", "nb", "no"]),
        ("sr_Latn_ME", ["sr_Latn_ME", "sr_Latn"]),
        ("de", ["de"]),
    ],
)
def test_parents_are_those_of_cldr(locale: str, family: list[str]) -> None:
    """Parents are not found by cutting alone, and a script that a language is not usually written in has none."""
    assert list(lineage(locale)) == family


@pytest.mark.parametrize(
    ("locale", "name", "same"),
    [
        ("pt_BR", "pt", True),
        ("pt_PT", "pt", False),
        ("zh_Hant_TW", "zh_Hant", True),
        ("zh_Hans", "zh", True),
        ("zh_Hant", "zh", False),
        ("en_US", "en", True),
        ("zz_ZZ", "zz", False),
        ("nb", "no", True),
        ("nb_NO", "no", True),
        ("nn", "no", False),
    ],
)
def test_a_language_includes_its_likely_region(locale: str, name: str, same: bool) -> None:
    """A language without a region means the one where most of its speakers live."""
    assert (name in equals(locale)) is same


@pytest.mark.parametrize(
    ("header", "served"),
    [
        ("de", "de"),
        ("DE-at", "de"),
        ("fr, de;q=0.8, en;q=0.9", "en"),
        ("de;q=0.8, en;q=0.8", "de"),
        ("pt-MO", "pt-PT"),
        ("pt-BR", None),
        ("zh-MO", "zh-Hant-HK"),
        ("zh-TW", None),
        ("zh", None),
        ("*", "en"),
        ("en;q=0, *", "de"),
        ("en;q=0", None),
        ("fr;q=1, *;q=0.1", "en"),
        ("de-AT;q=0, *;q=0", None),
        ("de;q=0.0, de", None),
        ("de; Q=0.5 ,en ;q=0.4", "de"),
        ("", None),
        (",,;q=1,de;q=2,de;q=-1,de q=1,ä,en", "en"),
        ("x" * (MAX_HEADER + 1) + ",de", None),
        (",".join(["fr"] * 50 + ["de"]), None),
    ],
)
def test_a_header_is_served(header: str, served: str | None) -> None:
    """Weights, refusals, parents and `*` are heeded; what cannot be read, or is too much, is passed over."""
    assert negotiate(header, ["en", "de", "pt_PT", "zh-Hant-HK"]) == served


def test_a_file_for_the_likely_region_serves_the_bare_language() -> None:
    """Who asks for Portuguese gets that of Brazil, unless there is Portuguese as such."""
    assert negotiate("pt", ["en", "pt-BR"]) == "pt-BR"
    assert negotiate("pt", ["pt-BR", "pt"]) == "pt"
    assert negotiate("no", ["nb", "no"]) == "no"
    assert (negotiate("zh", ["zh-Hans", "zh-CN"]), negotiate("zh", ["zh-CN", "zh-Hans"])) == ("zh-Hans", "zh-CN")


@given(st.text(max_size=60) | st.lists(st.sampled_from(["de", "*", "pt-MO", ";q=0", ";q=1.000", ",", " "])).map("".join))
def test_what_is_served_can_be_used(header: str) -> None:
    """Any header gives one of the languages, spelled so that `use_locale` takes it, or none."""
    served = negotiate(header, ["en", "de_AT", "pt_PT"])
    with use_locale(served):
        assert served in (None, "en", "de-AT", "pt-PT")


@given(st.text(max_size=30))
def test_any_text_is_a_name_or_none(tag: str) -> None:
    """No text raises, and a name that was found is found again."""
    name = locale_id(tag)
    assert name is None or locale_id(language_tag(name)) == name
