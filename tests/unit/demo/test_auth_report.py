"""The table and the sentences of the auth storms say what the figures say."""

from dataclasses import replace
from io import StringIO

from rich.console import Console

from seawall_demo._auth_report import auth_conclusions, auth_table
from seawall_demo.auth_trial import AuthResult, AuthRun, AuthSize

GOOD = AuthResult(
    calls=300, lost=0, reasons=(), told=0, refreshes=(1, 1, 1, 1, 1), unauthorized=(60,) * 5, sign_ins=1, replays=0, refused=0,
    revoked=0,
)  # fmt: skip
BAD = replace(GOOD, lost=299, reasons=("HTTP 400", "ReadError"), told=294, refreshes=(2, 1, 1, 1, 1), sign_ins=5, refused=294)
OVER = replace(GOOD, calls=120, lost=120, reasons=("revoked",), told=1, refreshes=(0, 0), refused=1)


def run(**apps: AuthResult) -> AuthRun:
    """A run of three apps with the same figures in all storms."""
    named = {"naive": BAD, "seawall-asyncio": GOOD, "seawall-threads": GOOD} | {
        name.replace("_", "-"): result for name, result in apps.items()
    }
    storms = ("expiry", "lost", "lost-late", "revocation", "processes")
    return AuthRun(AuthSize(60, 5), dict.fromkeys(storms, named))  # type: ignore[misc]


def test_the_sentences_tell_the_figures() -> None:
    """One sentence for each storm names what the apps did, in the order of the first one."""
    expiry, lost, late, revocation, processes = auth_conclusions(run(naive=replace(BAD, revoked=5), seawall_threads=OVER))
    assert expiry == (
        "All tokens expired under 60 calls at once, 5 times: naive httpx2, Seawall on asyncio and Seawall on threads "
        "refreshed 6, 5 and 0 times, lost 299, 0 and 120 calls, and had 5, 0 and 0 sessions revoked, because a used refresh "
        "token came again."
    )
    assert lost == (
        "When answers to the refresh got lost, too, they sent 300, 5 and 1 refresh requests, and lost 299, 0 and 120 calls."
    )
    assert late == (
        "Where the backend has no grace, such an answer cannot be had again: the session ended, users were told so 294, 0 and "
        "1 times, and calls failed with HTTP 400 or ReadError, nothing and revoked."
    )
    assert revocation == (
        "When the session was revoked, the backend refused 294, 0 and 1 refreshes, users were told 294, 0 and 1 times, and "
        "calls failed with HTTP 400 or ReadError, nothing and revoked."
    )
    assert processes == (
        "Two processes shared the tokens, which expired 5 times: they refreshed 6, 5 and 0 times, lost 299, 0 and 120 calls, "
        "and had 5, 0 and 0 sessions revoked."
    )


def test_the_table_fits_a_small_terminal() -> None:
    """All figures are readable in eighty columns, a row for each app in each storm."""
    out = StringIO()
    Console(file=out, width=80).print(auth_table(run(seawall_threads=OVER)))
    assert "…" not in out.getvalue()
    rows = [line.split() for line in out.getvalue().splitlines()]
    assert [row[2:] for row in rows if row[:1] == ["naive"]] == [["300", "299", "294", "5", "6", "0", "294", "0"]] * 5
    assert [row[3:] for row in rows if row[2:3] == ["threads"]] == [["120", "120", "1", "1", "0", "0", "1", "0"]] * 5


def test_the_figures_are_plain() -> None:
    """What `--json` prints has each storm, each app, and each figure by its name."""
    figures = run().figures()
    assert list(figures) == ["expiry", "lost", "lost-late", "revocation", "processes"]
    assert list(figures["expiry"]) == ["naive", "seawall-asyncio", "seawall-threads"]
    assert figures["expiry"]["naive"]["sign_ins"] == 5
