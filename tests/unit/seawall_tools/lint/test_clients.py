"""SWL601 and SWL701: how clients are built, and how long they wait."""

import pytest

from tests.unit.seawall_tools.lint.looking import codes, found

HEAD = "import aiohttp, contextlib, functools, httpx, requests, seawall, urllib3\ndef made():\n    return httpx.Client()\n"


@pytest.mark.parametrize(
    "body",
    [
        "with httpx.Client() as client:\n        return client.get(url)",
        "with httpx.Client() as client, client.stream('GET', url) as response:\n        return response.read()",
        "return httpx.Client().get(url)",
        "client = seawall.Client(base_url=url)\n    return client.get('/')",
        "client: httpx.Client = httpx.Client()\n    return client.get('/')",
        "session = requests.Session()\n    session.headers['a'] = 'b'\n    return session.get(url, timeout=1)",
        "for each in url:\n        requests.Session().get(each, timeout=1)\n        requests.Session().close()",
        "while url:\n        client = httpx.Client()\n        client.get(url)\n        client.get(url)",
        "with contextlib.closing(requests.Session()) as session:\n        return session.get(url, timeout=1)",
        "client = httpx.Client()\n    if url:\n        return client.get(url)\n    return client.post(url)",
        "client = httpx.Client()\n    if url:\n        x = client.get(url)\n    else:\n        x = client.post(url)",
        "client = httpx.Client()\n    return client.get(url) if url else client.post(url)",
        "return (lambda: httpx.Client().get(url))()",
        "return made().get(url)",
        "with made() as client:\n        return client.get(url)",
    ],
)
def test_a_client_for_one_call_is_found(body: str) -> None:
    """A client that a function builds, uses once and forgets is found, and so is one for each turn of a loop."""
    assert codes(f"{HEAD}def load(url):\n    {body}\n") == ["SWL601"]


@pytest.mark.parametrize(
    "body",
    [
        "return httpx.Client()",
        "yield httpx.Client()",
        "client = httpx.Client()\n    return client",
        "client = httpx.Client()\n    return Agents(client)",
        "self.client = httpx.Client()",
        "with httpx.Client() as client:\n        for each in url:\n            client.get(each)",
        "with httpx.Client() as client:\n        return client.get(url), client.get(url)",
        "with httpx.Client() as client:\n        def inner():\n            return client.get(url)\n        run(inner)",
        "client = self.client or httpx.Client()\n    return client.get(url)",
        "if client is None:\n        client = httpx.Client()\n    return client.get(url)",
        "if self.session:\n        http = self.session\n    else:\n        http = httpx.Client()\n    return http.get(url)",
        "client = httpx.Client()\n    client.get(url)\n    return client",
        "with fetch.Client() as client:\n        return client.get(url)",
        "client = httpx.Client()\n    if url:\n        client.get(url)\n    return client.post(url)",
        "client = httpx.Client()\n    if client.get(url):\n        return client.post(url)",
        "if url:\n        return 1\n    with httpx.Client() as other:\n        return other.get(url), other.post(url)",
        "try:\n        return client.get(url)\n    except KeyError:\n        return httpx.Client().get(url)",
        "for each in url:\n        if client is None:\n            client = httpx.Client()\n        client.get(each)",
        "return lambda: httpx.Client()",
        "return [httpx.Client() for each in url]",
        "self.client = made()",
    ],
)
def test_a_client_that_lives_on_is_let_be(body: str) -> None:
    """A client that is handed on, stored, used for many calls, or only stands in for one is let be."""
    assert codes(f"{HEAD}def load(self, url, client=None):\n    {body}\n") == []


@pytest.mark.parametrize(
    ("head", "is_found"),
    [
        ("def load():", True),
        ("def main():", False),
        ("def test_load():", False),
        ("@pytest.fixture\ndef load():", False),
        ("@app.command()\ndef load():", False),
        ("@functools.cache\ndef load():", False),
        ("@celery.task\ndef load():", True),
    ],
)
def test_what_runs_once_may_build_its_own(head: str, is_found: bool) -> None:
    """Programs, commands, tests, fixtures and what is cached run once, and may build a client for it."""
    code = f"{HEAD}{head}\n    with httpx.Client() as client:\n        return client.get('/')\n"
    assert codes(code) == (["SWL601"] if is_found else [])


@pytest.mark.parametrize(("mark", "is_found"), [("property", True), ("functools.cached_property", False), ("cache", False)])
def test_a_property_that_builds_is_found(mark: str, is_found: bool) -> None:
    """A property that returns a new client looks like one client, and is a new one each time."""
    code = f"{HEAD}class A:\n    @{mark}\n    def client(self):\n        return httpx.Client()\n"
    assert codes(code) == (["SWL601"] if is_found else [])


@pytest.mark.parametrize(("mark", "is_found"), [("# plain", True), ("@functools.lru_cache", False), ("@functools.cache", False)])
def test_a_factory_of_the_same_file_is_looked_into(mark: str, is_found: bool) -> None:
    """A function or method that builds a client each time is as good as its class, unless it is cached."""
    made = f"class A:\n    {mark}\n    def api(self):\n        return httpx.Client(base_url=url)\n"
    code = f"{HEAD}{made}    def f(self):\n        self.api().get('/')\n"
    assert codes(code) == (["SWL601"] if is_found else [])
    assert codes(code.replace("return httpx.Client(base_url=url)", "return Service(url)")) == []
    lazy = "if self.c is None:\n            self.c = httpx.Client()\n        return self.c"
    assert codes(code.replace("return httpx.Client(base_url=url)", lazy)) == []


def test_a_loop_of_a_script_is_a_loop() -> None:
    """A client for each turn of a loop is found outside of functions too, unless somebody keeps it."""
    code = f"{HEAD}for url in urls:\n    with httpx.Client() as client:\n        client.get(url){{}}\n"
    assert codes(code.format("")) == ["SWL601"]
    assert codes(code.format("\n        keep(client)")) == []
    assert codes(f"{HEAD}with httpx.Client() as client:\n    client.get(url)\n") == []


def test_a_script_runs_once() -> None:
    """What `if __name__ == "__main__"` calls is a program, whatever its name."""
    code = f"{HEAD}def load():\n    return httpx.Client().get('/')\n"
    assert codes(code) == ["SWL601"]
    assert codes(f'{code}if __name__ == "__main__":\n    load()\n') == []
    assert codes(f"{code}asyncio.run(load())\n") == []


def test_a_handler_of_requests_runs_for_each() -> None:
    """In a web framework's handler even a client for many calls is built over and over."""
    body = "    with httpx.Client() as client:\n        return client.get('/a'), client.get('/b')\n"
    assert codes(f"{HEAD}@app.get('/agents')\ndef agents():\n{body}") == ["SWL601"]
    assert codes(f"{HEAD}def agents():\n{body}") == []
    assert codes(f"{HEAD}def agents():\n{body}@app.get('/b')\ndef b(x=Depends(agents)): ...\n") == ["SWL601"]


@pytest.mark.parametrize(
    ("body", "is_found"),
    [
        ("with httpx.Client() as client:\n        return service(client)", True),
        ("with httpx.Client() as client:\n        return service(api=client)", True),
        ("client = httpx.Client()\n    return Service(client)", False),
        ("with httpx.Client() as client:\n        self.client = client", False),
    ],
)
def test_a_handler_that_lends_its_client_builds_it_all_the_same(body: str, is_found: bool) -> None:
    """In a handler a client that is closed at the end of its `with` is one for each request, whoever else uses it."""
    assert codes(f"{HEAD}@app.get('/agents')\ndef agents(self):\n    {body}\n") == (["SWL601"] if is_found else [])


@pytest.mark.parametrize(
    "call",
    [
        "requests.get(url)",
        "requests.request('GET', url)",
        "requests.post(url, timeout=None)",
        "requests.Session().get(url)",
        "httpx.get(url, timeout=None)",
        "httpx.Client(timeout=httpx.Timeout(None))",
        "aiohttp.ClientSession()",
        "aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=None))",
        "urllib3.PoolManager()",
        "urllib3.request('GET', url)",
        "urlopen(url)",
        "urlopen(url, b'data')",
        "HTTPSConnection('acme.example')",
        "HTTPConnection('acme.example', 80)",
        "fetch(url)",
        "requests.get(url, timeout=(3, None))",
        "requests.get(url, timeout=NEVER)",
        "requests.Session().send(prepared)",
        "getattr(requests, method)(url)",
        "getattr(requests.Session(), method)(url)",
        "pool.submit(requests.get, url)",
        "asyncio.to_thread(requests.get, url)",
        "loop.run_in_executor(None, requests.get, url)",
        "list(map(requests.get, urls))",
        "httpx.Client().get(url, timeout=None)",
        "aiohttp.ClientSession(timeout=None)",
        "aiohttp.ClientSession(timeout=aiohttp.ClientTimeout())",
        "aiohttp.request('GET', url)",
        "urllib.request.urlretrieve(url, file)",
        "urllib.request.build_opener().open(url)",
        "urllib3.HTTPSConnectionPool('acme.example')",
        "urllib3.ProxyManager(url, timeout=None)",
    ],
)
def test_a_call_that_may_wait_for_ever_is_found(call: str) -> None:
    """What has no timeout, or has it switched off, is found."""
    head = f"{HEAD}from urllib.request import urlopen\nfrom http.client import HTTPConnection, HTTPSConnection\n"
    assert "SWL701" in codes(f"{head}import urllib.request\nNEVER = None\nfetch = requests.get\nanswer = {call}\n")


@pytest.mark.parametrize(
    "call",
    [
        "requests.get(url, timeout=5)",
        "requests.get(url, **options)",
        "requests.get(*parts)",
        "requests.Session()",
        "httpx.get(url)",
        "httpx.Client(timeout=httpx.Timeout(5, read=None))",
        "aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5))",
        "urllib3.PoolManager(timeout=5)",
        "urlopen(url, None, 5)",
        "urlopen(url, timeout=seconds)",
        "HTTPConnection('acme.example', 80, 5)",
        "other.get(url)",
        "requests.get(url, timeout=(3, 5))",
        "requests.get(url, timeout=(None, 5))",
        "requests.get(url, timeout=SOME)",
        "(lambda timeout=None: requests.get(url, timeout=timeout))()",
        "pool.submit(requests.get, url, timeout=5)",
        "pool.submit(other.get, url)",
        "functools.partial(requests.get, stream=True)",
        "wraps(requests.get)",
        "httpx.Client().stream('GET', url, timeout=None)",
        "urllib.request.build_opener().open(url, None, 5)",
        "opener.open(url)",
        "urlopen('file:///etc/hosts')",
        "urlopen('data:,' + text)",
        "urlopen(f'file://{path}')",
        "urlopen(path.as_uri())",
        "urllib.request.urlretrieve(path.as_uri(), file)",
        "urllib3.PoolManager().request('GET', url, timeout=5)",
        "getattr(other, method)(url)",
        "(lambda requests: requests.get(url))(other)",
    ],
)
def test_a_call_that_ends_is_let_be(call: str) -> None:
    """What has a timeout, may have one, or is no call is let be."""
    head = f"{HEAD}from urllib.request import urlopen\nfrom http.client import HTTPConnection\nfrom shop import other\n"
    head += "import urllib.request\nSOME = 5 if slow else None\n"
    assert codes(f"{head}answer = {call}\n") == []


def test_a_session_with_a_timeout_of_its_own_is_let_be() -> None:
    """A session whose adapter, or whose method, somebody replaced may have got a timeout there."""
    plain = f"{HEAD}session = requests.Session()\n{{}}\nsession.get(url)\n"
    assert codes(plain.format("pass")) == ["SWL701"]
    assert codes(plain.format("session.mount('https://', requests.adapters.HTTPAdapter(max_retries=3))")) == ["SWL701"]
    assert codes(plain.format("session.mount('https://', PatientAdapter())")) == []
    assert codes(plain.format("session.request = functools.partial(session.request, timeout=5)")) == []


def test_a_session_from_elsewhere_is_let_be() -> None:
    """Whoever made a session may have given it a timeout, which cannot be seen from where it is used."""
    assert codes(f"{HEAD}def load(session: requests.Session):\n    return session.get(url)\n") == []


def test_a_default_for_all_sockets_counts() -> None:
    """`socket.setdefaulttimeout` gives one to everything that has none of its own."""
    assert codes("import socket, requests\nsocket.setdefaulttimeout(5)\nrequests.get(url)\n") == []


def test_the_message_names_the_call_however_it_was_imported() -> None:
    """A finding speaks of the library's own name for what is called."""
    assert "urllib.request.urlopen" in found("from urllib import request as r\nr.urlopen(url)\n")[0].message
