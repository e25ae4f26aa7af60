"""Options from outside the code: the environment and configuration files."""

import re
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


@pytest.mark.parametrize("name", ["TIMEOUT", "CONNECT_TIMEOUT", "MAX_BODY", "RETRY", "VERIFY", "PROXY", "COOKIES", "BASE_URL"])
def test_an_empty_variable_is_not_set(world: World, name: str) -> None:
    """A variable that is set to nothing leaves its option as it is."""
    plain, empty = _kind(world)(), _kind(world).from_env({f"SEAWALL_{name}": " "})
    for option in ("base_url", "timeout", "bounds", "retry", "cookies", "network"):
        assert getattr(empty._core.settings, option) == getattr(plain._core.settings, option)


def test_only_none_lifts_a_limit(world: World) -> None:
    """The word `none` takes a time limit away."""
    settings = _kind(world).from_env({"SEAWALL_TIMEOUT": "none", "SEAWALL_READ_TIMEOUT": "None"})._core.settings
    assert (settings.timeout.total, settings.timeout.read) == (None, None)


@pytest.mark.parametrize(
    ("variable", "value"),
    [("RETRY_ATTEMPTS", "0"), ("RETRY_ATTEMPTS", "none"), ("APP_NAME", "console"), ("BASE_URL", "127.0.0.1:8000"),
     ("MAX_CONNECTIONS", "0"), ("TIMEOUT", "-1"), ("MAX_BODY", "0.5"), ("RETRY", "perhaps")],
)  # fmt: skip
def test_a_wrong_value_names_its_variable(world: World, variable: str, value: str) -> None:
    """Whoever set a variable finds it by its name in the error about its value."""
    with pytest.raises(seawall.UsageError, match=rf"^SEAWALL_{variable}: "):
        _kind(world).from_env({f"SEAWALL_{variable}": value})


@pytest.mark.parametrize(("value", "attempts"), [("off", 1), ("0", 1), ("on", 3), ("1", 1), ("5", 5)])
def test_retries_by_one_variable(world: World, value: str, attempts: int) -> None:
    """SEAWALL_RETRY is a switch or the number of attempts, and goes together with the pause but not with a second number."""
    kind = _kind(world)
    retry = kind.from_env({"SEAWALL_RETRY": value, "SEAWALL_RETRY_BACKOFF": "2"})._core.settings.retry
    assert (retry.attempts, retry.backoff) == (attempts, 2)
    with pytest.raises(seawall.UsageError, match=r"SEAWALL_RETRY\b.*SEAWALL_RETRY_ATTEMPTS"):
        kind.from_env({"SEAWALL_RETRY": value, "SEAWALL_RETRY_ATTEMPTS": "2"})


def test_all_variables_are_documented(world: World) -> None:
    """The docstring of `from_env` names every variable that is read."""
    with pytest.raises(seawall.UsageError, match="known are") as caught:
        _kind(world).from_env({"SEAWALL_X": "1"})
    known = str(caught.value).rpartition("known are ")[2].split(", ")
    documented = _kind(world).from_env.__doc__ or ""
    assert [name for name in known if name.removeprefix("SEAWALL_") not in re.findall(r"\w+", documented)] == []
