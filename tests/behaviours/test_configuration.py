"""Options from outside the code: the environment and configuration files."""

from typing import Any

import pytest

import seawall
from seawall import AppInfo, Timeout
from tests.behaviours.kit import URL, Script
from tests.worlds import World

ENVIRONMENT = {
    "SEAWALL_BASE_URL": f"{URL}/v1",
    "SEAWALL_TIMEOUT": "5",
    "SEAWALL_CONNECT_TIMEOUT": "1.5",
    "SEAWALL_RETRY_ATTEMPTS": "2",
    "SEAWALL_RETRY_BACKOFF": "0",
    "SEAWALL_APP_NAME": "console",
    "SEAWALL_APP_VERSION": "1.2",
    "SEAWALL_APP_PLATFORM": "test",
    "SEAWALL_LANGUAGE": "de",
    "SEAWALL_COOKIES": "yes",
    "SEAWALL_REDIRECTS": "off",
    "SEAWALL_MAX_BODY": "1000",
    "PATH": "/bin",
}
MAPPING = {
    "base_url": f"{URL}/v1",
    "timeout": {"total": 5, "connect": 1.5},
    "retry": {"attempts": 2, "backoff": 0},
    "app": {"name": "console", "version": "1.2", "platform": "test"},
    "language": "de",
    "cookies": True,
    "redirects": False,
    "bounds": {"body": 1000},
}


def _kind(world: World) -> Any:
    return seawall.Client if world.is_blocking else seawall.AsyncClient


@pytest.mark.parametrize("source", ["environment", "mapping"])
def test_options_from_outside(world: World, source: str) -> None:
    """`from_env` and `from_mapping` build the same client, and options in the code win over both."""
    kind, more = _kind(world), {"transport": Script(200)}
    api = kind.from_env(ENVIRONMENT, **more) if source == "environment" else kind.from_mapping(MAPPING, **more)
    settings = api._core.settings
    assert settings.base_url == f"{URL}/v1"
    assert settings.timeout == Timeout(total=5.0, connect=1.5)
    assert (settings.retry.attempts, settings.retry.backoff) == (2, 0)
    assert settings.app == AppInfo("console", "1.2", "test")
    assert settings.language == "de"
    assert settings.cookies is not None
    assert settings.redirects is None
    assert settings.bounds.body == 1000
    other = kind.from_env({"SEAWALL_TIMEOUT": "5"}, base_url=URL, timeout=7, **more)._core.settings
    assert (other.base_url, other.timeout.total) == (URL, 7)


def test_the_environment_is_the_default(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """`from_env()` reads the process's own variables, `prefix=` others."""
    monkeypatch.setenv("SEAWALL_BASE_URL", URL)
    monkeypatch.setenv("BILLING_BASE_URL", "https://billing.acme.example")
    kind = _kind(world)
    assert kind.from_env(transport=Script(200))._core.settings.base_url == URL
    assert kind.from_env(prefix="BILLING_", transport=Script(200))._core.settings.base_url == "https://billing.acme.example"


@pytest.mark.parametrize(
    ("variable", "value"),
    [("SEAWALL_TIMEUOT", "5"), ("SEAWALL_TIMEOUT", "soon"), ("SEAWALL_RETRY_ATTEMPTS", "2.5"), ("SEAWALL_HTTP2", "perhaps"),
     ("SEAWALL_MAX_BODY", "1 GB"), ("SEAWALL_RETRY_ATTEMPTS", "0"), ("SEAWALL_TIMEOUT", "-1"),
     ("SEAWALL_RETRY_ATTEMPTS", "none")],
)  # fmt: skip
def test_a_wrong_variable_fails_by_name(world: World, variable: str, value: str) -> None:
    """A variable that is unknown or unreadable fails when the client is built, by its name or that of its option."""
    option = variable.removeprefix("SEAWALL_").lower().replace("retry_", "retry.")
    with pytest.raises(seawall.UsageError, match=rf"{variable}|\b{option}\b"):
        _kind(world).from_env({variable: value}, transport=Script(200))


@pytest.mark.parametrize(
    ("mapping", "place"),
    [({"tiemout": 5}, "tiemout"), ({"timeout": "5"}, "timeout"), ({"retry": {"atempts": 2}}, "retry"),
     ({"retry": {"attempts": 0}}, "attempts"),
     ({"headers": {"X": 5}}, "headers"), ({"app": {"name": "x"}}, "app"),
     ({"bounds": {"body": "1GB"}}, "bounds"), (5, "configuration")],
)  # fmt: skip
def test_a_wrong_configuration_fails_by_name(world: World, mapping: Any, place: str) -> None:
    """A mapping with an unknown name or a wrong value fails when the client is built, and the error says where."""
    with pytest.raises(seawall.UsageError, match=place):
        _kind(world).from_mapping(mapping, transport=Script(200))
