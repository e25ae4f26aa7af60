"""The table and the sentences say what the figures say."""

from io import StringIO

import pytest
from rich.console import Console

from seawall_demo._progress import progress
from seawall_demo._report import conclusions, table
from seawall_demo._words_report import readings, writable
from seawall_demo.trial import Audit, DemoRun, Name, Result, Trial

CALM = Result(120, 0, 0, 0, 0, 0, 120, 0, 10.4, 20.6)
WORDS = {"Forbidden for url\n'http://127.0.0.1:1/'": 2}


def run(ghosts: tuple[str, ...] = (), **storm: Result) -> DemoRun:
    """A run that was calm in calm, with these figures in the storm."""
    names: tuple[Name, ...] = ("plain", "tenacity", "seawall")
    calm = {name: Trial(CALM, Audit((), (), ()), WORDS) for name in names}
    stormy = {name: Trial(storm.get(name, CALM), Audit((), (), ghosts), {"Wait.": 1, "No.": 3}) for name in names}
    return DemoRun(7, {"calm": calm, "storm": stormy}, Trial(CALM, Audit((), (), ()), {"Update to \u20682.0.0\u2069.": 1}))


USUAL = {
    "plain": Result(120, 35, 1, 0, 0, 6, 120, 36, 30.0, 60.0),
    "tenacity": Result(120, 12, 2, 7, 0, 0, 174, 67, 30.0, 60.0),
    "seawall": Result(120, 3, 0, 0, 0, 1, 162, 45, 30.0, 1060.0),
}


def test_the_sentences_tell_the_figures() -> None:
    """Errors, creates and price are told in the order of the table, and the best client by name."""
    assert conclusions(run(("job-0001-unkeyed",), **USUAL)) == (
        "In the storm the user met 35 errors and 1 crash with plain httpx2, 12 errors and 2 crashes with "
        "httpx2 + tenacity and 3 errors and 0 crashes with Seawall; the fewest errors came from Seawall.",
        "In the same order, 0, 7 and 0 agents too many were created, 0, 0 and 0 were confirmed but are not in the "
        "database (lost), and 6, 0 and 1 are in it though the user was told that it failed (ghosts); "
        "of Seawall's ghosts 0 had an idempotency key.",
        "That took 0, 54 and 42 requests beyond one per call, for 36, 67 and 45 that the storm spoiled; "
        "in calm the median call took 10, 10 and 10 ms.",
    )


def test_the_sentences_do_not_flatter() -> None:
    """When Seawall is not the best, the sentence names who is, and a ghost that had a key is owned up to."""
    errors, creates, _ = conclusions(run(("job-0001-keyed",), seawall=USUAL["plain"]))
    assert errors.endswith("the fewest errors came from plain httpx2 and httpx2 + tenacity.")
    assert creates.endswith("of Seawall's ghosts 1 had an idempotency key.")


def test_without_ghosts_no_key_is_spoken_of() -> None:
    """The share of keyed ghosts is told only where there is a ghost."""
    _, creates, _ = conclusions(run(**USUAL))
    assert creates.endswith("(ghosts).")


def test_the_readings_are_word_for_word() -> None:
    """Each client's texts stand on a line of their own, the most frequent first."""
    assert list(readings(run())) == [
        "What people read who want to change somebody else's agent session, in calm:",
        "  plain httpx2: Forbidden for url 'http://127.0.0.1:1/'",
        "  httpx2 + tenacity: Forbidden for url 'http://127.0.0.1:1/'",
        "  Seawall: Forbidden for url 'http://127.0.0.1:1/'",
        "What they read in the storm, with Seawall, and how often:",
        "  3 x No.",
        "  1 x Wait.",
        "And where the backend takes newer versions of the app only:",
        "  Update to \u20682.0.0\u2069.",
    ]


@pytest.mark.parametrize(
    ("encoding", "expected"),
    [("utf-8", "Ж \u20682.0\u2069"), ("koi8-r", "Ж 2.0"), ("ascii", "? 2.0")],
)
def test_any_output_can_take_the_readings(encoding: str, expected: str) -> None:
    """An output that lacks letters, or the marks that isolate params, gets what it can show."""
    assert writable("Ж \u20682.0\u2069", encoding) == expected


def test_the_table_fits_a_small_terminal() -> None:
    """All figures are readable in eighty columns."""
    out = StringIO()
    Console(file=out, width=80).print(table(run(**USUAL)))
    lines = out.getvalue().splitlines()
    assert "…" not in out.getvalue()
    seen = [line.split()[-9:] for line in lines if line.startswith("Seawall")]
    assert seen == [
        ["0", "0", "0", "0", "0", "120", "0", "10", "21"],
        ["3", "0", "0", "0", "1", "162", "45", "30", "1060"],
    ]


@pytest.mark.parametrize("terminal", [True, False])
def test_progress_is_a_bar_on_a_terminal_only(terminal: bool) -> None:
    """A terminal gets a bar that moves, anything else one plain line per trial."""
    out = StringIO()
    with progress(720, Console(file=out, force_terminal=terminal, width=80)) as begin:
        advance = begin("storm: 120 calls with Seawall")
        for _ in range(120):
            advance()
    if terminal:
        assert "storm: 120 calls with Seawall" in out.getvalue()
        assert "120/720" in out.getvalue()
    else:
        assert out.getvalue() == "storm: 120 calls with Seawall\n"
