"""A session over any history: requests, 401s, refreshes of every outcome, sign-ins, sign-outs, crashes, and a second process."""

import asyncio
from typing import Any

import hypothesis
import pytest
from hypothesis import stateful
from hypothesis import strategies as st

from seawall import ApiProblem, Cancel, RefreshProblem, SessionEndedProblem, UnauthorizedProblem
from seawall.auth._states import Empty, Refreshing, Revoked, Valid
from tests.behaviours.auth.simulation import Clock, Grant, Parked, Process, Server, Store, lost, unsent

MISHAPS = ["lost", "unsent", "503"]


class SessionMachine(stateful.RuleBasedStateMachine):
    """Two processes on one store. Every request is looked at when it arrives, and all else when there is rest."""

    def __init__(self) -> None:
        super().__init__()
        self.clock, self.server = Clock(), Server()
        self.parked: list[Parked] = []
        self.arrivals: dict[str, list[Parked]] = {}
        self.refused: set[Parked] = set()
        self.forbidden: dict[Process, set[Grant]] = {}
        self.calls: list[tuple[asyncio.Task[Any], Cancel]] = []
        self.graves: list[Process] = []
        self.mishaps = self.count = 0
        self.broken: list[str] = []
        self.luck: list[str] = []

    @stateful.initialize(tells=st.booleans())
    def begin(self, tells: bool) -> None:
        """Two processes start, on a store that tells of writes or does not; somebody signs in."""
        self.store = Store(tells=tells)
        self.processes = [self._process() for _ in range(2)]
        self.sign_in(0)
        self.processes[0].go_on()

    def _process(self) -> Process:
        process = Process(self.clock, self.store, self._arrived)
        self.forbidden[process] = set()
        return process

    # -- the laws, as requests arrive ------------------------------------------------------------------------------------
    def _arrived(self, parked: Parked) -> None:
        if parked.process.alive:
            if parked.path == "/agents":
                self._look_at_call(parked)
            elif parked.path == "/token":
                under_way = [other for other in self._at("/token") if other.process.alive and not self._is_late(other)]
                self._law("two refreshes at a time", not under_way)
                self._law("a refresh for who has signed out", self._grant(parked) not in self.forbidden[parked.process])
        self.parked.append(parked)

    def _look_at_call(self, parked: Parked) -> None:
        before = self.arrivals.setdefault(parked.request.target, [])
        before.append(parked)
        self._law("sent more than twice", len(before) <= 2)
        if parked.token is not None:
            self._law("an old token after sign-out", self._grant(parked) not in self.forbidden[parked.process])
        if len(before) == 2:
            self._law("replayed without a refusal", before[0] in self.refused)
            self._law("replayed with the token that was refused", before[0].token != parked.token)
            self._law("replayed for somebody else", self._grant(before[0]) is self._grant(parked))

    def _law(self, broken: str, holds: bool) -> None:
        """Note a law that is broken: what a request raises would end in the call that made it."""
        if not holds:
            self.broken.append(broken)

    def _grant(self, parked: Parked) -> Grant:
        assert parked.token is not None
        return self.server.grant_of(parked.token)

    def _is_late(self, parked: Parked) -> bool:
        """Whether nobody hears the answer any more."""
        deadline = parked.request.call.deadline
        return deadline is not None and self.clock.now >= deadline

    def _at(self, path: str) -> list[Parked]:
        return [parked for parked in self.parked if parked.path == path]

    # -- what can happen -------------------------------------------------------------------------------------------------
    @stateful.rule(place=st.integers(0, 1), count=st.integers(1, 3))
    def call(self, place: int, count: int) -> None:
        """Calls begin."""
        for _ in range(count):
            self.count += 1
            cancel = Cancel()
            self.calls.append((self.processes[place].call(self.count, cancel), cancel))

    @stateful.precondition(lambda self: self.calls)
    @stateful.rule(data=st.data(), by_task=st.booleans())
    def cancel(self, data: st.DataObject, by_task: bool) -> None:
        """A caller gives up, by its switch or because its task is cancelled."""
        task, switch = data.draw(st.sampled_from(self.calls))
        if by_task:
            task.get_loop().call_soon(task.cancel)
        else:
            switch.cancel()
        self._drain()

    @stateful.rule(luck=st.lists(st.sampled_from(MISHAPS), min_size=1, max_size=3))
    def luck_turns(self, luck: list[str]) -> None:
        """The next refreshes meet a busy server, or a network that loses them, or their answers."""
        self.luck = luck

    @stateful.precondition(lambda self: self.parked)
    @stateful.rule(data=st.data())
    def answer(self, data: st.DataObject) -> None:
        """The server answers a request, whichever."""
        self._answer(data.draw(st.integers(0, len(self.parked) - 1)))

    @stateful.precondition(lambda self: self._at("/token"))
    @stateful.rule()
    def answer_refresh(self) -> None:
        """The server answers a refresh."""
        self._answer(self.parked.index(self._at("/token")[0]))

    def _answer(self, place: int) -> None:
        parked = self.parked.pop(place)
        if parked.path == "/agents":
            admitted = self.server.admits(parked.token)
            if not admitted:
                self.refused.add(parked)
            parked.answer(200 if admitted else 401)
        elif parked.path == "/revoke":
            self._grant(parked).revoked = True
            parked.answer(200)
        else:
            parked.answer(self._refresh(parked))
        parked.process.loop.drain()

    def _refresh(self, parked: Parked) -> Any:
        assert parked.token is not None
        met = self.luck.pop(0) if self.luck else None
        self.mishaps += met == "lost" or not parked.process.alive
        if met == "unsent":
            return unsent(parked)
        if met == "503":
            return 503
        self.mishaps += self._is_late(parked)
        granted = self.server.exchange(parked.token)
        return lost(parked) if met == "lost" else granted

    @stateful.rule(place=st.integers(0, 1))
    def step(self, place: int) -> None:
        """One operation of a process's store is done."""
        self.processes[place].step()

    @stateful.rule(place=st.integers(0, 1))
    def go_on(self, place: int) -> None:
        """A process's store is quick for a while."""
        self.processes[place].go_on()

    @stateful.rule()
    def tokens_expire(self) -> None:
        """The server takes no access token any more."""
        for grant in self.server.grants:
            grant.expired = True

    @stateful.rule(place=st.integers(0, 1), count=st.integers(1, 2), quickly=st.booleans())
    def calls_are_refused(self, place: int, count: int, quickly: bool) -> None:
        """Calls are refused at once, and a refresh begins, or is waited for."""
        self.tokens_expire()
        before = len(self.parked)
        self.call(place, count)
        while len(self.parked) > before and self.parked[before].path == "/agents":
            self._answer(before)
        if quickly:
            self.go_on(place)

    @stateful.rule()
    def server_revokes(self) -> None:
        """The server ends a login."""
        self.server.grants[-1].revoked = True

    @stateful.rule(place=st.integers(0, 1))
    def sign_in(self, place: int) -> None:
        """Somebody signs in."""
        process, tokens = self.processes[place], self.server.login()
        before = process.held

        async def work() -> None:
            await process.session.sign_in(tokens, user=len(self.server.grants))
            self._forbid(process, before)

        process.start(work)

    @stateful.rule(place=st.integers(0, 1))
    def sign_out(self, place: int) -> None:
        """Somebody signs out, or in where nobody is."""
        process = self.processes[place]
        before = process.held
        if before is None:
            self.sign_in(place)
            return

        async def work() -> None:
            await process.session.sign_out()
            self._forbid(process, before)

        process.start(work)

    def _forbid(self, process: Process, held: Any) -> None:
        if held is not None:
            self.forbidden[process].add(self.server.grant_of(held.tokens.access.reveal()))

    @stateful.rule(place=st.integers(0, 1))
    def handle_unauthorized(self, place: int) -> None:
        """A process hears elsewhere that the session is over."""
        self.processes[place].start(self.processes[place].session.handle_unauthorized)

    @stateful.rule(place=st.integers(0, 1))
    def restore(self, place: int) -> None:
        """A process asks the store who is signed in."""
        self.processes[place].start(self.processes[place].session.restore)

    @stateful.rule(seconds=st.sampled_from([0.03, 0.6, 2.0, 12.0, 40.0, 300.0, 900.0]))
    def time_passes(self, seconds: float) -> None:
        """Time passes, and rings what was set to ring."""
        self.clock.now += seconds
        self._drain()

    @stateful.rule(place=st.integers(0, 1))
    def crash(self, place: int) -> None:
        """A process is killed wherever it stands, and another is started."""
        dead = self.processes[place]
        self.mishaps += any(parked.process is dead for parked in self._at("/token")) or bool(dead.work.parked)
        dead.crash()
        self.graves.append(dead)
        self.processes[place] = self._process()

    def _drain(self) -> None:
        for process in self.processes:
            process.loop.drain()

    # -- rest ------------------------------------------------------------------------------------------------------------
    @stateful.rule(really=st.sampled_from([False, False, False, False, True]))
    def pause(self, really: bool) -> None:
        """Now and then everything comes to rest."""
        if really:
            self.reconcile()

    def rest(self) -> None:
        """All that was begun comes to its end, without mishaps; then nothing is left over."""
        for _ in range(2000):
            for process in self.processes:
                process.go_on()
            if self.parked:
                self._answer(0)
            elif any(not task.done() for process in self.processes for task in asyncio.all_tasks(process.loop)):
                self.time_passes(0.03)
            else:
                break
        for process in self.processes:
            assert not asyncio.all_tasks(process.loop), "something never ends"
            assert not isinstance(process.session._machine.state, Refreshing), "a refresh that nobody makes"
        assert self.store.holder is None, "a lease that nobody gives back"
        self._check_outcomes()

    def _check_outcomes(self) -> None:
        for process in self.processes:
            for task in process.tasks:
                error = None if task.cancelled() else task.exception()
                assert error is None or isinstance(error, ApiProblem), error
            process.tasks.clear()
        self.calls.clear()

    def reconcile(self) -> None:
        """After a call in each process whose token is looked at, what memory holds is what the store holds."""
        self.rest()
        self.luck.clear()
        self.tokens_expire()
        for _ in range(2):
            self.clock.now += 31.0  # longer than a look, a cooldown, and the window of the cap
            for place in range(2):
                self.call(place, 1)
                task = self.calls[-1][0]
                self.rest()
                error = None if task.cancelled() else task.exception()
                assert error is None or isinstance(error, SessionEndedProblem | UnauthorizedProblem | RefreshProblem)
        for process in self.processes:
            state, stored = process.session._machine.state, self.store.stored
            if isinstance(state, Valid):
                assert stored is not None, "somebody is signed in here, and not in the store"
                assert (state.held.stored.revision, state.held.tokens) == (stored.revision, stored.tokens)
            else:
                assert isinstance(state, Empty | Revoked)
                assert stored is None, "somebody is signed in in the store, and not here"

    @stateful.invariant()
    def nothing_is_broken(self) -> None:
        """A1, A5, A9, R12: no request arrived that must not have been sent."""
        assert not self.broken, self.broken

    @stateful.invariant()
    def one_end_for_one_loss(self) -> None:
        """A13: no process hears of a second end without a sign-in between."""
        for process in getattr(self, "processes", ()):
            assert process.is_told_of_one_end_only(), process.heard

    @stateful.invariant()
    def no_thief(self) -> None:
        """A10: where no answer was lost and no process killed in mid-refresh, no refresh token is used twice."""
        assert self.server.reuses == 0 or self.mishaps

    def teardown(self) -> None:
        if hasattr(self, "processes"):
            try:
                self.reconcile()
            finally:
                for process in [*self.processes, *self.graves]:
                    process.bury()


def test_tokens_newer_than_those_under_refresh_are_refused() -> None:
    """A1, A10: who is refused with tokens that came from the store while older ones were refreshed, does not send them again."""
    history = SessionMachine()
    history.begin(tells=True)
    history.reconcile()
    history.calls_are_refused(place=0, count=1, quickly=True)
    history.calls_are_refused(place=1, count=2, quickly=True)  # its refresh waits for the other's lease
    history.answer_refresh()
    history.go_on(place=0)
    history.restore(place=1)
    history.go_on(place=1)
    history.calls_are_refused(place=1, count=2, quickly=False)
    history.teardown()
    assert not history.broken
    assert history.server.reuses == 0


def _run(examples: int, steps: int) -> None:
    settings = hypothesis.settings(
        max_examples=examples, stateful_step_count=steps, suppress_health_check=list(hypothesis.HealthCheck)
    )
    stateful.run_state_machine_as_test(SessionMachine, settings=settings)  # type: ignore[no-untyped-call]


def test_the_laws_of_a_session() -> None:
    """A1-A13: over any history of two processes no law of a session is broken, and at rest the store equals memory."""
    _run(60, 40)


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_the_laws_of_a_session_at_length() -> None:
    """A1-A13: over thousands of long histories no law of a session is broken."""
    _run(5000, 120)
