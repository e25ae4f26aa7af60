"""One refresh, from the lease to the store: what the leader of a flight does for everyone.

1. Take the store's lease, so that of all processes one refreshes; then read the store again, for another may have done it.
2. Ask the source. What may go away by itself is tried again, in time; an answer that was lost is asked for once more with the
   same refresh token, because the server may have rotated it without anybody having learnt the new one.
3. Write the store, if it still holds what was read, and give the lease back; only then does memory learn. From the source's
   answer to the thread that writes there is no await, for the loop might end there.
"""

from collections.abc import Callable
from typing import NoReturn

from seawall.model import NestedCalls, Runtime, Sent, UsageError, name_and_place
from seawall.problems import (
    ApiProblem,
    CertificateProblem,
    ContentProblem,
    DeadlineProblem,
    DecodeProblem,
    NetworkProblem,
    StatusProblem,
    TimeoutProblem,
    network_problem,
)

from ._leases import Leases, Tenure
from ._records import follow, next_session, reread
from ._server_clock import ServerClock
from ._states import EndReason
from ._tokens import Tokens
from ._windows import RefreshOptions
from .sources import RevokedError, TokenSource
from .stores import StoredSession, TokenStore

__all__ = ["Refresher", "ReplacedError", "SessionOverError", "SupersededError"]

IsCurrent = Callable[[], bool]
BACKOFF = 0.5  # seconds before the second try, doubled for the third, each with full jitter
GRACE = 1.0  # seconds beyond a refresh's own time at most, in which a source's own calls say better than we do why it is over
_RETRIED = frozenset({408, 425, 429})


class SessionOverError(Exception):
    """The session ended, by the server's word or another process's sign-out.

    Attributes:
        reason: Why.
        cause: What the server said, or None.
    """

    def __init__(self, reason: EndReason, cause: ApiProblem | None = None) -> None:
        super().__init__(reason)
        self.reason, self.cause = reason, cause


class SupersededError(Exception):
    """Somebody signed in or out while the refresh was on its way; its result was thrown away."""


class ReplacedError(Exception):
    """The store holds tokens that another process wrote meanwhile: newer ones, or those of another sign-in."""

    def __init__(self, stored: StoredSession) -> None:
        super().__init__()
        self.stored = stored


class Refresher:
    """Does refreshes for a machine.

    Args:
        source: Where tokens come from.
        store: Where they lie.
        options: See `RefreshOptions`.
        server_clock: What is known of the servers' clock.
    """

    def __init__(self, source: TokenSource, store: TokenStore, options: RefreshOptions, server_clock: ServerClock) -> None:
        self._source = source
        self._store = store
        self._options = options
        self._server_clock = server_clock
        self._leases = Leases(store)
        self._lost: str | None = None  # revision of the tokens for which a server's answer never came
        self._unwritten: tuple[str, StoredSession] | None = None  # the revision that was bought from, and what came

    async def run(self, runtime: Runtime, calls: NestedCalls, held: StoredSession | None, is_current: IsCurrent) -> StoredSession:
        """Return the session with newer tokens than those that are held.

        Args:
            runtime: The leader's world.
            calls: The leader's calls, without a credential.
            held: The session as memory has it; None for a source that makes the first tokens itself.
            is_current: Tells whether nobody has signed in or out since the refresh began.

        Raises:
            SessionOverError, SupersededError, ReplacedError: See there.
            ApiProblem, StoreError: It failed for now.
            UsageError: The source is at fault.
        """
        ends = runtime.monotonic() + self._options.timeout
        async with Tenure(self._leases, runtime, self._options.timeout * 2, ends) as tenure:
            return await self._run(runtime, calls, held, is_current, ends, tenure)

    async def _run(
        self, runtime: Runtime, calls: NestedCalls, held: StoredSession | None, is_current: IsCurrent, ends: float, tenure: Tenure
    ) -> StoredSession:
        stored = await runtime.blocking(lambda: reread(self._store, held))
        if (newer := _newer(stored, held)) is not None:
            return newer
        fresh = await self._fetch(runtime, calls, stored, is_current, ends)
        latest = await tenure.conclude(lambda: self._write(stored, fresh, is_current))
        if latest is None or latest.revision != fresh.revision:
            await self._lost_race(calls, fresh, latest, is_current)
        if not is_current():
            await self._throw_away(runtime, calls, fresh)
        return fresh

    def _write(self, stored: StoredSession | None, fresh: StoredSession, is_current: IsCurrent) -> StoredSession | None:
        """Write what was bought, unless it was overtaken, and return what lies in the store then."""
        latest = follow(self._store, None if stored is None else stored.revision, fresh)
        self._unwritten = None
        if not is_current():
            self._store.swap(fresh.revision, None)
        return latest

    async def _fetch(
        self, runtime: Runtime, calls: NestedCalls, stored: StoredSession | None, is_current: IsCurrent, ends: float
    ) -> StoredSession:
        """Get the next tokens; those that the store could not take last time are still here, and bought with the present ones."""
        if stored is not None and self._unwritten is not None and self._unwritten[0] == stored.revision:
            return self._unwritten[1]
        begun = runtime.wall()
        tokens = await self._exchange(runtime, calls, stored, is_current, ends)
        fresh = next_session(tokens, stored, begun, self._server_clock.ahead)
        self._unwritten = None if stored is None else (stored.revision, fresh)
        return fresh

    async def _exchange(
        self, runtime: Runtime, calls: NestedCalls, stored: StoredSession | None, is_current: IsCurrent, ends: float
    ) -> Tokens:
        asked_again = False
        for number in range(self._options.attempts):
            if not is_current():
                raise SupersededError
            answer = await self._ask(runtime, calls, stored, ends)
            if isinstance(answer, Tokens):
                return answer
            if answer is None or _says_revoked(answer):
                await self._end(runtime, stored, answer)
            lost = _is_lost(answer)
            if lost and stored is not None:
                self._lost = stored.revision
            wait = BACKOFF * 2**number * runtime.random() + (answer.retry_after or 0.0)
            is_last = number + 1 == self._options.attempts or runtime.monotonic() + wait >= ends
            if is_last or not _may_pass(answer) or (lost and asked_again):
                raise answer
            asked_again = asked_again or lost
            await runtime.sleep(wait)
            await self._look_again(runtime, stored)
        raise AssertionError("the last attempt returns or raises")

    async def _look_again(self, runtime: Runtime, used: StoredSession | None) -> None:
        """A process that slept for long may have lost its lease; a refresh token that was spent would end the session."""
        if used is None:
            return
        newer = _newer(await runtime.blocking(lambda: reread(self._store, used)), used)
        if newer is not None:
            raise ReplacedError(newer)

    async def _ask(
        self, runtime: Runtime, calls: NestedCalls, stored: StoredSession | None, ends: float
    ) -> Tokens | ApiProblem | None:
        """Return what the source gives, or the problem that it meets, or None where it calls the session revoked.

        Raises:
            UsageError: It raises anything else: told by its type and place, for its words may quote a token.
        """
        calls, tokens = calls.within(max(0.0, ends - runtime.monotonic())), None if stored is None else stored.tokens
        try:
            return await runtime.within(ends + min(GRACE, self._options.timeout / 4), self._source.refresh(tokens, calls))
        except RevokedError:
            return None
        except ApiProblem as problem:
            return problem
        except UsageError:
            raise
        except OSError as error:  # of an HTTP library of the user's own; TimeoutError also for one that hangs
            kind = NetworkProblem if runtime.monotonic() < ends else DeadlineProblem
            return network_problem(kind, error, Sent.MAYBE)
        except Exception as error:
            mistake = name_and_place(error)
        raise UsageError(f"the refresh raised {mistake}")

    async def _end(self, runtime: Runtime, used: StoredSession | None, cause: ApiProblem | None) -> NoReturn:
        """The server takes the refresh token no more: perhaps because another process, without our lease, has used it."""
        latest = await runtime.blocking(lambda: reread(self._store, used))
        if latest is not None and used is not None and latest.revision != used.revision:
            raise ReplacedError(latest)
        reason = EndReason.REVOKED
        if used is not None and used.tokens.refresh is None:
            reason = EndReason.EXPIRED
        elif used is not None and used.revision == self._lost:
            reason = EndReason.REFRESH_ANSWER_LOST
        raise SessionOverError(reason, cause)

    async def _lost_race(
        self, calls: NestedCalls, fresh: StoredSession, latest: StoredSession | None, is_current: IsCurrent
    ) -> NoReturn:
        """Another process has written without our lease. Of one session, revoking our tokens would end its tokens, too."""
        if latest is None or latest.session != fresh.session:
            await self._revoke(calls, fresh)
        if not is_current():
            raise SupersededError
        if latest is None:
            raise SessionOverError(EndReason.SIGNED_OUT_ELSEWHERE)
        raise ReplacedError(latest)

    async def _throw_away(self, runtime: Runtime, calls: NestedCalls, fresh: StoredSession) -> NoReturn:
        """Again, for the session may have ended since the thread that wrote looked."""
        await runtime.blocking(lambda: self._store.swap(fresh.revision, None))
        await self._revoke(calls, fresh)
        raise SupersededError

    async def _revoke(self, calls: NestedCalls, stored: StoredSession) -> None:
        try:
            await self._source.revoke(stored.tokens, calls.within(self._options.timeout))
        except Exception:
            pass  # the tokens are thrown away all the same; the server forgets them when they expire


def _newer(stored: StoredSession | None, held: StoredSession | None) -> StoredSession | None:
    """What another process has made of the session meanwhile, or None where it lies as we know it."""
    if held is None or stored is None:
        if held is not None:
            raise SessionOverError(EndReason.SIGNED_OUT_ELSEWHERE)
        return stored
    if stored.session != held.session:
        raise ReplacedError(stored)
    return None if stored.revision == held.revision else stored


def _says_revoked(problem: ApiProblem) -> bool:
    return problem.code == "INVALID_GRANT" or (problem.auth is not None and problem.auth.error == "invalid_grant")


def _is_lost(problem: ApiProblem) -> bool:
    """Whether the server may have handed out tokens that never came: it has the request, and nothing whole came back."""
    return problem.sent is not Sent.NO and problem.status < 400 and not _is_whole(problem)


def _is_whole(problem: ApiProblem) -> bool:
    """Whether the server's answer did come: an error with a good status, or a JSON object that is not of the wanted type."""
    if not isinstance(problem, DecodeProblem) or problem.response is None:
        return isinstance(problem, StatusProblem)
    try:
        return isinstance(problem.response.json(), dict)
    except DecodeProblem:
        return False


def _may_pass(problem: ApiProblem) -> bool:
    if problem.status >= 400:
        return problem.status >= 500 or problem.status in _RETRIED
    if isinstance(problem, CertificateProblem) or _is_whole(problem):
        return False
    return isinstance(problem, NetworkProblem | TimeoutProblem | ContentProblem)
