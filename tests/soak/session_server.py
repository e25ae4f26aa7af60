"""A token server, and an API behind it, that lets its tokens expire again and again; what happened is counted here alone.

All tokens expire as soon as every caller was answered since the last expiry, and then some more calls, as chance has it. So every
expiry meets all callers of all processes, and no honest caller is refused twice in one call: until its own replay is answered,
the tokens that it is waiting for stay good.
"""

import random
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from seawall import Tokens
from seawall.testing import FaultServer, Reply, SeenCall, TokenServer

PATIENCE = 45.0  # seconds without any progress after which a test says so itself
_ANSWER = Reply(json={"ok": True})


@dataclass
class Fuse:
    """Ends a process at one of its requests.

    Args:
        victims: What ends each of the processes that may be meant, by name.
        count: Which of their requests it is.
        of_refresh: Whether only refreshes count.
        answers: Whether the request is answered meanwhile; if not, the process is dead before the server says a word.

    Attributes:
        victim: The process that was meant, once it is known.
    """

    victims: Mapping[str, Callable[[], None]]
    count: int
    of_refresh: bool
    answers: bool
    victim: str | None = None

    def meets(self, name: str, *, is_refresh: bool) -> bool:
        """Whether this request is the one."""
        if self.victim is not None or name not in self.victims or self.of_refresh > is_refresh:
            return False
        self.count -= 1
        if self.count == 0:
            self.victim = name
        return self.count == 0


class SessionServer:
    """One session. Each refresh token is good once: one that comes again ends the session.

    Args:
        grace: Whether the token that was spent last gets the same answer again.
        expiries: After how many the tokens are left in peace.
        seed: Decides how many calls pass between two expiries.

    Attributes:
        expiries: How often the tokens have expired.
        replays: How many refreshes the grace has saved.
        calls: How many calls were answered.
        mistakes: Calls that were refused twice, left out or repeated, and what the processes say of theirs.
        refreshers: The processes that were granted a refresh.
    """

    def __init__(self, *, grace: bool = False, expiries: float = float("inf"), seed: int = 1) -> None:
        self.tokens = TokenServer()
        self.expiries = self.replays = self.calls = 0
        self.mistakes: list[str] = []
        self.refreshers: set[str] = set()
        self._grace = grace
        self._limit = expiries
        self._chance = random.Random(seed)
        self._moved = threading.Condition(threading.RLock())  # guards all of this object
        self._answered: dict[str, int] = {}  # the number of each caller's last call
        self._refused: dict[str, int] = {}  # the number of each caller's last call that was refused
        self._awaited: set[str] = set()
        self._more = 0
        self._spent: tuple[str, Reply] | None = None
        self._fuse: Fuse | None = None
        self._guard = self.tokens.protect(_ANSWER)
        self._server = FaultServer()
        routes = self._server.route("GET", "/agents", self._call), self._server.route("POST", "/token", self._refresh)
        self._logs: tuple[Any, ...] = (self._server._log, *routes)

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self._server.close()

    def __repr__(self) -> str:
        refreshed = f"{self.tokens.refreshes} refreshes by {len(self.refreshers)} processes, {self.replays} saved by grace"
        called = f"{self.calls} calls answered, {self.tokens.rejected} refused"
        return f"{self.expiries} expiries, {refreshed}; {called}; {self.tokens.reuses} reuses, {self.tokens.revoked} revoked"

    @property
    def url(self) -> str:
        return self._server.url

    @property
    def is_over(self) -> bool:
        """Whether the tokens have expired as often as they were to."""
        return self.expiries >= self._limit

    def log_in(self) -> Tokens:
        """Begin the session."""
        return _as_tokens(self.tokens.issue())

    def newest(self) -> tuple[str, str | None]:
        """The tokens that were issued last."""
        return plain(_as_tokens(self.tokens.issued[-1]))

    def expect(self, name: str, callers: int) -> None:
        """Have the tokens expire only when the callers of this process were answered, too."""
        with self._moved:
            for caller in range(callers):
                self._answered[f"{name}/{caller}"] = 0
                self._awaited.add(f"{name}/{caller}")

    def forget(self, name: str) -> None:
        """A process is dead."""
        with self._moved:
            for caller in [caller for caller in self._answered if _process(caller) == name]:
                del self._answered[caller]
                self._awaited.discard(caller)
            self._moved.notify_all()

    def burn(self, fuse: Fuse) -> str:
        """Have the next requests of a process end it; returns its name when it is dead, or about to die."""
        with self._moved:
            self._fuse = fuse
        self.wait(lambda: self._fuse is None)
        assert fuse.victim is not None
        return fuse.victim

    def answered(self, name: str) -> list[int]:
        """How many calls of each caller of a process were answered."""
        with self._moved:
            return [number for caller, number in self._answered.items() if _process(caller) == name]

    def fail(self, mistake: str) -> None:
        """Somebody tells of a mistake: who waits, waits no more."""
        with self._moved:
            self.mistakes.append(mistake)
            self._moved.notify_all()

    def soak(self, seconds: float) -> None:
        """Let the tokens expire for so long, unless something goes wrong."""
        with self._moved:
            self._moved.wait_for(lambda: self.mistakes, seconds)

    def wait(self, done: Callable[[], bool]) -> None:
        """Wait for something that has to come.

        Raises:
            AssertionError: Something went wrong, or it did not come.
        """
        with self._moved:
            self._moved.wait_for(lambda: self.mistakes or done(), PATIENCE)
            assert not self.mistakes, "\n".join([*self.mistakes[:5], repr(self)])
            assert done(), f"everybody hangs: {self}; {len(self._awaited)} wait, such as {sorted(self._awaited)[:3]}"

    def wait_for_calls(self, name: str) -> None:
        """Wait until one more call of a process is answered: it has good tokens, and all its callers have them, too."""
        before = sum(self.answered(name))
        self.wait(lambda: sum(self.answered(name)) > before)

    def rest(self) -> None:
        """Let the tokens expire no more, and wait until every caller has been answered with the newest."""
        with self._moved:
            self._limit = min(self._limit, self.expiries)
        self.wait(lambda: not self._awaited)

    def _call(self, call: SeenCall) -> Any:
        caller, number = call.query_params["by"], int(call.query_params["n"])
        with self._moved:
            if caller not in self._answered:
                return 410  # a dead process's last words
            step = self._guard.choose(call)
            if step is _ANSWER:
                self._note_answer(caller, number)
            else:
                self._note_refusal(caller, number)
        self._burn(_process(caller), is_refresh=False)
        return step

    def _refresh(self, call: SeenCall) -> Any:
        name = call.query_params["by"]
        with self._moved:
            if f"{name}/0" not in self._answered:
                return 410
            reply = self._exchange(call, name)
        self._burn(name, is_refresh=True)
        return reply

    def _burn(self, name: str, *, is_refresh: bool) -> None:
        with self._moved:
            fuse = self._fuse
            if fuse is None or not fuse.meets(name, is_refresh=is_refresh):
                return
        if not fuse.answers:
            fuse.victims[name]()
        with self._moved:
            self._fuse = None
            self._moved.notify_all()

    def _exchange(self, call: SeenCall, name: str) -> Reply:
        asked = call.form["refresh_token"]
        if self._grace and self._spent is not None and self._spent[0] == asked:
            self.replays += 1
            return self._spent[1]
        reply = self.tokens.exchange(call)
        self._spent = asked, reply
        if reply.status == 200:
            self.refreshers.add(name)
        return reply

    def _note_answer(self, caller: str, number: int) -> None:
        if number != self._answered[caller] + 1:
            self.fail(f"call {number} of {caller} was answered after {self._answered[caller]}")
        self._answered[caller] = number
        self.calls += 1
        self._awaited.discard(caller)
        if not self._awaited and self.expiries < self._limit:
            if self._more > 0:
                self._more -= 1
            else:
                self._expire()
        self._moved.notify_all()

    def _note_refusal(self, caller: str, number: int) -> None:
        if self._refused.get(caller) == number:
            self.fail(f"call {number} of {caller} was refused twice")
        self._refused[caller] = number

    def _expire(self) -> None:
        self.tokens.expire_all()
        self.expiries += 1
        self._awaited = set(self._answered)
        self._more = self._chance.randrange(len(self._answered))
        for log in self._logs:  # a server for tests keeps all calls: too many here
            with log._more:
                log._seen.clear()


def plain(tokens: Tokens) -> tuple[str, str | None]:
    """The access and the refresh token as text."""
    return tokens.access.reveal(), None if tokens.refresh is None else tokens.refresh.reveal()


def _as_tokens(issued: Any) -> Tokens:
    return Tokens(access=issued.access_token, refresh=issued.refresh_token, expires_in=issued.expires_in)


def _process(caller: str) -> str:
    return caller.partition("/")[0]
