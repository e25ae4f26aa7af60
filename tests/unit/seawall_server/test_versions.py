"""The order of versions, and the gate that keeps it."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawall_server import AppUpgradeRequired, VersionGate
from seawall_server._versions import version_key

# SemVer 2.0, section 11, and the order of PEP 440.
ASCENDING = [
    "0.9",
    "1.0.0.dev1",
    "1.0.0.dev3",
    "1.0.0-alpha",
    "1.0.0-alpha.1",
    "1.0.0-alpha.beta",
    "1.0.0-beta.2",
    "1.0.0-beta.11",
    "1.0.0-rc.1",
    "1.0.0",
    "1.0.0.post1",
    "1.0.1a2",
    "1.0.1b1.dev1",
    "1.0.1b1",
    "1.0.1rc1",
    "1.0.1",
    "1.9.0",
    "1.10.0",
    "2",
]


@pytest.mark.parametrize(("lower", "higher"), list(itertools.pairwise(ASCENDING)))
def test_versions_are_in_order(lower: str, higher: str) -> None:
    """Numbers are compared as numbers, and what comes before a release is below it."""
    low, high = version_key(lower), version_key(higher)
    assert low is not None
    assert high is not None
    assert low < high


@pytest.mark.parametrize(("one", "other"), [("1.4", "1.4.0"), ("v1.4.0", "1.4"), ("1.4.0+45", "1.4.0"), ("1.4.0RC1", "1.4rc1")])
def test_versions_are_equal(one: str, other: str) -> None:
    """Trailing zeros, build numbers and case make no difference."""
    assert version_key(one) == version_key(other) is not None


@pytest.mark.parametrize("text", ["", "abc", "1.", ".1", "1..2", "-1", "1.0-", "٣.1", "1." * 40 + "1", "1 beta", "1!2.0"])
def test_what_is_no_version_has_no_place(text: str) -> None:
    """It is neither old nor new."""
    assert version_key(text) is None


@given(st.text(max_size=80))
def test_any_text_is_a_version_or_none(text: str) -> None:
    """The gate can be asked anything."""
    version_key(text)


def lets_in(gate: VersionGate, version: str | None, platform: str | None = None) -> bool:
    try:
        gate.check(version, platform)
    except AppUpgradeRequired:
        return False
    return True


def test_old_and_odd_versions_are_refused() -> None:
    """From the minimum upward an app may pass; one that cannot be read may not."""
    gate = VersionGate("2.1.0")
    assert [lets_in(gate, version) for version in ("2.1.0", "2.1", "2.10.0", "3")] == [True] * 4
    assert [lets_in(gate, version) for version in ("2.0.9", "2.1.0-rc.1", "2.1.0rc1", "", "new", "\0")] == [False] * 6


def test_whoever_names_no_version_is_no_app() -> None:
    """Scripts and other services pass, unless a version is required."""
    assert lets_in(VersionGate("2.1.0"), None)
    assert not lets_in(VersionGate("2.1.0", required=True), None)


def test_platforms_have_minima_of_their_own() -> None:
    """Each is held to its own, in any case, the others to the star, or to none."""
    gate = VersionGate({"iOS": "3.0", "*": "2.0"})
    assert [lets_in(gate, "2.5", platform) for platform in ("ios", "IOS ", "android", None)] == [False, False, True, True]
    assert lets_in(VersionGate({"ios": "3.0"}), "1.0", "android")
    with pytest.raises(AppUpgradeRequired) as caught:
        gate.check("1.0", "ios")
    assert caught.value.params == {"minimum": "3.0"}


def test_some_paths_are_for_every_app() -> None:
    """A path that is exempt, and all below it, but none that only begins like it."""
    gate = VersionGate("2.0", required=True, exempt=("/health", "/update/"))
    for path in ("/health", "/health/live", "/update", "/update/", "/update/win"):
        gate.check("1.0", None, path)
        gate.check(None, None, path)
    for path in ("/healthy", "/", "", "/agents/health"):
        with pytest.raises(AppUpgradeRequired):
            gate.check("1.0", None, path)


def test_one_path_alone_is_no_collection() -> None:
    """The letters of a text would open every path, since each begins with its slash."""
    with pytest.raises(TypeError, match=r"exempt: a list is wanted, not the text '/health'"):
        VersionGate("2.0", exempt="/health")


def test_a_minimum_is_a_version() -> None:
    """A slip in the configuration is noticed when the gate is built."""
    with pytest.raises(ValueError, match="latest"):
        VersionGate("latest")
