"""What the storm does on the wire, seen by a client that sends each request once."""

from collections.abc import Callable

import httpx2
import pytest

from seawall_demo.backend import Fault, Forecast
from seawall_demo.trial import Tally
from tests.unit.demo.conftest import Console

SEED = 7
TAKES_EFFECT = {Fault.LOST_ANSWER, Fault.TRUNCATED, Fault.GATEWAY_TIMEOUT}
RAISES = {
    Fault.RESET: httpx2.ReadError,
    Fault.LOST_ANSWER: httpx2.ReadError,
    Fault.TRUNCATED: httpx2.RemoteProtocolError,
    Fault.GARBAGE: httpx2.RemoteProtocolError,
}
ANSWERS = {
    Fault.GATEWAY_TIMEOUT: (504, None),
    Fault.BAD_GATEWAY: (502, None),
    Fault.UNAVAILABLE: (503, None),
    Fault.COME_BACK_LATER: (503, "1"),
    Fault.PORTAL: (200, None),
}

OpenConsole = Callable[[int | None], Console]


def create(console: Console, call: int) -> httpx2.Response:
    """Send one create as a request of a call."""
    return console.api.post("/agents", json={"name": "Ada"}, headers={"X-Demo-Call": str(call)})


def call_with(*faults: Fault | None) -> int:
    """The first call whose requests meet these faults, one after the other."""
    forecast = Forecast(SEED)
    return next(
        call
        for call in range(100_000)
        if all(forecast.moment(call, arrival).fault is fault for arrival, fault in enumerate(faults))
    )


@pytest.mark.parametrize("fault", RAISES)
def test_a_broken_connection(open_console: OpenConsole, fault: Fault) -> None:
    """A fault of the connection is one for the client, and takes effect just when it says so."""
    console = open_console(SEED)
    with pytest.raises(RAISES[fault]):
        create(console, call_with(fault))
    assert console.names().count("Ada") == (fault in TAKES_EFFECT)
    assert console.tally() == Tally(requests=1, spoiled=1)


@pytest.mark.parametrize("fault", ANSWERS)
def test_a_wrong_answer(open_console: OpenConsole, fault: Fault) -> None:
    """A gateway's answer has its status and `Retry-After`, and the request took effect just when the fault says so."""
    console = open_console(SEED)
    response = create(console, call_with(fault))
    assert (response.status_code, response.headers.get("retry-after")) == ANSWERS[fault]
    assert console.names().count("Ada") == (fault in TAKES_EFFECT)
    assert console.tally() == Tally(requests=1, spoiled=1)


def test_what_is_not_spoiled_is_only_late(open_console: OpenConsole) -> None:
    """A request without a fault is answered by the app, and is not counted as spoiled."""
    console = open_console(SEED)
    assert create(console, call_with(None)).status_code == 201
    assert console.tally() == Tally(requests=1, spoiled=0)


def test_the_server_keeps_its_word(open_console: OpenConsole) -> None:
    """Who was told to come back later and comes at once is refused again, however often."""
    console = open_console(SEED)
    call = call_with(Fault.COME_BACK_LATER, None)
    assert [create(console, call).status_code for _ in range(5)] == [503] * 5
    assert console.tally() == Tally(requests=5, spoiled=5)


def test_each_request_of_a_call_has_its_own_fate(open_console: OpenConsole) -> None:
    """The forecast's moments come in the order of the call's requests, whatever other calls do between them."""
    console = open_console(SEED)
    call = call_with(Fault.BAD_GATEWAY, Fault.GATEWAY_TIMEOUT, None)
    other = call_with(None)
    statuses = []
    for _ in range(3):
        statuses.append(create(console, call).status_code)
        create(console, other)
    assert statuses == [502, 504, 201]


def test_calm_only_counts(open_console: OpenConsole) -> None:
    """Without a seed no request is spoiled, and all are counted."""
    console = open_console(None)
    assert {create(console, call).status_code for call in range(60)} == {201}
    assert console.tally() == Tally(requests=60, spoiled=0)


def test_consoles_share_nothing(open_console: OpenConsole) -> None:
    """Each console of a backend has a database and a count of its own."""
    one, other = open_console(None), open_console(None)
    create(one, 0)
    assert (one.names().count("Ada"), other.names().count("Ada")) == (1, 0)
    assert other.tally() == Tally(requests=0, spoiled=0)
