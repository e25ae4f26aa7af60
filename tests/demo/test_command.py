"""`seawall demo` from the outside."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from seawall import l10n
from seawall.problems import current_locale
from seawall_demo import _command
from seawall_demo.auth_trial import AuthSize
from seawall_demo.trial import QUICK_CALLS

pytestmark = pytest.mark.timeout(240)  # each test may run a whole demo, on a machine that does other things as well
COMMAND = [sys.executable, "-m", "seawall_demo"]
FIGURES = {
    "calls": int,
    "shown_errors": int,
    "crashes": int,
    "duplicate_creates": int,
    "lost_creates": int,
    "ghost_creates": int,
    "requests_sent": int,
    "spoiled": int,
    "p50_ms": float,
    "p99_ms": float,
}
AUTH_FIGURES = {
    "calls": int,
    "lost": int,
    "reasons": list,
    "told": int,
    "refreshes": list,
    "unauthorized": list,
    "sign_ins": int,
    "replays": int,
    "refused": int,
    "revoked": int,
}
SMALL = """
import runpy
from seawall_demo import _command
from seawall_demo.auth_trial import AuthSize

_command.QUICK_CALLS, _command.QUICK_SIZE = 8, AuthSize(4, 1)
runpy.run_module("seawall_demo", run_name="__main__")
"""
IN_SMALL = [sys.executable, "-c", SMALL]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """A demo of few calls in this process, which speaks to nobody afterwards."""
    monkeypatch.setattr(_command, "QUICK_CALLS", 24)
    monkeypatch.setattr(_command, "QUICK_SIZE", AuthSize(6, 1))
    yield monkeypatch
    l10n.uninstall()


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """This process's environment, with temporary files in a folder that can be looked at."""
    return {**os.environ, "TMPDIR": str(tmp_path)}


@pytest.mark.parametrize(
    ("command", "calls"), [(IN_SMALL, 8), pytest.param(COMMAND, QUICK_CALLS, marks=pytest.mark.soak)], ids=["small", "quick"]
)
def test_json_is_all_that_goes_to_standard_output(
    environment: dict[str, str], tmp_path: Path, command: list[str], calls: int
) -> None:
    """`--json` prints two phases of three clients and five storms of three apps, exactly as documented, and leaves no file."""
    done = subprocess.run(
        [*command, "--headless", "--quick", "--json", "--seed", "3"],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    figures = json.loads(done.stdout)
    assert list(figures) == ["calm", "storm", "auth"]
    storms = figures.pop("auth")
    assert list(storms) == ["expiry", "lost", "lost-late", "revocation", "processes"]
    check(figures, ["plain", "tenacity", "seawall"], FIGURES)
    check(storms, ["naive", "seawall-asyncio", "seawall-threads"], AUTH_FIGURES)
    assert all(each["calls"] == calls for phase in figures.values() for each in phase.values())
    assert all(each["spoiled"] == 0 for each in figures["calm"].values())
    assert f"storm: {calls} calls with Seawall" in done.stderr.splitlines()
    assert done.stderr.splitlines()[-1] == "two processes: Seawall on threads"
    assert list(tmp_path.iterdir()) == []


def check(trials: dict[str, dict[str, dict[str, object]]], names: list[str], types: dict[str, type]) -> None:
    """Each trial has these clients, and each client these figures."""
    for trial in trials.values():
        assert list(trial) == names
        for figures in trial.values():
            assert {name: type(value) for name, value in figures.items()} == types


def test_each_table_comes_with_its_sentences(small: pytest.MonkeyPatch) -> None:
    """Standard output has two tables with three and five sentences, then what people read in the environment's language."""
    small.setenv("LC_ALL", "de_AT.UTF-8")
    done = CliRunner().invoke(_command.app, ["--quick"])
    assert done.exit_code == 0
    assert done.stderr.startswith("Screens come later")
    first, sentences, second, more, rest = done.stdout.split("\n\n")
    assert first.startswith("The same 24 calls")
    assert second.startswith("Tokens in storms: three apps, 6 calls at once")
    assert [" ".join(text.split()).count(". ") + 1 for text in (sentences, more)] == [3, 5]
    read = " ".join(rest.split())
    assert read.startswith(
        "What people read who want to change somebody else's agent session, in calm: plain httpx2: Client error '403"
    )
    assert "Seawall: Sie können diese Agentensitzung nicht ändern, weil sie jemand anderem gehört. What they read" in read
    assert read.endswith("Bitte aktualisieren Sie auf Version \u20682.0.0\u2069 oder neuer.")


def test_the_option_goes_before_the_environment(small: pytest.MonkeyPatch) -> None:
    """`--locale` chooses the language of what people read, whatever the environment says."""
    spoken: list[str | None] = []

    def run(*_: object, **__: object) -> None:
        spoken.append(current_locale())
        raise KeyboardInterrupt

    small.setenv("LC_ALL", "de_AT.UTF-8")
    small.setattr(_command, "_run", run)
    codes = [CliRunner().invoke(_command.app, words).exit_code for words in ([], ["--locale", "pt-PT"])]
    assert (codes, spoken) == ([130, 130], ["de", "pt"])


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("tag", ["fr", "no language", ""])
def test_a_language_that_is_not_spoken_is_refused(tag: str) -> None:
    """Before anything is started, an unknown language is refused with the ones that are known."""
    done = CliRunner().invoke(_command.app, ["--quick", "--locale", tag])
    assert done.exit_code == 2
    assert "ar, de, en, ja, pt, ru" in " ".join(done.stderr.replace("│", " ").split())
    assert done.stdout == ""


@pytest.mark.parametrize(
    "moment", ["calm: 8 calls with plain httpx2", "mass expiry: Seawall on threads", "two processes: Seawall on asyncio"]
)
def test_ctrl_c_ends_cleanly(environment: dict[str, str], tmp_path: Path, moment: str) -> None:
    """Ctrl-C in the middle of any part ends with 130 and one plain line, and leaves no process and no file."""
    with subprocess.Popen(
        [*IN_SMALL, "--headless", "--quick"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as demo:
        assert demo.stderr is not None
        while (line := demo.stderr.readline()) and line != f"{moment}\n":
            pass
        demo.send_signal(signal.SIGINT)
        out, err = demo.communicate()
    assert line
    assert demo.returncode == 130
    assert (out, err.splitlines()[-1]) == ("", "Interrupted; the backend is stopped.")
    assert "Traceback" not in err
    assert list(tmp_path.iterdir()) == []
