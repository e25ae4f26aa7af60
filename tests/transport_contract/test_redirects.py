"""Being sent elsewhere, through the client and over real sockets."""

from collections.abc import Iterator

import pytest

from seawall import RedirectProblem, Secret, Sent
from seawall.testing import FaultServer, Reply, Route
from tests.transport_contract.line import Bench

SECRETS = {
    "Authorization": "Bearer s3cret",
    "Cookie": "session=s3cret",
    "Proxy-Authorization": "Basic s3cret",
    "X-Api-Key": "s3cret",
    "X-House-Mark": Secret("s3cret"),
}


@pytest.fixture
def elsewhere(server: FaultServer, bench: Bench) -> Iterator[FaultServer]:
    """A second server: the same host and another port are another origin."""
    with FaultServer(tls=bench.identity if server.url.startswith("https") else False) as other:
        yield other


def to(status: int, url: str) -> Reply:
    return Reply(status, headers={"Location": url}, text="over there")


@pytest.mark.row("redirects")
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_no_secret_goes_to_another_origin(bench: Bench, server: FaultServer, elsewhere: FaultServer, status: int) -> None:
    """Authorization, Cookie, Proxy-Authorization, X-Api-Key and every secret-marked header stay with the origin they were for."""
    here = server.route("GET", "/", to(status, f"{elsewhere.url}/there"))
    there = elsewhere.route("GET", "/there", Reply(text="got it"))
    async with bench.client(server, headers={**SECRETS, "X-Plain": "plain"}) as api:
        assert (await api.get("/")).text == "got it"
    assert here.calls[0].headers["authorization"] == "Bearer s3cret"
    assert "s3cret" not in repr(there.calls[0].headers)
    assert there.calls[0].headers["x-plain"] == "plain"
    assert there.calls[0].headers["host"] == f"127.0.0.1:{elsewhere.port}"


@pytest.mark.row("redirects")
async def test_no_secret_comes_back(bench: Bench, server: FaultServer, elsewhere: FaultServer) -> None:
    """A secret that was dropped on the way out is not put on again on the way back."""
    server.route("GET", "/", to(302, f"{elsewhere.url}/"))
    back = server.route("GET", "/back", Reply())
    elsewhere.route("GET", "/", to(302, f"{server.url}/back"))
    async with bench.client(server, headers=SECRETS) as api:
        await api.get("/")
    assert "s3cret" not in repr(back.calls[0].headers)


@pytest.mark.row("redirects")
@pytest.mark.parametrize("location", ["/there", "there", "?there", "{url}/there"])
async def test_secrets_stay_within_their_origin(bench: Bench, server: FaultServer, location: str) -> None:
    """Within one origin, absolute or relative, everything is kept."""
    server.route("GET", "/", to(307, location.format(url=server.url)) if "?" not in location else to(307, "/there"))
    there = server.route("GET", "/there", Reply())
    async with bench.client(server, headers=SECRETS) as api:
        await api.get("/")
    kept = {name: there.calls[0].headers[name] for name in SECRETS}
    assert kept == {name: value.reveal() if isinstance(value, Secret) else value for name, value in SECRETS.items()}
    assert server.connections == 1


@pytest.mark.row("redirects")
@pytest.mark.parametrize(
    ("method", "status", "becomes"),
    [
        ("POST", 301, "GET"), ("POST", 302, "GET"), ("POST", 303, "GET"), ("PUT", 303, "GET"), ("DELETE", 303, "GET"),
        ("HEAD", 303, "HEAD"), ("PUT", 301, "PUT"), ("DELETE", 302, "DELETE"), ("POST", 307, "POST"), ("POST", 308, "POST"),
    ],
)  # fmt: skip
async def test_what_a_method_becomes(bench: Bench, server: FaultServer, method: str, status: int, becomes: str) -> None:
    """303 for all, and 301 and 302 after POST, become GET without a body; everything else keeps method and body."""
    server.route(method, "/", to(status, "/there"))
    there = server.route("*", "/there", Reply())
    content = {} if method in ("HEAD", "DELETE") else {"json": {"a": 1}}
    async with bench.client(server) as api:
        await api.request(method, "/", **content)
    [call] = there.calls
    kept = bool(content) and becomes == method
    assert (call.method, call.body) == (becomes, b'{"a":1}' if kept else b"")
    assert ("content-type" in call.headers) is kept


@pytest.mark.row("redirects")
async def test_a_body_that_cannot_be_made_again_stays(bench: Bench, server: FaultServer) -> None:
    """307 to an upload from an iterator is a redirect problem; from a function it is followed with the same bytes."""
    server.route("POST", "/", to(307, "/there"))
    there = server.route("POST", "/there", Reply())
    async with bench.client(server) as api:
        with pytest.raises(RedirectProblem) as caught:
            await api.post("/", content=iter([b"once"]))
        await api.post("/", content=lambda: iter([b"again", b"!"]))
    assert caught.value.sent is Sent.YES
    assert [call.body for call in there.calls] == [b"again!"]


@pytest.mark.row("redirects")
@pytest.mark.parametrize(("hops", "arrives"), [(20, True), (21, False)])
async def test_twenty_hops_are_enough(bench: Bench, server: FaultServer, hops: int, arrives: bool) -> None:
    """The twentieth redirect is followed, the twenty-first is a redirect problem; one connection serves them all."""
    for hop in range(hops):
        server.route("GET", f"/{hop}", to(302, f"/{hop + 1}"))
    last: Route = server.route("GET", f"/{hops}", Reply(text="here"))
    async with bench.client(server, {"max_connections": 1}) as api:
        if arrives:
            assert (await api.get("/0")).text == "here"
        else:
            with pytest.raises(RedirectProblem):
                await api.get("/0")
    assert (len(last.calls), server.connections) == (arrives, 1)


@pytest.mark.row("redirects")
@pytest.mark.parametrize("location", ["ftp://127.0.0.1/", "http://", "javascript:alert(1)", "http://a@b/"])
async def test_a_location_that_is_no_url(bench: Bench, server: FaultServer, location: str) -> None:
    """A Location that no request can be made of is a redirect problem, and frees its connection."""
    server.route("GET", "/", to(302, location))
    server.route("GET", "/next", Reply(text="next"))
    async with bench.client(server, {"max_connections": 1}) as api:
        with pytest.raises(RedirectProblem):
            await api.get("/")
        assert (await api.get("/next")).text == "next"


@pytest.mark.row("redirects")
async def test_a_transport_follows_nothing(bench: Bench, server: FaultServer) -> None:
    """The transport itself hands a redirect up as any other answer."""
    server.route("GET", "/", to(302, "/there"))
    async with bench.line(server) as line:
        response = await line.ask()
    assert (response.status, len(server.calls)) == (302, 1)
