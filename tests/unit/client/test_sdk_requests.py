"""What leaves when httpx2 and httpx send through our clients."""

import io
from typing import Any

import httpx2
import pytest

import seawall
from seawall.model import reveal
from seawall.testing import FaultServer
from tests.behaviours.kit import URL, Script
from tests.unit.client.sdk_hosts import each_library, guest
from tests.worlds import World


@each_library
async def test_a_request_leaves_as_the_host_made_it(world: World, library: Any, fault_server: FaultServer) -> None:
    """Method, target, fields of one name, and the host's own Host, Accept-Encoding and User-Agent arrive unchanged."""
    route = fault_server.route("PATCH", "/agents/{id}", 204)
    fields = [("X-Team", "blue"), ("X-Team", "größe".encode("latin-1")), ("Host", "agents.example"), ("Accept", "text/plain")]
    async with guest(world, library) as client:
        await client.request("PATCH", f"{fault_server.url}/agents/a%2Fb?q=1&q=%20#top", headers=fields, content=b"new")
    call = route.calls[0]
    assert (call.method, call.target, call.body) == ("PATCH", "/agents/a%2Fb?q=1&q=%20", b"new")
    assert call.headers.get_list("x-team") == ["blue", "größe"]
    assert call.headers.get_list("host") == ["agents.example"]
    assert call.headers.get_list("accept") == ["text/plain"]
    assert call.headers["user-agent"].startswith("python-httpx")
    assert call.headers.get_list("accept-encoding") == [client.client.headers["accept-encoding"]]
    assert call.headers.get_list("content-length") == ["3"]


@each_library
async def test_each_kind_of_body_arrives_once_and_whole(world: World, library: Any, fault_server: FaultServer) -> None:
    """Bytes, forms and files keep their length, an iterator comes in chunks, and nothing is sent where there is nothing."""
    route = fault_server.route("POST", "/agents", 204)
    async with guest(world, library) as client:
        url = f"{fault_server.url}/agents"
        await client.post(url)
        await client.post(url, json={"name": "Ada"})
        await client.post(url, files={"file": ("ada.txt", io.BytesIO(b"Ada" * 1000))})
        await client.post(url, content=client.body([b"one ", b"", b"two"]))
    empty, json, form, chunks = route.calls
    assert (empty.headers["content-length"], empty.body) == ("0", b"")
    assert (json.headers["content-type"], json.body.replace(b" ", b"")) == ("application/json", b'{"name":"Ada"}')
    assert len(form.body) == int(form.headers["content-length"])
    assert b"Ada" * 1000 in form.body
    assert (chunks.headers["transfer-encoding"], chunks.body) == ("chunked", b"one two")
    assert all(call.complete for call in route.calls)


@each_library
async def test_a_get_has_no_body(world: World, library: Any, fault_server: FaultServer) -> None:
    """A GET of the host has neither a length nor chunks."""
    route = fault_server.route("GET", "/agents", 204)
    async with guest(world, library) as client:
        await client.get(f"{fault_server.url}/agents")
    assert {"content-length", "transfer-encoding"}.isdisjoint(name.lower() for name in route.calls[0].headers)


@each_library
async def test_user_and_password_of_a_url_become_a_field(world: World, library: Any, fault_server: FaultServer) -> None:
    """The host makes Authorization of them, and they leave nowhere else."""
    route = fault_server.route("GET", "/agents", 204)
    async with guest(world, library) as client:
        await client.get(fault_server.url.replace("://", "://ada:secret@") + "/agents")
    assert route.calls[0].headers["authorization"] == "Basic YWRhOnNlY3JldA=="
    assert "ada" not in route.calls[0].target + route.calls[0].headers["host"]


@each_library
async def test_the_app_is_named_and_the_request_too(world: World, library: Any) -> None:
    """Fields of the client go along where the host has none of their name."""
    transport = Script(200)
    app = seawall.AppInfo("console", "1.2.3", "linux")
    async with guest(world, library, transport=transport, app=app, headers={"X-Tenant": "acme", "Accept": "x/y"}) as client:
        await client.get(f"{URL}/agents")
    assert transport.seen("x-app-version") == ["1.2.3"]
    assert transport.seen("x-tenant") == ["acme"]
    assert transport.seen("accept") == ["*/*"]
    assert len(str(transport.seen("x-request-id")[0])) > 10


@each_library
@pytest.mark.parametrize("base_url", [URL, ""])
async def test_the_clients_own_secrets_stay_at_home(world: World, library: Any, base_url: str) -> None:
    """Neither credential nor cookies nor secret fields of the client go along, also not to its own origin."""
    transport = Script(seawall.Response(200, headers={"Set-Cookie": "theirs=1; Path=/"}))
    options: dict[str, Any] = {"headers": {"X-Api-Key": "mine", "X-Plain": seawall.Secret("mine")}}
    if base_url:
        options["auth"] = seawall.auth.Bearer("mine")
    async with guest(world, library, base_url, transport=transport, cookies=True, **options) as client:
        client.client.cookies.clear()
        await client.get(f"{URL}/agents")
        client.client.cookies.clear()
        await client.get(f"{URL}/agents", headers={"Authorization": "Bearer theirs"})
    assert transport.seen("x-api-key") == transport.seen("x-plain") == transport.seen("cookie") == [None, None]
    assert transport.seen("authorization") == [None, "Bearer theirs"]


@each_library
async def test_credentials_are_wrapped_on_the_way(world: World, library: Any) -> None:
    """Interceptors and transports of ours see the host's credentials as secrets, by the names of their fields."""
    transport = Script(200)
    names = ["Authorization", "x-api-key", "api-key", "x-goog-api-key", "Cookie", "Proxy-Authorization"]
    async with guest(world, library, transport=transport) as client:
        await client.get(f"{URL}/agents?key=canary", headers=dict.fromkeys(names, "canary"))
    request = transport.calls[0].request
    assert [reveal(request.headers[name]) for name in names] == ["canary"] * len(names)
    assert "canary" not in f"{request!r} {request.headers!r} {request.as_curl()}"


@each_library
async def test_the_base_url_limits_nothing(world: World, library: Any) -> None:
    """The host says where to go; the client's base URL and its places are left out of it."""
    transport = Script(200)
    async with guest(world, library, "https://elsewhere.example/v1", transport=transport) as client:
        await client.get(f"{URL}/%7Bid%7D")
    assert transport.calls[0].request.url == f"{URL}/%7Bid%7D"


@each_library
async def test_what_cannot_be_sent_is_the_hosts_own_error(world: World, library: Any) -> None:
    """A line break in a field and a scheme that is no HTTP are refused in the host's words, before anything is sent."""
    transport = Script(200)
    async with guest(world, library, transport=transport) as client:
        with pytest.raises(library.LocalProtocolError, match="X-Team") as caught:
            await client.get(URL, headers={"X-Team": "blue\r\nX-Evil: 1"})
        with pytest.raises(library.UnsupportedProtocol):
            await client.get("ftp://api.acme.example/agents")
    assert caught.value.request.url == URL
    assert caught.value.__context__ is None


@each_library
async def test_a_target_of_the_hosts_own_is_refused(world: World, library: Any) -> None:
    """What the host would send in place of the URL's path, as in `OPTIONS *`, is refused, and not left out in silence."""
    transport = Script(200)
    async with guest(world, library, transport=transport) as client:
        with pytest.raises(library.LocalProtocolError, match="target"):
            await client.request("OPTIONS", URL, extensions={"target": b"*"})
    assert transport.calls == []
    assert transport.calls == []


async def test_a_length_that_lies_is_a_mistake(world: World, fault_server: FaultServer) -> None:
    """A body that is not of the length which its field says is refused, and not padded, cut or smuggled."""
    fault_server.route("POST", "/agents", 204)
    async with guest(world, httpx2) as client:
        body = client.body([b"too long"])
        with pytest.raises(seawall.UsageError, match="Content-Length"):
            await client.post(f"{fault_server.url}/agents", content=body, headers={"Content-Length": "3"})


async def test_an_interceptor_may_answer_itself(world: World) -> None:
    """A response that no transport made is handed on like any other."""

    async def cached(request: seawall.Request, call_next: seawall.Next) -> seawall.Response:
        return seawall.Response(200, content=b"from memory")

    transport = Script(500)
    async with guest(world, httpx2, transport=transport, interceptors=[cached]) as client:
        assert (await client.get(f"{URL}/agents")).content == b"from memory"
    assert transport.calls == []


def test_a_request_of_another_library_is_refused() -> None:
    """What is no request of httpx2 or httpx is named."""
    with seawall.Client(transport=Script(200)) as api, pytest.raises(seawall.UsageError, match=r"not a Request"):
        seawall.SeawallTransport(api).handle_request(seawall.Request("GET", URL))


def test_a_request_of_a_subclass_is_the_librarys() -> None:
    """An SDK may have a kind of request of its own."""

    class OwnRequest(httpx2.Request):
        """As an SDK's is."""

    with seawall.Client(transport=Script(200)) as api:
        response = seawall.SeawallTransport(api).handle_request(OwnRequest("GET", URL))
    assert isinstance(response, httpx2.Response)
