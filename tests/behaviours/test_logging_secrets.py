"""A canary in every place where a secret can be, and no song of it in any line, of any style, at any level."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest

import seawall
from seawall import Secret
from seawall.model import Event
from seawall.testing import FaultServer, Reply, Reset
from tests.behaviours.kit import outcome
from tests.behaviours.logs import AGAIN, CANARY, Log
from tests.worlds import World

SECRET = Secret(CANARY)
EMAIL = "ada@example.com"

PLACES: dict[str, dict[str, Any]] = {
    "Authorization": {"headers": {"Authorization": f"Bearer {CANARY}"}},
    "X-Api-Key": {"headers": {"X-Api-Key": CANARY}},
    "a secret header": {"headers": {"X-Anything": SECRET}},
    "a cookie": {"cookies": {"session": CANARY}},
    "a query parameter by its name": {"params": {"access_token": CANARY}},
    "a query parameter by its type": {"params": {"q": SECRET}},
    "a query parameter by its looks": {"params": {"q": CANARY}},
    "json": {"json": {"password": SECRET}},
    "plain json": {"json": {"password": CANARY}},
    "a form": {"data": {"password": SECRET}},
    "a file": {"files": {"f": (f"{CANARY}.txt", CANARY.encode())}},
    "the path": {"path_params": {"place": CANARY}},
    "an idempotency key": {"idempotency_key": CANARY},
}
_FIELDS = {
    "Set-Cookie": f"session={CANARY}",
    "WWW-Authenticate": f'Bearer realm="{CANARY}", error="invalid_token"',
    "Warning": f'299 {CANARY} "{CANARY}"',
    "Deprecation": "true",
    "Link": f'<https://ada:{CANARY}@docs.example/{CANARY}?token={CANARY}>; rel="deprecation"',
}
_DOCUMENT = {
    "type": f"https://x.example/{CANARY}",
    "title": CANARY,
    "detail": CANARY,
    "code": CANARY,
    "params": {"token": CANARY},
}
_ERRORS = {"errors": [{"pointer": f"#/{CANARY}", "code": CANARY, "detail": CANARY}], "instance": f"/i/{CANARY}"}
ANSWERS: dict[str, Any] = {
    "a token": Reply(json={"access_token": CANARY}, headers=_FIELDS),
    "an error": Reply(503, json={**_DOCUMENT, **_ERRORS}, headers=_FIELDS),
    "a page": Reply(500, text=f"<h1>Traceback: {CANARY}</h1>", headers=_FIELDS),
    "a redirect": Reply(302, headers={"Location": f"/next/{CANARY}?token={CANARY}&q={CANARY}#{CANARY}", **_FIELDS}),
    "another origin": Reply(307, headers={"Location": f"http://ada:{CANARY}@127.0.0.1:1/{CANARY}?token={CANARY}"}),
    "no redirect": Reply(302, headers={"Location": f"ftp://{CANARY}/{CANARY}?token={CANARY}"}),
    "a reset": Reset(),
}


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> Iterator[Log]:
    """The logging of an app that shows everything."""
    with caplog.at_level(logging.DEBUG), Log().attached() as log:
        yield log


@pytest.mark.parametrize("answer", sorted(ANSWERS))
@pytest.mark.parametrize("place", sorted(PLACES))
async def test_no_line_holds_a_secret(world: World, fault_server: FaultServer, log: Log, place: str, answer: str) -> None:
    """O2: a secret in any place of a call, and whatever comes back, is in no line of any style at any level."""
    path = "/agents/{place}" if place == "the path" else "/agents"
    route = fault_server.route("POST", path.format(place=CANARY), ANSWERS[answer])
    options = {"idempotency_key": True, **PLACES[place]}
    async with world.client(fault_server.url, retry=AGAIN, cookies=True, listeners=log.listeners) as api:
        result = await outcome(api.post(path, response_model=int, **options))
    assert CANARY in f"{route.calls[0].target} {dict(route.calls[0].headers)} {route.calls[0].body!r}"
    assert isinstance(result, seawall.ApiProblem)
    logging.getLogger("acme").warning("caught", exc_info=result)
    assert len(log.told("event")) >= 2
    assert CANARY.lower() not in log.text.lower()


@pytest.mark.parametrize("up", [True, False])
async def test_no_line_holds_the_password_of_a_proxy(world: World, fault_server: FaultServer, log: Log, up: bool) -> None:
    """O2: a proxy's password is in no line, whether the proxy refuses or is not there."""
    fault_server.route("GET", "/agents", Reply(407, headers=_FIELDS))
    proxy = f"http://ada:{CANARY}@127.0.0.1:{fault_server.port if up else 1}"
    async with world.client("http://api.acme.example", proxy=proxy, retry=AGAIN, listeners=log.listeners) as api:
        result = await outcome(api.get("/agents"))
    assert isinstance(result, seawall.ApiProblem)
    logging.getLogger("acme").warning("caught", exc_info=result)
    assert len(log.told("event")) >= 2
    assert CANARY not in log.text


async def test_no_line_holds_what_was_refused(world: World, fault_server: FaultServer, log: Log) -> None:
    """O2: a password in an address, and a `Secret` in a path, are refused before anything is told; the mistake quotes neither."""
    with pytest.raises(seawall.UsageError) as caught:
        world.client(fault_server.url.replace("//", f"//ada:{CANARY}@"))
    logging.getLogger("acme").warning("caught", exc_info=caught.value)
    async with world.client(fault_server.url, listeners=log.listeners) as api:
        with pytest.raises(seawall.UsageError) as caught:
            await api.get("/agents/{id}", path_params={"id": SECRET})
    logging.getLogger("acme").warning("caught", exc_info=caught.value)
    assert CANARY not in log.text


async def test_no_line_of_ours_holds_the_words_of_a_listener(world: World, fault_server: FaultServer, log: Log) -> None:
    """O2: that another listener raises is no reason to say more: our lines, and every JSON line, quote nothing."""

    def broken(event: Event) -> None:
        raise ValueError(CANARY)

    async with world.client(fault_server.url, listeners=[broken, *log.listeners]) as api:
        await outcome(api.get("/agents"))
    assert any(line["logger"] == "seawall" and "a listener raised ValueError" in line["message"] for line in log.fields)
    assert CANARY not in log.text


async def test_from_info_on_nothing_private_is_told(world: World, fault_server: FaultServer, log: Log) -> None:
    """E4: no query, address, token or word of a server is in a line of INFO or above, with a route or without one."""
    words = f"the words of a server, {EMAIL}"
    fault_server.route("*", "*", Reply(503, json={"title": words, "detail": words, "message": words, "code": words}))
    paths = [f"/users/{EMAIL}/orders", f"/reset/{CANARY}", "/users/ada%40example.com", f"/agents;token={CANARY}"]
    async with world.client(fault_server.url, retry=AGAIN, listeners=log.listeners) as api:
        for path in paths:
            await outcome(api.get(path, params={"team": "blue-team", "mail": EMAIL}))
        for value in (EMAIL, CANARY, "blue-team"):
            await outcome(api.get("/users/{who}", path_params={"who": value}))
    shown = log.at_info()
    for private in (EMAIL, "ada%40", CANARY, "blue-team", "words", "team="):
        assert private not in shown, private
    assert "/users/[redacted]/orders" in shown
    assert "/users/{who}" in shown
    assert "team=blue-team" in log.text


@pytest.mark.parametrize("evil", ["\x1b[31mred", "a\x85ERROR forged", "tab\there", "quote\"and'", "\xff\xfe"])
async def test_a_server_cannot_forge_a_line(world: World, fault_server: FaultServer, log: Log, evil: str) -> None:
    """E4: control characters and escape sequences that a server sends in any place reach no line."""
    fields = {"X-Request-Id": evil, "Warning": f'299 {evil} "{evil}"', "Location": f"/next/{evil}", "Deprecation": "true"}
    raw = {"code": f"A\r\n{evil}", "detail": evil, "trace_id": f"a\r\n{evil}", "type": f"/{evil}"}
    fault_server.route("GET", "/agents", Reply(302, headers=fields), Reply(503, json=raw, headers=fields))
    async with world.client(fault_server.url, retry=AGAIN, listeners=log.listeners) as api:
        await outcome(api.get("/agents"))
        await outcome(api.get("/agents"))
    assert len(log.told("event")) >= 4
    for line in (*log.plain.getvalue().split("\n"), *log.json.getvalue().split("\n")):
        assert line.isprintable()
    assert all(line.removeprefix("\x1b[").removesuffix("\x1b[0m").isprintable() for line in log.terminal.getvalue().split("\n"))
