"""The auth storms in one table and five sentences; the sentences are made of the figures alone."""

from collections.abc import Callable, Mapping

from rich import box
from rich.table import Table

from ._report import listed
from .auth_trial import AuthResult, AuthRun, AuthStormName, SubjectName

AUTH_LABELS: Mapping[SubjectName, str] = {
    "naive": "naive httpx2",
    "seawall-asyncio": "Seawall on asyncio",
    "seawall-threads": "Seawall on threads",
}
STORM_LABELS: Mapping[AuthStormName, str] = {
    "expiry": "mass expiry",
    "lost": "lost answers",
    "lost-late": "lost, without grace",
    "revocation": "revocation",
    "processes": "two processes",
}
_COLUMNS: Mapping[str, Callable[[AuthResult], int]] = {
    "calls": lambda result: result.calls,
    "lost": lambda result: result.lost,
    "told": lambda result: result.told,
    "log-ins": lambda result: result.sign_ins,
    "refreshes": lambda result: sum(result.refreshes),
    "replays": lambda result: result.replays,
    "refused": lambda result: result.refused,
    "revoked": lambda result: result.revoked,
}
_Apps = Mapping[SubjectName, AuthResult]


def auth_table(run: AuthRun) -> Table:
    """The figures, a row per storm and app."""
    drawn = Table(
        title=f"Tokens in storms: three apps, {run.size.calls} calls at once",
        title_justify="left",
        box=box.SIMPLE_HEAD,
        padding=0,
        show_edge=False,
    )
    drawn.add_column("", no_wrap=True)
    for column in _COLUMNS:
        drawn.add_column(column, justify="right", no_wrap=True)
    for storm, apps in run.results.items():
        drawn.add_row(STORM_LABELS[storm], style="bold")
        for name, result in apps.items():
            drawn.add_row(AUTH_LABELS[name], *(str(figure(result)) for figure in _COLUMNS.values()))
    return drawn


def auth_conclusions(run: AuthRun) -> tuple[str, ...]:
    """What the figures say, one sentence for each storm; all in the order of the first."""
    results = run.results
    names = listed([AUTH_LABELS[name] for name in results["expiry"]])
    return (
        f"All tokens expired under {run.size.calls} calls at once, {run.size.waves} times: {names} refreshed "
        f"{_each(results['expiry'], 'refreshes')} times, lost {_each(results['expiry'], 'lost')} calls, and had "
        f"{_each(results['expiry'], 'revoked')} sessions revoked, because a used refresh token came again.",
        f"When answers to the refresh got lost, too, they sent {_asked(results['lost'])} refresh requests, and lost "
        f"{_each(results['lost'], 'lost')} calls.",
        f"Where the backend has no grace, such an answer cannot be had again: the session ended, users were told so "
        f"{_each(results['lost-late'], 'told')} times, and calls failed with {_reasons(results['lost-late'])}.",
        f"When the session was revoked, the backend refused {_each(results['revocation'], 'refused')} refreshes, users were "
        f"told {_each(results['revocation'], 'told')} times, and calls failed with {_reasons(results['revocation'])}.",
        f"Two processes shared the tokens, which expired {run.size.waves} times: they refreshed "
        f"{_each(results['processes'], 'refreshes')} times, lost {_each(results['processes'], 'lost')} calls, and had "
        f"{_each(results['processes'], 'revoked')} sessions revoked.",
    )


def _each(apps: _Apps, column: str) -> str:
    return listed([str(_COLUMNS[column](result)) for result in apps.values()])


def _asked(apps: _Apps) -> str:
    return listed([str(sum(result.refreshes) + result.replays + result.refused) for result in apps.values()])


def _reasons(apps: _Apps) -> str:
    """Why calls failed, by app; "nothing" where none did."""
    return listed([" or ".join(result.reasons) or "nothing" for result in apps.values()])
