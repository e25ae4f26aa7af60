"""The tree of problems is the one that is drawn, and each of them can be caught and shown."""

import copy
import pickle
import re
from collections.abc import Iterator

import pytest

from seawall import problems
from seawall.model import Attempt, Secret, Sent, StopReason
from seawall.problems import ApiProblem, OriginalError, network_problem
from seawall.problems import _problem as drawing
from tests.unit.problems.tree import CANARY, TREE, each

BUILT_INS = {"ConnectionError", "TimeoutError", "PermissionError", "LookupError", "ValueError"}


def drawn() -> Iterator[tuple[str, str | None, str]]:
    """The lines of the drawing: name, parent and remark."""
    path: list[str] = []
    for line in (drawing.__doc__ or "").splitlines()[2:]:
        found = re.fullmatch(r"([│├└─ ]*)(\w+)\s+(.*?)\s*", line)
        if found is None:
            continue
        depth = len(found[1]) // 4
        path[depth:] = [found[2]]
        yield found[2], path[depth - 1] if depth else None, found[3]


def test_the_drawing_shows_every_class_under_each_of_its_parents() -> None:
    """The tree at the top of the module is the real one, second bases included."""
    real = {(kind.__name__, base.__name__) for kind in TREE for base in kind.__bases__ if issubclass(base, ApiProblem)}
    parents, remarks = set[tuple[str, str]](), dict[str, str]()
    for name, parent, remark in drawn():
        remarks[name] = f"{remarks.get(name, '')} {remark}"
        if parent is not None:
            parents.add((name, parent))
    assert parents == real
    assert remarks.keys() == {kind.__name__ for kind in TREE}
    for kind in TREE:
        second = {base.__name__ for base in kind.__bases__ if not issubclass(base, ApiProblem)} - {"Exception"}
        assert second == BUILT_INS & set(re.findall(r"\w+", remarks[kind.__name__])), kind


def test_every_class_is_exported_with_a_docstring_and_a_title() -> None:
    """Whatever can be raised can be imported and caught by name, and says what it stands for."""
    for kind in TREE:
        assert getattr(problems, kind.__name__) is kind
        assert kind.__doc__
        assert kind().title


@pytest.mark.parametrize(
    ("kind", "built_in"),
    [
        (problems.ConnectTimeoutProblem, ConnectionError),
        (problems.ConnectTimeoutProblem, TimeoutError),
        (problems.ResolveProblem, OSError),
        (problems.DisconnectProblem, ConnectionError),
        (problems.DeadlineProblem, TimeoutError),
        (problems.ForbiddenProblem, PermissionError),
        (problems.NotFoundProblem, LookupError),
        (problems.ValidationProblem, ValueError),
        (problems.DecodeProblem, ValueError),
    ],
)
def test_leaves_are_the_built_ins_that_they_stand_for(kind: type[ApiProblem], built_in: type[Exception]) -> None:
    """Code that catches the built-in catches the problem, and `str` is the problem's own."""
    with pytest.raises(built_in) as caught:
        raise kind(detail=CANARY)
    assert str(caught.value) == kind().user_message()


@each
def test_the_text_is_safe(problem: ApiProblem) -> None:
    """`str` gives the text for people, whatever the server or a library said."""
    problem = copy.copy(problem)
    problem.title = problem.detail = problem.url = CANARY
    problem.params, problem.extensions = {"a": CANARY}, {"b": CANARY}
    assert str(problem) == problem.user_message() == f"{problem}"
    assert CANARY not in str(problem)
    assert "{" not in str(problem)
    assert problem.user_message("de-AT")


def test_the_notes_tell_the_timeline_once() -> None:
    """Settling twice leaves one note of ours, of the last timeline, and every note of others."""
    problem = problems.UnavailableProblem(status=503, method="GET", url="https://a.example/", sent=Sent.YES)
    problem.add_note("the user's own")
    attempts = [Attempt(1, "GET", "https://a.example/", status=503)]
    problem.settle(attempts, StopReason.RETRY_OFF)
    problem.settle([*attempts, Attempt(2, "GET", "https://a.example/", status=503)], StopReason.ATTEMPTS_USED)
    assert len(problem.__notes__) == 2
    assert problem.__notes__[0] == "the user's own"
    assert "2 attempts" in problem.__notes__[1]
    assert problem.stopped is StopReason.RETRY_OFF
    assert str(problem.explain()) in problem.__notes__[1]
    attempts[0].status = 200
    assert problem.attempts[0].status == 503


@pytest.mark.parametrize(
    ("method", "status", "sent", "applied"),
    [
        ("POST", 0, Sent.MAYBE, True),
        ("POST", 0, Sent.YES, True),
        ("POST", 0, Sent.NO, False),
        ("POST", 503, Sent.YES, False),
        ("GET", 0, Sent.MAYBE, False),
        (None, 0, Sent.MAYBE, False),
    ],
)
def test_a_lost_answer_may_have_applied(method: str | None, status: int, sent: Sent, applied: bool) -> None:
    """An unsafe request whose answer was lost may have had its effect, and says so."""
    problem = problems.DisconnectProblem(status=status, method=method, sent=sent)
    problem.settle([], None)
    assert problem.may_have_applied is applied
    assert problem.may_have_been_sent is (sent is not Sent.NO)


@pytest.mark.parametrize(
    ("error", "text", "offline"),
    [
        (ConnectionRefusedError(111, f"to {CANARY}"), "ConnectionRefusedError ECONNREFUSED", False),
        (OSError(101, CANARY), "OSError ENETUNREACH", True),
        (ValueError(CANARY), "ValueError", False),
        (OSError(99999, CANARY), "OSError 99999", False),
    ],
)
def test_the_cause_is_a_redacted_stand_in(error: BaseException, text: str, offline: bool) -> None:
    """Of a library's error the type and the errno are kept, of the root of its causes, and none of its words."""
    outer = RuntimeError(CANARY)
    outer.__cause__ = error
    for given in (error, outer):
        problem = network_problem(problems.ConnectProblem, given, Sent.NO)
        assert str(problem.__cause__) == text
        assert CANARY not in repr(problem.__cause__)
        assert problem.offline is offline
        assert pickle.loads(pickle.dumps(problem)).offline is offline
    assert network_problem(problems.ConnectProblem, None, Sent.NO).__cause__ is None
    stand_in = OriginalError("a", 1)
    assert OriginalError.of(stand_in) is stand_in


def test_a_circle_of_causes_ends() -> None:
    """Errors that cause each other are described without end."""
    one, other = ValueError(), KeyError()
    one.__context__, other.__context__ = other, one
    assert str(OriginalError.of(one)) in ("ValueError", "KeyError")


@pytest.mark.parametrize(
    ("problem", "retryable"),
    [
        (problems.DisconnectProblem(), True),
        (problems.DeadlineProblem(), True),
        (problems.CertificateProblem(), False),
        (problems.CancelledProblem(), False),
        (problems.DecodeProblem(), False),
        (problems.UnavailableProblem(status=503), True),
        (problems.RateLimitedProblem(status=429), True),
        (problems.ServerErrorProblem(status=500), False),
        (problems.ForbiddenProblem(status=403), False),
    ],
)
def test_a_problem_knows_whether_it_may_pass(problem: ApiProblem, retryable: bool) -> None:
    """Network failures, timeouts and busy servers may go away by themselves, and nothing else."""
    assert problem.retryable is retryable


def test_a_repr_tells_the_facts() -> None:
    """A repr is for developers: type, status, code, certainty and the redacted address."""
    problem = problems.ForbiddenProblem(
        status=403, code="A_B", sent=Sent.YES, method="GET", url="https://a.example/?token=[redacted]"
    )
    assert repr(problem) == "<ForbiddenProblem status=403 code='A_B' sent=yes GET https://a.example/?token=[redacted]>"
    assert repr(ApiProblem(params={"a": Secret(CANARY)})) == "<ApiProblem status=0 sent=maybe>"
