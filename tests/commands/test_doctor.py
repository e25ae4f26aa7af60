"""`seawall doctor`: the way to a server, looked at step by step."""

import json
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from seawall.testing import Endless, FaultServer, Garbage, Gate, Reply
from tests.commands.kit import COMMAND, Done, at_terminal, environment, run, run_process, start

WELL = "All is well."


def http_date(**ahead: float) -> str:
    """A Date header from another clock."""
    return f"{datetime.now(UTC) + timedelta(**ahead):%a, %d %b %Y %H:%M:%S} GMT"


def checks(done: Done) -> dict[str, str]:
    """The level of each check by its name; the worst where there are several."""
    lines = done.text.splitlines()[:-1]
    levels: dict[str, str] = {}
    for line in lines:
        level, check, *_ = line.split()
        levels[check] = max(level, levels.get(check, ""), key=["", "ok", "warn", "fail"].index)
    return levels


def verdict(done: Done) -> str:
    """The last line."""
    return done.text.splitlines()[-1]


@pytest.fixture
def refusing_port() -> Iterator[int]:
    """A port that refuses connections: bound, and not listened to."""
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        yield deaf.getsockname()[1]


def test_a_server_that_is_well(fault_server: FaultServer, url: str) -> None:
    """Every check is told in order on standard output, with its duration, and the last line says that all is well."""
    fault_server.route("HEAD", "/agents", Reply(200, headers={"Date": http_date()}))
    done = run_process("doctor", f"{url}/agents?token=canary")
    assert (done.code, done.err, verdict(done)) == (0, "", WELL)
    assert list(checks(done).items()) == [(name, "ok") for name in ("url", "dns", "connect", "http", "proxy", "clock")]
    assert done.text.splitlines()[2].startswith(f"ok   connect   IPv4 127.0.0.1 port {fault_server.port}  (")
    assert "canary" not in done.text


def test_json_holds_every_check_under_stable_names(fault_server: FaultServer, url: str) -> None:
    """`--json` gives one document: the verdict, whether a call can succeed, and each check with its facts."""
    fault_server.route("HEAD", "/", Reply(200, headers={"Date": http_date()}))
    done = run("doctor", f"{url}/?token=canary", "--json")
    document = json.loads(done.out)
    assert list(document) == ["url", "well", "verdict", "checks"]
    assert (document["url"], document["well"], document["verdict"]) == (f"{url}/?token=[redacted]", True, WELL)
    assert (done.code, done.err, "canary" in done.text) == (0, "", False)
    names = {"check", "message", "level", "remedy", "seconds", "facts"}
    assert all(set(check) == names for check in document["checks"])
    facts = {check["check"]: check["facts"] for check in document["checks"]}
    assert facts["connect"] == {"address": "127.0.0.1", "family": "IPv4", "port": fault_server.port}
    assert (facts["http"]["status"], facts["http"]["http_version"]) == (200, "HTTP/1.1")
    assert abs(facts["clock"]["skew_seconds"]) <= 60


def test_a_terminal_gets_levels_in_colour(fault_server: FaultServer, url: str) -> None:
    """At a terminal the levels are coloured, and what the server says cannot steer it."""
    fault_server.route("*", "/", Reply(302, headers={"Location": "/x\x9b31m"}))
    done = at_terminal("doctor", url)
    assert "\x1b[32mok   \x1b[0m" in done.text
    assert "\x9b" not in done.text


def test_a_port_where_nobody_listens(refusing_port: int) -> None:
    """A refused connection fails, names address and port, and ends with 1; the checks that need none go on."""
    done = run("doctor", f"localhost:{refusing_port}")
    assert (done.code, checks(done)["connect"], checks(done)["proxy"]) == (1, "fail", "ok")
    assert verdict(done) == f"Nothing listens at 127.0.0.1 port {refusing_port}: start the server, or correct the port."


def test_a_bad_address_of_two_is_a_warning(
    fault_server: FaultServer, refusing_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where one of two addresses refuses, the call would still succeed: a warning names the bad one."""
    fault_server.route("HEAD", "/", Reply(200))
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port)) for port in (refusing_port, fault_server.port)]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *asked, **more: found)
    done = run("doctor", f"http://localhost:{fault_server.port}")
    assert [line.split()[0] for line in done.text.splitlines() if " connect " in line] == ["warn", "ok"]
    assert (done.code, checks(done)["http"]) == (0, "ok")
    assert verdict(done).startswith("It works. Connections to 127.0.0.1 fail (refused)")


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), "The name api.acme.example is unknown"),
        (socket.gaierror(socket.EAI_AGAIN, "Temporary failure"), "No name server answers for api.acme.example"),
        (UnicodeError("label too long"), "The name api.acme.example is unknown"),
    ],
)
def test_a_name_without_an_address(error: Exception, says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unknown name and a silent name server are told apart, and no connection is tried."""

    def look_up(*asked: Any, **more: Any) -> Any:
        raise error

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    done = run("doctor", "api.acme.example")
    assert (done.code, checks(done)) == (1, {"url": "ok", "dns": "fail", "proxy": "ok"})
    assert verdict(done).startswith(says)


def test_a_name_server_that_never_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """A look-up that hangs ends with its time limit."""
    forever = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *asked, **more: forever.wait(30) and [])
    done = run("doctor", "api.acme.example", "--timeout", "0.2")
    forever.set()
    assert checks(done)["dns"] == "fail"
    assert verdict(done).startswith("No name server answers for api.acme.example")


def test_plain_http_to_another_machine_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    """An http address elsewhere is warned about, whatever else is wrong."""
    monkeypatch.setattr(socket, "getaddrinfo", lambda *asked, **more: [])
    done = run("doctor", "http://api.acme.example", "--json")
    assert json.loads(done.out)["checks"][0]["level"] == "warn"


def test_redirects_are_told(fault_server: FaultServer, url: str) -> None:
    """Where the server sends callers is told hop by hop, secrets left out."""
    fault_server.route("HEAD", "/old", Reply(301, headers={"Location": "/newer?token=canary"}))
    fault_server.route("HEAD", "/newer", Reply(308, headers={"Location": "/new"}))
    fault_server.route("HEAD", "/new", Reply(200))
    done = run("doctor", f"{url}/old", "--json")
    facts = next(check["facts"] for check in json.loads(done.out)["checks"] if check["check"] == "http")
    assert facts["redirects"] == [
        {"status": 301, "to": f"{url}/newer?token=[redacted]"},
        {"status": 308, "to": f"{url}/new"},
    ]


def test_a_redirect_to_nowhere_names_where_it_leads(fault_server: FaultServer, url: str, refusing_port: int) -> None:
    """Where the server is well and sends callers to one that is not, the remedy looks there."""
    fault_server.route("HEAD", "/", Reply(307, headers={"Location": f"http://127.0.0.1:{refusing_port}/"}))
    done = run("doctor", url)
    assert (done.code, checks(done)["connect"], checks(done)["http"]) == (1, "ok", "fail")
    assert verdict(done).startswith(f"The server sends callers to http://127.0.0.1:{refusing_port}/, and that gives no usable")


def test_a_redirect_that_cannot_be_followed_is_no_question_of_http(fault_server: FaultServer, url: str) -> None:
    """A server that redirects speaks HTTP, so the verdict is about the redirect, and shows nothing secret of it."""
    fault_server.route("*", "/", Reply.redirect("https://ada:canary@elsewhere.example/"))
    done = run("doctor", url)
    assert (done.code, "canary" in done.text) == (1, False)
    assert verdict(done).startswith("The server answers with a redirect that no client should follow")


def test_redirects_of_a_second_question_are_told_once(fault_server: FaultServer, url: str) -> None:
    """Where HEAD is refused behind a redirect and GET goes the same way, the redirect is told once."""
    fault_server.route("*", "/old", Reply(301, headers={"Location": "/new"}))
    fault_server.route("*", "/new", Reply(404))
    assert run("doctor", f"{url}/old").text.count("after 301 to") == 1


def test_a_server_without_head_is_asked_by_get(fault_server: FaultServer, url: str) -> None:
    """Where HEAD is refused, GET is asked, and its body is left unread however long it is."""
    fault_server.route("HEAD", "/", Reply(405))
    fault_server.route("GET", "/", Endless())
    done = run("doctor", url)
    assert (done.code, checks(done)["http"], verdict(done)) == (0, "ok", WELL)
    assert "GET 200 OK" in done.text


@pytest.mark.parametrize(
    ("status", "level", "code", "says"),
    [
        (401, "ok", 0, WELL),
        (404, "warn", 0, "It works. The server is well, but has nothing at"),
        (429, "warn", 0, "It works. The server answers"),
        (500, "fail", 1, "The server answers"),
        (503, "fail", 1, "The server answers"),
    ],
)
def test_the_status_is_judged(fault_server: FaultServer, url: str, status: int, level: str, code: int, says: str) -> None:
    """A server that asks who is there is well, one that has nothing at the path is a warning, one that fails is a failure."""
    fault_server.route("*", "/", Reply(status))
    done = run("doctor", url)
    assert (checks(done)["http"], done.code) == (level, code)
    assert verdict(done).startswith(says)


def test_a_server_that_speaks_no_http(fault_server: FaultServer, url: str) -> None:
    """An answer that is no HTTP fails, and is told from a connection that is refused."""
    fault_server.route("*", "/", Garbage())
    done = run("doctor", url, "--timeout", "2")
    assert (done.code, checks(done)["connect"], checks(done)["http"]) == (1, "ok", "fail")
    assert "gives no usable answer (Not HTTP" in verdict(done)


def test_a_clock_that_is_wrong(fault_server: FaultServer, url: str) -> None:
    """From a minute of difference on, the clocks are a warning that says how far they are apart."""
    fault_server.route("HEAD", "/", Reply(200, headers={"Date": http_date(minutes=10, seconds=5)}))
    done = run("doctor", url)
    assert (done.code, checks(done)["clock"]) == (0, "warn")
    assert "this machine is 10 minutes behind the server" in done.text
    assert verdict(done).startswith("It works. The clocks differ by 10 minutes")


def test_an_old_answer_from_a_cache_is_no_wrong_clock(fault_server: FaultServer, url: str) -> None:
    """What a cache says of the age of its answer is taken off."""
    fault_server.route("HEAD", "/", Reply(200, headers={"Date": http_date(hours=-2), "Age": "7200"}))
    assert checks(run("doctor", url))["clock"] == "ok"


def test_a_proxy_variable_is_told_and_not_used(fault_server: FaultServer, url: str) -> None:
    """A proxy of the environment is shown without its password, and the server is reached without it."""
    fault_server.route("HEAD", "/", Reply(200))
    done = run("doctor", url, http_proxy="http://ada:canary@proxy.example:3128")
    assert (done.code, verdict(done)) == (0, WELL)
    assert "http://[redacted]@proxy.example:3128 is set for this URL; Seawall uses it only with trust_env=True" in done.text
    assert "canary" not in done.text


def test_an_exception_from_the_proxy_is_told(fault_server: FaultServer, url: str) -> None:
    """Where `no_proxy` excepts the URL, that is said."""
    fault_server.route("HEAD", "/", Reply(200))
    done = run("doctor", url, http_proxy="http://127.0.0.1:1", no_proxy="127.0.0.1")
    assert "no_proxy excepts this URL" in done.text


def test_a_proxy_is_the_remedy_where_there_is_no_direct_way(refusing_port: int) -> None:
    """Where no connection can be made and the environment names a proxy, the remedy is to use it."""
    done = run("doctor", f"127.0.0.1:{refusing_port}", http_proxy="http://ada:canary@proxy.example:3128")
    assert done.code == 1
    assert "the environment names a proxy, http://[redacted]@proxy.example:3128: use it" in verdict(done)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["ftp://x.example"], "'URL'"),
        (["https://ada:canary@x.example"], "leave the user and the password out"),
        (["x.example", "--cacert", "/nowhere.pem"], "'--cacert'"),
        (["x.example", "--timeout", "0"], "'--timeout'"),
    ],
)
def test_a_wrong_command_line_names_the_option(words: list[str], says: str) -> None:
    """A mistake on the command line ends with 2 and names the option, quoting no password."""
    done = run("doctor", *words)
    assert done.code == 2
    assert says.replace("'URL'", "URL") in done.err
    assert "canary" not in done.err


def test_a_file_that_holds_no_certificates(tmp_path: Path) -> None:
    """A file of authorities that holds none is refused before anything is asked."""
    (tmp_path / "ca.pem").write_text("nothing", encoding="utf-8")
    done = run("doctor", "x.example", "--cacert", str(tmp_path / "ca.pem"))
    assert (done.code, done.out) == (2, b"")
    assert "'--cacert'" in done.err


def test_ctrl_c_ends_it_at_once(fault_server: FaultServer, url: str) -> None:
    """Ctrl-C ends with 130 and one plain line, after what was found until then."""
    gate = Gate()
    fault_server.route("HEAD", "/", gate)
    with start("doctor", url) as process:
        assert gate.reached.wait(20)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate()
    assert (process.returncode, err) == (130, b"Interrupted.\n")
    assert [line.split()[1] for line in out.decode().splitlines()] == ["url", "dns", "connect"]


@pytest.mark.parametrize("words", [[], ["--json"]])
def test_an_output_that_takes_no_more_is_one_line(url: str, words: list[str]) -> None:
    """Where standard output cannot be written, as on a full disk, it ends with 1 and one line that says so, not a traceback."""
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [*COMMAND, "doctor", url, *words], stdout=full, stderr=subprocess.PIPE, env=environment(), check=False
        )
    assert (done.returncode, done.stderr.decode()) == (1, "The output cannot be written: No space left on device\n")
