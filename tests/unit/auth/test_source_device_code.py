"""Signing in on another device: what is shown, how often is asked, and how it ends."""

from typing import Any

import pytest

import seawall
from seawall import Cancel, Secret
from seawall.auth.sources import DeviceCode, DevicePrompt, OAuth2
from seawall.testing import FakeClock, FaultServer, LostAnswer, Reply, Route
from tests.unit.auth.source_kit import GRANTED, refused
from tests.worlds import World

BEGUN: dict[str, Any] = {
    "device_code": "device-1",
    "user_code": "WDJB-MJHT",
    "verification_uri": "https://login.acme.example/device",
    "verification_uri_complete": "https://login.acme.example/device?user_code=WDJB-MJHT",
    "expires_in": 600,
    "interval": 5,
}
FLOW = DeviceCode(OAuth2("/token", "console"), "/device", scope="read", extra={"tenant": "blue"})
PENDING = refused("authorization_pending")
SLOW_DOWN = refused("slow_down")


async def sign_in(world: World, server: FaultServer, clock: FakeClock | None, **options: Any) -> Any:
    """Sign in, with all that was shown."""
    shown: list[DevicePrompt] = []
    async with world.client(server.url, clock=clock) as api:
        return await api.run(FLOW.sign_in, **{"show": shown.append, **options}), shown


def routes(server: FaultServer, *answers: Any, begun: Any = BEGUN) -> tuple[Route, Route]:
    """The two endpoints."""
    return server.route("POST", "/device", begun), server.route("POST", "/token", *answers)


async def test_a_person_types_the_code_in(world: World, fault_server: FaultServer, clock: FakeClock) -> None:
    """The code is shown once, the server asked after each interval, five seconds more after each "slow_down"."""
    device, token = routes(fault_server, PENDING, SLOW_DOWN, PENDING, SLOW_DOWN, GRANTED)
    tokens, shown = await sign_in(world, fault_server, clock)
    assert tokens.access == Secret("access-2")
    assert shown == [DevicePrompt("WDJB-MJHT", BEGUN["verification_uri"], BEGUN["verification_uri_complete"], 600.0)]
    assert dict(device.calls[0].form) == {"client_id": "console", "scope": "read", "tenant": "blue"}
    form = {"grant_type": "urn:ietf:params:oauth:grant-type:device_code", "device_code": "device-1", "client_id": "console"}
    assert [dict(call.form) for call in token.calls] == [form] * 5
    assert clock.sleeps == [5, 5, 10, 10, 15]


@pytest.mark.parametrize(
    ("error", "status"), [("authorization_pending", 200), ("authorization_pending", 428), ("slow_down", 403), ("slow_down", 429)]
)
async def test_what_a_server_says_counts_and_not_its_status(
    world: World, fault_server: FaultServer, clock: FakeClock, error: str, status: int
) -> None:
    """Servers send these with any status, and mean: ask again."""
    routes(fault_server, refused(error, status), GRANTED)
    tokens, _ = await sign_in(world, fault_server, clock)
    assert tokens.refresh == Secret("refresh-2")


@pytest.mark.parametrize(
    ("answer", "sleeps"),
    [
        (Reply(503), [5, 10]),
        (LostAnswer(), [5, 10]),
        (Reply(429, headers={"Retry-After": "60"}), [5, 60]),
        (refused("slow_down", headers={}), [5, 10]),
    ],
)
async def test_a_network_that_fails_is_asked_less_often(
    world: World, fault_server: FaultServer, clock: FakeClock, answer: Any, sleeps: list[int]
) -> None:
    """What may pass by itself doubles the interval, and a server's own wish counts if it is longer."""
    routes(fault_server, answer, GRANTED)
    await sign_in(world, fault_server, clock)
    assert clock.sleeps == sleeps


@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        (refused("access_denied"), seawall.SignInDeniedProblem, "ACCESS_DENIED"),
        (refused("authorization_declined"), seawall.SignInDeniedProblem, "AUTHORIZATION_DECLINED"),
        (refused("access_denied", 403), seawall.SignInDeniedProblem, "ACCESS_DENIED"),
        (refused("expired_token"), seawall.SignInExpiredProblem, "EXPIRED_TOKEN"),
    ],
)
async def test_the_servers_word_ends_it_with_a_type(
    world: World, fault_server: FaultServer, clock: FakeClock, answer: Reply, kind: type[seawall.SignInProblem], code: str
) -> None:
    """A person who said no and a code that has expired are told apart, with what the server answered as the cause."""
    _, token = routes(fault_server, PENDING, answer)
    with pytest.raises(kind) as caught:
        await sign_in(world, fault_server, clock)
    assert (caught.value.code, caught.value.status) == (code, answer.status)
    assert isinstance(caught.value.__cause__, seawall.StatusProblem)
    assert str(caught.value) == "Signing in did not work. Please try again."
    assert len(token.calls) == 2


async def test_other_errors_are_told_as_they_are(world: World, fault_server: FaultServer, clock: FakeClock) -> None:
    """What asking again cannot mend is raised at once."""
    _, token = routes(fault_server, refused("unauthorized_client"))
    with pytest.raises(seawall.BadRequestProblem) as caught:
        await sign_in(world, fault_server, clock)
    assert (caught.value.code, len(token.calls)) == ("UNAUTHORIZED_CLIENT", 1)


@pytest.mark.parametrize(
    ("begun", "asked"),
    [({"expires_in": 12}, 2), ({"expires_in": 5}, 0), ({"expires_in": 1e12, "interval": 1000}, 3), ({"interval": 1e12}, 0)],
)
async def test_nobody_asks_after_the_codes_end(
    world: World, fault_server: FaultServer, clock: FakeClock, begun: dict[str, float], asked: int
) -> None:
    """When the next question would come too late, or after an hour, the sign-in has expired, without another wait."""
    _, token = routes(fault_server, PENDING, begun={**BEGUN, **begun})
    with pytest.raises(seawall.SignInExpiredProblem) as caught:
        await sign_in(world, fault_server, clock)
    assert len(token.calls) == len(clock.sleeps) == asked
    assert caught.value.code == ("AUTHORIZATION_PENDING" if asked else None)


async def test_a_server_that_wants_no_pause_gets_one(world: World, fault_server: FaultServer, clock: FakeClock) -> None:
    """An interval of nothing would be a flood."""
    routes(fault_server, PENDING, GRANTED, begun={**BEGUN, "interval": 0})
    await sign_in(world, fault_server, clock)
    assert clock.sleeps == [1, 1]


@pytest.mark.parametrize(
    ("expires_in", "interval", "sleeps"), [("600", "7", [7, 7]), ("600.5", "0", [1, 1]), (600, "7.5", [7.5, 7.5])]
)
async def test_seconds_as_text_are_read(
    world: World, fault_server: FaultServer, clock: FakeClock, expires_in: Any, interval: str, sleeps: list[float]
) -> None:
    """Servers that write their seconds as text are understood like those that write numbers."""
    routes(fault_server, PENDING, GRANTED, begun={**BEGUN, "expires_in": expires_in, "interval": interval})
    _, shown = await sign_in(world, fault_server, clock)
    assert [prompt.expires_in for prompt in shown] == [float(expires_in)]
    assert clock.sleeps == sleeps


async def test_a_lifetime_as_text_ends_the_wait(world: World, fault_server: FaultServer, clock: FakeClock) -> None:
    """Seconds as text are counted: nobody asks after the code's end, nor for more than an hour."""
    for expires_in, interval, asked in (("12", "5", 2), ("999999999999", "1000", 3)):
        _, token = routes(fault_server, PENDING, begun={**BEGUN, "expires_in": expires_in, "interval": interval})
        with pytest.raises(seawall.SignInExpiredProblem):
            await sign_in(world, fault_server, clock)
        assert len(token.calls) == asked


async def test_a_cancel_ends_the_wait(world: World, fault_server: FaultServer) -> None:
    """The switch ends a wait of minutes by a real clock, and nothing is asked after it."""
    _, token = routes(fault_server, PENDING, begun={**BEGUN, "interval": 500})
    cancel = Cancel()
    with pytest.raises(seawall.CancelledProblem):
        await sign_in(world, fault_server, None, cancel=cancel, show=lambda prompt: cancel.cancel())
    assert token.calls == []


async def test_a_cancel_before_the_first_request_sends_nothing(world: World, fault_server: FaultServer, clock: FakeClock) -> None:
    """The switch belongs to the requests, too."""
    device, _ = routes(fault_server, PENDING)
    cancel = Cancel()
    cancel.cancel()
    with pytest.raises(seawall.CancelledProblem):
        await sign_in(world, fault_server, clock, cancel=cancel)
    assert device.calls == []


async def test_googles_name_for_the_address_is_known(world: World, fault_server: FaultServer, clock: FakeClock) -> None:
    """It writes `verification_url`, and no complete one."""
    begun = {name: value for name, value in BEGUN.items() if not name.startswith("verification")}
    routes(fault_server, GRANTED, begun={**begun, "verification_url": "https://www.google.com/device"})
    _, shown = await sign_in(world, fault_server, clock)
    assert shown == [DevicePrompt("WDJB-MJHT", "https://www.google.com/device", None, 600.0)]


@pytest.mark.parametrize(
    "wrong",
    [
        {"verification_uri": "javascript:alert(1)"},
        {"verification_uri": "https://login.acme.example/a b"},
        {"verification_uri": "https://login.acme.example/" + "a" * 3000},
        {"verification_uri_complete": "file:///etc/passwd"},
        {"user_code": ""},
        {"user_code": "A" * 200},
        *({"expires_in": seconds} for seconds in (0, "0", "-5", "soon", "", "1e9", "inf", "9" * 13, None, [600])),
        *({"interval": seconds} for seconds in (-1, "-1", "NaN", "9" * 400)),
        {"device_code": None},
        {"verification_uri": None},
    ],
)
async def test_what_cannot_be_shown_is_refused(
    world: World, fault_server: FaultServer, clock: FakeClock, wrong: dict[str, Any]
) -> None:
    """Only pages of the web are handed to a browser, and texts that fit a screen."""
    _, token = routes(fault_server, GRANTED, begun={**BEGUN, **wrong})
    with pytest.raises(seawall.DecodeProblem):
        await sign_in(world, fault_server, clock)
    assert token.calls == []


async def test_an_error_of_show_is_the_apps_own(world: World, fault_server: FaultServer, clock: FakeClock) -> None:
    """A screen that fails ends the sign-in with its own exception."""
    routes(fault_server, GRANTED)

    def show(prompt: DevicePrompt) -> None:
        raise LookupError("no screen")

    with pytest.raises(LookupError, match="no screen"):
        await sign_in(world, fault_server, clock, show=show)


def test_a_prompt_does_not_show_its_code_by_chance() -> None:
    """The code is for the person, not for a log line."""
    assert "WDJB" not in repr(DevicePrompt("WDJB-MJHT", "https://x.example/", "https://x.example/?c=WDJB-MJHT", 600.0))


@pytest.mark.parametrize(("url", "extra"), [("http://login.acme.example/device", None), ("/device", {"scope": "x"})])
def test_a_wrong_argument_is_refused(url: str, extra: Any) -> None:
    """What would be readable on its way, or said twice, fails when the flow is made."""
    with pytest.raises(seawall.UsageError):
        DeviceCode(OAuth2("/token", "console"), url, extra=extra)
