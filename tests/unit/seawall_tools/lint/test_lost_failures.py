"""SWL201, SWL202 and SWL203: failures of which nobody hears."""

import pytest

from tests.unit.seawall_tools.lint.looking import codes

TRY = "{head}def f(api):\n    try:\n        return api.get('/')\n    except {{}}:\n        {{}}\n".format(
    head="import httpx, requests, seawall\nKINDS = (KeyError, seawall.ApiProblem)\n"
)


MORE_SILENCE = (
    "return b''",
    "return list()",
    "return None, []",
    "api = None",
    "del api",
    "api",
    "log.debug('no')",
    "self.logger.debug('no', exc_info=True); return None",
)


@pytest.mark.parametrize(
    "body", ["pass", "...", "return", "return None", "return ''", "return []", "return {}", "'for now'", *MORE_SILENCE]
)
def test_a_silent_handler_is_found(body: str) -> None:
    """A handler that does nothing, or gives back nothing, is found."""
    assert codes(TRY.format("seawall.ApiProblem", body)) == ["SWL201"]


@pytest.mark.parametrize(
    "body",
    [
        "raise",
        "log.info('no')",
        "_ = count(api)",
        "api = DEFAULT",
        "return list(cache)",
        "page.debug('no')",
        "return default",
        "return False",
        "self.failed = True",
        "pass  # the next poll asks again",
    ],
)
def test_a_handler_that_says_something_is_let_be(body: str) -> None:
    """Whoever raises, logs, answers something, or gives a reason has not forgotten the failure."""
    assert codes(TRY.format("seawall.ApiProblem", body)) == []


@pytest.mark.parametrize(
    ("kind", "is_found"),
    [
        ("seawall.NetworkProblem", True),
        ("(KeyError, seawall.ServerErrorProblem)", True),
        ("KINDS", True),
        ("requests.Timeout", True),
        ("httpx.HTTPStatusError", True),
        ("ExceptionGroup", True),
        ("TimeoutError", True),
        ("OSError", True),
        ("Exception", True),
        ("seawall.NotFoundProblem", False),
        ("AgentForbidden", False),
        ("KeyError", False),
    ],
)
def test_what_is_caught_matters(kind: str, is_found: bool) -> None:
    """Problems that mean something of their own may be the answer; general ones are not."""
    assert ("SWL201" in codes(TRY.format(kind, "return None"))) == is_found


@pytest.mark.parametrize("comment", ["# noqa: E501", "# type: ignore", "# pragma: no cover", "#"])
def test_a_comment_for_a_tool_is_no_reason(comment: str) -> None:
    """What is written for a tool, or nothing at all, does not explain why a failure may be lost."""
    assert codes(TRY.format("seawall.ApiProblem", f"pass  {comment}")) == ["SWL201"]


def test_everything_may_be_lost_where_no_call_is_made() -> None:
    """`except Exception: pass` is other linters' matter, unless a call is made there, or the file uses Seawall."""
    code = "{}\ntry:\n    {}\nexcept Exception:\n    pass\n"
    assert codes(code.format("import requests", "int(text)")) == []
    assert codes(code.format("import requests", "requests.get(url, timeout=1)")) == ["SWL201"]
    assert codes(code.format("import seawall", "load(text)")) == ["SWL201"]
    assert codes(code.format("import seawall", "int(text)")) == []


def test_a_client_is_known_by_its_name_where_http_is_spoken() -> None:
    """A thing called `client` is taken for one in a file that imports an HTTP library, and in no other."""
    code = "{}\ndef f(client):\n    try:\n        client.get('/')\n    except Exception:\n        pass\n"
    assert codes(code.format("import requests")) == ["SWL201"]
    assert codes(code.format("import redis")) == []


def test_everything_may_be_suppressed_where_no_call_is_made() -> None:
    """`suppress(Exception)` is found where a call is made, or where the file uses Seawall."""
    code = "import contextlib{}\nwith contextlib.suppress(Exception):\n    {}\n"
    assert codes(code.format("", "load()")) == []
    assert codes(code.format(", seawall", "load()")) == ["SWL202"]
    assert codes(code.format(", requests", "requests.get(url, timeout=1)")) == ["SWL202"]


@pytest.mark.parametrize(
    ("loop", "is_found"),
    [
        ("while True:", False),
        ("for attempt in range(3):", False),
        ("for agent in agents:", True),
        ("if ready:", True),
    ],
)
def test_a_loop_that_tries_again_is_let_be(loop: str, is_found: bool) -> None:
    """A failure is not lost in a loop that comes round to the same call, and is lost in one that goes on to the next."""
    code = f"import seawall\n{loop}\n    try:\n        api.get('/')\n    except seawall.ApiProblem:\n        pass\n"
    assert codes(code) == (["SWL201"] if is_found else [])


@pytest.mark.parametrize(
    ("body", "is_found"),
    [
        ("api.get(each)\n    except ApiProblem:\n        continue", True),
        ("return api.get(each)\n    except ApiProblem:\n        continue", False),
        ("api.get(each)\n    except ApiProblem:\n        continue\n    else:\n        break", False),
        ("x = api.get(each)\n    except ApiProblem:\n        continue\n    return x", False),
        ("return api.get(each)\n    except ApiProblem:\n        break", True),
        ("return api.get(each)\n    except ApiProblem:\n        return None", True),
    ],
)
def test_a_loop_from_mirror_to_mirror_is_let_be(body: str, is_found: bool) -> None:
    """A loop that ends with the first success may go on after a failure, and must not end with one in silence."""
    code = f"from seawall import ApiProblem\ndef f(mirrors):\n  for each in mirrors:\n    try:\n        {body}\n"
    assert codes(code) == (["SWL201"] if is_found else [])


@pytest.mark.parametrize(
    ("call", "is_found"), [("api.close()", False), ("api.get('/')", True), ("api.get('/'); api.close()", True)]
)
def test_a_farewell_may_fail(call: str, is_found: bool) -> None:
    """Who only closes something need not hear that it failed."""
    assert codes(f"import seawall\ntry:\n    {call}\nexcept Exception:\n    pass\n") == (["SWL201"] if is_found else [])


@pytest.mark.parametrize(
    ("handler", "rest", "is_found"),
    [
        ("pass", "return Status()", False),
        ("pass", "return None", True),
        ("pass", "log.info('x')\n    return Status()", True),
        ("return", "return Status()", True),
        ("pass", "raise Down", True),
    ],
)
def test_an_answer_behind_the_try_is_one(handler: str, rest: str, is_found: bool) -> None:
    """`pass` and a `return` of something behind the `try` is the same as that `return` in the handler, and is let be."""
    code = f"def f():\n    try:\n        return api.get('/')\n    except seawall.ApiProblem:\n        {handler}\n    {rest}\n"
    assert codes(f"import seawall\n{code}") == (["SWL201"] if is_found else [])


def test_what_others_tell_their_debug_log_is_told() -> None:
    """A failure that is told to a debug log alone is lost where Seawall is used; where it is not, somebody chose that."""
    code = "import requests{}\ntry:\n    requests.get(u, timeout=1)\nexcept requests.RequestException:\n    log.debug('no')\n"
    assert codes(code.format(", seawall")) == ["SWL201"]
    assert codes(code.format("")) == []


def test_a_system_error_is_a_calls_where_a_call_is_made() -> None:
    """`except OSError: pass` is about files, unless the code makes a call."""
    code = "import requests, seawall\ntry:\n    {}\nexcept OSError:\n    pass\n"
    assert codes(code.format("file.read()")) == []
    assert codes(code.format("requests.get(u, timeout=1)")) == ["SWL201"]


def test_groups_of_exceptions_are_looked_at_too() -> None:
    """`except*` is a handler as any other."""
    assert codes("import seawall\ntry:\n    f()\nexcept* seawall.ApiProblem:\n    pass\n") == ["SWL201"]


@pytest.mark.parametrize(
    ("code", "is_found"),
    [
        ("with suppress(Exception):\n    api.get('/')", True),
        ("with contextlib.suppress(KeyError, ApiProblem):\n    api.get('/')", True),
        ("async def f():\n    async with lock, suppress(Exception):\n        await api.get('/')", True),
        ("with suppress(Exception):\n    api.close()", False),
        ("with suppress(Exception):\n    stream.close(); api.close()", False),
        ("with suppress(Exception):\n    api.get('/')\n    api.close()", True),
        ("with suppress(Exception):  # a badge that nobody misses\n    api.get('/')", False),
        ("with suppress(NotFoundProblem):\n    api.delete('/')", False),
        ("with suppress(KeyError):\n    api.get('/')", False),
        ("while wait():\n    with suppress(ApiProblem):\n        api.get('/')", False),
        ("for each in mirrors:\n    with suppress(ApiProblem):\n        x = each.get('/')\n        break", False),
        ("for each in agents:\n    with suppress(ApiProblem):\n        each.get('/')", True),
        ("with suppress(*kinds):\n    api.get('/')", False),
        ("with suppress(*KINDS):\n    api.get('/')", True),
        ("quiet = suppress(Exception)\nwith quiet:\n    api.get('/')", True),
        ("with contextlib.ExitStack() as s:\n    s.enter_context(suppress(Exception))\n    api.get('/')", True),
        ("with contextlib.ExitStack() as s:\n    s.enter_context(suppress(KeyError))\n    api.get('/')", False),
    ],
)
def test_suppressing_more_than_is_meant_is_found(code: str, is_found: bool) -> None:
    """Everything, or every problem, suppressed around work is found, and around a farewell it is not."""
    head = "import contextlib\nfrom contextlib import suppress\nfrom seawall import ApiProblem, NotFoundProblem\n"
    head += "KINDS = (KeyError, ApiProblem)\n"
    assert codes(head + code) == (["SWL202"] if is_found else [])
