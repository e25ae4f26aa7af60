"""`seawall l10n`: what is wrong with the messages, how much is translated, what translators need."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from seawall.problems import english_messages
from seawall_tools.l10n import app
from seawall_tools.l10n._check import check

TEMPLATE: dict[str, Any] = {
    "errorForbidden": "You may not {action} {resource}.",
    "@errorForbidden": {
        "x-code": "FORBIDDEN",
        "description": "Said beside the button.",
        "placeholders": {"action": {"type": "String"}, "resource": {"type": "String"}},
    },
    "errorQuota": "{limit, plural, one{# agent} other{# agents}} at most.",
    "@errorQuota": {"placeholders": {"limit": {"type": "int"}}},
}
GERMAN = {
    "errorForbidden": "{resource}: {action} ist nicht erlaubt.",
    "errorQuota": "{limit, plural, one{# Agent} other{# Agenten}}.",
}


def write(folder: Path, name: str, document: Mapping[str, Any]) -> None:
    (folder / name).write_text(json.dumps(document, ensure_ascii=False, indent=1), encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A catalogue in two languages, with nothing wrong."""
    write(tmp_path, "app_en.arb", TEMPLATE)
    write(tmp_path, "app_de.arb", GERMAN)
    return tmp_path


def run(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words], env={"COLUMNS": "200"})


def found(folder: Path) -> list[str]:
    """The findings, with short names of files."""
    return [str(finding).removeprefix(f"{folder}/") for finding in check(folder, "en")]


def test_a_good_catalogue_is_well(folder: Path) -> None:
    """Nothing is found, and the exit code says so."""
    done = run("check", folder)
    assert (done.exit_code, done.output) == (0, "All is well.\n")


@pytest.mark.parametrize(
    ("document", "finding"),
    [
        (
            {"errorQuota": GERMAN["errorQuota"]},
            "app_de.arb:1: error: errorForbidden: not translated; the template has it in line 2 [missing]",
        ),
        ({**GERMAN, "errorOld": "x"}, "app_de.arb:4: error: errorOld: the template has no such message [unknown]"),
        (
            {**GERMAN, "errorForbidden": "{action} {resource} {who}"},
            "app_de.arb:2: error: errorForbidden: the template does not know who [placeholder]",
        ),
        (
            {**GERMAN, "errorForbidden": "{action}?"},
            "app_de.arb:2: warning: errorForbidden: does not show resource, as the template does [placeholder]",
        ),
        (
            {**GERMAN, "errorForbidden": "{action"},
            "app_de.arb:2: error: errorForbidden: ',' is missing (at character 8) [broken]",
        ),
        (
            {**GERMAN, "errorForbidden": "{action} {resource, number}"},
            "app_de.arb:2: error: errorForbidden: 'resource' is declared as string and used as number [broken]",
        ),
        (
            {**GERMAN, "errorQuota": "{limit, plural, one{#} few{#} other{#}}"},
            "app_de.arb:3: warning: errorQuota: limit: de never uses few [plural]",
        ),
        (
            {**GERMAN, "errorQuota": "{limit, plural, other{#}}"},
            "app_de.arb:3: warning: errorQuota: limit: de also needs one [plural]",
        ),
    ],
)
def test_a_mistake_in_a_translation_has_its_line(folder: Path, document: dict[str, str], finding: str) -> None:
    """Each kind of mistake is found once, at its file, line and key."""
    write(folder, "app_de.arb", document)
    assert found(folder) == [finding]


@pytest.mark.parametrize(
    ("notes", "finding"),
    [
        ({}, "warning: errorForbidden: not declared in @errorForbidden: action, resource [placeholder]"),
        ({"action": {}}, "error: errorForbidden: not declared in @errorForbidden: resource [placeholder]"),
        (
            {"action": {}, "resource": {}, "who": {}},
            "warning: errorForbidden: declared and not used: who [placeholder]",
        ),
        (
            {"action": {"type": "num", "format": "simpleCurrency"}, "resource": {}},
            "warning: errorForbidden: action: only Flutter knows the format 'simpleCurrency'; "
            "write it in the message, as in {n, number} [format]",
        ),
    ],
)
def test_a_mistake_in_the_template_has_its_line(folder: Path, notes: dict[str, Any], finding: str) -> None:
    """What is declared and what is used have to agree."""
    write(folder, "app_en.arb", {**TEMPLATE, "@errorForbidden": {"placeholders": notes} if notes else {}})
    assert found(folder) == [f"app_en.arb:2: {finding}"]


@pytest.mark.parametrize("style", ["::percent", "::.0 %", "::%x100"])
def test_a_percentage_that_readers_read_differently_is_named(folder: Path, style: str) -> None:
    """FormatJS takes a skeleton's percent a hundredfold and ICU does not, in whatever language it stands."""
    write(folder, "app_de.arb", {**GERMAN, "errorQuota": f"{{limit, number, {style}}}"})
    words = f"limit: ICU and FormatJS read '{style}' differently; write {{limit, number, percent}} [format]"
    assert found(folder) == [f"app_de.arb:3: warning: errorQuota: {words}"]


@pytest.mark.parametrize("text", ["", " \n"])
def test_an_empty_translation_is_none(folder: Path, text: str) -> None:
    """What a tool for translators left empty is missing in each of the three words, and the template has no empty message."""
    write(folder, "app_de.arb", {**GERMAN, "errorQuota": text})
    missing = "app_de.arb:3: error: errorQuota: not translated; the template has it in line 15 [missing]"
    assert found(folder) == [missing]
    assert "de          50 %  1 translated, 1 missing" in run("stats", folder).stdout
    assert json.loads(run("extract", folder, "de").stdout)["errorQuota"] == TEMPLATE["errorQuota"]
    write(folder, "app_en.arb", {**TEMPLATE, "errorForbidden": text, "@errorForbidden": {}})
    assert "app_en.arb:2: error: errorForbidden: has no text [missing]" in found(folder)


@pytest.mark.parametrize(("text", "named"), [("<b>{limit}</b>", True), ("'<' {limit}", True), ("{limit} < 5 > 3", False)])
def test_a_tag_is_named(folder: Path, text: str, named: bool) -> None:
    """HTML is text here, and FormatJS makes tags of it."""
    write(folder, "app_de.arb", {**GERMAN, "errorQuota": text})
    words = "'<' before a letter, or behind an apostrophe, is text here and a tag to FormatJS [format]"
    assert found(folder) == ([f"app_de.arb:3: warning: errorQuota: {words}"] if named else [])


def test_a_format_of_a_translation_is_looked_at(folder: Path) -> None:
    """A translation's format counts, so that one that only Flutter knows is named; those of strangers are not."""
    notes = {"placeholders": {"limit": {"format": "simpleCurrency"}, "other": {"format": "?"}}}
    write(folder, "app_de.arb", {**GERMAN, "@errorQuota": notes})
    (line,) = found(folder)
    assert line.startswith("app_de.arb:3: warning: errorQuota: limit: only Flutter knows the format 'simpleCurrency'")


@pytest.mark.parametrize("name", ["app_de.arb", "app_en.arb"])
def test_a_file_that_cannot_be_read_lacks_nothing(folder: Path, name: str) -> None:
    """What is broken as a whole is one finding, and not one for each message that may stand behind the break."""
    (folder / name).write_text(f'{{\n"@@locale": "{name[4:6]}",\n"errorQuota": "{{limit}}\n', encoding="utf-8")
    assert found(folder) == [f"{name}:3: error: no JSON object: Invalid control character [broken]"]


@pytest.mark.parametrize(
    ("locale", "pattern", "needs"),
    [
        ("ru", "{limit, plural, one{#} other{#}}", "few, many"),
        ("ar", "{limit, plural, other{#}}", "few, many, one, two, zero"),
        ("ja", "{limit, plural, other{#}}", ""),
        ("pt", "{limit, plural, one{#} other{#}}", ""),
        ("fr", "{limit, plural, =0{-} =1{#} other{#}}", ""),
        ("fr", "{limit, plural, one{#} many{#} other{#}}", ""),
        ("cs", "{limit, plural, one{#} few{#} many{#} other{#}}", ""),
        ("en", "{limit, selectordinal, one{#st} other{#th}}", "few, two"),
        ("fr", "{limit, plural, offset:1 =1{-} other{#}}", "one"),
        ("fr", "{limit, plural, offset:1 =1{-} =2{-} other{#}}", ""),
        ("xx", "{limit, plural, other{#}}", ""),
    ],
)
def test_each_language_needs_its_own_plural_forms(folder: Path, locale: str, pattern: str, needs: str) -> None:
    """The forms are those of whole numbers in the language, without the ones that are spelled out."""
    write(folder, f"app_{locale}.arb", {**(TEMPLATE if locale == "en" else GERMAN), "errorQuota": pattern})
    told = [line.partition(f"{locale} also needs ")[2].removesuffix(" [plural]") for line in found(folder)]
    assert told == ([needs] if needs else [])


def test_seawall_s_own_messages_may_be_translated_too(folder: Path) -> None:
    """A key of a built-in message is known, though the template lacks it."""
    write(folder, "app_de.arb", {**GERMAN, "seawallGeneric": "Hoppla."})
    assert found(folder) == []


def test_findings_come_in_the_order_of_the_files(folder: Path) -> None:
    """Errors give exit code 1, and lines that editors and terminals make links of."""
    write(folder, "app_de.arb", {"errorQuota": "{limit, plural, other{#}}"})
    write(folder, "app_fr.arb", {})
    done = run("check", folder)
    assert done.exit_code == 1
    *lines, last = done.output.splitlines()
    assert [line.removeprefix(f"{folder}/").split(" ")[:2] for line in lines] == [
        ["app_de.arb:1:", "error:"],
        ["app_de.arb:2:", "warning:"],
        ["app_fr.arb:1:", "error:"],
        ["app_fr.arb:1:", "error:"],
    ]
    assert last == "3 error(s), 1 warning(s)."


def test_warnings_alone_are_well(folder: Path) -> None:
    """Exit code 0 stands with warnings, and `well` in the document agrees."""
    write(folder, "app_de.arb", {**GERMAN, "errorQuota": "{limit, plural, other{#}}"})
    assert run("check", folder).exit_code == 0
    document = json.loads(run("check", folder, "--json").stdout)
    assert document["well"] is True
    assert document["findings"] == [
        {
            "level": "warning",
            "rule": "plural",
            "file": str(folder / "app_de.arb"),
            "line": 3,
            "key": "errorQuota",
            "message": "limit: de also needs one",
        }
    ]


def test_a_folder_without_messages_is_an_error(tmp_path: Path) -> None:
    """An empty folder is told apart from a wrong word."""
    assert run("check", tmp_path).exit_code == 1
    assert run("stats", tmp_path).exit_code == 1


@pytest.mark.parametrize(
    "words",
    [["check", "no-such-folder"], ["stats", ".", "--default", "no language"], ["extract", "."], ["extract", ".", "?"], ["x"]],
)
def test_wrong_use_has_its_own_code(words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is no folder, no language or no command gives exit code 2."""
    monkeypatch.chdir(tmp_path)
    assert run(*words).exit_code == 2


def test_stats_count_each_language(folder: Path) -> None:
    """Translated, missing, and those that nobody may have touched."""
    write(folder, "app_fr.arb", {"errorForbidden": TEMPLATE["errorForbidden"]})
    done = run("stats", folder)
    assert (done.exit_code, done.output.splitlines()) == (
        0,
        [
            "en         100 %  2 translated, 0 missing",
            "fr          50 %  1 translated, 1 missing, 1 like the template",
            "de         100 %  2 translated, 0 missing",
        ],
    )
    document = json.loads(run("stats", folder, "--json").stdout)
    assert document["messages"] == 2
    assert document["locales"][1] == {
        "locale": "fr",
        "file": str(folder / "app_fr.arb"),
        "translated": 1,
        "missing": 1,
        "same": 1,
        "percent": 50,
    }


def test_a_hundred_per_cent_is_all(folder: Path) -> None:
    """A language that lacks one message of many is not called whole."""
    messages = {f"error{number}": "x" for number in range(300)}
    write(folder, "app_en.arb", messages)
    write(folder, "app_de.arb", dict([*messages.items()][1:]))
    assert "de          99 %  299 translated, 1 missing" in run("stats", folder).stdout


def test_stats_of_broken_files_are_told_with_what_is_broken(folder: Path) -> None:
    """A broken message counts as missing, is named on standard error, and gives exit code 1."""
    write(folder, "app_de.arb", {**GERMAN, "errorQuota": "{"})
    done = run("stats", folder)
    assert done.exit_code == 1
    assert "de          50 %" in done.stdout
    assert "app_de.arb:3: errorQuota: expected the name" in done.stderr


def test_translators_get_what_is_missing(folder: Path) -> None:
    """The extracted file holds the template's text and notes, and can be put beside the others as it is."""
    write(folder, "app_fr.arb", {"errorQuota": "{limit} au plus."})
    target = folder / "todo.json"
    done = run("extract", folder, "fr", "--to", target)
    assert (done.exit_code, done.stderr) == (0, "1 message(s) to translate into fr.\n")
    notes = {name: value for name, value in TEMPLATE["@errorForbidden"].items() if name != "x-code"}
    assert json.loads(target.read_text(encoding="utf-8")) == {
        "@@locale": "fr",
        "errorForbidden": TEMPLATE["errorForbidden"],
        "@errorForbidden": notes,
    }
    target.rename(folder / "app_fr.arb")
    assert found(folder) == [
        "app_fr.arb:1: error: errorQuota: not translated; the template has it in line 15 [missing]",
    ]


def test_a_file_that_exists_is_not_overwritten(folder: Path) -> None:
    """Somebody's translations are not lost to a slip on the command line."""
    before = (folder / "app_de.arb").read_bytes()
    assert run("extract", folder, "fr", "--to", folder / "app_de.arb").exit_code == 2
    assert (folder / "app_de.arb").read_bytes() == before


def test_seawall_s_own_messages_can_be_extracted(folder: Path) -> None:
    """For a new language they are all there; for one that Seawall speaks, none."""
    french = json.loads(run("extract", folder, "fr", "--built-in").stdout)
    assert french["@@locale"] == "fr"
    assert {key: text for key, text in french.items() if key.startswith("seawall")} == dict(english_messages())
    assert json.loads(run("extract", folder, "de", "--built-in").stdout) == {"@@locale": "de"}


@pytest.mark.parametrize("name", [b"app_de\xff.arb", "app_dé.arb".encode()])
def test_what_cannot_be_written_is_replaced(folder: Path, name: bytes) -> None:
    """Names of files that are no text, and halves of characters in keys, are told all the same, as JSON too."""
    (folder / os.fsdecode(name)).write_text('{"@@locale": "fr", "\\ud800": "x"}', encoding="utf-8")
    for words in (["check", folder], ["check", folder, "--json"], ["stats", folder, "--json"]):
        done = run(*words)
        assert (done.exit_code, done.exception.__class__) == (1, SystemExit)


def test_text_from_files_steers_no_terminal(folder: Path) -> None:
    """What a file holds is written with its control characters spelled out."""
    write(folder, "app_de.arb", {**GERMAN, "a\x1b]0;owned\x07\nb": "x"})
    done = run("check", folder)
    assert done.exit_code == 1
    assert "\x1b" not in done.output
    assert len(done.output.splitlines()) == 2
