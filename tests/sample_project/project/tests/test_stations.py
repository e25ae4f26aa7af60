"""Stations are found, or it is said why not."""

import asyncio

import pytest
from weather.errors import ServiceDownError, UnknownStationError
from weather.stations import Station, Stations, find_many

import seawall

URL = "https://weather.acme.example"


def test_a_station_is_found(mock_transport: seawall.MockTransport) -> None:
    """A station comes as what the screen needs."""
    route = mock_transport.route("GET", "/stations/{number}", {"number": 7, "name": "Zugspitze", "height": 2962})
    assert Stations(seawall.Client(URL, transport=mock_transport)).find(7) == Station(7, "Zugspitze")
    route.called_once_with(path_params={"number": "7"})


def test_an_unknown_station_is_told(mock_transport: seawall.MockTransport) -> None:
    """A station that is not there is an error with a text for people."""
    mock_transport.route("GET", "/stations/8", 404)
    stations = Stations(seawall.Client(URL, transport=mock_transport))
    with pytest.raises(UnknownStationError, match="not found"):
        stations.find(8)


def test_pages_are_followed(mock_transport: seawall.MockTransport) -> None:
    """A list of stations is read to its last page."""
    first = seawall.Response(
        200, headers={"Link": '</stations?page=2>; rel="next"'}, content=b'[{"number": 1, "name": "Brocken"}]'
    )
    route = mock_transport.route("GET", "/stations", first, [{"number": 2, "name": "Arkona"}])
    found = Stations(seawall.Client(URL, transport=mock_transport)).all()
    assert found == [Station(1, "Brocken"), Station(2, "Arkona")]
    route.last_called_with(query={"page": 2})


def test_many_stations_are_found_at_once(mock_transport: seawall.MockTransport) -> None:
    """The asyncio side asks for all of them, and mixes nothing up."""
    for number in range(5):
        mock_transport.route("GET", f"/stations/{number}", {"number": number, "name": f"Station {number}"})

    async def find() -> list[Station]:
        async with seawall.AsyncClient(URL, transport=mock_transport) as api:
            return await find_many(api, list(range(5)))

    assert [station.name for station in asyncio.run(find())] == [f"Station {number}" for number in range(5)]
    mock_transport.all_routes_called()


def test_no_network_is_told(mock_transport: seawall.MockTransport, retry_off: None) -> None:
    """Without a network nothing was sent, and nothing can have worked."""
    route = mock_transport.route("GET", "/stations/7", seawall.ConnectProblem)
    with pytest.raises(ServiceDownError) as caught:
        Stations(seawall.Client(URL, transport=mock_transport)).find(7)
    assert not caught.value.may_have_worked
    route.called_once()
