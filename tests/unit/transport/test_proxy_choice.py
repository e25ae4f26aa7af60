"""Which requests go through a proxy: the forms of NO_PROXY, and what a tunnel must begin with."""

from typing import Any

import pytest

from seawall.model import Sent, split_url
from seawall.problems import ProxyProblem
from seawall.transport.sockets import Proxies
from tests.unit.transport.httpx2_servers import HttpProxy
from tests.unit.transport.network_worlds import World

PASSWORD = "wr0ng"
STRAIGHT = [
    ("*", "http://any.test/"),
    ("other.test,*", "http://any.test/"),
    ("acme.test", "http://acme.test/"),
    ("acme.test", "http://api.acme.test/"),
    ("ACME.test", "http://acme.test/"),
    (".acme.test", "http://api.acme.test/"),
    (".acme.test", "http://acme.test/"),
    ("*.acme.test", "https://api.acme.test/"),
    ("acme.test.", "http://acme.test/"),
    ("acme.test", "http://acme.test./"),
    ("other.test , acme.test", "http://acme.test/"),
    ("other.test acme.test", "http://acme.test/"),
    ("acme.test:80", "http://acme.test/"),
    ("acme.test:443", "https://acme.test/"),
    ("localhost", "http://localhost:8000/"),
    ("127.0.0.1", "http://127.0.0.1:8000/"),
    ("127.0.0.1:8000", "http://127.0.0.1:8000/"),
    ("10.0.0.0/8", "http://10.1.2.3/"),
    ("10.1.2.3/8", "http://10.3.2.1/"),
    ("::1", "http://[::1]:8000/"),
    ("[::1]", "http://[::1]/"),
    ("[::1]:8000", "http://[::1]:8000/"),
    ("::1", "http://[0:0:0:0:0:0:0:1]/"),
    ("fd00::/8", "https://[fd12::1]/"),
]
BY_PROXY = [
    ("", "http://any.test/"),
    (" , ", "http://any.test/"),
    (".", "http://any.test/"),
    ("acme.test", "http://notacme.test/"),
    ("acme.test", "http://acme.test.evil.test/"),
    ("api.acme.test", "http://acme.test/"),
    ("acme.test:8080", "http://acme.test/"),
    ("acme.test:http", "http://acme.test/"),
    ("127.0.0.1:8000", "http://127.0.0.1/"),
    ("0.0.1", "http://127.0.0.1/"),
    ("10.0.0.0/8", "http://11.0.0.1/"),
    ("10.0.0.0/33", "http://10.0.0.1/"),
    ("0.0.0.0/0", "http://any.test/"),
    ("0.0.0.0/0", "http://[::1]/"),
    ("[::1]:8000", "http://[::1]/"),
    ("[acme.test]", "http://acme.test/"),
    ("fd00::/8", "http://[fe80::1]/"),
]


@pytest.mark.parametrize(("text", "url"), [*STRAIGHT, *BY_PROXY])
def test_the_forms_of_no_proxy(monkeypatch: pytest.MonkeyPatch, text: str, url: str) -> None:
    """Names, suffixes, addresses, networks and ports say who is reached straight; anything else goes through the proxy."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "REQUEST_METHOD"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setenv("ALL_PROXY", "http://proxy.test")
    monkeypatch.setenv("NO_PROXY", text)
    proxy = Proxies(None, trust_env=True).for_origin(split_url(url)[0])
    assert (proxy is None) is ((text, url) in STRAIGHT)


@pytest.mark.parametrize("name", ["wire blocking", "wire asyncio"])
@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 2\r\n\r\nno", "refused the tunnel with status 407"),
        (b"HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "behind its answer to CONNECT"),
    ],
    ids=["wrong credentials", "bytes behind"],
)
def test_a_tunnel_that_begins_wrongly(name: str, answer: bytes, says: str) -> None:
    """Wrong credentials, and bytes behind the answer to CONNECT, are proxy problems that say so, and nothing was sent."""
    world: Any = World(name)
    with HttpProxy(refusal=answer) as proxy, pytest.raises(ProxyProblem) as caught:
        world.get(world.transport(proxy=f"http://ada:{PASSWORD}@127.0.0.1:{proxy.port}"), "https://api.test/")
    assert caught.value.sent is Sent.NO
    assert says in caught.value.detail
    assert PASSWORD not in f"{caught.value!r} {caught.value.detail}"


@pytest.mark.parametrize("name", ["wire blocking", "wire asyncio", "httpx2 blocking", "httpx2 asyncio"])
def test_an_ipv6_address_behind_a_proxy(name: str) -> None:
    """IPv6 addresses go to a proxy in brackets, in CONNECT, in Host, and in the first line of what it forwards."""
    world: Any = World(name)
    with HttpProxy(refusal=b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n") as proxy:
        url = f"http://127.0.0.1:{proxy.port}"
        with pytest.raises(ProxyProblem):
            world.get(world.transport(proxy=url), "https://[2001:db8::1]/")
        world.get(world.transport(proxy=url), "http://[2001:db8::1]:81/")
    asked, forwarded = proxy.heads
    assert asked.startswith(b"CONNECT [2001:db8::1]:443 HTTP/1.1\r\nHost: [2001:db8::1]:443\r\n")
    assert forwarded.startswith(b"GET http://[2001:db8::1]:81/ HTTP/1.1\r\nHost: [2001:db8::1]:81\r\n")
