"""Sources and flows at an authorization server that is not ours: django-oauth-toolkit, with rotation and reuse detection."""

from collections.abc import Iterator
from typing import Any

import pytest

import seawall
from seawall import Secret, Tokens
from seawall.auth.sources import AuthorizationCode, ClientCredentials, DeviceCode, OAuth2, PendingSignIn
from seawall.testing import FakeClock
from tests.real_servers.oauth_person import Person
from tests.worlds import World

APP = "oauth_app"
TOKEN, REVOKE, DEVICE = "/o/token/", "/o/revoke_token/", "/o/device-authorization/"
CONSOLE = OAuth2(TOKEN, "console", revocation_url=REVOKE)
SERVERS = {
    "public": CONSOLE,
    "basic": OAuth2(TOKEN, "web", "secret of web: 100%", revocation_url=REVOKE),
    "post": OAuth2(TOKEN, "web", "secret of web: 100%", revocation_url=REVOKE, client_auth="post"),
}


@pytest.fixture(scope="module", autouse=True)
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Where the server keeps what it knows; it is told when it is started."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OAUTH_DATABASE", str(tmp_path_factory.mktemp("oauth") / "database"))
        yield


def flow_of(server: OAuth2, url: str, **options: Any) -> AuthorizationCode:
    """A sign-in at the server, which names itself in each callback."""
    return AuthorizationCode(server, f"{url}/o/authorize/", issuer=f"{url}/o", scope="read", **options)


async def signed_in(api: Any, url: str, server: OAuth2 = CONSOLE) -> Tokens:
    """The tokens of a person who has just signed in."""
    tokens: Tokens = await api.run(flow_of(server, url).sign_in, open_browser=Person(url))
    return tokens


async def page(api: Any, tokens: Tokens) -> Any:
    """What the protected page says to whoever brings these tokens."""
    return (await api.get("/page", headers={"Authorization": tokens.header})).json()


async def refused(work: Any) -> str | None:
    """The code of the problem that something ends with."""
    with pytest.raises(seawall.ApiProblem) as caught:
        await work
    return caught.value.code


def refreshed(api: Any, source: OAuth2, tokens: Tokens) -> Any:
    """What a refresh brings."""
    return api.run(lambda calls: source.refresh(tokens, calls))


@pytest.mark.parametrize("way", sorted(SERVERS))
async def test_a_person_signs_in_in_a_browser(world: World, url: str, way: str) -> None:
    """Log-in, consent, callback, proof key and issuer: the tokens are the person's, and allow what was asked for."""
    async with world.client(url) as api:
        tokens = await signed_in(api, url, SERVERS[way])
        assert (tokens.token_type, tokens.expires_in, tokens.scope) == ("Bearer", 3600, "read")
        assert await page(api, tokens) == {"user": "ada", "scope": "read"}


async def test_a_person_says_no(world: World, url: str) -> None:
    """The refusal comes back by the browser, with its type."""
    async with world.client(url) as api:
        with pytest.raises(seawall.SignInDeniedProblem):
            await api.run(flow_of(CONSOLE, url).sign_in, open_browser=Person(url, agrees=False))


async def test_what_the_server_does_not_grant_is_told_by_its_code(world: World, url: str) -> None:
    """An unknown scope is refused before anybody is asked."""
    async with world.client(url) as api:
        flow = AuthorizationCode(CONSOLE, f"{url}/o/authorize/", scope="everything")
        assert await refused(api.run(flow.sign_in, open_browser=Person(url))) == "INVALID_SCOPE"


async def test_a_web_app_receives_the_callback_itself(world: World, url: str) -> None:
    """The code is good for whoever began, with the verifier, and once."""
    flow = flow_of(SERVERS["basic"], url)
    async with world.client(url) as api:
        address, pending = flow.begin()
        callback = Person(url).answer(address)
        forged = PendingSignIn(pending.state, Secret("x" * 64), pending.redirect_uri)
        assert await refused(api.run(flow.finish, forged, callback)) == "INVALID_GRANT"
        address, pending = flow.begin()
        callback = Person(url).answer(address)
        assert await page(api, await api.run(flow.finish, pending, callback)) == {"user": "ada", "scope": "read"}
        assert await refused(api.run(flow.finish, pending, callback)) == "INVALID_GRANT"
        assert await refused(api.run(flow_of(CONSOLE, f"{url}/other").finish, pending, callback)) == "ISSUER_MISMATCH"


@pytest.mark.parametrize("way", sorted(SERVERS))
async def test_a_refresh_rotates_and_reuse_revokes_the_family(world: World, url: str, way: str) -> None:
    """Each refresh token is good once; the second use of one ends those that came of it."""
    source = SERVERS[way]
    async with world.client(url) as api:
        first = await signed_in(api, url, source)
        second = await refreshed(api, source, first)
        third = await refreshed(api, source, second)
        assert len({tokens.refresh for tokens in (first, second, third)}) == 3
        assert await page(api, third) == {"user": "ada", "scope": "read"}
        assert await refused(refreshed(api, source, first)) == "INVALID_GRANT"
        assert await refused(refreshed(api, source, third)) == "INVALID_GRANT"


async def test_an_app_with_the_wrong_secret_is_not_known(world: World, url: str) -> None:
    """The server's 401 is a problem with its code."""
    async with world.client(url) as api:
        tokens = await signed_in(api, url, SERVERS["basic"])
        assert await refused(refreshed(api, OAuth2(TOKEN, "web", "wrong"), tokens)) == "INVALID_CLIENT"


@pytest.mark.parametrize("way", sorted(SERVERS))
async def test_tokens_are_given_back(world: World, url: str, way: str) -> None:
    """After revocation neither the refresh token nor its access token is good."""
    source = SERVERS[way]
    async with world.client(url) as api:
        tokens = await signed_in(api, url, source)
        await api.run(lambda calls: source.revoke(tokens, calls))
        assert await refused(refreshed(api, source, tokens)) == "INVALID_GRANT"
        with pytest.raises(seawall.UnauthorizedProblem):
            await page(api, tokens)


async def test_an_access_token_alone_is_given_back(world: World, url: str) -> None:
    """An app's own token is revoked as well."""
    source = ClientCredentials(TOKEN, "job", "secret of job: 100%", scope=["read"], revocation_url=REVOKE)
    async with world.client(url) as api:
        tokens = await api.run(lambda calls: source.refresh(None, calls))
        assert (await page(api, tokens))["scope"] == "read"
        await api.run(lambda calls: source.revoke(tokens, calls))
        with pytest.raises(seawall.UnauthorizedProblem):
            await page(api, tokens)


async def test_a_device_waits_for_its_person(world: World, url: str) -> None:
    """The device asks while nothing was typed in, and has its tokens as soon as the person agrees."""
    flow, codes, asked = DeviceCode(OAuth2(TOKEN, "tv"), DEVICE, scope="read"), list[str](), list[str]()

    async def agree_late(request: seawall.Request, call_next: seawall.Next) -> seawall.Response:
        if request.target == TOKEN:
            asked.append(request.target)
            if len(asked) == 3:
                Person(url).type_in(codes[0])
        return await call_next(request)

    clock = FakeClock()
    async with world.client(url, clock=clock, interceptors=[agree_late]) as api:
        tokens = await api.run(flow.sign_in, show=lambda prompt: codes.append(prompt.user_code))
        assert await page(api, tokens) == {"user": "ada", "scope": "read"}
    assert (len(asked), clock.sleeps) == (3, [5.0, 5.0, 5.0])


async def test_a_device_is_denied(world: World, url: str) -> None:
    """The person's no ends it with its type."""
    flow, person = DeviceCode(OAuth2(TOKEN, "tv"), DEVICE), Person(url, agrees=False)
    async with world.client(url, clock=FakeClock()) as api:
        with pytest.raises(seawall.SignInDeniedProblem):
            await api.run(flow.sign_in, show=lambda prompt: person.type_in(prompt.user_code))


class Session:
    """A session of a world, behind awaitable methods.

    Args:
        world: The world.
        source: Where its tokens come from.
    """

    def __init__(self, world: World, source: Any) -> None:
        self.credential: Any = (seawall.UserSession if world.is_blocking else seawall.AsyncUserSession)(source)
        self._is_blocking = world.is_blocking

    async def do(self, name: str, *arguments: Any) -> Any:
        """Call one of its methods."""
        result = getattr(self.credential, name)(*arguments)
        return result if self._is_blocking else await result


async def count(api: Any, kind: str) -> int:
    """How many tokens the server has granted for a type of grant."""
    return int((await api.get("/counts", auth=None)).json().get(kind, 0))


async def test_a_storm_of_expired_calls_refreshes_once(world: World, url: str) -> None:
    """Many calls whose token has ended: the server counts one refresh, and all calls are answered; twice over."""
    session = Session(world, SERVERS["basic"])
    async with world.client(url, auth=session.credential) as api:
        await session.do("sign_in", await signed_in(api, url, SERVERS["basic"]))
        for _ in range(2):
            before = await count(api, "refresh_token")
            await api.get("/expire", auth=None)
            answers = await world.gather(*[lambda: api.get("/page", response_model=dict[str, str])] * 12)
            assert answers == [{"user": "ada", "scope": "read"}] * 12
            assert await count(api, "refresh_token") == before + 1


async def test_signing_out_tells_the_server(world: World, url: str) -> None:
    """After sign-out the tokens are good nowhere, not even for who had copied them."""
    session = Session(world, CONSOLE)
    async with world.client(url, auth=session.credential) as api:
        tokens = await signed_in(api, url)
        await session.do("sign_in", tokens)
        assert (await api.get("/page")).status == 200
        await session.do("sign_out")
        with pytest.raises(seawall.UnauthorizedProblem):
            await page(api, tokens)
        assert await refused(refreshed(api, CONSOLE, tokens)) == "INVALID_GRANT"


async def test_a_revoked_family_ends_the_session_once(world: World, url: str) -> None:
    """When somebody else uses the refresh token, the next refresh is refused, and every call says that the session is over."""
    session = Session(world, CONSOLE)
    async with world.client(url, auth=session.credential) as api:
        tokens = await signed_in(api, url)
        await session.do("sign_in", tokens)
        await refreshed(api, CONSOLE, tokens)  # the thief
        await api.get("/expire", auth=None)
        problems = await world.gather(*[lambda: api.get("/page")] * 6)
    assert [type(problem) for problem in problems] == [seawall.SessionEndedProblem] * 6
    assert {problem.reason for problem in problems} == {"revoked"}


async def test_an_apps_own_tokens_come_by_themselves(world: World, url: str) -> None:
    """Client credentials: nobody signs in, one token for all calls, another one when it has ended."""
    session = Session(world, ClientCredentials(TOKEN, "job", "secret of job: 100%", scope="read"))
    async with world.client(url, auth=session.credential) as api:
        before = await count(api, "client_credentials")
        for granted in (1, 2):
            answers = await world.gather(*[lambda: api.get("/page")] * 6)
            assert [response.status for response in answers] == [200] * 6
            assert await count(api, "client_credentials") == before + granted
            await api.get("/expire", auth=None)
