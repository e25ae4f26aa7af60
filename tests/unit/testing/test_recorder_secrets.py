"""No secret is ever written into a recording, wherever it stood; and nothing else is hidden in what an app works with."""

import base64
import html
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest

import seawall
from seawall import Response, Secret
from seawall.testing import FaultServer, Recorder, Replayer, Reply
from tests.behaviours.kit import Script, outcome, reply
from tests.worlds import WORLDS, World

URL = "https://api.acme.example"
CANARY = "canary+4f1c/9 &<ä>"
BASIC = base64.b64encode(b"ada:canary-4f1c9").decode()
TOKEN = "canary-4f1c9-token"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.canary4f1c9"


async def written(world: World, path: Path, answer: Any = 200, *, redact: Any = (), keep: Any = (), **call: Any) -> str:
    """The file that one call through a recorder makes."""
    with Recorder(path / "a.json", Script(answer), redact=redact, keep=keep) as recorder:
        async with world.client(URL, transport=recorder, retry=False) as api:
            await outcome(api.request(call.pop("method", "POST"), call.pop("url", "/x"), **call))
    return (path / "a.json").read_text(encoding="utf-8")


def the_exchange(text: str) -> Any:
    """The only exchange of a recording."""
    (exchange,) = json.loads(text)["exchanges"]
    return exchange


def unpacked(text: str) -> str:
    """The request body of the only exchange, where it is base64."""
    packed = the_exchange(text)["request"].get("body", {}).get("base64", "")
    return base64.b64decode("".join(packed)).decode("latin-1")


def response_body(text: str) -> Any:
    """The JSON of the only response of a recording."""
    return the_exchange(text)["response"]["body"]["json"]


def as_json(value: Any) -> Response:
    return reply(200, json.dumps(value).encode(), Content_Type="application/json")


@pytest.mark.parametrize(
    "call",
    [
        pytest.param({"headers": {"Authorization": f"Bearer {TOKEN}"}}, id="authorization"),
        pytest.param({"headers": {"Authorization": f"Basic {BASIC}"}}, id="password in Basic"),
        pytest.param({"headers": {"X-Api-Key": TOKEN}}, id="api key"),
        pytest.param({"headers": {"X-Trust-Me": Secret(TOKEN)}}, id="typed field"),
        pytest.param({"cookies": {"theme": "dark", "sid": TOKEN}}, id="cookie"),
        pytest.param({"params": {"access_token": TOKEN}}, id="query"),
        pytest.param({"params": {"innocent": Secret(CANARY)}}, id="typed parameter"),
        pytest.param({"url": f"/x?a=1;token={TOKEN}#{TOKEN}"}, id="query by hand, and fragment"),
        pytest.param({"json": {"user": {"password": TOKEN}}}, id="json by name"),
        pytest.param({"json": {"clientSecret": TOKEN}}, id="json in camelCase"),
        pytest.param({"json": {"credentials": ["ada", {"value": TOKEN}]}}, id="json below a name"),
        pytest.param({"json": {"otp": 483920, "innocent": [Secret(CANARY)]}}, id="typed in json"),
        pytest.param({"json": [f"{URL}/x?sig={TOKEN}"]}, id="url in json"),
        pytest.param({"json": {"payload": json.dumps({"password": TOKEN})}}, id="json in json"),
        pytest.param({"data": {"grant_type": "password", "password": CANARY}}, id="form by name"),
        pytest.param({"data": {"innocent": Secret(CANARY)}}, id="typed in a form"),
        pytest.param({"data": {"password": TOKEN}, "files": {"a": b"text"}}, id="multipart by name"),
        pytest.param({"data": {"innocent": Secret(TOKEN)}, "files": {"a": b"\x00\xff"}}, id="typed in multipart"),
        pytest.param({"files": {"client_secret": ("a.txt", TOKEN.encode())}}, id="file by name"),
        pytest.param({"content": f'{{"password": "{TOKEN}", "cut'.encode()}, id="json that is cut"),
        pytest.param({"content": f'{{"password": "caf\xe9 {TOKEN}"}}'.encode("latin-1")}, id="json in the wrong charset"),
        pytest.param({"content": f"<a:Password b='c'>{TOKEN}</a:Password>".encode()}, id="xml"),
        pytest.param({"content": f'{{"a": 1}}\n{{"token": "{TOKEN}"}}\n'.encode()}, id="lines of json"),
        pytest.param({"content": lambda: iter([b'{"token": "cana', b'ry-4f1c9-token"}'])}, id="streamed"),
        pytest.param({"json": {"id": JWT}}, id="json web token"),
        pytest.param({"url": f"/reset/{JWT}"}, id="json web token in the path"),
        pytest.param({"url": "/hooks/T01AB2C3D/x8Gk29sLcanary0zTn4WvYb7RcEd"}, id="token in the path"),
        pytest.param({"url": "/of/canary@acme.example/x"}, id="address in the path"),
        pytest.param({"content": b"\x00" + TOKEN.encode(), "headers": {"X-Api-Key": TOKEN}}, id="known value in binary"),
        pytest.param({"url": f"/login/{TOKEN}", "headers": {"X-Api-Key": TOKEN}}, id="known value in the path"),
        pytest.param({"url": f"/reset/{TOKEN}", "redact": [re.compile(r"(?<=/reset/)[\w-]+")]}, id="pattern in the path"),
        pytest.param({"json": {"ssn": TOKEN, "phone": "1"}, "redact": ["SSN"]}, id="name of the user's own"),
        pytest.param({"headers": {"X-Tenant": TOKEN}, "redact": ["x-tenant"]}, id="field of the user's own"),
        pytest.param({"json": {"a": f"see {CANARY}!"}, "redact": [Secret(CANARY)]}, id="value of the user's own"),
    ],
)
async def test_no_secret_of_a_request_is_written(world: World, call: dict[str, Any], tmp_path: Path) -> None:
    """A canary in any place of a request is not in the file, in any spelling."""
    text = await written(world, tmp_path, **call)
    assert "canary" not in text
    assert BASIC not in text
    assert "483920" not in text
    assert "canary" not in unpacked(text)
    assert "[redacted]" in text + unpacked(text)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(
            as_json({"access_token": TOKEN, "refresh_token": [TOKEN], "nested": {"idToken": TOKEN}}), id="token endpoint"
        ),
        pytest.param(reply(200, f"access_token={TOKEN}&scope=x".encode()), id="token endpoint with a form"),
        pytest.param(as_json({"api_key": "canary", "accessKey": "canary", "private_key": "canary"}), id="short keys"),
        pytest.param(reply(200, b"{}", Set_Cookie=f"sid={TOKEN}; Path=/"), id="set-cookie"),
        pytest.param(reply(200, b"{}", X_Auth_Token=TOKEN), id="field"),
        pytest.param(reply(302, b"", Location=f"https://else.example/cb?code={TOKEN}&state=1"), id="location"),
        pytest.param(reply(200, b"{}", Link=f'<{URL}/a?token={TOKEN}>; rel="next"'), id="link"),
        pytest.param(as_json({"key": "canary4f1c9canary4f1c9", "code": "canary4f1c9canary4f1c9"}), id="random values"),
        pytest.param(as_json({"download": f"{URL}/f?X-Amz-Signature={TOKEN}"}), id="signed url"),
        pytest.param(reply(200, f'{{"a": NaN, "token": "{TOKEN}"}}'.encode()), id="json that is not exact"),
        pytest.param(reply(200, f'{{"token": "{TOKEN}", "token": "{TOKEN}"}}'.encode()), id="json with a name twice"),
        pytest.param(reply(200, b'{"a":' * 500 + f'{{"token": "{TOKEN}"}}'.encode() + b"}" * 500), id="deep json"),
        pytest.param(reply(200, f'data: {{"token": "{TOKEN}"}}\n\n'.encode()), id="server-sent events"),
        pytest.param(reply(200, f'<input name="csrf_token" type="hidden" value="{TOKEN}">'.encode()), id="page"),
    ],
)
async def test_no_secret_of_an_answer_is_written(world: World, answer: Response, tmp_path: Path) -> None:
    """What a server hands out, a token above all, is not in the file."""
    text = await written(world, tmp_path, answer, follow_redirects=False)
    assert "canary" not in text
    assert "[redacted]" in text


async def test_an_echo_of_a_secret_is_found_everywhere(world: World, fault_server: FaultServer, tmp_path: Path) -> None:
    """A value that was secret anywhere in a recording is hidden in all of it, also in what came before, in any spelling."""
    path = tmp_path / "a.json"
    session, value = "earlier-canary-77", 'canary "4f1c" <ä>/+'
    fault_server.route("GET", "/before", Reply(json={"id": session}))
    echoes = {"said": f"you sent {value}", value: "a name", "list": [session], "number": 1}
    fault_server.route("POST", "/login", Reply(401, json=echoes, headers={"X-Echo": session}))
    fault_server.route("GET", f"/at/{session}", Reply(body=b"\x00" + session.encode()))
    with Recorder(path) as recorder:
        async with world.client(fault_server.url, transport=recorder) as api:
            await api.get("/before")
            login = {"user": "ada", "password": value}
            await outcome(api.post("/login", json=login, headers={"X-Session-Token": session}))
            await api.get(f"/at/{session}")
    text = path.read_text(encoding="utf-8")
    assert "canary" not in text
    assert base64.b64encode(b"\x00[redacted]").decode() in text
    assert json.loads(text)["exchanges"][1]["response"]["body"]["json"] == {
        "said": "you sent [redacted]",
        "[redacted]": "a name",
        "list": ["[redacted]"],
        "number": 1,
    }


@pytest.mark.parametrize(
    "echo",
    [
        pytest.param(quote(CANARY, safe=""), id="in a URL"),
        pytest.param(quote_plus(CANARY), id="in a form"),
        pytest.param(html.escape(f"<b>{CANARY}</b>"), id="in a page"),
        pytest.param(f"data: {json.dumps(CANARY)}", id="in JSON within text"),
        pytest.param(f"data: {json.dumps(CANARY, ensure_ascii=False)}", id="in JSON with letters of all kinds"),
        pytest.param("hello ada, canary-4f1c9", id="a password sent by Basic"),
        pytest.param("canary-cookie", id="a cookie"),
        pytest.param("canary-bearer", id="a bearer token"),
        pytest.param("canary-typed", id="a typed value of JSON"),
    ],
)
async def test_an_echo_is_found_in_every_spelling(world: World, echo: str, tmp_path: Path) -> None:
    """However a server spells what it was sent, it is hidden in what it says."""
    fields = {"Authorization": f"Basic {BASIC}", "Proxy-Authorization": "Bearer canary-bearer"}
    sent = {"password": CANARY, "innocent": Secret("canary-typed")}
    answer = reply(200, f"? {echo} !".encode())
    text = await written(world, tmp_path, answer, json=sent, headers=fields, cookies={"sid": "canary-cookie"})
    assert "canary" not in text
    assert "[redacted]" in the_exchange(text)["response"]["body"]["text"]


async def test_a_replay_works_with_what_was_hidden(world: World, fault_server: FaultServer, tmp_path: Path) -> None:
    """An app that logs in, and uses in fields and paths what it was given, gets through the replay of it."""
    fault_server.route("POST", "/token", Reply(json={"access_token": TOKEN, "token_type": "Bearer", "expires_in": 3600}))
    fault_server.route("GET", f"/of/{TOKEN}", Reply(json=[1, 2]))

    async def visit(transport: Any, password: str) -> Any:
        async with world.client(fault_server.url, transport=transport) as api:
            token = (await api.post("/token", data={"user": "ada", "password": password})).json()
            fields = {"Authorization": f"{token['token_type']} {token['access_token']}"}
            return await api.get(
                "/of/{token}", path_params={"token": token["access_token"]}, headers=fields, response_model=list[int]
            )

    with Recorder(tmp_path / "a.json") as recorder:
        assert await visit(recorder, CANARY) == [1, 2]
    assert await visit(Replayer(tmp_path / "a.json"), "another one") == [1, 2]


async def test_words_of_a_problem_are_redacted(world: World, tmp_path: Path) -> None:
    """What a transport says about a failure is redacted like any text."""

    def refuse(request: seawall.Request) -> Response:
        raise seawall.ConnectProblem(detail=f"no way to {URL}/x?token={TOKEN} with canary-key")

    text = await written(world, tmp_path, refuse, headers={"X-Api-Key": "canary-key"})
    assert the_exchange(text)["problem"]["detail"] == f"no way to {URL}/x?token=[redacted] with [redacted]"


async def test_an_answer_stays_usable(world: World, tmp_path: Path) -> None:
    """Members of an answer that are only called like secrets keep their values: codes, numbers, types, moments."""
    members = {
        "code": "AGENT_NOT_FOUND",
        "errorCode": "E_17",
        "country_code": "DE",
        "key": "theme",
        "sort_keys": ["name"],
        "total_tokens": 30,
        "token_type": "Bearer",
        "password_changed_at": "2026-01-01T00:00:00Z",
        "token_endpoint": "https://login.acme.example/token",
        "author": "Ada",
        "monkey": "Kong",
        "next": f"{URL}/agents?page=2&limit=10",
    }
    assert response_body(await written(world, tmp_path, as_json(members))) == members


async def test_a_secret_body_keeps_its_names(world: World, tmp_path: Path) -> None:
    """A body that holds a `Secret` hides all its values, because nobody knows which it is, and shows its names."""
    text = await written(world, tmp_path, json={"email": "ada@acme.example", "remember": True, "pin": Secret("1234")})
    assert the_exchange(text)["request"]["body"]["json"] == {"email": "[redacted]", "remember": True, "pin": "[redacted]"}


async def test_kept_names_are_no_secrets(world: World, tmp_path: Path) -> None:
    """Names that the user exempts stay readable, below secret names and in a body with a `Secret` too."""
    answer = reply(200, b'{"session": {"user": "Ada"}, "next_page_token": "abcdefgh"}', Date="today", Set_Cookie="lang=german")
    call: dict[str, Any] = {"json": {"email": "ada@acme.example", "password": Secret(TOKEN)}, "params": {"key": "theme"}}
    kept = ["session", "next_page_token", "EMAIL", "key", "date", "lang"]
    exchange = the_exchange(await written(world, tmp_path, answer, keep=kept, **call))
    assert exchange["request"]["body"]["json"] == {"email": "ada@acme.example", "password": "[redacted]"}
    assert exchange["request"]["url"] == f"{URL}/x?key=theme"
    assert exchange["response"]["body"]["json"] == {"session": {"user": "Ada"}, "next_page_token": "abcdefgh"}
    assert exchange["response"]["headers"] == ["Date: today", "Set-Cookie: lang=german"]


async def test_short_values_are_not_hunted(world: World, tmp_path: Path) -> None:
    """A secret of a few letters is hidden at its own place only: elsewhere it would be found by chance."""
    text = await written(world, tmp_path, as_json({"name": "Ada Lovelace"}), headers={"X-Api-Key": "Ada"})
    assert response_body(text) == {"name": "Ada Lovelace"}
    assert "X-Api-Key: [redacted]" in text


async def test_errors_of_a_replay_hide_secrets(world: World, tmp_path: Path) -> None:
    """What a replayer says about a request that it cannot match is redacted like a recording."""
    await written(world, tmp_path, method="GET")
    replayer = Replayer(tmp_path / "a.json", redact=["ssn"])
    async with world.client(URL, transport=replayer) as api:
        with pytest.raises(AssertionError, match="no recording fits") as caught:
            await api.post("/x", params={"token": TOKEN}, json={"password": TOKEN, "ssn": TOKEN, "name": "Ada"})
    assert "canary" not in str(caught.value)
    assert "Ada" in str(caught.value)


@pytest.mark.parametrize(
    "body",
    [
        b"a" * 300_000,
        b'"' * 300_000,
        b'"a"  :' * 50_000,
        b"<a " * 100_000,
        b'name="a" ' * 30_000,
        b"http://" * 45_000,
        b"-eyJ" * 80_000,
        b"&" * 300_000,
        json.dumps([{"token": f"{number:036d}", "text": "x" * 20} for number in range(3000)]).encode(),
        json.dumps({"token": "Bearer " * 40_000}).encode(),
    ],
    ids=range(10),
)
@pytest.mark.parametrize("world", WORLDS[:1], ids=["blocking"])  # what searches is the same in both
async def test_no_body_is_slow_to_search(world: World, body: bytes, tmp_path: Path) -> None:
    """A body that is made to be slow to search is written within the time that every test has."""
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    text = await written(world, tmp_path, reply(200, body, Content_Type="multipart/mixed"), content=body, headers=form)
    assert the_exchange(text)["response"]["status"] == 200
