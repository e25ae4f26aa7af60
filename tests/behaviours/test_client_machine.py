"""One client over many calls, driven at random: the laws that only show between calls."""

from typing import Any

import hypothesis
import pytest
from hypothesis import stateful
from hypothesis import strategies as st

import seawall
from seawall import Request, Response, Retry, RetryBudget, Sent
from seawall.testing import FakeClock
from tests.behaviours.kit import URL, Script, outcome
from tests.worlds import WORLDS, World

SHARE, FLOOR, WINDOW = 0.2, 1.0, 10.0
WEATHER = ["fine", "503", "429", "500", "refused", "lost", "reset"]
SAFE = ("GET", "PUT", "DELETE")


class ClientMachine(stateful.RuleBasedStateMachine):
    """A client whose server has changing weather; each call, each sending and each body is written down."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        self.clock = FakeClock()
        self.weather = "fine"
        self.takes = 0.0
        self.sent: list[tuple[float, str, bytes | None]] = []
        self.calls: list[float] = []
        self.retries: list[float] = []
        retry = Retry(attempts=4, backoff=0.1, budget=RetryBudget(share=SHARE, floor=FLOOR))
        self.api = self.world.client(URL, transport=Script(self._answer), clock=self.clock, retry=retry, timeout=20.0)

    def _answer(self, request: Request) -> Response:
        self.sent.append((self.clock.monotonic(), request.method, request.body.data))
        self.clock.advance(self.takes)
        where: dict[str, Any] = {"method": request.method, "url": request.redacted_url}
        if self.weather == "refused":
            raise seawall.ConnectProblem(sent=Sent.NO, **where)
        if self.weather in ("lost", "reset"):
            raise seawall.DisconnectProblem(sent=Sent.MAYBE if self.weather == "lost" else Sent.YES, **where)
        return Response(200 if self.weather == "fine" else int(self.weather), content=b"{}")

    @stateful.rule(weather=st.sampled_from(WEATHER), takes=st.sampled_from([0.0, 0.5, 6.0]))
    def weather_changes(self, weather: str, takes: float) -> None:
        """From now on every answer is of this kind and takes this long."""
        self.weather, self.takes = weather, takes

    @stateful.rule(seconds=st.floats(0.1, 15))
    def time_passes(self, seconds: float) -> None:
        """The client rests."""
        self.clock.advance(seconds)

    @stateful.rule(method=st.sampled_from(["GET", "PUT", "DELETE", "POST", "PATCH"]), keyed=st.booleans())
    def call(self, method: str, keyed: bool) -> None:
        """One call; all that one call can show is checked here."""
        begun, before = self.clock.monotonic(), len(self.sent)
        options: dict[str, Any] = {"json": {"n": before}} if method in ("PUT", "POST", "PATCH") else {}
        result = self._run(method, idempotency_key=keyed or None, **options)
        sendings = self.sent[before:]
        self.calls.append(begun)
        self.retries += [moment for moment, _, _ in sendings[1:]]
        assert 1 <= len(sendings) <= 4
        assert len({(kind, body) for _, kind, body in sendings}) == 1
        assert all(moment < begun + 20.0 for moment, _, _ in sendings)
        if self.weather in ("fine", "500"):
            assert len(sendings) == 1
        if self.weather != "refused" and method not in SAFE and not keyed:
            assert len(sendings) == 1
        assert len(result.attempts) == len(sendings)

    def _run(self, method: str, **options: Any) -> Any:
        return self.world.run(outcome(self.api.request(method, "/agents", **options)))

    @stateful.invariant()
    def no_window_is_over_budget(self) -> None:
        """R5: in any ten seconds, retries stay within the share of the calls and the floor."""
        for end in self.retries:
            retries = sum(1 for moment in self.retries if end - WINDOW < moment <= end)
            calls = sum(1 for moment in self.calls if end - WINDOW - 20.0 <= moment <= end)
            assert retries <= SHARE * calls + FLOOR * WINDOW + FLOOR


@pytest.mark.parametrize("examples", [50, pytest.param(1000, marks=[pytest.mark.soak, pytest.mark.timeout(1800)])])
@pytest.mark.parametrize("world", WORLDS, ids=lambda world: world.name)
def test_the_laws_between_calls(world: World, examples: int) -> None:
    """R1-R5, R7: over any history of weather, pauses and calls, no call and no window of time breaks its law."""
    machine = type("Machine", (ClientMachine,), {"world": world})
    settings = hypothesis.settings(max_examples=examples, stateful_step_count=50)
    stateful.run_state_machine_as_test(machine, settings=settings)  # type: ignore[no-untyped-call]
