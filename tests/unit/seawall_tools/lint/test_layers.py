"""SWL301, SWL401 and SWL501: who may do what."""

import re

import pytest

from seawall_tools.lint import Settings
from tests.unit.seawall_tools.lint.looking import codes


@pytest.mark.parametrize(
    "line",
    [
        "token_store.clear()",
        "await_(self._tokenStore.delete())",
        "app.credential_storage.remove('ada')",
        "self.repository.clear_tokens()",
        "clearLocalSession()",
        "session.tokens = None",
        "self.session.access_token = None",
        "session.token = None",
        "session.refresh_token = ''",
        "app.session.tokens = {}",
        "session.access_token = session.refresh_token = None",
        "session.access_token, session.refresh_token = None, None",
        "del session.tokens",
        "setattr(session, 'tokens', None)",
        "session.tokens.clear()",
        "session.store.clear()",
        "get_token_store().clear()",
        "token_store.pop('ada')",
        "del token_store['ada']",
        "token_store['ada'] = None",
        "token_store.save('ada', None)",
        "app.storage.user.pop('access_token')",
        "app.storage.user['access_token'] = None",
        "del st.session_state['token']",
        "self.page.client_storage.remove('refresh_token')",
        "localStorage.removeItem('authToken')",
        "TOKEN_FILE.unlink(missing_ok=True)",
        "import os; os.remove(TOKEN_FILE)",
        "drop_stored_tokens()",
    ],
)
def test_a_feature_that_clears_tokens_is_found(line: str) -> None:
    """Tokens that are thrown away by a feature are found, and not where the session itself does it."""
    code = f"class Agents:\n    def fail(self):\n        {line}\n"
    assert codes(code) == ["SWL301"]
    assert codes(code, "shop/auth/agents.py") == []
    assert codes(code, "shop/_session.py") == []
    assert codes(code.replace("Agents", "UserSession")) == []


@pytest.mark.parametrize(
    "line",
    [
        "tokens.clear()",
        "self.token = None",
        "cache.clear()",
        "token_store.load()",
        "self.tokens = None",
        "session.clear()",
        "clear()",
        "session.token = new",
        "parser.token = None",
        "session.tokens = {'a': 1}",
        "a, session.tokens = None, new",
        "params.pop('access_token')",
        "del params['token']",
        "user.pop('token')",
        "session.delete('token')",
        "token_store.save('ada', tokens)",
        "gitlab.user.delete_token(3)",
        "doc.remove_tokens([1])",
        "keras.backend.clear_session()",
        "K.clear_session()",
        "path.unlink()",
        "setattr(session, 'tokens', new)",
    ],
)
def test_other_things_may_be_cleared(line: str) -> None:
    """A lexer's tokens, one's own fields and other stores are nobody's session."""
    assert codes(f"class Agents:\n    def fail(self):\n        {line}\n") == []


def test_the_session_is_where_the_project_says() -> None:
    """The project names files that may clear tokens, beside those that are known by their names."""
    settings = Settings(session=("shop/login.py",))
    assert codes("token_store.clear()", "shop/login.py") == ["SWL301"]
    assert codes("token_store.clear()", "shop/login.py", settings) == []
    assert codes("token_store.clear()", "shop/auth.py", settings) == []


SESSION_NAMES = [
    "auth",
    "auths",
    "oauth2",
    "_auth_utils",
    "authentication",
    "authorisation",
    "user_session",
    "sessions",
    "s3_credentials",
]
SESSION_NAMES += [
    "tokens",
    "token_store",
    "tokenstorage",
    "TokenStore",
    "OAuthSession",
    "SSOAuth",
    "aws-auth",
    "authlib",
    "auth.v2",
]
OTHER_NAMES = [
    "authors",
    "author",
    "CoAuthors",
    "authored_by",
    "authority",
    "authentic",
    "authorized",
    "tokenizer",
    "tokenise",
    "obsession",
]


@pytest.mark.parametrize("name", SESSION_NAMES)
def test_the_session_is_known_by_its_words(name: str) -> None:
    """A word in the name of a file or of a folder says that the session is there; so does one in the name of a class."""
    assert codes("token_store.clear()", f"shop/{name}/agents.py") == codes("token_store.clear()", f"shop/{name}.py") == []
    assert codes(f"class {re.sub(r'[^A-Za-z0-9_]', '_', name)}:\n    def fail(self):\n        token_store.clear()") == []


@pytest.mark.parametrize("name", OTHER_NAMES)
def test_other_words_are_no_session(name: str) -> None:
    """A word that only begins or ends like one of the session's, such as authors, lets no tokens be cleared."""
    for place in (f"shop/{name}/agents.py", f"shop/{name}.py"):
        assert codes("token_store.clear()", place) == ["SWL301"]
    assert codes(f"class {name}:\n    def fail(self):\n        token_store.clear()") == ["SWL301"]


@pytest.mark.parametrize(
    "line",
    [
        "import httpx",
        "import urllib.request",
        "from urllib import request",
        "from requests.adapters import HTTPAdapter",
        "import aiohttp as http",
        "def f():\n    import urllib3",
        "import importlib\nimportlib.import_module('requests')",
        "import importlib\nimportlib.import_module(name='requests.adapters')",
        "from importlib import import_module as load\nload('htt' + 'px')",
        "__import__('requests')",
        "name = 'http.client'\n__import__(name)",
        "import importlib\nimportlib.import_module('ht' + 'tp' + 'x')",
        "import importlib\npart = 'x'\nimportlib.import_module(f'http{part}')",
        "import importlib\nimportlib.import_module('.sessions', package='requests')",
        "import importlib\nfor name in ('json', 'requests'):\n    importlib.import_module(name)",
        "import pkgutil\npkgutil.resolve_name('httpx:Client')",
        "import sys\nhttp = sys.modules['httpx']",
        "exec('import httpx')",
        "exec('from requests import get')",
        "eval(\"__import__('httpx')\")  # import",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import httpx",
        "from aiohttp import web, ClientSession",
        "from seawall import *",
        "import httplib2",
        "from PySide6.QtNetwork import QNetworkAccessManager",
        "from seawall import AsyncClient",
        "import seawall\napi = seawall.Client(base_url=url)",
    ],
)
@pytest.mark.parametrize("place", ["shop/ui/agents.py", "ui/agents.py", "shop/state/deep/agents.py", "shop/screens/agents.py"])
def test_a_screen_with_a_client_is_found(line: str, place: str) -> None:
    """However a client comes into the UI or state layer, it is found, and elsewhere it is let be."""
    assert codes(line, place) == ["SWL401"]
    assert codes(line, "shop/api/agents.py") == []


@pytest.mark.parametrize(
    "line",
    [
        "import urllib.parse",
        "from requests.structures import CaseInsensitiveDict",
        "from seawall import ApiProblem",
        "import requests_toolbelt",
        "from aiohttp import web",
        "import aiohttp.web",
        "from . import httpx",
        "from ..requests import get",
        "import sys\njson = sys.modules['json']",
        "exec('import json  # httpx')",
        "import importlib\nimportlib.import_module('.httpx', package='shop')",
        "import importlib\nimportlib.import_module(f'{name}x')",
        "n = m\nm = n\n__import__(n + m)",
        "part = 'http'\npart = 'js'\n__import__(part + 'x')",
        "from PySide6.QtNetwork import QLocalSocket",
        "__import__(name)",
    ],
)
def test_other_imports_may_stand_in_a_screen(line: str) -> None:
    """What makes no calls, and what cannot be read, is let be."""
    assert codes(line, "shop/ui/agents.py") == []


@pytest.mark.parametrize(
    ("kind", "is_found"),
    [
        ("httpx.HTTPError", True),
        ("(ValueError, requests.exceptions.Timeout)", True),
        ("socket.timeout", True),
        ("ssl.SSLError", True),
        ("ssl.SSLCertVerificationError", True),
        ("socket.herror", True),
        ("ConnectionRefusedError", True),
        ("BrokenPipeError", True),
        ("OLD", True),
        ("aiohttp.ClientError", True),
        ("urllib.error.URLError", True),
        ("urllib3.exceptions.MaxRetryError", True),
        ("ConnectionError", False),
        ("TimeoutError", False),
        ("seawall.TimeoutProblem", False),
        ("ValueError", False),
    ],
)
def test_a_raw_exception_is_found_where_seawall_calls(kind: str, is_found: bool) -> None:
    """What only other libraries raise is found in handlers around Seawall's calls, and only there."""
    head = "import aiohttp, httpx, requests, seawall, socket, ssl, urllib.error, urllib3\n"
    old = "OLD = (httpx.HTTPError, ValueError)\n"
    code = f"{old}def f(api):\n    try:\n        api.get('/')\n    except {kind}:\n        raise RuntimeError\n"
    assert codes(head + code) == (["SWL501"] if is_found else [])
    assert codes(head.replace("seawall, ", "") + code) == []


def test_a_library_that_is_used_elsewhere_may_be_behind_a_function() -> None:
    """In a file that calls a library, its exceptions may come from any function, and not from a call of Seawall's."""
    code = "import httpx, seawall\nold = httpx.get(url)\ntry:\n    {}\nexcept httpx.HTTPError:\n    raise\n"
    assert codes(code.format("load()")) == []
    assert codes(code.format("api.get('/')")) == ["SWL501"]


@pytest.mark.parametrize(
    ("test", "is_found"),
    [
        ("isinstance(e, httpx.HTTPError)", True),
        ("isinstance(e, (ValueError, httpx.HTTPError))", True),
        ("isinstance(e, seawall.ApiProblem)", False),
        ("isinstance(other, httpx.HTTPError)", False),
    ],
)
def test_a_raw_exception_that_is_told_apart_is_found(test: str, is_found: bool) -> None:
    """A handler for everything that asks for another library's exception waits for what never comes."""
    code = f"try:\n    api.get('/')\nexcept Exception as e:\n    if {test}:\n        raise\n    log.info('x')\n"
    assert codes(f"import httpx, seawall\n{code}") == (["SWL501"] if is_found else [])


def test_who_translates_into_problems_may_catch() -> None:
    """Code between Seawall and another library makes problems of its exceptions, and is let be."""
    code = "import httpx, seawall\ntry:\n    call()\nexcept httpx.HTTPError as error:\n    raise {} from error\n"
    assert codes(code.format("seawall.NetworkProblem()")) == []
    assert codes(code.format("ValueError()")) == ["SWL501"]


def test_a_broken_connection_of_others_is_theirs() -> None:
    """`ConnectionRefusedError` comes from sockets and files too: it is found only around a call."""
    assert codes("import seawall\ntry:\n    load()\nexcept ConnectionRefusedError:\n    raise\n") == []


def test_to_speak_of_seawall_is_not_to_use_it() -> None:
    """A comment that names Seawall makes no file one that uses it."""
    code = "import httpx  # soon seawall\ntry:\n    load()\nexcept httpx.HTTPError:\n    raise\n"
    assert codes(code) == []
    assert codes(f"import seawall\n{code}") == ["SWL501"]


def test_a_library_that_is_used_may_raise_its_own() -> None:
    """Handlers around another library's own calls are in their place, through names and attributes too."""
    code = """
        import httpx, seawall

        class Old:
            def __init__(self):
                self._http = httpx.Client()

            def load(self):
                try:
                    return self._http.get("/")
                except httpx.HTTPError as error:
                    raise RuntimeError from error
        """
    assert codes(code) == []


def test_a_key_ring_of_others_is_theirs() -> None:
    """A password that is deleted from the key-ring is a session's where Seawall is used, and somebody's else where it is not."""
    code = "import keyring{}\nkeyring.delete_password('shop', 'ada')\n"
    assert codes(code.format(", seawall")) == ["SWL301"]
    assert codes(code.format("")) == []
