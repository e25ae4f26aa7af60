"""Where a request may follow a server's advice, and what it takes along."""

from typing import Any

import pytest

import seawall
from seawall import Redirects, Retry, Secret, Sent
from seawall.model import Event, RedirectFollowed
from seawall.testing import FakeClock
from tests.behaviours.kit import URL, Script, fail, outcome, reply
from tests.worlds import World

ELSEWHERE = "https://other.example/agents"


def _to(location: str, status: int = 302) -> seawall.Response:
    return reply(status, b"moved", Location=location)


@pytest.mark.parametrize(
    ("status", "method", "becomes"),
    [
        *[(status, "GET", "GET") for status in (301, 302, 303, 307, 308)],
        *[(status, "HEAD", "HEAD") for status in (301, 302, 303, 307, 308)],
        *[(status, "POST", "GET") for status in (301, 302, 303)],
        *[(status, "POST", "POST") for status in (307, 308)],
        (303, "PUT", "GET"),
        (303, "DELETE", "GET"),
        *[(status, method, method) for status in (301, 302, 307, 308) for method in ("PUT", "PATCH", "DELETE")],
    ],
)
async def test_methods_and_bodies(world: World, clock: FakeClock, status: int, method: str, becomes: str) -> None:
    """T1: 303 and POST-301/302 become GET without a body; 307 and 308 keep method and body."""
    transport = Script(_to("/there", status), 200)
    body = {} if method in ("GET", "HEAD") else {"json": {"name": "Ada"}}
    async with world.client(URL, transport=transport, clock=clock) as api:
        response = await api.request(method, "/here", **body)
    first, second = transport.calls
    assert (second.request.method, second.request.url) == (becomes, f"{URL}/there")
    assert second.content == (first.content if becomes == method else b"")
    assert ("content-type" in second.request.headers) is bool(second.content)
    assert response.request.url == f"{URL}/there"
    assert response.attempts[0].hops == 1


CREDENTIALS: dict[str, Any] = {
    "Authorization": "Bearer canary",
    "Proxy-Authorization": "Basic canary",
    "Cookie": "session=canary",
    "X-Api-Key": "canary",
    "X-Auth-Token": "canary",
    "X-Anything": Secret("canary"),
}


@pytest.mark.parametrize(
    ("location", "crosses"),
    [
        pytest.param("/there", False, id="path"),
        pytest.param("there?x=1#f", False, id="relative"),
        pytest.param(f"{URL}:443/there", False, id="same origin, port written out"),
        pytest.param("HTTPS://API.ACME.EXAMPLE/there", False, id="same origin in capitals"),
        pytest.param("//api.acme.example/there", False, id="same origin without scheme"),
        pytest.param(ELSEWHERE, True, id="another host"),
        pytest.param("//other.example/there", True, id="another host without scheme"),
        pytest.param("https://api.acme.example:8443/there", True, id="another port"),
        pytest.param("http://api.acme.example/there", True, id="another scheme"),
        pytest.param("https://api.acme.example.evil.example/there", True, id="a host that begins alike"),
        pytest.param("https://sub.api.acme.example/there", True, id="a host below"),
        pytest.param("https://api.acme.example./there", True, id="a host with a dot at its end"),
    ],
)
@pytest.mark.parametrize("status", [302, 307])
async def test_credentials_stay_at_their_origin(
    world: World, clock: FakeClock, location: str, crosses: bool, status: int
) -> None:
    """R12: on the way to another origin every credential is dropped, and everything else is kept."""
    transport = Script(_to(location, status), 200)
    headers = {**CREDENTIALS, "X-Tenant": "acme"}
    async with world.client(URL, transport=transport, clock=clock) as api:
        await api.get("/here", headers=headers)
    for name, value in CREDENTIALS.items():
        text = value if isinstance(value, str) else value.reveal()
        assert transport.seen(name) == [text, None if crosses else text], name
    assert transport.seen("x-tenant") == ["acme", "acme"]


async def test_credentials_do_not_come_back(world: World, clock: FakeClock) -> None:
    """R12: a second hop back to the first origin carries no credential, because another origin chose its way."""
    transport = Script(_to(ELSEWHERE), _to(f"{URL}/delete-all"), 200)
    async with world.client(URL, transport=transport, clock=clock) as api:
        await api.get("/here", headers={"Authorization": "Bearer canary"})
    assert transport.seen("authorization") == ["Bearer canary", None, None]


async def test_a_retry_begins_at_the_first_origin(world: World, clock: FakeClock) -> None:
    """R12: a retry after a redirect goes to where the call was meant to go, with its credentials, and nowhere else."""
    transport = Script(_to(ELSEWHERE), 503, _to(ELSEWHERE), 200)
    async with world.client(URL, transport=transport, clock=clock) as api:
        await api.get("/here", headers={"Authorization": "Bearer canary"})
    assert [call.request.url for call in transport.calls] == [f"{URL}/here", ELSEWHERE, f"{URL}/here", ELSEWHERE]
    assert transport.seen("authorization") == ["Bearer canary", None, "Bearer canary", None]


@pytest.mark.parametrize("base", [URL, f"{URL}/v1"])
async def test_a_clients_credentials_are_for_its_own_origin(world: World, clock: FakeClock, base: str) -> None:
    """R12: credentials among a client's headers do not go to the origin of an absolute URL, and other headers do."""
    transport = Script(200)
    async with world.client(base, transport=transport, clock=clock, headers={**CREDENTIALS, "X-Tenant": "acme"}) as api:
        await api.get("/here")
        await api.get(f"{URL}/elsewhere")
        await api.get(ELSEWHERE)
        await api.send(seawall.Request("GET", ELSEWHERE))
    for name, value in CREDENTIALS.items():
        text = value if isinstance(value, str) else value.reveal()
        assert transport.seen(name) == [text, text, None, None], name
    assert transport.seen("x-tenant") == ["acme"] * 4


async def test_a_calls_credentials_go_where_it_goes(world: World, clock: FakeClock) -> None:
    """R12: a credential that is given with an absolute URL was named for it."""
    transport = Script(200)
    async with world.client(URL, transport=transport, clock=clock, headers={"Authorization": "Bearer mine"}) as api:
        await api.get(ELSEWHERE, headers={"Authorization": "Bearer theirs"})
    assert transport.seen("authorization") == ["Bearer theirs"]


async def test_a_client_without_an_origin_names_none(world: World, clock: FakeClock) -> None:
    """R12: without a base URL the client's credentials belong to every URL it is asked for, until a redirect crosses."""
    transport = Script(_to("https://third.example/"), 200)
    async with world.client(transport=transport, clock=clock, headers={"Authorization": "Bearer mine"}) as api:
        await api.get(ELSEWHERE)
    assert transport.seen("authorization") == ["Bearer mine", None]


async def test_a_body_with_a_secret_stays(world: World, clock: FakeClock) -> None:
    """T1: a body that holds a secret is not taken to another origin, and goes on at its own."""
    secret = {"json": {"password": Secret("canary")}}
    crossing, staying = Script(_to(ELSEWHERE, 307), 200), Script(_to("/there", 307), 200)
    async with world.client(URL, transport=crossing, clock=clock) as api:
        problem = await outcome(api.post("/here", **secret))
    async with world.client(URL, transport=staying, clock=clock) as api:
        await api.post("/here", **secret)
    assert isinstance(problem, seawall.RedirectProblem)
    assert len(crossing.calls) == 1
    assert staying.calls[1].content == b'{"password":"canary"}'


async def test_a_spent_body_is_not_taken_along(world: World, clock: FakeClock) -> None:
    """T1: 307 keeps a body only if it can be sent again; otherwise the refusal says so."""
    transport = Script(_to("/there", 307), 200)
    async with world.client(URL, transport=transport, clock=clock) as api:
        problem = await outcome(api.put("/here", content=iter([b"once"])))
    assert isinstance(problem, seawall.RedirectProblem)
    assert "cannot be made again" in problem.detail
    assert problem.sent is Sent.YES
    assert problem.status == 307


@pytest.mark.parametrize(
    ("options", "hops"), [pytest.param({}, 20, id="default"), pytest.param({"redirects": Redirects(hops=3)}, 3, id="own")]
)
async def test_hops_are_bounded(world: World, clock: FakeClock, options: dict[str, Any], hops: int) -> None:
    """T1: at most 20 hops are followed, or as many as was asked for."""
    transport = Script(_to("/round"))
    async with world.client(URL, transport=transport, clock=clock, **options) as api:
        problem = await outcome(api.get("/round"))
    assert isinstance(problem, seawall.RedirectProblem)
    assert len(transport.calls) == hops + 1
    assert problem.attempts[0].hops == hops
    assert len(problem.attempts) == 1


@pytest.mark.parametrize(
    "location",
    ["javascript:alert(1)", "ftp://x.example/", "file:///etc/passwd", "http://[::1", "http://", "https://ada:pw@api.acme.example/",
     "http://x.example:99999/", "https://:443/", "mailto:a@b.example", "data:,x"],
)  # fmt: skip
async def test_odd_places_are_refused(world: World, clock: FakeClock, location: str) -> None:
    """T1: a Location that is no http or https address is refused by type, whatever it is."""
    transport = Script(_to(location), 200)
    async with world.client(URL, transport=transport, clock=clock) as api:
        problem = await outcome(api.get("/here"))
    assert isinstance(problem, seawall.RedirectProblem)
    assert len(transport.calls) == 1


async def test_a_location_is_escaped_before_it_is_sent(world: World, clock: FakeClock) -> None:
    """T1: blanks, umlauts and line breaks of a Location never reach the wire as they are."""
    transport = Script(_to("/grün und\tblau?q=ä b"), 200)
    async with world.client(URL, transport=transport, clock=clock) as api:
        await api.get("/here")
    assert transport.calls[1].request.target == "/gr%C3%BCn%20und%09blau?q=%C3%A4%20b"


async def test_a_redirect_without_a_place_is_an_answer(world: World, clock: FakeClock) -> None:
    """T1: a 302 that names no place, a 300 and a 304 are handed to the caller."""
    transport = Script(302, _to("/there", 300), 304)
    async with world.client(URL, transport=transport, clock=clock) as api:
        assert [(await api.get("/here")).status for _ in range(3)] == [302, 300, 304]


@pytest.mark.parametrize(
    ("client", "call"),
    [
        pytest.param({"redirects": False}, {}, id="client"),
        pytest.param({}, {"follow_redirects": False}, id="call"),
    ],
)
async def test_redirects_can_be_left_alone(world: World, clock: FakeClock, client: Any, call: Any) -> None:
    """T1: switched off, a redirect is an answer like any other."""
    transport = Script(_to("/there"), 200)
    async with world.client(URL, transport=transport, clock=clock, **client) as api:
        response = await api.get("/here", **call)
    assert response.status == 302
    assert len(transport.calls) == 1


async def test_a_later_hop_is_never_unsent(world: World, clock: FakeClock) -> None:
    """T1: a hop that found no server does not make the request unsent, because the hop before it was sent."""
    transport = Script(_to(ELSEWHERE, 307), fail(seawall.ConnectProblem, Sent.NO), 200)
    async with world.client(URL, transport=transport, clock=clock, retry=Retry(backoff=0)) as api:
        problem = await outcome(api.post("/here", json={}))
    assert problem.sent is Sent.MAYBE
    assert problem.stopped is seawall.StopReason.NOT_IDEMPOTENT


async def test_hops_are_told(world: World, clock: FakeClock) -> None:
    """T1: listeners hear of each hop, redacted, and whether credentials were dropped."""
    events: list[Event] = []
    transport = Script(_to("/there?token=canary"), _to(ELSEWHERE), 200)
    async with world.client(URL, transport=transport, clock=clock, listeners=[events.append]) as api:
        await api.get("/here")
    hops = [event for event in events if isinstance(event, RedirectFollowed)]
    assert [(hop.status, hop.crossed_origin) for hop in hops] == [(302, False), (302, True)]
    assert hops[0].location == f"{URL}/there?token=[redacted]"
    assert "canary" not in repr(events)


async def test_cookies_of_one_host_stay_there(world: World, clock: FakeClock) -> None:
    """R12: a jar on a client that follows redirects sends each origin its own cookies only."""
    first = reply(302, Location=ELSEWHERE, Set_Cookie="session=one; Path=/")
    second = reply(302, Location=f"{URL}/back", Set_Cookie="session=two; Path=/")
    transport = Script(first, second, 200)
    async with world.client(URL, transport=transport, clock=clock, cookies=True) as api:
        await api.get("/here")
        await api.get(ELSEWHERE)
    assert transport.seen("cookie") == [None, None, "session=one", "session=two"]


async def test_copies_share_no_cookies(world: World, clock: FakeClock) -> None:
    """R12: a copy for another user does not send the cookies of the first."""
    transport = Script(reply(200, Set_Cookie="session=ada; Path=/"), 200)
    async with world.client(URL, transport=transport, clock=clock, cookies=True) as ada:
        await ada.get("/login")
        bob = ada.with_options(cookies=True)
        await bob.get("/agents")
        await ada.get("/agents")
    assert transport.seen("cookie") == [None, None, "session=ada"]


@pytest.mark.parametrize("location", ["https://ada:canary@api.acme.example/", "//canary@api.acme.example/x"])
async def test_user_information_is_refused_for_what_it_is(world: World, clock: FakeClock, location: str) -> None:
    """T1: a Location with a user or a password is refused by this reason, without its words."""
    async with world.client(URL, transport=Script(_to(location), 200), clock=clock) as api:
        problem = await outcome(api.get("/here"))
    assert problem.detail == "the Location holds a user name or a password"
