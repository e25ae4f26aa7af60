"""SWL701: a call by a library that waits for ever unless it is told not to."""

import ast
from collections.abc import Iterator

from .._finding import Hit, Rule
from .._module import Module

__all__ = ["NO_TIMEOUT"]

_FOREVER = "{name} waits for ever for a server that falls silent: give it a timeout, in seconds"
_SWITCHED_OFF = "the timeout of {name} is switched off: a server that falls silent is waited for for ever"
_AIOHTTP = "{name} has no ClientTimeout of yours: its own is five minutes for a whole call"

_RETRIEVE = "{name} waits for ever, and takes no timeout: use urlopen() with one"

_VERBS = ("delete", "get", "head", "options", "patch", "post", "put", "request")
# Dotted name -> how many positional arguments there are up to and with the timeout; 0: it cannot be positional.
_WAIT_FOREVER = {
    **{f"requests.{verb}": 0 for verb in _VERBS},
    **{f"requests.api.{verb}": 0 for verb in _VERBS},
    "http.client.HTTPConnection": 3,
    "http.client.HTTPSConnection": 0,
    "requests.Session.send": 0,
    "urllib.request.OpenerDirector.open": 3,
    "urllib.request.urlopen": 3,
    "urllib3.request": 0,
}
_POOLS = {
    f"urllib3.{kind}"
    for kind in ("HTTPConnectionPool", "HTTPSConnectionPool", "PoolManager", "ProxyManager", "connection_from_url")
}
_RUNNERS = {  # call what they are given, with what they are given
    "apply_async",
    "map",
    "run_in_executor",
    "run_in_threadpool",
    "run_sync",
    "submit",
    "sync_to_async",
    "to_thread",
}
_SESSIONS = {"requests.Session", "requests.session", "requests.sessions.Session"}
_ADAPTERS = {"requests.adapters.HTTPAdapter"}
_SESSION_CLASS = {"aiohttp.ClientSession", "aiohttp.client.ClientSession", "aiohttp.request"}
_LIKE_HTTPX = ("httpx", "httpx2")
_HAVE_DEFAULTS = {f"{library}.{name}" for library in _LIKE_HTTPX for name in (*_VERBS, "AsyncClient", "Client", "stream")}
_HTTPX_CLIENTS = {f"{library}.{kind}" for library in _LIKE_HTTPX for kind in ("AsyncClient", "Client")}
_CLOCKS = {"aiohttp.ClientTimeout", *(f"{library}.Timeout" for library in _LIKE_HTTPX), "urllib3.Timeout", "urllib3.util.Timeout"}


def _check(module: Module) -> Iterator[Hit]:
    has_default = any(module.names.meaning(call.func) == "socket.setdefaulttimeout" for call in module.all(ast.Call))
    for call in module.all(ast.Call):
        if not _is_open(call) and (message := _fault(module, call, has_default)):
            yield Hit(call, message)


def _is_open(call: ast.Call) -> bool:
    """Whether the timeout may come with `*args` or `**kwargs`, where it cannot be seen."""
    return any(isinstance(each, ast.Starred) for each in call.args) or any(each.arg is None for each in call.keywords)


def _fault(module: Module, call: ast.Call, has_default: bool) -> str:
    name = _name(module, call)
    timeout = next((keyword.value for keyword in call.keywords if keyword.arg == "timeout"), None)
    if timeout is not None:
        return _switched_off(module, name, timeout)
    if name in _SESSION_CLASS:
        return "" if module.once("timeouts", lambda: _gives_timeouts(module)) else _AIOHTTP.format(name=name)
    if has_default:
        return ""
    if name in _POOLS:
        return "" if module.once("timeouts", lambda: _gives_timeouts(module)) else _FOREVER.format(name=name)
    if name == "urllib.request.urlretrieve":
        return "" if _is_local(call) else _RETRIEVE.format(name=name)
    position = _WAIT_FOREVER.get(name or _run(module, call), -1)
    is_given = position < 0 or (position and len(call.args) >= position)
    return "" if is_given or _is_local(call) else _FOREVER.format(name=name or _run(module, call))


def _switched_off(module: Module, name: str, timeout: ast.expr) -> str:
    if name in _SESSION_CLASS and _is_none(module, timeout):
        return _AIOHTTP.format(name=name)
    knows = name in _WAIT_FOREVER or name in _HAVE_DEFAULTS or name in _SESSION_CLASS or name in _POOLS
    return _SWITCHED_OFF.format(name=name) if knows and _is_never(module, timeout) else ""


def _name(module: Module, call: ast.Call) -> str:
    """The dotted name of what is called; a method goes by the name of the function that does the same."""
    match call.func:
        case ast.Attribute(value=owner, attr="send") if _is_plain_session(module, owner):
            return "requests.Session.send"
        case ast.Attribute(value=owner, attr=verb) if verb in _VERBS and _is_plain_session(module, owner):
            return f"requests.{verb}"
        case ast.Attribute(value=owner, attr=verb) if verb in _VERBS and (kind := module.names.made_of(owner)) in _HTTPX_CLIENTS:
            return f"{kind.partition('.')[0]}.{verb}"
        case ast.Attribute(value=owner, attr="open") if module.names.made_of(owner) == "urllib.request.build_opener":
            return "urllib.request.OpenerDirector.open"
        case ast.Call(func=ast.Name(id="getattr"), args=[owner, _]) if _is_requests(module, owner):
            return "requests.request"
    name = module.names.meaning(call.func)
    return "" if name.rpartition(".")[2] in _RUNNERS else name


def _is_requests(module: Module, owner: ast.expr) -> bool:
    return module.names.meaning(owner) == "requests" or _is_plain_session(module, owner)


def _run(module: Module, call: ast.Call) -> str:
    """The function that a thread, a pool or the like is told to call."""
    runner = call.func.attr if isinstance(call.func, ast.Attribute) else call.func.id if isinstance(call.func, ast.Name) else ""
    given = call.args[:2] if runner == "run_in_executor" else call.args[:1]
    names = (module.names.meaning(each) for each in given if isinstance(each, ast.Name | ast.Attribute))
    return next((name for name in names if runner in _RUNNERS and name in _WAIT_FOREVER), "")


def _is_local(call: ast.Call) -> bool:
    """Whether the address is that of a file, or of data in itself."""
    match call.args:
        case [ast.Constant(value=str(address)) | ast.JoinedStr(values=[ast.Constant(value=str(address)), *_]), *_]:
            return address.startswith(("file:", "data:"))
        case [ast.BinOp(left=ast.Constant(value=str(address))), *_]:
            return address.startswith(("file:", "data:"))
        case [ast.Call(func=ast.Attribute(attr=name)), *_]:
            return name == "as_uri"
    return False


def _is_plain_session(module: Module, owner: ast.expr) -> bool:
    """Whether it is a session that is made in this file, with nothing put in that could bring a timeout of its own."""
    made_here = [owner] if isinstance(owner, ast.Call) else module.names.values(owner)
    calls = (node for value in made_here for node in ast.walk(value) if isinstance(node, ast.Call))
    if not any(module.names.meaning(call.func) in _SESSIONS for call in calls):
        return False
    return not module.once("patched", lambda: _patches_sessions(module))


def _patches_sessions(module: Module) -> bool:
    replaced = (target for each in module.all(ast.Assign) for target in each.targets if isinstance(target, ast.Attribute))
    if any(target.attr in {"request", "send"} for target in replaced):
        return True
    mounting = (call for call in module.all(ast.Call) if isinstance(call.func, ast.Attribute) and call.func.attr == "mount")
    return any(call.args and module.names.made_of(call.args[-1]) not in _ADAPTERS for call in mounting)


def _is_never(module: Module, timeout: ast.expr) -> bool:
    match timeout:
        case ast.Tuple(elts=[_, read]):  # of requests: connecting, and each wait for data
            return _is_none(module, read)
        case ast.Call(func=function, args=arguments, keywords=keywords) if module.names.meaning(function) in _CLOCKS:
            values = [*arguments, *(keyword.value for keyword in keywords)]
            has_none = module.names.meaning(function) == "aiohttp.ClientTimeout"
            return (bool(values) or has_none) and all(_is_none(module, value) for value in values)
    return _is_none(module, timeout)


def _is_none(module: Module, value: ast.expr) -> bool:
    """Whether it is None, or a name that is never anything else."""
    held = module.names.values(value) if isinstance(value, ast.Name) else [value]
    is_parameter = isinstance(value, ast.Name) and not module.names.is_fixed(value)
    return bool(held) and not is_parameter and all(isinstance(each, ast.Constant) and each.value is None for each in held)


def _gives_timeouts(module: Module) -> bool:
    """Whether the file gives a timeout somewhere: calls of a session may have their own; web sockets have others."""
    if any(keyword.arg == "timeout" for keyword in module.all(ast.keyword)):
        return True
    if any(isinstance(key, ast.Constant) and key.value == "timeout" for each in module.all(ast.Dict) for key in each.keys):
        return True
    attributes = module.all(ast.Attribute)
    return any(each.attr == "ws_connect" or (each.attr == "timeout" and isinstance(each.ctx, ast.Store)) for each in attributes)


NO_TIMEOUT = Rule(
    "SWL701",
    "no-timeout",
    "a call or a client of another library that has no timeout, or whose timeout is switched off",
    ("requests", "httpx", "aiohttp", "urllib", "http.client", "HTTPConnection", "HTTPSConnection"),
    _check,
)
