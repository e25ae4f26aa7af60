"""Where credentials go, and nowhere else."""

from collections.abc import Iterator
from typing import Any

import pytest

import seawall
from seawall import MockTransport, Request, Response, Secret, UnauthorizedProblem, UsageError, UserSession
from seawall.auth import ApiKey, Basic, Bearer, Credential
from seawall.model import reveal
from seawall.testing import FaultServer, Reply
from tests.behaviours.auth.crowds import Crowd, Job, get
from tests.behaviours.auth.server import AuthServer, bearer, source
from tests.behaviours.kit import URL, Script
from tests.worlds import World

REFUSED = Reply(401, headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})


@pytest.fixture
def foreign() -> Iterator[FaultServer]:
    """A server of somebody else."""
    with FaultServer() as server:
        yield server


def test_an_absolute_url_to_another_host_gets_no_token(crowd: Crowd, server: AuthServer, foreign: FaultServer) -> None:
    """R12: a call to another origin carries no token, and its 401 refreshes nothing and ends nothing."""
    elsewhere = foreign.route("GET", "/agents", REFUSED)
    crowd.connect(server.url).sign_in(server.login())
    problems = crowd.each(lambda api: api.get(f"{foreign.url}/agents"))
    assert {type(problem) for problem in problems} == {UnauthorizedProblem}
    assert {bearer(call) for call in elsewhere.calls} == {None}
    assert len(server.token.calls) == 0
    assert crowd.one(get()).status == 200


@pytest.mark.parametrize("status", [302, 307])
def test_a_redirect_to_another_host_takes_no_token(crowd: Crowd, server: AuthServer, foreign: FaultServer, status: int) -> None:
    """R12: a redirect to another origin leaves the token behind, and a 401 there refreshes nothing."""
    elsewhere = foreign.route("GET", "/agents", REFUSED)
    server.protect(Reply.redirect(f"{foreign.url}/agents", status))
    crowd.connect(server.url).sign_in(server.login())
    problems = crowd.each(get())
    assert {type(problem) for problem in problems} == {UnauthorizedProblem}
    assert [bearer(call) for call in elsewhere.calls] == [None] * len(crowd.homes)
    assert server.sent() == [server.newest()] * len(crowd.homes)
    assert len(server.token.calls) == 0


def test_a_redirect_there_and_back_refreshes_nothing(crowd: Crowd, server: AuthServer, foreign: FaultServer) -> None:
    """R12: a way that another origin chose leads back without the token, and the 401 at its end says nothing about it."""
    foreign.route("GET", "/agents", Reply.redirect(f"{server.url}/agents"))
    server.server.route("GET", "/start", Reply.redirect(f"{foreign.url}/agents"))
    crowd.connect(server.url).sign_in(server.login())
    assert type(crowd.one(lambda api: api.get("/start"))) is UnauthorizedProblem
    assert server.sent() == [None]
    assert len(server.token.calls) == 0


def test_a_redirect_at_home_keeps_the_token(crowd: Crowd, server: AuthServer) -> None:
    """R12: a redirect within the origin carries the token, and a 401 at its end is cured from the start."""
    server.server.route("GET", "/start", Reply.redirect("/agents"))
    crowd.connect(server.url).sign_in(server.login())
    old = server.newest()
    server.tokens.expire_all()
    assert crowd.one(lambda api: api.get("/start")).status == 200
    assert server.sent() == [old, server.newest()]


def test_origins_can_be_named(crowd: Crowd, server: AuthServer, foreign: FaultServer) -> None:
    """R12: a session goes to the origins that it names, and then not to the base URL's unless that is among them."""
    elsewhere = foreign.route("GET", "/agents", {})
    crowd.connect(server.url, origins=[f"{foreign.url}/v1"]).sign_in(server.login())
    assert crowd.one(lambda api: api.get(f"{foreign.url}/agents")).status == 200
    assert type(crowd.one(get())) is UnauthorizedProblem
    assert [bearer(call) for call in elsewhere.calls] == [server.newest()]
    assert server.sent() == [None]


async def test_copies_share_connections_and_no_credentials(world: World, server: AuthServer) -> None:
    """R12: a client and its copy for another user use one connection, and each its own token, through refreshes of both."""
    sessions = [UserSession(source()) for _ in range(2)]
    async with world.client(server.url, auth=sessions[0], max_connections=1) as ada:
        bob = ada.with_options(auth=sessions[1])
        nobody = ada.with_options(auth=None)
        tokens = [server.login() for _ in sessions]
        for session, own in zip(sessions, tokens, strict=True):
            session.sign_in(own)
        for api in (ada, bob):
            await api.get("/agents")
        assert server.sent() == [own.access.reveal() for own in tokens]
        server.tokens.expire_all()
        for api in (ada, bob):
            await api.get("/agents")
        assert server.tokens.refreshes == 2
        assert server.asked_with() == [own.refresh.reveal() for own in tokens if own.refresh is not None]
        with pytest.raises(UnauthorizedProblem):
            await nobody.get("/agents")
        assert server.sent()[-1] is None
        assert server.server.connections == 1
        assert ada._core.budgets is bob._core.budgets
        assert sessions[0].handle_unauthorized()
        assert (await bob.get("/agents")).status == 200


def test_a_call_can_leave_the_credential_out(crowd: Crowd, server: AuthServer) -> None:
    """R12: `auth=None` sends a call without the token, and its 401 stands."""
    crowd.connect(server.url).sign_in(server.login())
    assert {type(problem) for problem in crowd.each(get(auth=None))} == {UnauthorizedProblem}
    assert set(server.sent()) == {None}
    assert len(server.token.calls) == 0


def test_a_call_can_have_its_own_credential(crowd: Crowd, server: AuthServer) -> None:
    """R12: a credential given to a call replaces the client's for that call alone, and its 401 refreshes nothing."""
    crowd.connect(server.url).sign_in(server.login())
    assert type(crowd.one(get(auth=Bearer("of-this-call")))) is UnauthorizedProblem
    assert crowd.one(get()).status == 200
    assert server.sent() == ["of-this-call", server.newest()]
    assert len(server.token.calls) == 0


def test_nested_calls_carry_nothing(crowd: Crowd, server: AuthServer) -> None:
    """R12: what an interceptor sends through `request.call.send` carries no token of the session."""
    flags = server.server.route("GET", "/flags", {})

    async def asking(request: Request, call_next: seawall.Next) -> Response:
        if request.url.endswith("/agents"):
            await request.call.send(Request("GET", f"{server.url}/flags"))
        return await call_next(request)

    crowd.connect(server.url, client={"interceptors": [asking]}).sign_in(server.login())
    assert {response.status for response in crowd.each(get())} == {200}
    assert {bearer(call) for call in flags.calls} == {None}


def test_many_users_of_one_process_never_mix(crowd: Crowd, server: AuthServer) -> None:
    """R12: eight users on copies of shared clients, whose tokens all end again and again, each see their own alone."""
    crowd.connect(server.url)
    sessions = [UserSession(source()) for _ in range(8)]
    copies = {home.api: [home.api.with_options(auth=session) for session in sessions] for home in crowd.homes}
    for session in sessions:
        session.sign_in(server.login())
    for _ in range(3):
        server.tokens.expire_all()
        jobs = [_named(copies, number % 8) for number in range(96)]
        assert {response.status for response in crowd.run(*jobs)} == {200}
    owners: dict[str | None, int] = {}
    for call in server.agents.calls:
        user = int(call.query.removeprefix("n="))
        assert owners.setdefault(bearer(call), user) == user
    assert server.tokens.refreshes == 24


def _named(copies: dict[Any, list[Any]], user: int) -> Job:
    return lambda api: copies[api][user].get("/agents", params={"n": user})


STATIC: dict[str, tuple[Credential, str, str]] = {
    "basic": (Basic("ada", "pass:wörd"), "authorization", "Basic YWRhOnBhc3M6d8O2cmQ="),
    "bearer": (Bearer(Secret("of-my-own")), "authorization", "Bearer of-my-own"),
    "key": (ApiKey("k-1"), "x-api-key", "k-1"),
    "named key": (ApiKey("k-1", header="X-Token"), "x-token", "k-1"),
}


@pytest.mark.parametrize("kind", sorted(STATIC))
async def test_static_credentials(world: World, kind: str) -> None:
    """R12: static credentials go to their origin on every call, and their 401 stands after one sending."""
    credential, field, value = STATIC[kind]
    transport = Script(200, 401)
    async with world.client(URL, transport=transport, auth=credential) as api:
        await api.get("/agents")
        with pytest.raises(UnauthorizedProblem):
            await api.get("/agents")
        with pytest.raises(UnauthorizedProblem):
            await api.get("https://other.example/agents")
    assert transport.seen(field) == [value, value, None]


@pytest.mark.parametrize("path", ["/agents", "/agents?team=blue", "/agents#part"])
async def test_a_key_in_the_query(world: World, path: str) -> None:
    """R12: an API key in the query goes behind what is there, escaped, to its origin alone."""
    transport = Script(200)
    async with world.client(URL, transport=transport, auth=ApiKey("k&1", query="key")) as api:
        response = await api.get(path)
        await api.get(f"https://other.example{path}")
    first, second = (call.target for call in transport.calls)
    assert first == ("/agents?team=blue&key=k%261" if "team" in path else "/agents?key=k%261")
    assert "key" not in second
    assert "k%261" not in f"{response.request!r} {response.explain()} {response.request.as_curl()}"


async def test_a_callers_own_field_stays(world: World) -> None:
    """R12: what a call brings itself is not replaced by a static credential."""
    transport = Script(200)
    async with world.client(URL, transport=transport, auth=Basic("ada", "x")) as api:
        await api.get("/agents", headers={"Authorization": "Bearer mine"})
    assert transport.seen("authorization") == ["Bearer mine"]


CREDENTIALS: dict[str, Any] = {
    "session": lambda **options: UserSession(source(), **options),
    "basic": lambda **options: Basic("ada", "x", **options),
    "bearer": lambda **options: Bearer("x", **options),
    "key": lambda **options: ApiKey("x", **options),
    "query key": lambda **options: ApiKey("x", query="key", **options),
}


@pytest.mark.parametrize("kind", sorted(CREDENTIALS))
async def test_plain_http_is_refused(world: World, kind: str) -> None:
    """R12: a credential that would go over plain HTTP to another machine is refused when the client is built, unless allowed."""
    make = CREDENTIALS[kind]
    with pytest.raises(UsageError, match=r"auth: .*http://api\.acme\.example.*allow_http"):
        world.client("http://api.acme.example", transport=Script(200), auth=make())
    with pytest.raises(UsageError, match=r"auth: .*http://cdn\.example"):
        world.client(URL, transport=Script(200), auth=make(origins=[URL, "http://cdn.example"]))
    for base, options in (
        ("http://api.acme.example", {"allow_http": True}),
        ("http://localhost:8080", {}),
        ("http://127.0.0.1", {}),
        ("http://[::1]:1", {}),
        ("", {"origins": URL}),
    ):
        async with world.client(base, transport=Script(200), auth=make(**options)) as api:
            assert "auth" in getattr(api, "client", api).pipeline.attempt


@pytest.mark.parametrize("kind", sorted(CREDENTIALS))
async def test_a_credential_for_nowhere_is_refused(world: World, kind: str) -> None:
    """R12: without a base URL a credential must name its origins; what is no URL is refused, too."""
    make = CREDENTIALS[kind]
    with pytest.raises(UsageError, match=r"auth: .*base_url.*origins="):
        world.client(transport=Script(200), auth=make())
    with pytest.raises(UsageError, match="url"):
        world.client(URL, transport=Script(200), auth=make(origins=["api.acme.example"]))


async def test_what_is_no_credential_is_refused(world: World) -> None:
    """R12: `auth=` of a wrong kind is refused by name when the client is built, or the call prepared."""
    for wrong in ("token", ("ada", "x"), {"Authorization": "x"}, 7):
        with pytest.raises(UsageError, match="auth: give"):
            world.client(URL, transport=Script(200), auth=wrong)
    transport = MockTransport(lambda request: 200)
    async with world.client(URL, transport=transport, auth=Basic("ada", "x")) as api:
        with pytest.raises(UsageError, match="auth: give"):
            await api.get("/agents", auth="token")
        with pytest.raises(UsageError, match=r"auth: .*plain|auth: .*readable"):
            await api.get("/agents", auth=Bearer("x", origins=["http://cdn.example"]))
    async with world.client(URL, transport=transport) as api:
        with pytest.raises(UsageError, match=r"auth: .*with_options"):
            await api.get("/agents", auth=Bearer("x"))
    assert transport.calls == []


class Rotating:
    """A credential of a user's own, which no challenge speaks of."""

    scheme = ""
    origins = ()
    allow_http = False

    def __init__(self) -> None:
        self.number = 1

    async def attach(self, request: Request, /) -> tuple[Request, object]:
        return request.with_header("X-Signature", Secret(f"s{self.number}")), self.number

    async def renew(self, request: Request, mark: object, refusal: Response, /) -> Request | None:
        self.number += 1
        return (await self.attach(request))[0]


@pytest.mark.parametrize("fields", [{}, {"WWW-Authenticate": "Signature"}])
async def test_a_credential_of_ones_own(world: World, fields: dict[str, str]) -> None:
    """R12: a credential of a user's own is attached, renewed after a 401 whatever it asks for, and replayed once."""
    transport = Script(Response(401, headers=fields), 200)
    async with world.client(URL, transport=transport, auth=Rotating()) as api:
        assert (await api.get("/agents")).status == 200
    assert [reveal(call.request.headers["x-signature"]) for call in transport.calls] == ["s1", "s2"]


async def test_a_refusal_elsewhere_is_no_matter_of_ones_own_credential(world: World) -> None:
    """R12: the 401 of another origin, to which a redirect led, renews nothing, by whatever field the credential goes."""
    credential = Rotating()
    transport = Script(Response(302, headers={"Location": "https://other.example/agents"}), 401)
    async with world.client(URL, transport=transport, auth=credential) as api:
        with pytest.raises(UnauthorizedProblem):
            await api.get("/agents")
    assert (len(transport.calls), credential.number) == (2, 1)
