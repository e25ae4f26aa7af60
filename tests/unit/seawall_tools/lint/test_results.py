"""SWL203: results, tasks and futures that nobody looks at."""

import pytest

from tests.unit.seawall_tools.lint.looking import codes


@pytest.mark.parametrize(
    ("body", "is_found"),
    [
        ("await gather(*work, return_exceptions=True)", True),
        ("_ = await gather(*work, return_exceptions=True)", True),
        ("task = gather(*work, return_exceptions=True)", True),
        ("return await gather(*work, return_exceptions=True)", False),
        ("for each in await gather(*work, return_exceptions=True):\n        log(each)", False),
        ("results = await gather(*work, return_exceptions=True)\n    log(results)", False),
        ("await gather(*work)", False),
        ("await gather(*work, return_exceptions=False)", False),
        ("rest = asyncio.all_tasks()\n    await gather(*rest, return_exceptions=True)", False),
        ("await gather(*asyncio.all_tasks(), return_exceptions=True)", False),
        ("first, _ = await gather(*work, return_exceptions=True)", True),
        ("first, *_ = await gather(*work, return_exceptions=True)\n    log(first)", False),
        ("self.results, _ = await gather(*work, return_exceptions=True)", False),
        ("results: list = await gather(*work, return_exceptions=True)", True),
        ("(results := await gather(*work, return_exceptions=True))", True),
        ("log(results := await gather(*work, return_exceptions=True))", False),
        ("global results\n    results = await gather(*work, return_exceptions=True)", False),
        ("results = await gather(*work, return_exceptions=True)\n    return lambda: results", False),
        ("await asyncio.wait_for(gather(*work, return_exceptions=True), 5)", True),
        ("return await asyncio.wait_for(gather(*work, return_exceptions=True), 5)", False),
        ("await asyncio.shield(gather(*work, return_exceptions=True))", True),
        ("loop.run_until_complete(gather(*work, return_exceptions=True))", True),
        ("log(gather(*work, return_exceptions=True))", False),
        ("await gather(*(each.aclose() for each in work), return_exceptions=True)", False),
    ],
)
def test_what_gather_returns_is_to_be_read(body: str, is_found: bool) -> None:
    """Exceptions that become values are found where nobody reads the values."""
    assert codes(f"import asyncio\nfrom asyncio import gather\nasync def f(work):\n    {body}\n") == (
        ["SWL203"] if is_found else []
    )


def test_a_function_that_ends_something_may_wait_for_all() -> None:
    """In a function called `close` or the like, waiting is all that is meant."""
    code = "import asyncio\nasync def {}(self):\n    await asyncio.gather(*self.tasks, return_exceptions=True)\n"
    assert codes(code.format("_shutdown_tasks")) == []
    assert codes(code.format("load")) == ["SWL203"]


@pytest.mark.parametrize(
    ("body", "is_found"),
    [
        ("await asyncio.wait([asyncio.create_task(each.load()) for each in agents()])", True),
        ("done, _ = await asyncio.wait([asyncio.create_task(load())])", True),
        ("done, _ = await asyncio.wait([asyncio.create_task(load())])\n    return [each.result() for each in done]", False),
        ("tasks = [asyncio.create_task(load())]\n    await asyncio.wait(tasks)\n    return tasks", False),
        ("tasks = [asyncio.create_task(load())]\n    await asyncio.wait(tasks)", True),
        ("await asyncio.wait(work)", False),
        ("await asyncio.wait((asyncio.wrap_future(self.future),), timeout=1)", False),
        ("await asyncio.wait(started())", False),
        ("await asyncio.wait(self.tasks)", False),
        ("await asyncio.wait([asyncio.create_task(load())])\n    await api.aclose()", False),
    ],
)
def test_what_is_waited_for_is_to_be_asked(body: str, is_found: bool) -> None:
    """`asyncio.wait()` raises nothing: it is found where nobody holds the tasks, or nobody looks at those that are done."""
    assert codes(f"import asyncio\nasync def f(self, work):\n    {body}\n") == (["SWL203"] if is_found else [])


@pytest.mark.parametrize(
    ("body", "is_found"),
    [
        ("asyncio.create_task(api.get('/'))", True),
        ("asyncio.ensure_future(api.get('/'))", True),
        ("asyncio.get_running_loop().create_task(api.get('/'))", True),
        ("task = asyncio.create_task(api.get('/'))", True),
        ("await asyncio.create_task(api.get('/'))", False),
        ("self.task = asyncio.create_task(api.get('/'))", False),
        ("task = asyncio.create_task(api.get('/'))\n    self.tasks.add(task)", False),
        ("async with asyncio.TaskGroup() as group:\n        group.create_task(api.get('/'))", False),
        ("pool = ThreadPoolExecutor()\n    pool.submit(api.get, '/')", True),
        ("pool = ThreadPoolExecutor()\n    return pool.submit(api.get, '/')", False),
        ("pool = ThreadPoolExecutor()\n    pool.submit(guarded, '/')", False),
        ("self.pool.submit(api.get, '/')", False),
    ],
)
def test_a_task_is_to_be_held(body: str, is_found: bool) -> None:
    """A task or a future that nobody holds is found where HTTP is spoken, unless its function catches everything itself."""
    head = "import asyncio{}\nfrom concurrent.futures import ThreadPoolExecutor\n"
    guarded = "def guarded(path):\n    try:\n        g(path)\n    except Exception:\n        log.exception('no')\n"
    code = f"{guarded}async def f(self, api):\n    {body}\n"
    assert codes(head.format(", seawall") + code) == (["SWL203"] if is_found else [])
    assert codes(head.format("") + code) == []
