"""`seawall call`: what is shown, to people and to pipes."""

import gzip
import json
import re

import pytest

from seawall.testing import FaultServer, Reply
from tests.commands.kit import EVIL, PROBLEM, Done, at_terminal, invalid, run, run_process

_OUR_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def test_a_pipe_gets_the_exact_body(fault_server: FaultServer, url: str) -> None:
    """Into a pipe goes the body byte by byte, unpacked, whatever it holds, and nothing else."""
    body = b'{"a":  1.10,\r\n "b": "\x1b[31m\xff\x00"}'
    fault_server.route("GET", "/agents", Reply(body=gzip.compress(body), headers={"Content-Encoding": "gzip"}))
    assert run_process("call", f"{url}/agents") == Done(0, body, "")


def test_a_terminal_gets_indented_and_coloured_json(fault_server: FaultServer, url: str) -> None:
    """At a terminal JSON is indented and coloured, and keeps its numbers."""
    fault_server.route("GET", "/agents", Reply(body=b'[{"id":1.10}]', headers={"Content-Type": "application/json"}))
    done = at_terminal("call", f"{url}/agents")
    assert done.text.splitlines()[0] == "\x1b[1m[\x1b[0m"
    assert '    \x1b[1;34m"id"\x1b[0m: \x1b[1;36m1.10\x1b[0m' in done.text


def test_no_colour_is_written_where_none_is_wanted(fault_server: FaultServer, url: str) -> None:
    """With NO_COLOR the terminal gets no colours, and a dumb one nothing but text."""
    fault_server.route("GET", "/agents", Reply(json=[1]))
    assert "\x1b[1;36m1" not in at_terminal("call", f"{url}/agents", NO_COLOR="1").text
    assert at_terminal("call", f"{url}/agents", TERM="dumb").out == b"[\r\n  1\r\n]\r\n"


@pytest.mark.parametrize("kind", ["text", "json", "problem"])
def test_a_server_cannot_steer_the_terminal(fault_server: FaultServer, url: str, kind: str) -> None:
    """Control characters, marks of direction and markup in what the server sends reach the terminal spelled out."""
    answers = {
        "text": Reply(text=EVIL, headers={"X-Evil": "\x9b31m"}),
        "json": Reply(body=json.dumps({EVIL: EVIL}, ensure_ascii=False).encode(), headers={"Content-Type": "application/json"}),
        "problem": invalid(),
    }
    fault_server.route("GET", "/agents", answers[kind])
    text = _OUR_COLOURS.sub("", at_terminal("call", f"{url}/agents", "-i", "--explain").text)
    assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(text)
    assert "\\u001b]0;owned\\u0007" in text
    assert "[bold]x[/bold]" in text


def test_standard_error_is_safe_in_a_pipe_too(fault_server: FaultServer, url: str) -> None:
    """The server's words about a problem are spelled out on standard error also where that is no terminal."""
    fault_server.route("GET", "/agents", invalid())
    err = run("call", f"{url}/agents").err
    assert "detail: no good \\u001b]0;owned\\u0007 \\u009b31m [bold]x[/bold] \\u202etxt.exe" in err
    assert "\x1b" not in err


@pytest.mark.parametrize("body", [b"\x89PNG", b"PNG\x00"])
def test_a_binary_body_stays_off_the_terminal(fault_server: FaultServer, url: str, body: bytes) -> None:
    """Bytes that are no text are not written to a terminal; it is said what to do with them."""
    fault_server.route("GET", "/agents", Reply(body=body, headers={"Content-Type": "image/png"}))
    done = at_terminal("call", f"{url}/agents")
    assert "PNG" not in done.text
    assert f"{len(body)} bytes, image/png. Save it with --output FILE" in done.text


def test_a_problem_is_told_with_its_facts(fault_server: FaultServer, url: str) -> None:
    """The body of an error goes to standard output, and what Seawall read in it to standard error."""
    fault_server.route("GET", "/agents", invalid())
    done = run("call", f"{url}/agents")
    assert json.loads(done.out) == PROBLEM
    lines = done.err.splitlines()
    assert lines[0].startswith("ValidationProblem 422: ")
    assert "  code: AGENT_INVALID" in lines
    assert "  at /name: REQUIRED, must not be blank" in lines


def test_the_head_is_included_when_asked_for(fault_server: FaultServer, url: str) -> None:
    """`--include` writes the head before the body, credentials redacted."""
    fault_server.route("GET", "/agents", Reply(text="x", headers={"Set-Cookie": "session=canary", "ETag": '"1"'}))
    assert run("call", f"{url}/agents", "-i").out.decode().splitlines() == [
        "HTTP/1.1 200 OK",
        "Set-Cookie: [redacted]",
        'ETag: "1"',
        "Content-Type: text/plain; charset=utf-8",
        "Content-Length: 1",
        "",
        "x",
    ]


def test_head_shows_the_head(fault_server: FaultServer, url: str) -> None:
    """HEAD brings no body, so that its head is shown without being asked for."""
    fault_server.route("HEAD", "/agents", Reply(204))
    assert run("call", "HEAD", f"{url}/agents").out.startswith(b"HTTP/1.1 204 No Content\n")


def test_the_timeline_is_told_after_the_answer(fault_server: FaultServer, url: str) -> None:
    """`--explain` tells every attempt on standard error, and leaves the body alone."""
    fault_server.route("GET", "/agents", Reply(503, headers={"Retry-After": "0"}), Reply(text="ok"))
    done = run("call", f"{url}/agents", "--explain")
    assert done.out == b"ok"
    assert "503" in done.err
    assert "attempt 2" in done.err


def test_verbose_shows_the_heads(fault_server: FaultServer, url: str) -> None:
    """`--verbose` shows what goes and comes, each attempt and each redirect."""
    fault_server.route("GET", "/old", Reply(503, headers={"Retry-After": "0"}), Reply(307, headers={"Location": "/new"}))
    fault_server.route("GET", "/new", Reply(text="ok"))
    lines = run("call", f"{url}/old", "-v", "-H", "X-Team: blue").err.splitlines()
    told = [re.sub(r"in \S+ s", "in 0 s", line) for line in lines if line.startswith(("> GET", "> X-Team", "< HTTP", "*"))]
    assert told == [
        f"> GET {url}/old",
        "> X-Team: blue",
        "< HTTP/1.1 503 Service Unavailable",
        "* attempt 2 follows in 0 s: status 503",
        f"> GET {url}/old",
        "> X-Team: blue",
        "< HTTP/1.1 307 Temporary Redirect",
        f"* redirected to {url}/new",
        f"> GET {url}/new",
        "> X-Team: blue",
        "< HTTP/1.1 200 OK",
    ]


def test_a_curl_command_is_written_and_nothing_sent(fault_server: FaultServer, url: str) -> None:
    """`--as-curl` writes the command that asks the same, and sends nothing."""
    done = run("call", "PUT", f"{url}/agents/7", "-j", '{"name": "Ada"}', "--as-curl")
    assert (done.code, done.err, fault_server.calls, fault_server.connections) == (0, "", [], 0)
    command = done.text.strip()
    assert command.startswith("curl -X PUT -H 'Content-Type: application/json'")
    assert command.endswith(f"""--data-raw '{{"name":"Ada"}}' {url}/agents/7""")
    assert json.loads(run("call", f"{url}/agents", "--as-curl", "--json").out)["curl"].endswith(f"{url}/agents")
