"""Walking over lists that come in pages."""

import json
from typing import Any

import msgspec
import pytest

import seawall
from seawall import ByCursor, ByLink, ByPage, Request, Response
from seawall.testing import FakeClock
from tests.behaviours.kit import URL, Script, outcome, reply
from tests.worlds import World


class Agent(msgspec.Struct):
    id: int


def _page(body: Any, **headers: str) -> Response:
    return reply(200, json.dumps(body).encode(), content_type="application/json", **headers)


async def _walk(world: World, api: Any, url: str = "/agents", **options: Any) -> list[Any]:
    pages = api.paginate(url, **options)
    return [item async for item in world.each(pages)]


async def test_links(world: World, clock: FakeClock) -> None:
    """Pages follow the Link header, absolute or relative, and the items come typed and in order."""
    transport = Script(
        _page([{"id": 1}, {"id": 2}], Link=f'<{URL}/v1/agents?page=2>; rel="next", <{URL}/v1/agents?page=9>; rel="last"'),
        _page([], Link='</v1/agents?page=3>; rel="next"'),
        _page([{"id": 3}], Link='</v1/agents?page=2>; rel="prev"'),
    )
    async with world.client(f"{URL}/v1", transport=transport, clock=clock) as api:
        assert await _walk(world, api, params={"team": "blue"}, item_model=Agent) == [Agent(1), Agent(2), Agent(3)]
    targets = [call.request.target for call in transport.calls]
    assert targets == ["/v1/agents?team=blue", "/v1/agents?page=2", "/v1/agents?page=3"]


async def test_cursors(world: World, clock: FakeClock) -> None:
    """A cursor goes back as a parameter beside the others, and its absence ends the walk."""
    transport = Script(
        _page({"items": [{"id": 1}], "next_cursor": "a b"}),
        _page({"items": [], "next_cursor": 7}),
        _page({"items": [{"id": 2}], "next_cursor": None}),
    )
    async with world.client(URL, transport=transport, clock=clock) as api:
        found = await _walk(world, api, params=[("tag", "x"), ("tag", "y")], item_model=Agent, by=ByCursor())
    assert found == [Agent(1), Agent(2)]
    targets = [call.request.target.partition("?")[2] for call in transport.calls]
    assert targets == ["tag=x&tag=y", "tag=x&tag=y&cursor=a%20b", "tag=x&tag=y&cursor=7"]


async def test_numbers(world: World, clock: FakeClock) -> None:
    """Numbered pages are counted up to the first empty one."""

    def answer(request: Request) -> Response:
        number = int(request.url.rpartition("=")[2])
        return _page([number * 10] if number < 3 else [])

    transport = Script(answer)
    async with world.client(URL, transport=transport, clock=clock) as api:
        assert await _walk(world, api, item_model=int, by=ByPage(start=0)) == [0, 10, 20]
    assert len(transport.calls) == 4


async def test_pages_are_asked_for_one_by_one(world: World, clock: FakeClock) -> None:
    """The second page is asked for when the first is used up, and not before."""
    transport = Script(_page([1, 2], Link='<?page=2>; rel="next"'), _page([3]))
    async with world.client(URL, transport=transport, clock=clock) as api:
        items = aiter(world.each(api.paginate("/agents", item_model=int)))
        assert [await anext(items), await anext(items)] == [1, 2]
        assert len(transport.calls) == 1
        assert await anext(items) == 3
    assert len(transport.calls) == 2


async def test_options_hold_for_all_pages(world: World, clock: FakeClock) -> None:
    """Headers and path parameters of the first page are those of the others, and each page is retried by itself."""
    transport = Script(_page({"items": [1], "next_cursor": "2"}), 503, _page({"items": [2]}))
    async with world.client(URL, transport=transport, clock=clock) as api:
        options: dict[str, Any] = {"headers": {"X-Tenant": "acme"}, "path_params": {"team": "a/b"}, "by": ByCursor()}
        assert await _walk(world, api, "/teams/{team}", item_model=int, **options) == [1, 2]
    assert transport.seen("x-tenant") == ["acme"] * 3
    assert {call.request.target.partition("?")[0] for call in transport.calls} == {"/teams/a%2Fb"}


async def test_another_origin_is_not_walked_to(world: World, clock: FakeClock) -> None:
    """R12: a Link to another origin is refused, also by those who go on after the refusal."""
    transport = Script(_page([1], Link='<https://other.example/agents>; rel="next"'))
    async with world.client(URL, transport=transport, clock=clock) as api:
        pages = api.paginate("/agents", item_model=int)
        with pytest.raises(seawall.RedirectProblem) as caught:
            [item async for item in world.each(pages)]
        assert [item async for item in world.each(pages)] == [1]
    assert len(transport.calls) == 1
    assert len(caught.value.attempts) == 1
    assert "another origin" in caught.value.detail


@pytest.mark.parametrize("link", ["http://[x", "ftp://x/", "/a b", "http://x:99999/", "//", "http://api.acme.example:x/"])
async def test_a_link_that_is_no_address_is_refused(world: World, clock: FakeClock, link: str) -> None:
    """R12: what a server writes in place of an address is the server's fault, and no mistake of the caller's."""
    transport = Script(_page([1], Link=f'<{link}>; rel="next"'))
    async with world.client(URL, transport=transport, clock=clock) as api:
        problem = await outcome(_walk(world, api))
    assert isinstance(problem, seawall.RedirectProblem)
    assert len(transport.calls) == 1


async def test_braces_in_a_link_are_no_places(world: World, clock: FakeClock) -> None:
    """A server's Link is taken as it is, and nothing in it waits for `path_params`."""
    transport = Script(_page([1], Link='</agents?after={id}>; rel="next"'), _page([2]))
    async with world.client(URL, transport=transport, clock=clock) as api:
        assert await _walk(world, api) == [1, 2]
    assert transport.calls[1].request.target == "/agents?after=%7Bid%7D"


async def test_parameters_that_are_none_are_not_given(world: World, clock: FakeClock) -> None:
    """`params=None` asks for the first page as it is."""
    transport = Script(_page([1]))
    async with world.client(URL, transport=transport, clock=clock) as api:
        assert await _walk(world, api, params=None, item_model=None) == [1]


def test_a_wrong_way_of_paging_is_named(world: World) -> None:
    """What is no `Paging` is refused by the option's name."""
    with pytest.raises(seawall.UsageError, match=r"^by:"):
        world.client(URL, transport=Script(200)).paginate("/agents", by="link")


@pytest.mark.parametrize(
    ("by", "page", "calls"),
    [
        pytest.param(ByLink(), _page([1], Link='</agents>; rel="next"'), 1, id="link to itself"),
        pytest.param(ByCursor(), _page({"items": [1], "next_cursor": "same"}), 2, id="the same cursor"),
    ],
)
async def test_a_circle_ends(world: World, clock: FakeClock, by: Any, page: Response, calls: int) -> None:
    """A server that leads in a circle is found out before a page is read twice."""
    transport = Script(page)
    async with world.client(URL, transport=transport, clock=clock) as api:
        with pytest.raises(seawall.RedirectProblem, match=r".+") as caught:
            await _walk(world, api, by=by)
    assert "circle" in caught.value.detail
    assert len(transport.calls) == calls


async def test_a_failing_page_is_raised(world: World, clock: FakeClock) -> None:
    """A page that fails raises its problem, also on a client that raises for no status."""
    transport = Script(_page([1], Link='<?page=2>; rel="next"'), 404)
    async with world.client(URL, transport=transport, clock=clock, raise_for_status=False) as api:
        with pytest.raises(seawall.NotFoundProblem):
            await _walk(world, api)


async def test_a_page_of_the_wrong_type_names_the_place(world: World, clock: FakeClock) -> None:
    """E6: an item of the wrong type is told by its place in the whole page."""
    transport = Script(_page({"items": [{"id": 1}, {"id": "x"}]}))
    async with world.client(URL, transport=transport, clock=clock) as api:
        with pytest.raises(seawall.DecodeProblem) as caught:
            await _walk(world, api, item_model=Agent, by=ByCursor())
    assert caught.value.pointer == "/items/1/id"


def test_the_wrong_loop_is_named() -> None:
    """`for` over the pages of an AsyncClient is a mistake that says what to write."""
    api = seawall.AsyncClient(URL, transport=Script(_page([])))
    with pytest.raises(seawall.UsageError, match="async for"):
        next(iter(api.paginate("/agents")))  # type: ignore[call-overload]
