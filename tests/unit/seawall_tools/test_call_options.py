"""The options of `seawall call`: what cannot be is refused in the name of the option."""

from pathlib import Path

import pytest

from seawall import Timeout
from seawall_tools.call._asked import Asked
from seawall_tools.call._plan import make_plan
from tests.commands.kit import run

URL = "localhost:1"


@pytest.mark.parametrize(
    ("words", "option"),
    [
        ([], "[METHOD] URL"),
        (["POST"], "'URL'"),
        (["GET", URL, "more"], "'URL'"),
        (["ftp://x.example"], "URL"),
        (["G3T", URL], "'METHOD'"),
        ([URL, "-H", "X-Team"], "'--header'"),
        ([URL, "-H", "X Team: x"], "'--header'"),
        ([URL, "-q", "page"], "'--query'"),
        ([URL, "-d", "a", "-d", "b"], "'--data'"),
        ([URL, "-d", "@/nowhere"], "'--data'"),
        ([URL, "-d", "@"], "'--data'"),
        ([URL, "-j", "{"], "'--json-body'"),
        ([URL, "-j", "@/nowhere"], "'--json-body'"),
        ([URL, "-j", "\udcff"], "'--json-body'"),
        ([URL, "-d", "\udcff"], "'--data'"),
        ([URL, "-F", "name"], "'--form'"),
        ([URL, "-F", "name=@/nowhere"], "'--form'"),
        ([URL, "-j", "1", "-d", "a"], "--data and --json-body"),
        ([URL, "-u", "ada"], "'--user'"),
        ([URL, "-u", "a:b", "--bearer", "c"], "--user and --bearer"),
        ([URL, "-u", "a:b", "-H", "authorization: c"], "'--user'"),
        ([URL, "--bearer-env", "NO_SUCH_VARIABLE"], "'--bearer-env'"),
        (["http://api.acme.example", "-u", "a:b"], "'--user'"),
        ([URL, "--timeout", "-1"], "'--timeout'"),
        ([URL, "--timeout", "soon"], "'--timeout'"),
        ([URL, "--timeout", "nan"], "'--timeout'"),
        ([URL, "--connect-timeout", "-1"], "'--connect-timeout'"),
        ([URL, "--retry", "0"], "'--retry'"),
        ([URL, "--retry", "2", "--no-retry"], "'--no-retry'"),
        ([URL, "--idempotency-key="], "'--idempotency-key'"),
        ([URL, "--into", "nothing"], "'--into'"),
        ([URL, "--into", "int", "-o", "x"], "'--into'"),
        ([URL, "-o", "."], "'--output'"),
        (["POST", URL, "-o", "."], "'--output'"),
        (["POST", URL, "-o", "nowhere/x"], "'--output'"),
        ([URL, "--repeat", "0"], "'--repeat'"),
        ([URL, "--repeat", "2", "-o", "x"], "'--repeat'"),
        ([URL, "--repeat", "2", "--as-curl"], "'--repeat'"),
        ([URL, "--concurrency", "2"], "'--concurrency'"),
        ([URL, "--no-verify", "--cacert", "x"], "'--no-verify'"),
        ([URL, "--cacert", "/nowhere.pem"], "'--cacert'"),
        ([URL, "--cert", "/nowhere.pem"], "'--cert'"),
        ([URL, "--key", "x"], "'--key'"),
        ([URL, "--proxy", "ftp://x.example"], "'--proxy'"),
        ([URL, "--no-such-option"], "--no-such-option"),
    ],
)
def test_a_mistake_names_the_option(words: list[str], option: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong command line ends with 2, says nothing on standard output, and names the option on standard error."""
    monkeypatch.chdir(tmp_path)
    done = run("call", *words)
    if words:
        assert (done.code, done.out) == (2, b"")
        assert option in done.err
    else:
        assert option in f"{done.text}{done.err}"


@pytest.mark.parametrize(
    ("timeout", "connect", "clocks"),
    [
        (None, None, Timeout()),
        (60.0, None, Timeout(read=60.0)),
        (5.0, 2.0, Timeout(connect=2.0)),
    ],
)
def test_who_waits_longer_lets_the_server_be_silent_longer(timeout: float | None, connect: float | None, clocks: Timeout) -> None:
    """A total of a minute is not cut short by the ten seconds of silence that a client allows by itself."""
    plan = make_plan(Asked(words=[URL], timeout=timeout, connect_timeout=connect))
    assert plan.client["timeout"] == clocks
    assert plan.options.get("timeout") == timeout


def test_options_of_the_connection_reach_the_client() -> None:
    """What rules the connection is handed to the client, and what was not given is left to its defaults."""
    plain = make_plan(Asked(words=[URL])).client
    assert (plain["http2"], plain["trust_env"], plain["verify"], plain.keys() & {"cert", "proxy"}) == (False, False, True, set())
    given = make_plan(
        Asked(words=[URL], http2=True, cert=Path("a"), key=Path("b"), proxy="http://p.example", concurrency=500, repeat=9)
    )
    assert (given.client["http2"], given.client["cert"], given.client["proxy"]) == (
        True,
        (Path("a"), Path("b")),
        "http://p.example",
    )
    assert given.client["max_connections"] == 500
