"""What rules know of HTTP libraries: modules, clients, calls, and what they raise. Facts from their documentation."""

import ast
from collections.abc import Iterable, Iterator

from ._module import Module

__all__ = [
    "BROAD",
    "CLIENTS",
    "LIBRARIES",
    "SYSTEM",
    "VERBS",
    "WORDS",
    "calls_network",
    "caught",
    "is_foreign_error",
    "is_foreign_root",
    "is_problem",
    "is_problem_root",
    "kinds",
    "library_of",
]

# Whoever imports one of these can make an HTTP call of its own.
LIBRARIES = (
    "aiohttp",
    "asks",
    "cloudscraper",
    "curl_cffi",
    "hishel",
    "http.client",
    "httpcore",
    "httpcore2",
    "httplib2",
    "httpx",
    "httpx2",
    "niquests",
    "primp",
    "pycurl",
    "pyodide.http",
    "requests",
    "requests_cache",
    "requests_futures",
    "requests_html",
    "requests_oauthlib",
    "tornado.httpclient",
    "treq",
    "urllib.request",
    "urllib3",
)
# One of these stands in every file that may make a call, or catch what one raises; "http" alone stands in every second file.
WORDS = (
    "Problem",
    "from http",
    "http.client",
    "import http",
    "seawall",
    *sorted({library.partition(".")[0] for library in LIBRARIES} - {"http"}),
)
_LIKE_REQUESTS = ("httpx", "httpx2", "niquests", "requests")
VERBS = frozenset({"delete", "get", "head", "options", "patch", "post", "put", "query", "request", "send", "stream"})
CLIENTS = frozenset(
    {
        "aiohttp.ClientSession",
        "aiohttp.client.ClientSession",
        "niquests.AsyncSession",
        "niquests.Session",
        "requests.Session",
        "requests.session",
        "requests.sessions.Session",
        "seawall.AsyncClient",
        "seawall.Client",
        "seawall.client.AsyncClient",
        "seawall.client.Client",
        "urllib3.PoolManager",
        "urllib3.ProxyManager",
        *(f"{library}.{kind}" for library in ("httpx", "httpx2") for kind in ("AsyncClient", "Client")),
    }
)
_SINGLE_CALLS = frozenset(
    {
        "aiohttp.request",
        "urllib.request.urlopen",
        "urllib.request.urlretrieve",
        "urllib3.request",
        *(f"{library}.{verb}" for library in _LIKE_REQUESTS for verb in VERBS - {"send"}),
    }
)
# What people call a client, where its making cannot be seen.
_CLIENT_NAMES = frozenset({"api", "api_client", "client", "http", "http_client", "httpx_client"})

# "" is a bare `except:`
BROAD = frozenset({"BaseException", "BaseExceptionGroup", "Exception", "ExceptionGroup", ""})
# Built-in exceptions that say no more than that a call failed, where it is a call that fails.
SYSTEM = frozenset({"ConnectionError", "ConnectionResetError", "OSError", "TimeoutError", "asyncio.TimeoutError"})

# Each library's exceptions of which all its others, or nearly all, are kinds.
_FOREIGN_ROOTS = frozenset(
    {
        "aiohttp.ClientConnectionError",
        "aiohttp.ClientError",
        "aiohttp.ClientResponseError",
        "urllib.error.HTTPError",
        "urllib.error.URLError",
        "urllib3.exceptions.HTTPError",
        *(
            f"{library}.{kind}"
            for library in ("httpx", "httpx2")
            for kind in ("HTTPError", "HTTPStatusError", "NetworkError", "RequestError", "TimeoutException", "TransportError")
        ),
        *(
            f"{module}.{kind}"
            for module in ("niquests", "niquests.exceptions", "requests", "requests.exceptions")
            for kind in ("ConnectionError", "HTTPError", "RequestException", "Timeout")
        ),
    }
)
_SOCKET_ERRORS = frozenset({"http.client.HTTPException", "socket.error", "socket.gaierror", "socket.herror", "socket.timeout"})
_ERROR_MODULES = (*LIBRARIES, "urllib.error")

_MAX_STEPS = 3  # from tuple to tuple; text that was made to go round in circles ends here

# The problems that say no more than that the call failed. Whoever catches NotFoundProblem knows what it means.
_PROBLEM_ROOTS = frozenset(
    {
        "ApiProblem",
        "ClientErrorProblem",
        "ContentProblem",
        "NetworkProblem",
        "ServerErrorProblem",
        "StatusProblem",
        "TimeoutProblem",
    }
)


def library_of(name: str) -> str:
    """Return the HTTP library that a dotted name comes from, or ""."""
    return next((library for library in _ERROR_MODULES if name.startswith(f"{library}.")), "")


def is_problem(name: str) -> bool:
    """Whether an exception's dotted name is that of a problem, Seawall's or a generated one."""
    return name.rpartition(".")[2].endswith("Problem")


def is_problem_root(name: str) -> bool:
    """Whether it is a problem that says no more than that the call failed."""
    return name.rpartition(".")[2] in _PROBLEM_ROOTS


def is_foreign_root(name: str) -> bool:
    """Whether it stands for whatever may go wrong in some HTTP library."""
    return name in _FOREIGN_ROOTS


def is_foreign_error(name: str) -> bool:
    """Whether it is an exception of an HTTP library, or of a socket."""
    return name in _SOCKET_ERRORS or name.startswith("ssl.") or bool(library_of(name))


def caught(module: Module, handler: ast.ExceptHandler) -> list[str]:
    """Return the dotted names of what a handler catches; "" stands for everything."""
    return [""] if handler.type is None else kinds(module, [handler.type])


def kinds(module: Module, expressions: Iterable[ast.expr], steps: int = _MAX_STEPS) -> list[str]:
    """Return the dotted names of exceptions, in tuples and behind names too; "?" stands for one that cannot be told."""
    return [name for each in expressions for name in _kinds(module, each, steps)]


def _kinds(module: Module, expression: ast.expr, steps: int) -> list[str]:
    match expression:
        case ast.Starred(value=inner):
            return _kinds(module, inner, steps)
        case ast.Tuple(elts=parts) if steps:
            return kinds(module, parts, steps - 1)
    name = module.names.meaning(expression)
    held = [each for each in module.names.values(expression) if isinstance(each, ast.Tuple | ast.Name)] if not name else []
    return kinds(module, held, steps - 1) if held and steps else [name or "?"]


def calls_network(module: Module, nodes: Iterable[ast.AST]) -> bool:
    """Whether code makes a call through an HTTP client, as far as can be seen."""
    speaks_http = module.imports("seawall", *LIBRARIES)
    return any(_is_network_call(module, call, speaks_http) for call in _calls(nodes))


def _is_network_call(module: Module, call: ast.Call, speaks_http: bool) -> bool:
    if module.names.meaning(call.func) in _SINGLE_CALLS:
        return True
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in VERBS:
        return False
    owner = call.func.value
    return module.names.made_of(owner) in CLIENTS or (speaks_http and _last(owner).lstrip("_").lower() in _CLIENT_NAMES)


def _calls(nodes: Iterable[ast.AST]) -> Iterator[ast.Call]:
    return (node for start in nodes for node in ast.walk(start) if isinstance(node, ast.Call))


def _last(expression: ast.expr) -> str:
    match expression:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
    return ""
