"""`seawall call`: how it ends."""

import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from seawall.testing import FaultServer, Garbage, Gate, Hang, LostAnswer, Reply, Reset, TlsIdentity
from tests.commands.kit import COMMAND, Done, environment, run, run_process, start


def test_a_body_of_another_type_is_a_problem_with_its_place(fault_server: FaultServer, url: str) -> None:
    """A body that is not of the asked type ends with 8, the JSON pointer to the wrong place, and no body."""
    fault_server.route("GET", "/agents", Reply(json=[{"id": "canary"}]))
    done = run("call", f"{url}/agents", "--into", "list[dict[str, int]]")
    assert (done.code, done.out) == (8, b"")
    assert "  pointer: /0/id" in done.err.splitlines()
    assert "canary" not in done.err


@pytest.mark.parametrize(
    ("answer", "words", "code", "problem"),
    [
        (Reply(204), [], 0, None),
        (Reply(404), [], 4, "NotFoundProblem"),
        (Reply(500), [], 5, "ServerErrorProblem"),
        (LostAnswer(), [], 6, "DisconnectProblem"),
        (Reset(), [], 6, "DisconnectProblem"),
        (Garbage(), [], 6, "ProtocolProblem"),
        (Hang(), ["--timeout", "0.2"], 7, "DeadlineProblem"),
        (Reply(200, text="<html>"), ["--into", "int"], 8, "DecodeProblem"),
        (Reply(302, headers={"Location": "ftp://x.example/"}), [], 8, "RedirectProblem"),
    ],
)
def test_the_exit_code_says_what_it_came_to(
    fault_server: FaultServer, url: str, answer: Any, words: list[str], code: int, problem: str | None
) -> None:
    """Each kind of outcome has its exit code, and the name of its problem on standard error."""
    fault_server.route("POST", "/agents", answer)
    done = run("call", "POST", f"{url}/agents", *words)
    assert done.code == code
    assert done.err.split(" ")[0].rstrip(":\n") == (problem or "")


def test_a_refused_connection_names_the_next_step() -> None:
    """A failure of the network ends with 6, and with what to look at next."""
    done = run("call", "127.0.0.1:1/x", "--no-retry")
    assert (done.code, done.out) == (6, b"")
    assert done.err.splitlines()[-1] == "  to look into it: seawall doctor http://127.0.0.1:1"


def test_certificates_are_verified_unless_told(tmp_path: Path) -> None:
    """An unknown authority is refused, trusted with `--cacert`, and let pass with `--no-verify` under a warning."""
    path = tmp_path / "ca.pem"
    identity = TlsIdentity()
    path.write_bytes(identity.ca_pem)
    with FaultServer(tls=identity) as server:
        server.route("GET", "/", Reply(text="safe"))
        refused = run("call", server.url, "--no-retry")
        assert (refused.code, refused.err.split(":")[0]) == (6, "CertificateProblem")
        assert run("call", server.url, "--cacert", str(path)) == Done(0, b"safe", "")
        unsafe = run("call", server.url, "--no-verify")
    assert (unsafe.code, unsafe.out) == (0, b"safe")
    assert unsafe.err == "--no-verify: anybody on the way can read and change what is sent.\n"


def test_ctrl_c_ends_a_call_at_once(fault_server: FaultServer, url: str) -> None:
    """Ctrl-C during a call ends with 130 and one plain line."""
    gate = Gate()
    fault_server.route("GET", "/agents", gate)
    with start("call", f"{url}/agents") as process:
        assert gate.reached.wait(20)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate()
    assert (process.returncode, out, err) == (130, b"", b"Interrupted.\n")


def test_a_reader_that_leaves_is_no_crash(fault_server: FaultServer, url: str) -> None:
    """When the other end of the pipe is closed, the command ends without a traceback."""
    gate = Gate(Reply(body=b"x" * 1_000_000))
    fault_server.route("GET", "/agents", gate)
    with start("call", f"{url}/agents") as process:
        assert gate.reached.wait(20)
        assert process.stdout is not None
        process.stdout.close()
        gate.open()
        assert process.stderr is not None
        err = process.stderr.read()
    assert (process.returncode, err) == (1, b"")


def test_the_help_tells_examples_and_exit_codes() -> None:
    """`--help` shows examples and every exit code."""
    text = run_process("call", "--help").text
    assert "seawall call POST" in text
    for code in (0, 1, 2, 4, 5, 6, 7, 8, 130):
        assert f"• {code} " in text


@pytest.mark.parametrize("words", [[], ["--json"], ["--as-curl"], ["--repeat", "2"]])
def test_an_output_that_takes_no_more_is_one_line(fault_server: FaultServer, url: str, words: list[str]) -> None:
    """Where standard output cannot be written, as on a full disk, it ends with 1 and one line that says so, not a traceback."""
    fault_server.route("GET", "/agents", {"id": 7})
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [*COMMAND, "call", f"{url}/agents", *words], stdout=full, stderr=subprocess.PIPE, env=environment(), check=False
        )
    assert (done.returncode, done.stderr.decode()) == (1, "The output cannot be written: No space left on device\n")


@pytest.mark.parametrize("word", ["call", "doctor"])
def test_a_closed_output_is_one_line(fault_server: FaultServer, url: str, word: str) -> None:
    """Without any standard output, as after `>&-`, a command ends with 1 and one line, and sends nothing."""
    shell = ["sh", "-c", 'exec "$@" >&-', "sh", *COMMAND, word, url]
    done = subprocess.run(shell, stderr=subprocess.PIPE, env=environment(), check=False)
    assert (done.returncode, done.stderr.decode()) == (1, "The output cannot be written: standard output is closed\n")
    assert fault_server.calls == []


def closed(redirections: str, *words: str) -> Done:
    """Run the command to its end without some of its standard streams."""
    shell = ["sh", "-c", f'exec "$@" {redirections}', "sh", *COMMAND, *words]
    done = subprocess.run(shell, capture_output=True, env=environment(), check=False)
    return Done(done.returncode, done.stdout, done.stderr.decode())


@pytest.mark.parametrize(
    ("path", "words", "code", "out", "redirections"),
    [
        ("/agents", [], 0, b'{"id": 7}', "2>&-"),
        ("/agents", ["--verbose"], 0, b'{"id": 7}', "<&- 2>&-"),
        ("/agents", ["--explain"], 0, b'{"id": 7}', "2>&-"),
        ("/nowhere", ["--verbose"], 4, b"", "<&- 2>&-"),
        ("/agents", ["--bogus"], 2, b"", "2>&-"),
    ],
)
def test_a_closed_error_output_changes_nothing_else(
    fault_server: FaultServer, url: str, path: str, words: list[str], code: int, out: bytes, redirections: str
) -> None:
    """After `2>&-` the body and the exit code are what they always are, and what would stand on standard error is lost."""
    fault_server.route("GET", "/agents", Reply(body=b'{"id": 7}'))
    fault_server.route("GET", "/nowhere", Reply(404))
    assert closed(redirections, "call", f"{url}{path}", *words) == Done(code, out)


def test_counting_calls_needs_no_error_output(fault_server: FaultServer, url: str, tmp_path: Path) -> None:
    """Where bars of progress would be shown, a closed standard error is no crash either."""
    fault_server.route("GET", "/agents", {"id": 7})
    assert closed("2>&-", "call", f"{url}/agents", "--repeat", "2").code == 0
    assert closed("2>&-", "call", f"{url}/agents", "-o", str(tmp_path / "agents.json")) == Done(0, b"")
    assert (tmp_path / "agents.json").read_bytes() == b'{"id": 7}'


def test_a_closed_input_is_an_empty_one(fault_server: FaultServer, url: str) -> None:
    """After `<&-` a body that comes from standard input is empty, and nobody is asked for a password."""
    route = fault_server.route("POST", "/agents", Reply(204))
    assert closed("<&-", "call", "POST", f"{url}/agents", "--data", "@-") == Done(0, b"")
    assert [call.body for call in route.calls] == [b""]
    asked = closed("<&-", "call", f"{url}/agents", "--user", "ada")
    assert (asked.code, "nobody to ask" in asked.err) == (2, True)
    assert len(fault_server.calls) == 1


def test_no_output_at_all_ends_it() -> None:
    """Without standard output and standard error it ends with 1, in silence."""
    assert closed(">&- 2>&-", "call", "--help") == Done(1, b"")
