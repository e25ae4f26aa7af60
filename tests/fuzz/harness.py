"""The fuzzer of the error parser: mutated answers, each by its seed and number, and what must hold for every problem.

    python -m tests.fuzz.harness SEED NUMBER

shows one answer again, with the problem that is made of it.
"""

import gc
import json
import logging
import pickle
import random
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from seawall.chain.runtimes import BlockingRuntime
from seawall.model import Call, Headers, Request, Response
from seawall.problems import ApiProblem, AppUpgradeProblem, GraphQLProblem, Parser, StatusProblem
from seawall.testing import FakeClock
from tests.fuzz.bodies import any_body
from tests.fuzz.fields import any_fields
from tests.fuzz.values import text
from tests.unit.problems.answers import CANARY, POINTER, check

MAX_KEPT = 200_000  # bytes of a pickled problem
FIXED_SIZE = 1_000  # bytes whose cost stands for that of an answer of none
SUSPICIOUS = 80  # nanoseconds per byte, most often of a collection of garbage
STATUSES = [400, 400, 400, 401, 403, 404, 407, 409, 410, 418, 422, 422, 426, 429, 500, 502, 503, 504, 529, 599, 999]
SAFE = {StatusProblem(status=status).user_message() for status in range(400, 1000)}
SAFE |= {ApiProblem().user_message(), AppUpgradeProblem(status=400, code="APP_UPGRADE_REQUIRED").user_message()}
_PARSER = Parser()


@dataclass
class Foreign:
    """A response of another library, whose header fields may hold what ours cannot."""

    status_code: int
    headers: Headers
    content: bytes
    url: str = f"https://a.example/agents/7?token={CANARY}"


@dataclass(frozen=True)
class Answer:
    """One mutated answer."""

    status: int
    fields: list[tuple[str, str]]
    content: bytes
    graphql: bool
    foreign: bool

    @property
    def size(self) -> int:
        return len(self.content) + sum(len(name) + len(value) for name, value in self.fields)

    def response(self) -> Any:
        headers = Headers(self.fields)
        if self.foreign:
            return Foreign(self.status, headers, self.content)
        request = Request("PATCH", f"https://a.example/agents/7?token={CANARY}", call=Call(BlockingRuntime(FakeClock())))
        return Response(self.status, headers=headers, content=self.content, request=request)

    def parsed(self, parser: Parser = _PARSER) -> StatusProblem | None:
        parse = parser.parse_graphql if self.graphql else parser.parse
        return parse(self.response(), now=784111777.0)


def answer(seed: int, number: int) -> Answer:
    """The answer of a seed and a number, always the same."""
    some = random.Random(f"{seed}/{number}")
    content, content_type = any_body(some)
    fields = [("Content-Type", content_type), *any_fields(some)]
    if some.random() < 0.02:
        fields[0] = ("Content-Type", text(some))
    graphql = some.random() < 0.1
    return Answer(
        some.choice([200, 201, *STATUSES]) if graphql else some.choice(STATUSES), fields, content, graphql, some.random() < 0.2
    )


def judge(problem: StatusProblem, status: int) -> None:
    """What must hold for every problem, whatever the server sent."""
    check(problem, status)
    assert str(problem) in SAFE
    assert len(repr(problem)) < 500
    assert repr(problem).isprintable()
    assert problem.code is None or (
        problem.code.isascii() and problem.code == problem.code.upper() and 2 <= len(problem.code) <= 63
    )
    assert problem.retry_after is None or 0 <= problem.retry_after < float("inf")
    assert problem.trace_id is None or problem.trace_id.isprintable()
    assert all(POINTER(error.pointer) for error in problem.field_errors)
    json.dumps(problem.to_dict(), allow_nan=False, ensure_ascii=False).encode()
    if isinstance(problem, GraphQLProblem):
        problem.data = None  # the answer itself, which the caller asked for
    assert len(pickle.dumps(problem)) < MAX_KEPT


@dataclass
class Report:
    """What a run saw.

    Attributes:
        count: Answers that were read.
        dialects: How many of them in each dialect.
        slowest: CPU nanoseconds per byte, tried again, and the number of the slowest answers, the slowest first.
    """

    count: int = 0
    dialects: dict[str | None, int] = field(default_factory=dict)
    slowest: list[tuple[float, int]] = field(default_factory=list)

    def note(self, number: int, nanoseconds: int, given: Answer, dialect: str | None) -> None:
        self.count += 1
        self.dialects[dialect] = self.dialects.get(dialect, 0) + 1
        size = given.size + FIXED_SIZE
        if nanoseconds > SUSPICIOUS * size:
            self.slowest.append((cost(given) / size, number))
        if len(self.slowest) > 100:
            self.slowest = sorted(self.slowest, reverse=True)[:10]


@contextmanager
def no_complaints() -> Iterator[list[str]]:
    """The log lines of Seawall inside the block: a dialect that fails on a body says so there, and none may."""
    lines: list[str] = []
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda record: lines.append(record.getMessage())  # type: ignore[method-assign]
    logger = logging.getLogger("seawall")
    logger.addHandler(handler)
    try:
        yield lines
    finally:
        logger.removeHandler(handler)


def fuzz(seed: int, count: int, parser: Parser = _PARSER) -> Report:
    """Read answers and judge their problems.

    Args:
        seed: Of all that is by chance.
        count: How many answers.
        parser: What reads them.

    Raises:
        AssertionError: Something does not hold; it tells the seed and the number.
    """
    report = Report()
    with no_complaints() as lines:
        for number in range(count):
            given = answer(seed, number)
            try:
                before = time.thread_time_ns()
                problem = given.parsed(parser)
                report.note(number, time.thread_time_ns() - before, given, None if problem is None else problem.dialect)
                assert problem is not None or given.status < 400
                if problem is not None:
                    judge(problem, given.status)
                assert not lines
            except Exception as error:
                raise AssertionError(
                    f"`python -m tests.fuzz.harness {seed} {number}` shows it: {type(error).__name__}"
                ) from error
    report.slowest.sort(reverse=True)
    return report


def cost(given: Answer) -> int:
    """CPU nanoseconds of reading an answer, the least of several times."""
    return min(_timed(given.parsed) for _ in range(5))


def linear_cost(size: int) -> int:
    """CPU nanoseconds that this machine takes to look at each of so many bytes in Python."""
    content = bytes(size)
    return min(_timed(lambda: sum(1 for _ in content)) for _ in range(3))


def _timed(run: Callable[[], object]) -> int:
    gc.disable()  # whose pauses grow with all that this process holds
    try:
        before = time.thread_time_ns()
        run()
        return time.thread_time_ns() - before
    finally:
        gc.enable()


if __name__ == "__main__":
    shown = answer(int(sys.argv[1]), int(sys.argv[2]))
    print(shown.status, shown.fields, shown.content[:2000], shown.size, sep="\n")
    made = shown.parsed()
    print(None if made is None else json.dumps(made.to_dict(), indent=1)[:5000])
    if made is not None:
        judge(made, shown.status)
