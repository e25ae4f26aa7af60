"""What a route announces."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from seawall_server import Lifecycle
from seawall_server.asgi import ProblemMiddleware
from tests.unit.seawall_server.kit import ask, respond

THEN = datetime(2026, 1, 1, tzinfo=UTC)


def test_the_fields_are_those_of_the_rfcs() -> None:
    """A structured date, an HTTP date in GMT, a link."""
    sunset = datetime(2027, 1, 1, 1, tzinfo=timezone(timedelta(hours=1)))
    assert Lifecycle(THEN, sunset=sunset, link="https://acme.example/v2").fields == [
        ("Deprecation", "@1767225600"),
        ("Sunset", "Fri, 01 Jan 2027 00:00:00 GMT"),
        ("Link", '<https://acme.example/v2>; rel="deprecation"'),
    ]
    assert Lifecycle(THEN).fields == [("Deprecation", "@1767225600")]


def test_moments_are_held_to_sense() -> None:
    """One without a zone means another moment on every machine, and nothing ends before it is deprecated."""
    with pytest.raises(ValueError, match="time zone"):
        Lifecycle(datetime(2026, 1, 1))
    with pytest.raises(ValueError, match="time zone"):
        Lifecycle(THEN, sunset=datetime(2027, 1, 1))
    with pytest.raises(ValueError, match="before"):
        Lifecycle(THEN, sunset=THEN - timedelta(days=1))


@pytest.mark.parametrize("link", ["", "a b", "https://a>", "https://a\r\nX: y", '"', "https://ä"])
def test_a_link_is_a_uri(link: str) -> None:
    """What could end the field is refused when the route is written, not when it is asked for."""
    with pytest.raises(ValueError, match="no URI"):
        Lifecycle(THEN, link=link)


def test_a_route_speaks_after_its_router() -> None:
    """Of a field that stands once the last announcement counts, also after what the view wrote itself; links add up."""
    router = Lifecycle(THEN, sunset=THEN + timedelta(days=9), link="https://acme.example/router")
    route = Lifecycle(THEN + timedelta(days=1), link="https://acme.example/route")

    async def app(scope: Any, receive: Any, send: Any) -> None:
        for announced in (router, route, route):
            announced.announce()
        await respond(send, 200, b"", Deprecation="@1", Link="<https://acme.example/next>")

    head = ask(ProblemMiddleware(app)).messages[0]["headers"]
    assert [value for name, value in head if name.lower() == b"deprecation"] == [b"@1767312000"]
    assert [value for name, value in head if name.lower() == b"sunset"] == [b"Sat, 10 Jan 2026 00:00:00 GMT"]
    assert [value for name, value in head if name.lower() == b"link"] == [
        b"<https://acme.example/next>",
        b'<https://acme.example/router>; rel="deprecation"',
        b'<https://acme.example/route>; rel="deprecation"',
    ]


def test_outside_of_a_request_nothing_is_announced() -> None:
    """A function with an announcement may be called from anywhere."""
    Lifecycle(THEN).announce()
