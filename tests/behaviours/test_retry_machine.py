"""The laws of the retry machine, against random scripts of outcomes and random options."""

from typing import Any

import hypothesis
from hypothesis import strategies as st

import seawall
from seawall import Request, Response, Retry, RetryBudget, Secret, Sent, StopReason
from seawall.model import Event, RetryScheduled
from seawall.testing import FakeClock
from tests.behaviours.kit import URL, Script, outcome
from tests.worlds import WORLDS, World

SAFE = ("GET", "HEAD", "OPTIONS")
REPEATABLE = (*SAFE, "PUT", "DELETE")
METHODS = st.sampled_from(["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "POST", "PATCH"])
SECONDS = st.floats(0, 20, allow_subnormal=False)


class Step:
    """One outcome of a sending: how long it takes, and what comes of it."""

    def __init__(self, takes: float, status: int, headers: dict[str, str], kind: Any, sent: Sent) -> None:
        self.takes, self.status, self.headers, self.kind, self.sent = takes, status, headers, kind, sent

    def __repr__(self) -> str:
        what = self.status or f"{self.kind.__name__}/{self.sent.value}"
        return f"{what} {self.headers or ''} in {self.takes}s"


HEADERS = st.one_of(
    st.just({}),
    st.builds(lambda seconds: {"retry-after": str(seconds)}, st.integers(0, 70)),
    st.just({"retry-after": "soon"}),
    st.just({"x-should-retry": "false"}),
    st.just({"retry-after-ms": "1500"}),
)
STATUS_STEPS = st.builds(
    lambda takes, status, headers: Step(takes, status, headers, None, Sent.YES),
    SECONDS,
    st.sampled_from([200, 201, 204, 400, 404, 408, 409, 410, 412, 422, 429, 500, 502, 503, 504]),
    HEADERS,
)
KINDS = [
    (seawall.ConnectProblem, Sent.NO), (seawall.ConnectTimeoutProblem, Sent.NO), (seawall.PoolTimeoutProblem, Sent.NO),
    (seawall.CertificateProblem, Sent.NO), (seawall.DisconnectProblem, Sent.MAYBE), (seawall.DisconnectProblem, Sent.YES),
    (seawall.ReadTimeoutProblem, Sent.MAYBE), (seawall.ProtocolProblem, Sent.MAYBE), (seawall.TooLargeProblem, Sent.YES),
]  # fmt: skip
FAILURE_STEPS = st.builds(lambda takes, kind: Step(takes, 0, {}, *kind), SECONDS, st.sampled_from(KINDS))
SCRIPTS = st.lists(STATUS_STEPS | FAILURE_STEPS, min_size=1, max_size=8)
RETRIES = st.builds(
    Retry,
    attempts=st.integers(1, 6),
    backoff=st.floats(0, 4),
    max_backoff=st.floats(0, 8),
    strict=st.booleans(),
    max_retry_after=st.floats(0, 60),
    budget=st.none() | st.builds(RetryBudget, share=st.floats(0, 1), floor=st.integers(0, 3)),
    attempt_header=st.sampled_from([None, "X-Attempt"]),
)
KEYS: dict[str, dict[str, Any]] = {
    "none": {},
    "declared": {"idempotent": True},
    "denied": {"idempotent": False},
    "keyed": {"idempotency_key": True},
}
BODIES: dict[str, Any] = {
    "empty": dict,
    "bytes": lambda: {"content": b"\x00body"},
    "json": lambda: {"json": {"name": Secret("Ada")}},
    "function": lambda: {"content": lambda: iter([b"a", b"b"])},
    "iterator": lambda: {"content": iter([b"a", b"b"])},
}


class Run:
    """One call through one world, and all that was seen of it."""

    def __init__(self, script: list[Step], chance: float) -> None:
        self.script = script
        self.clock = FakeClock(chance=chance)
        self.begun: list[float] = []
        self.ended: list[float] = []
        self.events: list[Event] = []
        self.transport = Script(self._answer)

    def _answer(self, request: Request) -> Response:
        step = self.script[min(len(self.begun), len(self.script) - 1)]
        self.begun.append(self.clock.monotonic())
        self.clock.advance(step.takes)
        self.ended.append(self.clock.monotonic())
        if step.kind is not None:
            raise step.kind(sent=step.sent, method=request.method)
        return Response(step.status, headers=step.headers)

    async def call(self, world: World, method: str, retry: Retry, timeout: float | None, options: dict[str, Any]) -> Any:
        listeners = [self.events.append]
        async with world.client(URL, transport=self.transport, clock=self.clock, listeners=listeners) as api:
            self.start = self.clock.monotonic()
            return await outcome(api.request(method, "/agents", retry=retry, timeout=timeout, **options))


@hypothesis.given(
    world=st.sampled_from(WORLDS),
    script=SCRIPTS,
    retry=RETRIES,
    method=METHODS,
    key=st.sampled_from(sorted(KEYS)),
    body=st.sampled_from(sorted(BODIES)),
    timeout=st.none() | st.floats(0.1, 100),
    chance=st.floats(0, 1, exclude_max=True),
)
@hypothesis.settings(max_examples=600)
def test_the_laws_of_a_call(
    world: World, script: list[Step], retry: Retry, method: str, key: str, body: str, timeout: float | None, chance: float
) -> None:
    """R1-R9: whatever comes, no call sleeps past its deadline, sends what it must not, or tells its attempts wrongly."""
    run = Run(script, chance)
    result = world.run(run.call(world, method, retry, timeout, {**KEYS[key], **BODIES[body]()}))
    repeatable = method in REPEATABLE if key in ("none", "keyed") else key == "declared"
    _check_time(run, timeout)
    _check_sendings(run, retry, repeatable or key == "keyed", body)
    _check_record(run, retry, result)
    _check_wire(run, retry, key)


def _check_time(run: Run, timeout: float | None) -> None:
    """Never past the deadline: no sleep and no sending that begins at it or later."""
    if timeout is None:
        return
    ends = run.start + timeout
    assert all(begin < ends for begin in run.begun)
    for event in run.events:
        if isinstance(event, RetryScheduled):
            assert event.at + event.delay < ends


def _check_sendings(run: Run, retry: Retry, repeatable: bool, body: str) -> None:
    """Never a forbidden re-send, never earlier than the server asked."""
    assert len(run.begun) <= retry.attempts
    for place in range(len(run.begun) - 1):
        step = run.script[min(place, len(run.script) - 1)]
        assert step.status >= 400 or step.kind is not None
        assert step.status in (0, 408, 409, 429, 502, 503, 504)
        assert step.kind not in (seawall.CertificateProblem, seawall.TooLargeProblem)
        assert "x-should-retry" not in step.headers
        assert step.sent is Sent.NO or repeatable
        assert not (retry.strict and step.status)
        assert body != "iterator"  # the mock has read it before anything can fail
        asked = step.headers.get("retry-after", "")
        wait = run.begun[place + 1] - run.ended[place]
        assert wait >= (float(asked) if asked.isdigit() else 0.0) - 1e-9
        assert not asked.isdigit() or float(asked) <= retry.max_retry_after


def _check_record(run: Run, retry: Retry, result: Any) -> None:
    """The attempts are told as they were, and a failure says why it was the last."""
    attempts = result.attempts
    assert len(attempts) == len(run.begun)
    for place, attempt in enumerate(attempts):
        step = run.script[min(place, len(run.script) - 1)]
        overdue = attempt.problem == "DeadlineProblem"  # the mock's way to say that its answer came too late
        assert attempt.number == place + 1
        assert abs(attempt.started - (run.begun[place] - run.start)) < 1e-6
        assert attempt.status == (None if overdue else step.status or None)
        assert attempt.sent is (Sent.MAYBE if overdue else step.sent)
        assert (attempt.retried is None) is (place == len(attempts) - 1)
    if isinstance(result, Response):
        assert result.ok
        return
    assert isinstance(result.stopped, StopReason)
    assert attempts[-1].stopped is result.stopped
    assert result.stopped is not StopReason.ATTEMPTS_USED or len(attempts) == retry.attempts
    if any(attempt.sent is not Sent.NO for attempt in attempts):
        assert result.may_have_been_sent
    assert len(run.clock.sleeps) == sum(attempt.waited > 0 for attempt in attempts)


def _check_wire(run: Run, retry: Retry, key: str) -> None:
    """Each sending is the same to the byte, with one key and one name."""
    assert len({call.content for call in run.transport.calls}) == 1
    assert len(set(run.transport.seen("x-request-id"))) == 1
    keys = set(run.transport.seen("idempotency-key"))
    assert len(keys) == 1
    assert (None in keys) is (key != "keyed")
    numbers = [str(number + 1) for number in range(len(run.begun))]
    assert run.transport.seen("x-attempt") == (numbers if retry.attempt_header else [None] * len(numbers))


@hypothesis.given(
    world=st.sampled_from(WORLDS),
    pauses=st.lists(st.floats(0, 2), min_size=1, max_size=80),
    statuses=st.lists(st.sampled_from([200, 503]), min_size=1, max_size=20),
    share=st.floats(0, 1),
    floor=st.integers(0, 4),
)
@hypothesis.settings(max_examples=100)
def test_the_laws_of_a_client(world: World, pauses: list[float], statuses: list[int], share: float, floor: int) -> None:
    """R5: over any number of calls, retries stay within the share of the calls and the floor, and no call goes unsent."""
    clock = FakeClock()
    answers = iter(range(1_000_000))
    transport = Script(lambda request: Response(statuses[next(answers) % len(statuses)]))
    retry = Retry(attempts=3, backoff=0, budget=RetryBudget(share=share, floor=floor))

    async def calls() -> list[Any]:
        results = []
        async with world.client(URL, transport=transport, clock=clock, retry=retry) as api:
            for pause in pauses:
                clock.advance(pause)
                results.append(await outcome(api.get("/agents")))
        return results

    results = world.run(calls())
    retries = len(transport.calls) - len(pauses)
    assert all(result.attempts for result in results)
    assert retries <= share * len(pauses) + floor * (sum(pauses) + 1) + 1e-6
