"""`seawall call`: what goes out."""

import base64
from pathlib import Path

import pytest

from seawall.testing import FaultServer, Gate, Reply, SeenCall
from tests.commands.kit import at_terminal, run, start

FORM = "application/x-www-form-urlencoded"


def sent(server: FaultServer, *words: str, stdin: bytes = b"", **variables: str) -> SeenCall:
    """Make one call that succeeds, and return what the server saw of it."""
    route = server.route("*", "/agents", Reply(204))
    done = run("call", *words, stdin=stdin, **variables)
    assert (done.code, done.err) == (0, "")
    (call,) = route.calls
    return call


def test_a_lone_address_on_this_machine_is_a_get_over_http(fault_server: FaultServer) -> None:
    """Without a scheme and a method, a loopback address gets a GET by http."""
    call = sent(fault_server, f"127.0.0.1:{fault_server.port}/agents")
    assert (call.method, call.body) == ("GET", b"")


def test_a_body_without_a_method_is_posted(fault_server: FaultServer) -> None:
    """With a body and no method, POST is meant."""
    assert sent(fault_server, f"{fault_server.url}/agents", "-d", "name=Ada").method == "POST"


def test_a_method_is_taken_in_any_case(fault_server: FaultServer) -> None:
    """The first of two words is the method, whatever its case."""
    assert sent(fault_server, "patch", f"{fault_server.url}/agents").method == "PATCH"


@pytest.mark.parametrize(
    ("words", "media_type", "body"),
    [
        pytest.param(["-d", "name=Ada L", "-d", "team=grün"], FORM, b"name=Ada+L&team=gr%C3%BCn", id="form"),
        pytest.param(["-d", "note=Tom & Jerry"], FORM, b"note=Tom+%26+Jerry", id="one field with an ampersand"),
        pytest.param(["-d", "a=1&b=x%20y+z&c="], FORM, b"a=1&b=x+y+z&c=", id="a form that is encoded already"),
        pytest.param(["-d", "plain text"], "text/plain; charset=utf-8", b"plain text", id="text"),
        pytest.param(["-d", '{"a": "b=c"}'], "text/plain; charset=utf-8", b'{"a": "b=c"}', id="text with an equals sign"),
        pytest.param(["-d", "@-"], "application/octet-stream", b"\x00stdin", id="standard input"),
        pytest.param(["-d", "@ada.csv"], "text/csv", b"id,name\n", id="a file"),
        pytest.param(["-d", "<a/>", "-H", "content-type: text/xml"], "text/xml", b"<a/>", id="a media type of one's own"),
        pytest.param(["-j", '{"b": 1.10, "a": 12345678901234567890123}'], "application/json", None, id="json"),
        pytest.param(["-j", "@ada.json"], "application/json", b'{"name": "Ada"}\n', id="json from a file"),
    ],
)
def test_a_body_goes_out_as_given(
    fault_server: FaultServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
    media_type: str,
    body: bytes | None,
) -> None:
    """Forms are escaped, JSON keeps every digit, text, files and bytes go as they are, each under its media type."""
    (tmp_path / "ada.csv").write_bytes(b"id,name\n")
    (tmp_path / "ada.json").write_bytes(b'{"name": "Ada"}\n')
    monkeypatch.chdir(tmp_path)
    call = sent(fault_server, f"{fault_server.url}/agents", *words, stdin=b"\x00stdin")
    assert (call.headers["content-type"], call.body) == (media_type, words[1].encode() if body is None else body)


def test_a_form_holds_fields_and_files(fault_server: FaultServer, tmp_path: Path) -> None:
    """`--form` sends plain fields, files under their names and types, and standard input."""
    path = tmp_path / "ada.png"
    path.write_bytes(b"\x89PNG")
    words = ["-F", "name=Ada", "-F", f"avatar=@{path}", "-F", f"raw=@{path};type=text/x-raw", "-F", "more=@-"]
    call = sent(fault_server, f"{fault_server.url}/agents", *words, stdin=b"from stdin")
    assert call.headers["content-type"].startswith("multipart/form-data; boundary=")
    heads = [part.partition(b"\r\n\r\n")[::2] for part in call.body.split(b"\r\n--")]
    assert [(head.split(b"\r\n", 1)[1], body) for head, body in heads[:-1]] == [
        (b'Content-Disposition: form-data; name="name"', b"Ada"),
        (b'Content-Disposition: form-data; name="avatar"; filename="ada.png"\r\nContent-Type: image/png', b"\x89PNG"),
        (b'Content-Disposition: form-data; name="raw"; filename="ada.png"\r\nContent-Type: text/x-raw', b"\x89PNG"),
        (
            b'Content-Disposition: form-data; name="more"; filename="stdin"\r\nContent-Type: application/octet-stream',
            b"from stdin",
        ),
    ]


def test_headers_and_query_are_added(fault_server: FaultServer) -> None:
    """Headers may come many times, query parameters are escaped and put behind those of the URL."""
    words = ["-H", "X-Team: blue", "-H", "x-team: green", "-q", "name=Ada L", "-q", "name=B&C"]
    call = sent(fault_server, f"{fault_server.url}/agents?page=2", *words)
    assert call.headers.get_list("x-team") == ["blue", "green"]
    assert call.query == "page=2&name=Ada%20L&name=B%26C"


def test_braces_in_an_address_are_no_places_to_be_filled(fault_server: FaultServer) -> None:
    """What looks like a path parameter is sent as it was typed, escaped."""
    assert sent(fault_server, f"{fault_server.url}/agents?filter={{id}}").query == "filter=%7Bid%7D"


@pytest.mark.parametrize(
    ("words", "value"),
    [
        (["-u", "ada:pa:ss"], "Basic " + base64.b64encode(b"ada:pa:ss").decode()),
        (["--bearer", "t0ken"], "Bearer t0ken"),
        (["--bearer", "@-"], "Bearer from-stdin"),
        (["--bearer-env", "ACME_TOKEN"], "Bearer from-variable"),
    ],
)
def test_credentials_are_sent(fault_server: FaultServer, words: list[str], value: str) -> None:
    """A user, a token, and a token from where no list of processes shows it become an Authorization header."""
    call = sent(fault_server, f"{fault_server.url}/agents", *words, stdin=b"from-stdin\n", ACME_TOKEN="from-variable")
    assert call.headers["authorization"] == value


def test_a_missing_password_is_asked_for_without_echo(fault_server: FaultServer) -> None:
    """At a terminal the password is asked for, and what is typed is not shown."""
    route = fault_server.route("GET", "/agents", Reply(204))
    done = at_terminal("call", f"{fault_server.url}/agents", "-u", "ada", asked=b"'ada': ", typed=b"canary-7\n")
    assert done.code == 0
    assert "canary" not in done.text
    assert route.calls[0].headers["authorization"] == "Basic " + base64.b64encode(b"ada:canary-7").decode()


def test_one_idempotency_key_goes_with_every_attempt(fault_server: FaultServer) -> None:
    """`--idempotency-key` alone makes one key for all attempts, and makes a POST repeatable."""
    route = fault_server.route("POST", "/agents", Reply(503), Reply(201))
    assert run("call", "POST", f"{fault_server.url}/agents", "--idempotency-key", "-j", "{}").code == 0
    first, second = (call.headers["idempotency-key"] for call in route.calls)
    assert first == second
    assert len(first) >= 16


def test_an_idempotency_key_of_ones_own_is_sent(fault_server: FaultServer) -> None:
    """`--idempotency-key=KEY` sends this key."""
    assert (
        sent(fault_server, "POST", f"{fault_server.url}/agents", "--idempotency-key=order-7").headers["idempotency-key"]
        == "order-7"
    )


@pytest.mark.parametrize(
    ("words", "attempts"), [([], 3), (["--retry", "2"], 2), (["--no-retry"], 1), (["--idempotent", "POST"], 3), (["POST"], 1)]
)
def test_retries_are_ruled_by_options(fault_server: FaultServer, words: list[str], attempts: int) -> None:
    """A GET is tried three times unless told otherwise, a POST once unless it is declared repeatable."""
    route = fault_server.route("*", "/agents", Reply(503, headers={"Retry-After": "0"}))
    assert run("call", *words, f"{fault_server.url}/agents").code == 5
    assert len(route.calls) == attempts


def test_redirects_are_followed_unless_told(fault_server: FaultServer) -> None:
    """Redirects are followed, with `-L` as without, and `--no-follow` shows the redirect itself."""
    fault_server.route("GET", "/old", Reply(302, headers={"Location": "/new"}, text="over there"))
    fault_server.route("GET", "/new", Reply(text="here"))
    for words in ([], ["-L"]):
        assert run("call", f"{fault_server.url}/old", *words).out == b"here"
    assert run("call", f"{fault_server.url}/old", "--no-follow").out == b"over there"


def test_a_proxy_is_used_where_it_is_asked_for(fault_server: FaultServer) -> None:
    """`--proxy`, and the environment's with `--trust-env` alone, carry the call."""
    fault_server.route("GET", "*", Reply(text="by proxy"))
    assert run("call", "http://api.acme.example/v1", "--proxy", fault_server.url).out == b"by proxy"
    assert run("call", "http://api.acme.example/v1", "--trust-env", http_proxy=fault_server.url).out == b"by proxy"
    assert fault_server.calls[0].target == "http://api.acme.example/v1"
    assert run("call", "http://nobody.invalid/", "--no-retry", http_proxy=fault_server.url).code == 6


def test_so_many_calls_are_made_at_a_time(fault_server: FaultServer) -> None:
    """With `--concurrency 3` three calls are on their way before the first is answered, and never a fourth."""
    gate = Gate(Reply(204))
    route = fault_server.route("GET", "/agents", gate)
    with start("call", f"{fault_server.url}/agents", "--repeat", "9", "--concurrency", "3") as process:
        route.wait_for_calls(3, timeout=40)
        gate.open()
        process.communicate()
    assert process.returncode == 0
    assert (len(route.calls), fault_server.connections) == (9, 3)
