"""`seawall call --repeat`: many calls, counted."""

import json
import signal
from pathlib import Path

from seawall.testing import FaultServer, Gate, LostAnswer, Reply, SeenCall
from tests.commands.kit import at_terminal, run, run_process, start

FIGURES = [
    "asked", "calls", "failed", "attempts", "interrupted", "seconds", "calls_per_second", "statuses", "problems",
    "latency_ms", "histogram",
]  # fmt: skip


def test_the_report_counts_and_draws(fault_server: FaultServer, url: str) -> None:
    """The report counts calls by status, gives five latencies, and its bars hold every call; a pipe sees no progress."""
    fault_server.route("GET", "/agents", Reply(json=[]))
    done = run_process("call", f"{url}/agents", "--repeat", "20", "--concurrency", "2")
    first, statuses, latency, *bars = done.text.splitlines()
    assert (done.code, done.err) == (0, "")
    assert first.startswith("20 calls in ")
    assert first.endswith("; 20 attempts, 0 calls failed")
    assert statuses.split() == ["status", "200:", "20"]
    assert latency.split()[1::3] == ["min", "median", "p90", "p99", "max"]
    assert sum(int(bar.split()[-1]) for bar in bars) == 20
    assert len(fault_server.calls) == 20


def test_failures_are_counted_by_status_and_problem(fault_server: FaultServer, url: str) -> None:
    """With `--json` the figures have stable names, tell failures by status and by problem, and the exit code is 1."""
    fault_server.route("POST", "/agents", Reply(201), Reply(404), LostAnswer(), Reply(404), Reply(201))
    done = run("call", "POST", f"{url}/agents", "--repeat", "5", "--json")
    figures = json.loads(done.out)
    assert (done.code, done.err, list(figures)) == (1, "", FIGURES)
    assert figures["statuses"] == {"201": 2, "404": 2}
    assert figures["problems"] == {"NotFoundProblem": 2, "DisconnectProblem": 1}
    assert (figures["asked"], figures["calls"], figures["failed"], figures["attempts"]) == (5, 5, 3, 5)
    assert list(figures["latency_ms"]) == ["min", "median", "p90", "p99", "max"]
    assert sum(bar["calls"] for bar in figures["histogram"]) == 5


def test_repeated_attempts_are_counted(fault_server: FaultServer, url: str) -> None:
    """A call that was mended by a retry is a success, and both of its attempts are counted."""
    fault_server.route("GET", "/agents", Reply(200), Reply(503), Reply(200))
    figures = json.loads(run("call", f"{url}/agents", "--repeat", "2", "--json").out)
    assert (figures["failed"], figures["attempts"], figures["statuses"]) == (0, 3, {"200": 2})


def test_bodies_that_do_not_fit_are_counted(fault_server: FaultServer, url: str) -> None:
    """With `--into` a body of another type is a failed call."""
    fault_server.route("GET", "/agents", Reply(json=1), Reply(json="one"))
    figures = json.loads(run("call", f"{url}/agents", "--repeat", "2", "--into", "int", "--json").out)
    assert (figures["statuses"], figures["problems"]) == ({"200": 2}, {"DecodeProblem": 1})


def test_each_call_gets_a_key_of_its_own(fault_server: FaultServer, url: str) -> None:
    """Generated idempotency keys differ from call to call."""
    route = fault_server.route("POST", "/agents", Reply(201))
    assert run("call", "POST", f"{url}/agents", "--repeat", "3", "--idempotency-key").code == 0
    assert len({call.headers["idempotency-key"] for call in route.calls}) == 3


def test_ctrl_c_stops_and_reports_what_was_done(fault_server: FaultServer, url: str) -> None:
    """Ctrl-C breaks off the calls on their way, which are not counted, and the report tells the others, with 130."""
    gate = Gate()
    route = fault_server.route("GET", "/agents", Reply(200), Reply(200), Reply(404), gate)
    with start("call", f"{url}/agents", "--repeat", "1000", "--concurrency", "2", "--json") as process:
        route.wait_for_calls(5, timeout=40)  # both threads went on, and so have counted the first three
        process.send_signal(signal.SIGINT)
        out, err = process.communicate()
    figures = json.loads(out)
    assert (process.returncode, err) == (130, b"")
    assert (figures["interrupted"], figures["asked"], figures["calls"]) == (True, 1000, 3)
    assert (figures["statuses"], figures["problems"]) == ({"200": 2, "404": 1}, {"NotFoundProblem": 1})


def test_ctrl_c_before_the_first_answer_reports_nothing_done(fault_server: FaultServer, url: str) -> None:
    """Ctrl-C before any call has ended still gives a report, in words."""
    gate = Gate()
    fault_server.route("GET", "/agents", gate)
    with start("call", f"{url}/agents", "--repeat", "10") as process:
        assert gate.reached.wait(20)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate()
    assert (process.returncode, err) == (130, b"")
    assert out.decode().splitlines()[0] == "Interrupted after 0 of 10 calls."


def test_a_terminal_shows_how_far_it_is(fault_server: FaultServer, url: str) -> None:
    """At a terminal a bar counts the calls, and gives way to the report."""
    fault_server.route("GET", "/agents", Reply(200))
    done = at_terminal("call", f"{url}/agents", "--repeat", "2")
    assert "/2" in done.text
    assert "2 calls in " in done.text


def test_misuse_amid_the_calls_ends_them(fault_server: FaultServer, url: str, tmp_path: Path) -> None:
    """When a call can no longer be made as asked, the rest is given up, and the error names the option."""
    path = tmp_path / "body"
    path.write_bytes(b"one")

    def spoil(call: SeenCall) -> Reply:
        path.unlink()
        return Reply(200)

    fault_server.route("POST", "/agents", spoil)
    done = run("call", f"{url}/agents", "-d", f"@{path}", "--repeat", "50")
    assert done.code == 2
    assert "'--data'" in done.err
    assert len(fault_server.calls) == 1
