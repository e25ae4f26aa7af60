"""The storm over two processes that share one store: before each wave of both, all access tokens end."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack

from seawall_demo.trial import BackendProcess, OpenSite

from ._result import AuthResult, Wave, auth_result
from ._ride import log_in
from ._subject import MakeAuthSubject
from ._worker import Worker

PROCESSES = 2


async def ride_in_two_processes(
    backend: BackendProcess,
    site: OpenSite,
    subject: str,
    make_subject: MakeAuthSubject,
    calls: int,
    waves: int,
    advance: Callable[[], object] = lambda: None,
) -> AuthResult:
    """Log in once; then start the app twice, and let all tokens expire again and again.

    Args:
        backend: where the console is.
        site: the console, which nobody else uses.
        subject: the app's name.
        make_subject: builds the app that logs in.
        calls: how many each wave has, over both processes.
        waves: how many.
        advance: called after each wave.
    """
    store = site.database.with_suffix(".session")  # where the backend tidies up
    async with make_subject(site.url, store) as app:
        await log_in(app, backend, site)
    told, done = 0, []
    async with AsyncExitStack() as stack:
        workers = [await stack.enter_async_context(Worker(subject, site.url, store)) for _ in range(PROCESSES)]
        for number in range(waves):
            backend.expire_tokens(site)
            before = backend.auth_tally(site)
            reasons, told = await _wave(workers, f"wave-{number}", calls // PROCESSES)
            done.append(Wave(calls, reasons, before, backend.auth_tally(site)))
            advance()
    return auth_result(done, told)


async def _wave(workers: Sequence[Worker], name: str, calls: int) -> tuple[tuple[str, ...], int]:
    """Why calls failed, over all processes, and how often users have been told until now."""
    replies = await asyncio.gather(*(worker.work(f"{name}-{place}", calls) for place, worker in enumerate(workers)))
    return tuple(reason for reply in replies for reason in reply["reasons"]), sum(reply["told"] for reply in replies)
