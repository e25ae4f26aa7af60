"""`seawall codes check` and the app's start are of one opinion about every catalogue."""

import json
import sys
from typing import Any

import pytest

from seawall.l10n import Catalogue, CatalogueError
from tests.unit.seawall_tools.codes.kit import DOCUMENT, GERMAN, Project
from tests.unit.seawall_tools.codes.test_check import GERMAN_ARB, TEMPLATE, found

WHOLE = json.dumps(GERMAN, ensure_ascii=False, indent=2)


def member(name: str, value: Any) -> str:
    """The German catalogue with one more member, in line 3."""
    return WHOLE.replace(",\n", f',\n  "{name}": {json.dumps(value)},\n', 1)


def starts(project: Project) -> bool:
    """Whether the app would start with these catalogues."""
    try:
        Catalogue.load(project.root / "l10n")
    except CatalogueError:
        return False
    return True


@pytest.mark.parametrize(
    ("content", "rule", "line"),
    [
        (member("hello", "{name, date, yyyy 'o''clock'}"), "message", 3),
        (member("hello", "} text"), "message", 3),
        (member("hello", "{0}"), "message", 3),
        (member("hello", "{name, spellout}"), "message", 3),
        (member("hello", "{name, number, 0.00}"), "message", 3),
        (member("hello", ["Hallo"]), "message", 3),
        (member("hel lo", "Hallo"), "message", 3),
        (member("@hello", {"description": "of nothing"}), "catalogue", 3),
        (member("@errorInternalError", {"placeholders": {"n": {"type": "int64"}}}), "catalogue", 3),
        (member("errorInternalError", "Noch einmal."), "message", 6),
        (WHOLE.replace('"de"', '"fr"'), "catalogue", 2),
        (WHOLE.replace('"de"', '"no language"'), "catalogue", 2),
        (WHOLE.replace("{limit} Agenten", "{limit, date}"), "placeholder", 4),
        (member("hello", "{n, plural, other {{n, date}}}").replace("{n, plural", "{action, plural"), None, 0),
    ],
)
def test_what_stops_the_app_is_told_before(project: Project, content: str, rule: str | None, line: int) -> None:
    """What `Catalogue.load` refuses is a finding at its line, be it of a code or of the app's own; and nothing else is one."""
    project.write(GERMAN_ARB, content)
    places = [(rule, GERMAN_ARB, line)] if rule else []
    assert [place for place in found(project) if place[0] != "untranslated"] == places
    assert starts(project) == (rule is None)


def test_a_second_file_for_one_language_is_told(project: Project) -> None:
    """Two files of one language, by name or from within, are refused; the second is told, once and not for each code."""
    project.write("l10n/my_app_de.arb", "{}")
    assert found(project) == [("catalogue", "l10n/my_app_de.arb", 1)]
    assert not starts(project)


def test_projects_may_have_names_of_several_words(project: Project) -> None:
    """The language stands at the end of a file's name, whatever stands before it: for `check` and `gen` as for the app."""
    for old, new in ((TEMPLATE, "l10n/my_app_en.arb"), (GERMAN_ARB, "l10n/my_app_de.arb")):
        text = {name: value for name, value in json.loads(project.read(old)).items() if name != "@@locale"}
        (project.root / old).unlink()
        project.write(new, text)
    assert found(project) == []
    assert starts(project)
    assert project.run("gen").out == "wrote l10n/my_app_en.arb\n"  # which has its "@@locale" now


def test_the_template_is_missed(project: Project) -> None:
    """Other languages alone are none to start with: the one that `gen` writes must be there."""
    (project.root / TEMPLATE).unlink()
    assert found(project) == [("catalogue", DOCUMENT, 1)]
    assert not starts(project)
    assert "holds no catalogue for en" in project.run("check").out
    assert project.run("gen").code == 0
    assert found(project) == []


def test_a_template_that_is_spelt_otherwise_is_the_same(project: Project) -> None:
    """`zh-TW` in the settings is the language of app_zh_Hant_TW.arb, and no second file is made."""
    project.change("pyproject.toml", 'arb = "l10n"', 'arb = "l10n"\ntemplate-locale = "zh-TW"')
    template = {**json.loads(project.read(TEMPLATE)), "@@locale": "zh_Hant_TW"}
    project.write("l10n/app_zh_Hant_TW.arb", template)
    assert project.run("gen").out == "wrote l10n/app_zh_Hant_TW.arb\n"
    assert sorted(path.name for path in (project.root / "l10n").iterdir()) == ["app_de.arb", "app_en.arb", "app_zh_Hant_TW.arb"]


def test_a_code_with_two_messages_is_told(project: Project) -> None:
    """Two messages of the template for one code stop the app; `gen` keeps the one that the document names."""
    template = json.loads(project.read(TEMPLATE))
    project.write(TEMPLATE, {**template, "old": "Full", "@old": {"x-code": "TOO_MANY_AGENTS"}})
    assert found(project) == [("catalogue-code", TEMPLATE, project.line(TEMPLATE, '"old"'))]
    assert not starts(project)
    assert project.run("gen").code == 0
    assert found(project) == []


def test_a_faulty_template_is_not_written_over(project: Project) -> None:
    """`gen` would keep one of two messages with the same name; it names the place and leaves the file to people."""
    text = project.read(TEMPLATE).replace("{\n", '{\n  "hello": "Hello",\n  "hello": "Hi",\n', 1)
    project.write(TEMPLATE, text)
    done = project.run("gen")
    assert (done.code, project.read(TEMPLATE)) == (2, text)
    assert done.err == f"{TEMPLATE}:3: hello: stands twice, first in line 2\n"


def test_a_template_that_cannot_be_kept_is_told(project: Project) -> None:
    """Half a character in a note of a tool, which no JSON writer takes, is misuse and no traceback."""
    text = project.read(TEMPLATE).replace("{\n", '{\n  "@@x-tool": "\\ud800",\n', 1)
    project.write(TEMPLATE, text)
    done = project.run("gen")
    assert (done.code, project.read(TEMPLATE)) == (2, text)
    assert done.err.startswith(f"{TEMPLATE} cannot be kept whole: ")


def test_too_many_catalogues_are_misuse(empty: Project) -> None:
    """More files than the app would read end with 2 and the folder's name."""
    empty.write("codes.md", "")
    for number in range(501):
        empty.write(f"l10n/app{number}.arb", "{}")
    done = empty.run("check", "--document", "codes.md", "--arb", "l10n")
    assert (done.code, done.out, "501 ARB files" in done.err) == (2, "", True)


def test_without_babel_catalogues_are_misuse(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the package that knows the languages is missing, one line names what to install; without catalogues nothing is."""
    monkeypatch.setitem(sys.modules, "babel", None)
    monkeypatch.setitem(sys.modules, "babel.core", None)
    done = project.run("check")
    assert (done.code, done.out, "pip install 'seawall[l10n]'" in done.err) == (2, "", True)
    project.change("pyproject.toml", 'arb = "l10n"\n', "")
    assert project.run("check").out == "All is well: 3 codes, 1 source.\n"


def test_an_empty_document_looks_like_one(empty: Project) -> None:
    """Nothing is well with numbers: who named the wrong file sees it."""
    empty.write("codes.md", "# Codes\n")
    assert empty.run("check", "--document", "codes.md").out == "All is well: 0 codes.\n"
