"""A catalogue is loaded whole or not at all, and changes from one moment to the next."""

import json
import os
import pickle
import shutil
import threading
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from seawall import UsageError
from seawall.l10n import Catalogue, CatalogueError
from seawall.l10n._folder import MAX_FILES
from tests.unit.l10n.conftest import Write

FORBIDDEN = {"action": "edit", "resource": "agents"}


def said(catalogue: Catalogue, code: str, locale: str | None, **params: Any) -> str | None:
    """What is said, without the isolates."""
    text = catalogue.message(code, (), params, locale)
    return text and text.replace("\u2068", "").replace("\u2069", "")


def faults(folder: Path | str, **options: Any) -> list[str]:
    with pytest.raises(CatalogueError) as caught:
        Catalogue.load(folder, **options)
    return [f"{Path(fault.file).name}:{fault.line}: {fault.key}: {fault.message}" for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        ("de", "agents: edit ist nicht erlaubt."),
        ("de-AT", "agents: edit ist nicht erlaubt."),
        ("pt-MO", "Não pode edit agents."),
        ("pt-BR", "You may not edit agents."),
        ("fr", "You may not edit agents."),
        (None, "You may not edit agents."),
        ("no language at all", "You may not edit agents."),
    ],
)
def test_a_code_speaks_the_language_asked_for(folder: Path, locale: str | None, text: str) -> None:
    """The asked locale, its CLDR parents, else the default locale."""
    assert said(Catalogue.load(folder), "AGENT_FORBIDDEN", locale, **FORBIDDEN) == text


def test_a_file_for_the_likely_region_serves_the_bare_language(folder: Path, write: Write) -> None:
    """Portuguese of Brazil speaks to who asks for Portuguese, until there is a file for Portuguese as such."""
    write("app_pt_BR.arb", {"errorTooLong": "Brasil"})
    assert [said(Catalogue.load(folder), "TOO_LONG", locale, max=1) for locale in ("pt", "pt-BR", "pt-MO")] == ["Brasil"] * 3
    write("app_pt.arb", {"errorTooLong": "Português"})
    assert [said(Catalogue.load(folder), "TOO_LONG", locale, max=1) for locale in ("pt", "pt-BR")] == ["Português", "Brasil"]


def test_types_are_the_template_s(folder: Path) -> None:
    """A translation declares nothing, and its parameters are checked all the same."""
    assert said(Catalogue.load(folder), "AGENT_FORBIDDEN", "de", action=1, resource="agents") is None


def test_formats_of_flutter_are_heeded(write: Write) -> None:
    """A plain placeholder is written by its declared format in every language; one that only Flutter knows counts for nothing."""
    placeholders = {
        "t": {"type": "DateTime", "format": "yMMMd"},
        "n": {"type": "num", "format": "decimalPattern"},
        "p": {"type": "num", "format": "percentPattern"},
        "c": {"type": "int", "format": "compactLong"},
        "x": {"type": "int", "format": "simpleCurrency"},
        "s": {"type": "String", "format": "decimalPattern"},
        "d": {"type": "num", "format": "decimalPatternDigits", "optionalParameters": {"decimalDigits": 2}},
        "e": {"type": "double", "format": "decimalPatternDigits", "optionalParameters": {"decimalDigits": 0}},
        "f": {"type": "double", "format": "decimalPercentPattern", "optionalParameters": {"decimalDigits": 1}},
        "g": {"type": "double", "format": "decimalPatternDigits", "optionalParameters": []},
        "h": {"type": "double", "format": "scientificPattern", "optionalParameters": {"decimalDigits": "2"}},
    }
    pattern = "{t} {n} {p} {c} {x} {c, plural, other{# {n} {n, number, integer}}} {s} {d} {e} {f} {g} {h}"
    write("app_en.arb", {"a": pattern, "@a": {"x-code": "A", "placeholders": placeholders}})
    catalogue = Catalogue.load(write("app_de.arb", {"a": pattern}), pseudo=True)
    params = {"t": "2026-01-02T12:00:00Z", "n": 1234.5, "p": 0.25, "c": 5000, "x": 1234, "s": "12"}
    params |= {"d": 1234, "e": 2.5, "f": 0.125, "g": 1.5, "h": 1500}
    german = "2. Jan. 2026 1.234,5 25\u00a0% 5 Tausend 1234 5.000 1.234,5 1.235 12 1.234,00 3 12,5\u00a0% 1.5 1,5E3"
    assert said(catalogue, "A", "de", **params) == german
    assert said(catalogue, "A", "en-XA", **params).startswith("[Jan 2, 2026 1,234.5 25%")  # type: ignore[union-attr]


def test_a_language_may_have_formats_of_its_own(write: Write) -> None:
    """A translation's `format` goes before the template's, joined formats are one, and what is not in the template counts not."""
    declared = {"t": {"type": "DateTime", "format": "yMd"}}
    write("app_en.arb", {"a": "{t}", "@a": {"x-code": "A", "placeholders": declared}})
    own = {"t": {"format": "yMMMd+Hm"}, "n": {"type": "num", "format": "compact"}}
    catalogue = Catalogue.load(write("app_de.arb", {"a": "{t} {n}", "@a": {"placeholders": own}}))
    params = {"t": "2026-01-02T12:00:00Z", "n": 5000}
    assert said(catalogue, "A", "en", **params) == "1/2/2026"
    assert said(catalogue, "A", "de", **params) == "2. Jan. 2026, 12:00 5000"


def test_bokmal_is_norwegian(write: Write) -> None:
    """Who asks for Norwegian as such gets Bokmål, and who asks for either written form gets what is there of Norwegian."""
    write("app_en.arb", {"a": "x", "@a": {"x-code": "A"}})
    catalogue = Catalogue.load(write("app_nb.arb", {"a": "bokmål"}))
    assert [said(catalogue, "A", locale) for locale in ("nb-NO", "no", "no-NO", "nn")] == ["bokmål"] * 4
    assert catalogue.negotiate("no") == "nb"


def test_files_of_editors_and_systems_are_no_messages(folder: Path) -> None:
    """A lock of an editor, or a note of macOS, beside a file keeps nobody from reloading."""
    (folder / ".#app_de.arb").symlink_to("somebody@somewhere:1")
    (folder / "._app_de.arb").write_bytes(b"\x00\x05\x16\x07")
    assert Catalogue.load(folder).locales == ("en", "de", "pt-PT")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_is_not_waited_for(folder: Path) -> None:
    """What is no file is named as a fault, and is not read."""
    os.mkfifo(folder / "app_fr.arb")
    assert faults(folder) == ["app_fr.arb:1: : is no file"]


def test_the_catalogue_names_its_languages_and_codes(folder: Path) -> None:
    """Languages are BCP 47 tags with the default one first; the codes hold the app's and Seawall's own."""
    catalogue = Catalogue.load(folder)
    assert catalogue.locales == ("en", "de", "pt-PT")
    assert catalogue.codes["AGENT_FORBIDDEN"] == "errorAgentForbidden"
    assert catalogue.codes["APP_UPGRADE_REQUIRED"] == "seawallAppUpgradeRequired"
    assert repr(catalogue) == "<Catalogue en de pt-PT>"
    assert (catalogue.negotiate("fr, pt-MO;q=0.5"), catalogue.negotiate("fr")) == ("pt-PT", "en")


def test_codes_may_come_from_elsewhere(folder: Path) -> None:
    """A registry of codes takes the place of the template's `x-code`, and has to name messages that are there."""
    catalogue = Catalogue.load(folder, codes={"FORBIDDEN": "errorAgentForbidden"})
    assert said(catalogue, "FORBIDDEN", "en", **FORBIDDEN) == "You may not edit agents."
    assert said(catalogue, "AGENT_FORBIDDEN", "en", **FORBIDDEN) is None
    assert faults(folder, codes={"GONE": "errorGone"}) == [
        "app_en.arb:1: errorGone: the template lacks this message of the code GONE"
    ]


def test_another_language_may_be_the_default(folder: Path) -> None:
    """The default locale speaks where the asked one has nothing to say."""
    catalogue = Catalogue.load(folder, default_locale="de")
    assert (catalogue.locales[0], catalogue.negotiate("fr")) == ("de", "de")
    assert Catalogue.load(folder, default_locale="pt_PT").negotiate("fr") == "pt-PT"
    with pytest.raises(UsageError, match="default_locale"):
        Catalogue.load(folder, default_locale="no locale")


def test_the_pseudo_locale_shows_what_is_translated(folder: Path) -> None:
    """en-XA is the template with accents, brackets and more length; parameters are untouched."""
    catalogue = Catalogue.load(folder, pseudo=True)
    assert said(catalogue, "AGENT_FORBIDDEN", "en-XA", **FORBIDDEN) == "[Ýöû måý ñöţ edit agents.~~~~~]"
    assert said(catalogue, "QUOTA_REACHED", "en-XA", limit=2) == "[2 åĝéñţš åţ möšţ.~~~~~~]"
    assert catalogue.locales[1:] == ("de", "en-XA", "pt-PT")
    (folder / "app_ru.arb").write_text(
        '{"a": "{n, plural, one{a} few{o} other{cccccccccc}}", "@a": {"x-code": "A"}}', encoding="utf-8"
    )
    russian = Catalogue.load(folder, default_locale="ru", pseudo=True)
    assert said(russian, "A", "en-XA", n=3) == "[ö~~~~]"
    assert Catalogue.load(folder).message(None, ("seawallGeneric",), {}, "en-XA").startswith("[Šöméţĥîñĝ")  # type: ignore[union-attr]


def test_all_faults_are_told_at_once(folder: Path, write: Write) -> None:
    """Everything that is wrong in any file is in the error, with file, line and key."""
    write("app_ja.arb", {"errorQuota": "{limit", "errorClosed": "{since, number}"})
    write("copy_de.arb", {})
    assert sorted(faults(folder)) == [
        f"app_de.arb:1: : a second file for de; the other is {folder / 'copy_de.arb'}",
        "app_ja.arb:2: errorQuota: ',' is missing (at character 7)",
        "app_ja.arb:3: errorClosed: 'since' is declared as date-time and used as number",
    ]


def test_a_code_has_one_message(folder: Path, write: Write) -> None:
    """Two messages of one code are a fault, since one of them would never be said."""
    write("app_en.arb", {"a": "x", "@a": {"x-code": "SAME"}, "b": "y", "@b": {"x-code": "SAME"}})
    assert faults(folder) == ["app_en.arb:6: b: SAME has a already"]


def test_folders_without_messages_say_so(tmp_path: Path, write: Write) -> None:
    """A folder that is not there, holds nothing, lacks the default locale or holds far too much is named."""
    assert faults(tmp_path / "gone") == ["gone:1: : no folder that can be read (No such file or directory)"]
    assert faults(tmp_path) == [f"{tmp_path.name}:1: : no ARB file, such as app_en.arb, in it"]
    write("app_de.arb", {})
    assert faults(tmp_path) == [f"{tmp_path.name}:1: : no file for the default locale en"]
    (tmp_path / "app_fr.arb").mkdir()
    assert faults(tmp_path, default_locale="de") == ["app_fr.arb:1: : is no file"]
    for number in range(MAX_FILES):
        (tmp_path / f"{number}.arb").touch()
    assert faults(tmp_path) == [f"{tmp_path.name}:1: : {MAX_FILES + 2} ARB files; up to {MAX_FILES} are read"]


def test_the_error_s_text_is_bounded_and_survives_a_pickle(write: Write) -> None:
    """Many faults are counted rather than listed; all of them are in `faults`."""
    folder = write("app_en.arb", {f"k{number}": "{" for number in range(100)})
    with pytest.raises(CatalogueError) as caught:
        Catalogue.load(folder)
    copy = pickle.loads(pickle.dumps(caught.value))
    assert str(copy) == str(caught.value)
    assert (len(copy.faults), str(copy).splitlines()[-1]) == (100, "... and 80 more")


def test_a_package_s_own_messages_can_be_loaded() -> None:
    """What importlib.resources finds is loaded like a folder."""
    catalogue = Catalogue.load(files("seawall.l10n") / "messages", default_locale="de")
    assert catalogue.locales == ("de", "ar", "ja", "pt", "ru")


def test_reloading_takes_what_the_files_say_now(folder: Path, write: Write) -> None:
    """New texts, languages and codes are there after a reload, and what was removed is gone."""
    catalogue = Catalogue.load(folder)
    assert said(catalogue, "NEW", "en") is None
    write("app_en.arb", {"errorNew": "New.", "@errorNew": {"x-code": "NEW"}})
    (folder / "app_pt_PT.arb").unlink()
    catalogue.reload()
    assert (said(catalogue, "NEW", "de"), catalogue.locales) == ("New.", ("en", "de"))
    assert said(catalogue, "QUOTA_REACHED", "en", limit=1) is None


def test_a_failed_reload_changes_nothing(folder: Path) -> None:
    """A file that is being written half-way, or a folder that is gone, spoils nothing: the messages stay as they were."""
    catalogue = Catalogue.load(folder)
    (folder / "app_de.arb").write_text('{"errorAgentForbidden": "hal', encoding="utf-8")
    with pytest.raises(CatalogueError, match="app_de"):
        catalogue.reload()
    shutil.rmtree(folder)
    with pytest.raises(CatalogueError, match="no folder that can be read"):
        catalogue.reload()
    assert said(catalogue, "AGENT_FORBIDDEN", "de", **FORBIDDEN) == "agents: edit ist nicht erlaubt."


def test_nobody_sees_half_a_reload(write: Write) -> None:
    """Threads that ask while the files are reloaded get old messages or new ones, always some."""

    def document(turn: int) -> dict[str, Any]:
        return {"a": f"{turn} {{x}}", "@a": {"x-code": "A"}}

    folder = write("app_en.arb", document(0))
    catalogue = Catalogue.load(folder)
    seen: list[set[str | None]] = [set() for _ in range(4)]
    over = threading.Event()

    def ask(own: set[str | None]) -> None:
        while not over.is_set():
            own.add(said(catalogue, "A", "en", x="y"))

    threads = [threading.Thread(target=ask, args=(own,)) for own in seen]
    for thread in threads:
        thread.start()
    for turn in range(1, 30):
        (folder / "app_en.arb").write_text(json.dumps(document(turn)), encoding="utf-8")
        catalogue.reload()
    over.set()
    for thread in threads:
        thread.join()
    assert set().union(*seen) <= {f"{turn} y" for turn in range(30)}


def test_languages_that_strangers_ask_for_fill_no_memory(folder: Path) -> None:
    """The lineages that are remembered stay few, whatever is asked for."""
    catalogue = Catalogue.load(folder)
    for first in "abcdefghijklmnopqrstuvwxyz":
        for second in "abcdefghijklmnopqrstuvwxyz":
            said(catalogue, "QUOTA_REACHED", f"{first}{second}", limit=1)
    assert len(catalogue._snapshot._lineages) <= 256
