"""`seawall codes check`: document, catalogues, generated modules and sources never part unnoticed."""

import json
from typing import Any

import pytest

from tests.unit.seawall_tools.codes.kit import CODES, DOCUMENT, GERMAN, Project

ROUTES = "src/acme/backend/routes.py"
GERMAN_ARB, TEMPLATE = "l10n/app_de.arb", "l10n/app_en.arb"


def found(project: Project, *words: str) -> list[tuple[str, str, int]]:
    """The findings: rule, file, line."""
    done = project.run("check", "--json", *words)
    findings: list[dict[str, Any]] = json.loads(done.out)["findings"]
    assert done.code == (1 if any(finding["level"] == "error" for finding in findings) else 0)
    return [(finding["rule"], finding["path"], finding["line"]) for finding in findings]


def test_a_missing_translation_is_told_at_the_code(project: Project) -> None:
    """A code without a message in one of the locales fails, at the line of its key in the document."""
    project.write(GERMAN_ARB, {key: text for key, text in GERMAN.items() if key != "errorTooManyAgents"})
    assert found(project) == [("untranslated", DOCUMENT, project.line(DOCUMENT, "`errorTooManyAgents`"))]


def test_an_empty_message_is_no_translation(project: Project) -> None:
    """A message of white space counts as missing; one of another type than text is told by itself."""
    project.write(GERMAN_ARB, {**GERMAN, "errorTooManyAgents": " ", "errorInternalError": 7})
    assert [rule for rule, _, _ in found(project)] == ["message", "untranslated"]


@pytest.mark.parametrize(
    ("message", "rules"),
    [
        ("{actoin} verboten", ["placeholder"]),
        ("{action, select, other {{who} darf nicht}}", ["placeholder"]),
        ("'{actoin' verboten", []),
        ("'{actoin}' verboten", ["message"]),
        ("{resource, plural, other {Nein}}", ["placeholder"]),
        ("{action, number} {action, number}", ["placeholder"]),
        ("{action, spellout}", ["message"]),
        ("{action, select, update {Nein} other {Auch nein}}", []),
        ("{action verboten", ["message"]),
        ("{action, select, update {Nein}}", ["message"]),
    ],
)
def test_a_message_keeps_to_its_params(project: Project, message: str, rules: list[str]) -> None:
    """A placeholder that is no param, in a branch too, and a message that ICU would refuse, fail at the message's line."""
    project.write(GERMAN_ARB, {**GERMAN, "errorAgentForbidden": message})
    assert found(project) == [(rule, GERMAN_ARB, project.line(GERMAN_ARB, "errorAgentForbidden")) for rule in rules]


@pytest.mark.parametrize("text", ["{", "[]", '{"a": ""} x', "\x00"])
def test_a_catalogue_that_cannot_be_read_is_told(project: Project, text: str) -> None:
    """A file that is no JSON object is one finding, and not one for each code."""
    project.write(GERMAN_ARB, text)
    assert found(project) == [("catalogue", GERMAN_ARB, 1)]


@pytest.mark.parametrize("name", ["intl_de.arb", "de.arb", "messages.arb", "shop_de_AT.arb"])
def test_catalogues_are_known_as_at_run_time(project: Project, name: str) -> None:
    """Every ARB file counts, whatever it is called: its language is its `@@locale`, or stands in its name."""
    (project.root / GERMAN_ARB).unlink()
    lacking = {key: text for key, text in GERMAN.items() if key != "errorTooManyAgents" and (key[0] != "@" or name[0] == "m")}
    project.write(f"l10n/{name}", "\ufeff" + json.dumps(lacking))
    assert [rule for rule, _, _ in found(project)] == ["untranslated"]
    locale = {"de.arb": "de", "shop_de_AT.arb": "de_AT"}.get(name, "de")
    assert locale in json.loads(project.run("show", "AGENT_FORBIDDEN", "--json").out)["messages"]


def test_a_catalogue_of_no_language_is_told(project: Project) -> None:
    """A file that says nowhere which language it is in is a finding, and a hidden file is nobody's."""
    project.write("l10n/.app_fr.arb", "rubbish")
    project.write("l10n/12345.arb", "{}")
    assert found(project) == [("catalogue", "l10n/12345.arb", 1)]


def test_internal_codes_need_no_translation(project: Project) -> None:
    """What apps never see has no message in any locale."""
    project.change(DOCUMENT, "- **Retryable**: no", "- **Visibility**: internal")
    assert project.run("gen").code == 0
    project.write(GERMAN_ARB, {key: text for key, text in GERMAN.items() if key != "errorTooManyAgents"})
    assert found(project) == []
    assert "TooManyAgents" not in project.read("src/acme/console/problems.py")
    assert "TooManyAgents" in project.read("src/acme/backend/errors.py")


def test_a_code_never_raised_is_told_at_its_section(project: Project) -> None:
    """A documented code that no source raises fails, unless it is deprecated or said to be raised elsewhere."""
    project.change(ROUTES, "    raise errors.TooManyAgents(limit=3)\n", "")
    place = ("never-raised", DOCUMENT, project.line(DOCUMENT, "## TOO_MANY_AGENTS"))
    assert found(project) == [place]
    assert "raise TooManyAgents, or write **Deprecated**, or name it in `raised-elsewhere`" in project.run("check").out
    project.change(DOCUMENT, "- **Retryable**: no", "- **Deprecated**: 2.0")
    assert found(project) == []


@pytest.mark.parametrize(
    "use",
    [
        "raise errors.TooManyAgents(limit=1)",
        "return errors.TooManyAgents(limit=1)",
        "raise (errors.TooManyAgents if 1 else errors.AgentForbidden)(limit=1)",
        "table = {1: errors.TooManyAgents}",
        "from .errors import TooManyAgents as Full; raise Full(limit=1)",
        "from acme import TooManyAgents as Full; raise Full(limit=1)",
        "raise Wrapper() from errors.TooManyAgents(limit=1)",
        "log(errors.TooManyAgents(limit=1))",
    ],
)
def test_what_makes_the_exception_counts_as_raised(project: Project, use: str) -> None:
    """Raised, returned, chosen, under another name: wherever the class is made use of, the code is raised."""
    project.change(ROUTES, "raise errors.TooManyAgents(limit=3)", use)
    assert found(project) == []


@pytest.mark.parametrize(
    "use",
    [
        "isinstance(owner, errors.TooManyAgents)",
        "x: errors.TooManyAgents",
        "owner is errors.TooManyAgents",
        "respond(errors.TooManyAgents)",
        "try: ...\n    except errors.TooManyAgents: ...",
        "class Mine(errors.TooManyAgents): ...",
        "match owner:\n        case errors.TooManyAgents(): ...",
    ],
)
def test_what_only_speaks_of_it_does_not(project: Project, use: str) -> None:
    """To catch, compare, annotate or pass the class on raises nothing."""
    project.change(ROUTES, "raise errors.TooManyAgents(limit=3)", use)
    assert [rule for rule, _, _ in found(project)] == ["never-raised"]


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("raise errors.AgentBanned()", "errors.AgentBanned"),
        ("raise AgentBanned()", "AgentBanned()"),
        ("from .errors import AgentGone", "import AgentGone"),
        ('raise Problem(403, "AGENT_SUSPENDED")', "AGENT_SUSPENDED"),
    ],
)
def test_an_undocumented_raise_is_told_at_its_line(project: Project, line: str, text: str) -> None:
    """A class of the generated module that is not there, and a code in the words of a raise, fail where they stand."""
    project.change(ROUTES, "from .errors import AgentForbidden", "from .errors import AgentForbidden, AgentBanned")
    project.change(ROUTES, "    raise errors.TooManyAgents(limit=3)", f"    {line}\n    raise errors.TooManyAgents(limit=3)")
    places = [(rule, number) for rule, path, number in found(project) if path == ROUTES]
    assert ("undocumented", project.line(ROUTES, text)) in places
    assert {rule for rule, _ in places} == {"undocumented"}


@pytest.mark.parametrize(
    ("module", "is_ours"),
    [("acme.backend.errors", True), ("errors", True), (".errors", True), ("other.errors", False), ("..errors", False)],
)
def test_the_generated_module_is_known_by_its_path(project: Project, module: str, is_ours: bool) -> None:
    """Relative and absolute imports of the generated module are followed, and a module of the same name elsewhere is not ours."""
    project.change(ROUTES, "\n\ndef", f"\nfrom {module} import AgentBanned\n\ndef")
    assert [rule for rule, _, _ in found(project)] == (["undocumented"] if is_ours else [])


def test_a_code_written_by_hand_is_told_at_its_line(project: Project) -> None:
    """A source that spells a code out fails, unless the line says that it is meant."""
    project.write("src/acme/console/view.py", 'x = 1\nif problem.code == "AGENT_FORBIDDEN":\n    pass\n')
    assert found(project) == [("hand-written", "src/acme/console/view.py", 2)]
    project.change("src/acme/console/view.py", 'FORBIDDEN":', 'FORBIDDEN":  # codes: allow')
    assert found(project) == []


def test_codes_of_fields_are_no_codes_of_problems(project: Project) -> None:
    """The code of a refused field, made within a raise, is none that the document must know."""
    project.change(
        ROUTES, "raise errors.TooManyAgents(limit=3)", 'raise errors.TooManyAgents(limit=3).with_errors(Field("NAME_TAKEN"))'
    )
    assert found(project) == []


def test_a_source_that_is_no_python_is_told(project: Project) -> None:
    """A file with a syntax error is a finding, and the others are checked all the same."""
    project.write("src/acme/broken.py", "def (:\n")
    assert found(project) == [("source", "src/acme/broken.py", 1)]


def test_a_lost_code_is_told_where_it_was_generated(project: Project) -> None:
    """A section that was taken out fails as long as modules or template know the code, unless the code is listed as retired."""
    section = CODES[CODES.index("## TOO_MANY") : CODES.index("## INTERNAL")]
    project.change(DOCUMENT, section, "")
    project.change(ROUTES, "    raise errors.TooManyAgents(limit=3)\n", "")
    errors = "src/acme/backend/errors.py"
    assert found(project) == [("lost-code", errors, project.line(errors, '"TOO_MANY_AGENTS"'))]
    assert project.run("gen").rules == ["lost-code"]
    project.change(DOCUMENT, "- `AGENT_BANNED`", "- `TOO_MANY_AGENTS`: gone.\n- `AGENT_BANNED`")
    assert found(project) == []
    assert project.run("gen").code == 0


def test_renaming_a_code_in_the_document_alone_fails_five_checks(project: Project) -> None:
    """A code renamed in the document only is undocumented, never raised, lost, stale, breaking, worded for another."""
    project.write("base.md", project.read(DOCUMENT))
    project.write(DOCUMENT, CODES.replace("AGENT_FORBIDDEN", "AGENT_DENIED"))
    rules = {rule for rule, _, _ in found(project)}
    assert rules == {"undocumented", "never-raised", "lost-code", "catalogue-code"}
    assert project.run("gen", "--check").code == 1
    assert set(project.run("gen", "--check").rules) == {"stale"}
    assert project.run("diff", "base.md").rules == ["renamed", "added"]


def test_the_cache_changes_nothing(project: Project) -> None:
    """What is remembered is what would be read: after a change, with and without the cache, and from a cache that is rubbish."""
    project.change(ROUTES, "    raise errors.TooManyAgents(limit=3)\n", "")
    cold = found(project, "--no-cache")
    assert found(project) == found(project) == cold
    kept = project.root / ".seawall_cache" / "codes.msgpack"
    assert kept.exists()
    kept.write_bytes(b"rubbish")
    assert found(project) == cold
    assert project.read(".seawall_cache/.gitignore") == "*\n"


def test_what_is_remembered_is_not_read_again(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second run parses neither document nor sources."""
    found(project)

    def refuse(*_given: object) -> None:
        raise AssertionError("read again")

    monkeypatch.setattr("seawall_tools.codes._cache.parse", refuse)
    monkeypatch.setattr("seawall_tools.codes._cache.read_facts", refuse)
    assert found(project) == []


def test_fix_mends_what_is_safe(project: Project) -> None:
    """`--fix` writes missing codes and keys, marks and names; it touches no other line, and what is not safe stays told."""
    slips = CODES.replace("- **Code**: `AGENT_FORBIDDEN`\n", "").replace("- **L10n Key**: `errorTooManyAgents`\n", "")
    slips = slips.replace('"Internal error"', "Internal error").replace("- **Status**: 500", "- **status**: 500")
    project.write(DOCUMENT, slips.replace("- **Status**: 409", "- **Status**: 209"))
    done = project.run("check", "--fix")
    assert (done.code, done.rules) == (1, ["status"])
    assert project.read(DOCUMENT) == CODES.replace("- **Status**: 409", "- **Status**: 209")


def test_warnings_do_not_fail(project: Project) -> None:
    """A status that no standard knows is told, and the command ends with 0."""
    project.change(DOCUMENT, "- **Status**: 409", "- **Status**: 499")
    done = project.run("check")
    assert (done.code, done.rules) == (0, ["status"])
    assert done.out.endswith("1 warning\n")
