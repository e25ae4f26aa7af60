"""Takes one app through one storm."""

import asyncio
from collections.abc import Callable, Sequence

from seawall_demo.trial import BackendProcess, OpenSite

from ._errand import Errand, errands
from ._result import AuthResult, Wave, auth_result
from ._storms import Storm
from ._subject import AuthSubject, MakeAuthSubject

EMAIL = "ada@acme.example"


async def ride(
    backend: BackendProcess,
    site: OpenSite,
    storm: Storm,
    make_subject: MakeAuthSubject,
    calls: int,
    advance: Callable[[], object] = lambda: None,
) -> AuthResult:
    """Take an app through a storm.

    Args:
        backend: where the console is.
        site: the console, which nobody else uses; its grace is the storm's.
        storm: what strikes.
        make_subject: builds the app from the console's URL.
        calls: how many each wave has.
        advance: called after each wave.
    """
    waves = []
    async with make_subject(site.url, None) as subject:
        await log_in(subject, backend, site)
        for number, blow in enumerate(storm.blows):
            if not subject.signed_in and not storm.ends:
                await log_in(subject, backend, site)
            blow.strike(backend, site)
            before = backend.auth_tally(site)
            reasons = await make_calls(subject, errands(calls, f"wave-{number}"))
            waves.append(Wave(calls, reasons, before, backend.auth_tally(site)))
            advance()
        if subject.signed_in:
            await subject.log_out()
    return auth_result(waves, len(subject.ends))


async def log_in(subject: AuthSubject, backend: BackendProcess, site: OpenSite) -> None:
    """Log in as the console's user, who reads the code in the backend's outbox."""
    await subject.log_in(EMAIL, lambda: backend.mailed_code(site, EMAIL))


async def make_calls(subject: AuthSubject, wave: Sequence[Errand]) -> tuple[str, ...]:
    """Make all calls at once, and return why they failed, once for each that did."""
    outcomes = await asyncio.gather(*map(subject.run, wave), return_exceptions=True)
    return tuple(subject.reason(outcome) for outcome in outcomes if outcome is not None)
