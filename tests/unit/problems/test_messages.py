"""What people are told: by status or kind of failure, never the server's words."""

from http import HTTPStatus

import pytest

from seawall import UsageError, problems
from seawall.problems import FieldError, current_locale, use_locale


@pytest.mark.parametrize("status", [*HTTPStatus, 418, 499, 520, 599, 999])
def test_every_status_has_a_message(status: int) -> None:
    """Every error status, known or not, gives a sentence for people."""
    if status >= 400:
        message = problems.StatusProblem(status=status, detail="canary", code="NO_SUCH_CODE").user_message()
        assert message.endswith(".")
        assert "canary" not in message
        assert "NO_SUCH_CODE" not in message


def test_an_unknown_status_takes_its_class() -> None:
    """A status without a message of its own takes that of 400 or 500, and the rest the general one."""
    message = lambda status: problems.StatusProblem(status=status).user_message()  # noqa: E731
    assert message(499) == message(400)
    assert message(599) == message(500)
    assert message(999) == problems.ApiProblem().user_message()


@pytest.mark.parametrize(
    ("problem", "word"),
    [
        (problems.ResolveProblem(), "internet"),
        (problems.ConnectProblem(), "reached"),
        (problems.CertificateProblem(), "secure"),
        (problems.ConnectTimeoutProblem(), "too long"),
        (problems.DeadlineProblem(), "too long"),
        (problems.CancelledProblem(), "cancelled"),
        (problems.DisconnectProblem(), "interrupted"),
        (problems.DecodeProblem(status=200), "not understood"),
        (problems.TooLargeProblem(status=403), "not understood"),
    ],
)
def test_a_failure_without_a_status_speaks_by_its_kind(problem: problems.ApiProblem, word: str) -> None:
    """Where no status says what went wrong, the group of failures does."""
    assert word in str(problem)


def test_the_app_s_age_speaks_before_the_status() -> None:
    """The one code that Seawall itself knows is told by its own words, whatever the status and the class."""
    assert "too old" in problems.ForbiddenProblem(status=403, code="APP_UPGRADE_REQUIRED").user_message()


def test_a_field_error_speaks_safely() -> None:
    """A field's message and repr do not hold the server's words."""
    error = FieldError("/a", "TOO_LOW", {"x": "canary"}, "canary")
    assert "canary" not in error.user_message("de") + repr(error)


def test_a_locale_holds_inside_its_block() -> None:
    """The locale set by a block holds inside, inner ones over outer ones, and is put back also after an error."""
    assert current_locale() is None
    outer, inner = use_locale("de-AT"), use_locale("pt-BR")
    with outer:
        with pytest.raises(KeyError), inner:
            raise KeyError(current_locale())
        assert current_locale() == "de-AT"
        with use_locale(None):
            assert current_locale() is None
    assert current_locale() is None


@pytest.mark.parametrize("tag", ["", "de\r\nX: y", "de AT", "de;q=1", "ä", "d" * 99, 7])
def test_what_is_no_language_is_refused(tag: object) -> None:
    """A locale becomes a header field, so that only language tags pass."""
    with pytest.raises(UsageError, match=r"^locale: "), use_locale(tag):  # type: ignore[arg-type]
        pass
