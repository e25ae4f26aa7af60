"""Readings are stored, once, whatever the network does."""

from collections.abc import Iterator

import pytest
from weather.errors import RefusedReadingError, ServiceDownError
from weather.stations import Reading, Stations

import seawall
from seawall.testing import FakeClock, FaultServer, LostAnswer, Reply, Reset

STORED = Reply(201, json={"id": 1, "celsius": 21.5})


@pytest.fixture
def stations(fault_server: FaultServer, fake_clock: FakeClock) -> Iterator[Stations]:
    """The stations, on a server that misbehaves and a clock that jumps."""
    with seawall.Client(fault_server.url, clock=fake_clock, timeout=120.0) as api:
        yield Stations(api)


def test_a_reading_is_sent(stations: Stations, fault_server: FaultServer) -> None:
    """A reading is sent to its station in degrees Celsius."""
    route = fault_server.route("POST", "/stations/{number}/readings", STORED)
    assert stations.report(7, 21.5) == Reading(1, 21.5)
    route.called_once_with(path_params={"number": "7"}, json={"celsius": 21.5})


@pytest.mark.parametrize("fault", [LostAnswer(), Reset(), Reset("head", STORED), Reply(503)])
def test_a_reading_is_stored_once(stations: Stations, fault_server: FaultServer, fault: object) -> None:
    """A reading whose answer was lost is sent again under the same key."""
    route = fault_server.route("POST", "/stations/7/readings", fault, STORED)
    assert stations.report(7, 21.5) == Reading(1, 21.5)
    route.called_times(2, json={"celsius": 21.5})
    key = route.calls[0].headers["idempotency-key"]
    route.last_called_with(headers={"Idempotency-Key": key})


def test_the_service_is_left_alone_as_long_as_it_asks(
    stations: Stations, fault_server: FaultServer, fake_clock: FakeClock
) -> None:
    """A service that wants half a minute gets it, and the test takes no time."""
    fault_server.route("POST", "/stations/7/readings", Reply(503, headers={"Retry-After": "30"}), STORED)
    begun = fake_clock.monotonic()
    assert stations.report(7, 21.5) == Reading(1, 21.5)
    assert fake_clock.monotonic() - begun >= 30


def test_an_outage_is_told(stations: Stations, fault_server: FaultServer, retry_off: None) -> None:
    """Without retries an outage is told at once, with the doubt whether the reading was stored."""
    route = fault_server.route("POST", "/stations/7/readings", LostAnswer())
    with pytest.raises(ServiceDownError) as caught:
        stations.report(7, 21.5)
    assert caught.value.may_have_worked
    route.called_once()


def test_a_refused_reading_marks_its_field(stations: Stations, fault_server: FaultServer) -> None:
    """What the service says of a field leads to the field on the screen, and is not sent again."""
    refused = {"title": "Invalid", "status": 422, "errors": [{"detail": "too hot", "pointer": "#/celsius"}]}
    problem = Reply(422, json=refused, headers={"Content-Type": "application/problem+json"})
    route = fault_server.route("POST", "/stations/7/readings", problem)
    with pytest.raises(RefusedReadingError) as caught:
        stations.report(7, 2150.0)
    assert caught.value.fields == ["/celsius"]
    route.called_once()


def test_the_service_is_talked_to_in_private(tls_fault_server: FaultServer) -> None:
    """Over https a reading arrives as well, at a server whose certificate is trusted."""
    tls_fault_server.route("POST", "/stations/7/readings", STORED)
    with seawall.Client(tls_fault_server.url, verify=tls_fault_server.client_context()) as api:
        assert Stations(api).report(7, 21.5) == Reading(1, 21.5)
