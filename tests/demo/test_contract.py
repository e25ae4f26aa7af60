"""The error contract through the whole demo: a real backend raises, the console catches, and people read it."""

import ast
import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Iterator
from itertools import count
from pathlib import Path
from typing import TypeVar

import pytest
from typer.testing import CliRunner

import seawall
from seawall import l10n
from seawall.auth.stores import MemoryStore
from seawall_demo.console import PROBLEM_TYPES, AgentForbidden, Console, speak
from seawall_demo.console.state import Failed
from seawall_demo.subjects import SeawallApp
from seawall_demo.trial import BackendProcess, OpenSite
from seawall_tools.l10n import app as l10n_command

T = TypeVar("T")
ROOT = Path(__file__).parents[2]
SOURCES = ROOT / "src" / "seawall_demo"
GENERATED = {SOURCES / "backend" / "_errors.py", SOURCES / "console" / "_problems.py"}
DOCUMENT = ROOT / "docs" / "protocols" / "common" / "http-error-codes.md"
CODES = frozenset(re.findall(r"^- \*\*Code\*\*: `(\w+)`$", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE))
EMAIL = "ada@acme.example"
_numbers = count()


@pytest.fixture(scope="module")
def backend() -> Iterator[BackendProcess]:
    """A backend process for all tests."""
    with BackendProcess() as process:
        yield process


@pytest.fixture(autouse=True)
def catalogue() -> Iterator[l10n.Catalogue]:
    """The app's catalogue, by which all problems speak."""
    yield speak()
    l10n.uninstall()


def spelled(source: str) -> list[str]:
    """Codes, and parts of codes that others may be made of, in the texts of a source; docstrings say what they like."""
    tree = ast.parse(source)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and isinstance(node.body[0] if node.body else None, ast.Expr)
    }
    texts = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings
    ]
    words = [word for text in texts for word in re.findall(r"[A-Z_]{2,}", text)]
    return [word for word in words if word in CODES or ("_" in word and any(word in code for code in CODES))]


def test_no_code_is_written_by_hand() -> None:
    """No source of the demo spells a code, in whole or in part: the generated modules alone do."""
    files = set(SOURCES.rglob("*.py")) - GENERATED
    assert len(files) > 60
    assert {str(file): found for file in files if (found := spelled(file.read_text(encoding="utf-8")))} == {}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("problem.code == 'AGENT_FORBIDDEN'", ["AGENT_FORBIDDEN"]),
        ("raise Problem(404, f'{resource}_NOT_FOUND')", ["_NOT_FOUND"]),
        ("code = 'see MISSING'", ["MISSING"]),
        ("'''AGENT_FORBIDDEN'''", []),
        ("x = 'SELECT a FROM b'", []),
    ],
)
def test_a_code_by_hand_would_be_found(source: str, expected: list[str]) -> None:
    """The search finds a code as a whole, in part and within a text, and passes over docstrings and other capitals."""
    assert spelled(source) == expected


def test_every_code_has_a_class_and_words_of_its_own(catalogue: l10n.Catalogue) -> None:
    """The console knows each code of the document as a type and as a message, in six languages."""
    assert {kind.code for kind in PROBLEM_TYPES} == CODES
    assert set(catalogue.codes) == CODES
    assert catalogue.locales == ("en", "ar", "de", "ja", "pt", "ru")


def test_the_catalogues_are_whole() -> None:
    """The check of catalogues has nothing to say, of plurals that a language lacks neither."""
    done = CliRunner().invoke(l10n_command, ["check", str(SOURCES / "console" / "messages"), "--json"])
    assert (done.exit_code, json.loads(done.stdout)["findings"]) == (0, [])


@pytest.mark.parametrize(
    ("locale", "minutes", "end"),
    [
        ("ru", 1, "через 1 минуту."),
        ("ru", 3, "через 3 минуты."),
        ("ru", 10, "через 10 минут."),
        ("ar", 2, "بعد دقيقتين."),
        ("ar", 10, "بعد 10 دقائق."),
        ("ar", 11, "بعد 11 دقيقة."),
        ("ja", 10, "10分後にもう一度お試しください。"),
    ],
)
def test_numbers_take_their_plural(catalogue: l10n.Catalogue, locale: str, minutes: int, end: str) -> None:
    """A wait is told with the form that the number has in each language."""
    message = catalogue.message("TOO_MANY_GUESSES", (), {"minutes": minutes}, locale)
    assert message is not None
    assert message.endswith(end)


def with_console(site: OpenSite, text: Callable[[Console], Awaitable[T]]) -> T:
    """Run a text with a started console."""

    async def main() -> T:
        async with Console(site.url, MemoryStore()) as console:
            return await text(console)

    return asyncio.run(main())


def test_an_app_that_is_too_old_hears_what_to_do(backend: BackendProcess) -> None:
    """Where the backend takes newer apps only, every call fails with the oldest version that it takes, which people read."""
    site = backend.open(f"contract-{next(_numbers)}", None, "1.0.1")

    async def load(console: Console) -> object:
        screen = console.agents()
        await screen.load()
        return screen.value

    failed = with_console(site, load)
    assert isinstance(failed, Failed)
    assert isinstance(failed.error, seawall.AppUpgradeProblem)
    assert type(failed.error) in PROBLEM_TYPES
    assert (failed.error.minimum, failed.error.retryable) == ("1.0.1", False)
    assert failed.error.user_message("ja") == (
        "このバージョンのアプリは古すぎます。バージョン\u20681.0.1\u2069以降に更新してください。"
    )


@pytest.mark.parametrize("minimum", [None, "1.0.0", "0.9"])
def test_an_app_that_is_new_enough_is_let_in(backend: BackendProcess, minimum: str | None) -> None:
    """The version that the console has passes a minimum up to its own."""
    site = backend.open(f"contract-{next(_numbers)}", None, minimum)
    with SeawallApp(site.url) as app:
        assert len(app.list_agents(headers={})) == 20


def test_a_refusal_is_caught_by_its_class(backend: BackendProcess) -> None:
    """What belongs to somebody else is refused with typed params, and each language has its own words for it."""
    site = backend.open(f"contract-{next(_numbers)}", None)
    with SeawallApp(site.url) as app:
        with pytest.raises(AgentForbidden) as refused:
            app.close_session(2, headers={})
        assert (refused.value.resource, refused.value.action) == ("agent_session", "update")
        assert app.is_forbidden(refused.value)
        with seawall.use_locale("ar-EG"):
            assert app.words(refused.value) == "لا يمكنك تعديل جلسة الوكيل هذه لأنها تخص شخصًا آخر."


@pytest.mark.parametrize(
    ("name", "message"),
    [("", "Введите не менее 1 символа."), ("x" * 101, "Введите не более 100 символов.")],
)
def test_a_form_says_what_is_wrong_with_a_field(backend: BackendProcess, name: str, message: str) -> None:
    """A refused field comes with its place and the schema's numbers, which take the plural of the reader's language."""
    site = backend.open(f"contract-{next(_numbers)}", None)

    async def create(console: Console) -> seawall.ApiProblem:
        with pytest.raises(seawall.ValidationProblem) as refused:
            await console.agents().create(name)
        return refused.value

    (error,) = with_console(site, create).field_errors
    assert (error.pointer, error.user_message("ru")) == ("/name", message)


def test_guessing_is_answered_in_minutes(backend: BackendProcess) -> None:
    """A wrong code marks its field; too many of them say how long to wait, in the reader's language."""
    site = backend.open_guarded(f"contract-{next(_numbers)}", 0.0)

    async def guess(console: Console) -> list[seawall.ApiProblem]:
        problems = []
        for _ in range(6):
            with pytest.raises(seawall.ApiProblem) as refused:
                await console.session.log_in(EMAIL, "wrong")
            problems.append(refused.value)
        return problems

    *wrong, last = with_console(site, guess)
    told = {problem.field_errors[0].user_message("pt") for problem in wrong}
    assert told == {"O código está incorreto ou expirou. Peça um novo."}
    assert last.retry_after is not None
    assert last.user_message("de") == "Zu viele falsche Codes. Bitte versuchen Sie es in 10 Minuten noch einmal."
