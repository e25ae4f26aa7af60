"""What the real service answered once, again and again."""

import asyncio

from weather.stations import Station, Stations, find_many

import seawall
from seawall.testing import Recorder, Replayer


def test_stations_are_listed_for_those_who_signed_in(recording: Recorder | Replayer, service_url: str) -> None:
    """Signing in leads to the list of stations, over all its pages."""
    with seawall.Client(service_url, transport=recording) as api:
        stations = Stations(api)
        stations.sign_in("ada", "correct horse battery staple")
        assert [station.name for station in stations.all()] == ["Brocken", "Arkona", "Zugspitze"]


def test_stations_are_found_at_once(recording: Recorder | Replayer, service_url: str) -> None:
    """The asyncio client replays a recording in whatever order its requests come."""

    async def find() -> list[Station]:
        async with seawall.AsyncClient(service_url, transport=recording) as api:
            return await find_many(api, [3, 1, 2])

    assert [station.number for station in asyncio.run(find())] == [3, 1, 2]
