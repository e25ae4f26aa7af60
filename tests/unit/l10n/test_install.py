"""What problems say once a catalogue is installed: by code, else by status, else in general, and never a placeholder."""

import asyncio
import copy
import pickle
from pathlib import Path
from typing import Any

import pytest

from seawall import UsageError, l10n, problems, use_locale
from seawall.problems import FieldError
from tests.unit.l10n.conftest import Write

CANARY = "canary@example.com https://x.example/?token=canary"
SIX = ("en", "de", "ru", "ar", "ja", "pt-BR")


def forbidden(**params: Any) -> problems.ApiProblem:
    return problems.ForbiddenProblem(status=403, code="AGENT_FORBIDDEN", params=params, detail=CANARY, title=CANARY)


def bare(text: str) -> str:
    return text.replace("\u2068", "").replace("\u2069", "")


def test_without_a_catalogue_english_is_spoken() -> None:
    """Nothing changes for who installs nothing."""
    assert forbidden(action="edit", resource="x").user_message("de") == "You are not allowed to do this."


def test_a_known_code_speaks_first(folder: Path) -> None:
    """The app's message of the code is said, with its parameters, in the language of the block or of the call."""
    l10n.install(l10n.Catalogue.load(folder))
    problem = forbidden(action="edit", resource="agents")
    assert bare(problem.user_message()) == bare(str(problem)) == "You may not edit agents."
    with use_locale("de-CH"):
        assert bare(str(problem)) == "agents: edit ist nicht erlaubt."
        assert bare(problem.user_message("pt-MO")) == "Não pode edit agents."


@pytest.mark.parametrize(
    "params", [{}, {"action": "edit"}, {"action": "edit", "resource": 7}, {"action": "edit", "resource": None}, {"Action": "x"}]
)
def test_missing_and_ill_typed_parameters_fall_to_the_status(folder: Path, params: dict[str, Any]) -> None:
    """A message that cannot be said whole gives way to that of the status, in the language asked for."""
    l10n.install(l10n.Catalogue.load(folder))
    assert forbidden(**params).user_message("de") == "Dazu sind Sie nicht berechtigt."
    assert forbidden(**params).user_message("pt-MO") == "Você não tem permissão para fazer isso."


def test_a_translation_that_needs_more_gives_way_to_the_default(folder: Path) -> None:
    """Where the asked language needs a parameter that did not come, the default language may do without it."""
    (folder / "app_de.arb").write_text('{"errorTooLong": "Höchstens {max} von {total}."}', encoding="utf-8")
    l10n.install(l10n.Catalogue.load(folder))
    assert FieldError("/name", "TOO_LONG", {"max": 40}).user_message("de") == "At most 40 characters."


def test_an_empty_translation_gives_way_to_the_default(folder: Path) -> None:
    """What a tool for translators left empty is not shown as an empty message."""
    (folder / "app_de.arb").write_text('{"errorTooLong": "", "seawallStatus404": " "}', encoding="utf-8")
    l10n.install(l10n.Catalogue.load(folder))
    assert FieldError("/name", "TOO_LONG", {"max": 40}).user_message("de") == "At most 40 characters."
    assert problems.NotFoundProblem(status=404).user_message("de").startswith("Das wurde nicht gefunden.")


def test_an_unknown_code_falls_to_the_status_and_its_class() -> None:
    """Status, class of status, general word, each in the language asked for."""
    l10n.install()
    spoken = [problems.StatusProblem(status=status, code="NO_SUCH").user_message("de") for status in (404, 499, 599, 999)]
    assert spoken == [
        "Das wurde nicht gefunden. Möglicherweise wurde es entfernt.",
        "Die Anfrage wurde nicht verstanden. Bitte prüfen Sie Ihre Eingaben.",
        "Der Server hat ein Problem. Bitte versuchen Sie es später noch einmal.",
        "Etwas ist schiefgegangen. Bitte versuchen Sie es noch einmal.",
    ]


def test_tokens_that_were_not_renewed_follow_the_block_too() -> None:
    """A problem that speaks for its cause asks for the language like all others."""
    l10n.install()
    with use_locale("de"):
        assert problems.RefreshProblem().user_message().startswith("Ihre Anmeldung konnte nicht erneuert werden.")


@pytest.mark.parametrize("locale", SIX)
def test_failures_without_a_status_speak_too(locale: str) -> None:
    """Kinds of failure, sessions and the app's age have words of their own in each language."""
    l10n.install()
    said = [
        problem.user_message(locale)
        for problem in (
            problems.ResolveProblem(),
            problems.ConnectProblem(),
            problems.CertificateProblem(),
            problems.DeadlineProblem(),
            problems.CancelledProblem(),
            problems.DisconnectProblem(),
            problems.DecodeProblem(status=200),
            problems.SignInProblem(),
            problems.RefreshProblem(),
            problems.SessionEndedProblem(),
            problems.AppUpgradeProblem(status=403, code="APP_UPGRADE_REQUIRED"),
            FieldError("/a"),
            problems.ApiProblem(),
        )
    ]
    assert len(set(said)) == len(said)
    assert locale == "en" or not {text for text in said if text in problems.english_messages().values()}


def test_a_field_speaks_by_its_code_in_the_language_of_the_block(folder: Path) -> None:
    """A field's known code speaks with its parameters; an unknown one, or missing parameters, give the general word."""
    l10n.install(l10n.Catalogue.load(folder))
    with use_locale("de"):
        assert FieldError("/name", "TOO_LONG", {"max": 40}).user_message() == "Zu lang."
        assert FieldError("/name", "NO_SUCH", {}, CANARY).user_message() == "Bitte prüfen Sie diesen Wert."
    assert FieldError("/name", "TOO_LONG", {"max": 40}).user_message() == "At most 40 characters."
    assert FieldError("/name", "TOO_LONG", {"max": "many"}).user_message() == "Please check this value."


def test_an_app_may_say_it_in_its_own_words(folder: Path) -> None:
    """A key of Seawall's own in the app's catalogue takes the place of the built-in text, in that language alone."""
    (folder / "app_de.arb").write_text('{"seawallStatus404": "Weg."}', encoding="utf-8")
    l10n.install(l10n.Catalogue.load(folder))
    problem = problems.NotFoundProblem(status=404)
    assert problem.user_message("de") == "Weg."
    assert problem.user_message("en") == problems.english_messages()["seawallStatus404"]


def test_an_app_may_speak_about_a_code_of_seawall_s_own(folder: Path) -> None:
    """The app's message of a code that Seawall knows takes the place of the built-in one."""
    text = '{"old": "Get the new one.", "@old": {"x-code": "APP_UPGRADE_REQUIRED"}}'
    (folder / "app_en.arb").write_text(text, encoding="utf-8")
    l10n.install(l10n.Catalogue.load(folder))
    assert problems.AppUpgradeProblem(status=403, code="APP_UPGRADE_REQUIRED").user_message() == "Get the new one."


def test_a_default_language_that_seawall_lacks_speaks_before_english(folder: Path) -> None:
    """An app in French is English only where French has no word at all, not even a general one."""
    (folder / "app_fr.arb").write_text('{"seawallGeneric": "Oups."}', encoding="utf-8")
    l10n.install(l10n.Catalogue.load(folder, default_locale="fr"))
    assert problems.NotFoundProblem(status=404).user_message() == "Oups."
    assert (
        problems.NotFoundProblem(status=404).user_message("de") == "Das wurde nicht gefunden. Möglicherweise wurde es entfernt."
    )
    assert FieldError("/a").user_message() == "Please check this value."


def test_one_s_own_word_that_cannot_be_said_gives_way_to_the_built_in_one(folder: Path) -> None:
    """Even a general word with a parameter that never comes ends in a whole sentence."""
    (folder / "app_en.arb").write_text('{"seawallGeneric": "{who}?"}', encoding="utf-8")
    l10n.install(l10n.Catalogue.load(folder))
    assert problems.ApiProblem().user_message() == "Something went wrong. Please try again."


@pytest.mark.parametrize("locale", SIX)
def test_the_server_s_words_are_never_said(folder: Path, locale: str) -> None:
    """Title and detail of the problem and of its fields stay away from people in every language."""
    l10n.install(l10n.Catalogue.load(folder))
    problem = problems.ValidationProblem(
        status=422, code="X", title=CANARY, detail=CANARY, params={"x": CANARY}, field_errors=[FieldError("/a", None, {}, CANARY)]
    )
    assert "canary" not in problem.user_message(locale) + problem.field_errors[0].user_message(locale)


def test_a_second_catalogue_is_refused(folder: Path) -> None:
    """The same one may be installed again; another one is refused, and the first goes on speaking."""
    catalogue = l10n.Catalogue.load(folder)
    l10n.install(catalogue)
    l10n.install(catalogue)
    with pytest.raises(UsageError, match=r"^l10n.install: another catalogue is installed"):
        l10n.install(l10n.Catalogue.load(folder))
    with pytest.raises(UsageError, match=r"reload\(\)"):
        l10n.install()
    assert bare(forbidden(action="edit", resource="x").user_message("de")) == "x: edit ist nicht erlaubt."
    l10n.uninstall()
    l10n.install()
    l10n.install()


@pytest.mark.parametrize("catalogue", ["messages", Path("messages"), "", l10n.Catalogue])
def test_what_is_no_catalogue_is_refused(catalogue: Any) -> None:
    """A path in its place is told where it is given, and not where a problem would be shown."""
    with pytest.raises(UsageError, match=r"^l10n.install: a Catalogue is needed"):
        l10n.install(catalogue)
    assert problems.ApiProblem().user_message("de") == "Something went wrong. Please try again."


def test_tasks_and_threads_have_languages_of_their_own() -> None:
    """Requests that are served at once speak each in its own language, whichever began or ended first."""
    l10n.install()
    problem = problems.NotFoundProblem(status=404)
    told: dict[str, list[str]] = {}

    async def serve(locale: str, together: asyncio.Barrier) -> None:
        with use_locale(locale):
            await together.wait()
            told[locale] = [str(problem), await asyncio.to_thread(str, problem)]
            await together.wait()

    async def serve_all() -> None:
        together = asyncio.Barrier(len(SIX))
        await asyncio.gather(*(serve(locale, together) for locale in SIX))

    asyncio.run(serve_all())
    assert told == {locale: [problem.user_message(locale)] * 2 for locale in SIX}
    assert len({texts[0] for texts in told.values()}) == len(SIX)
    assert str(problem) == problem.user_message("en")


def test_a_problem_speaks_after_a_pickle_as_before(folder: Path) -> None:
    """Copies and pickles hold no catalogue and say the same."""
    l10n.install(l10n.Catalogue.load(folder))
    problem = forbidden(action="edit", resource="x")
    assert problem.user_message("de") == copy.copy(problem).user_message("de")
    assert problem.user_message("de") == pickle.loads(pickle.dumps(problem)).user_message("de")


def test_an_own_message_that_cannot_be_said_leaves_the_codes_built_in_one(write: Write) -> None:
    """Where the app's message of a built-in code lacks a parameter, the built-in one of that code speaks, not the status's."""
    texts = {"old": "Get {version}.", "@old": {"x-code": "APP_UPGRADE_REQUIRED", "placeholders": {"version": {"type": "String"}}}}
    l10n.install(l10n.Catalogue.load(write("app_en.arb", texts)))
    problem = problems.AppUpgradeProblem(status=403, code="APP_UPGRADE_REQUIRED")
    assert problem.user_message() == "This version of the app is too old. Please update it."
