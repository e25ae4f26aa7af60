"""The order of versions: SemVer 2.0, and the forms of PEP 440 that package metadata has."""

import re

__all__ = ["VersionKey", "version_key"]

MAX_VERSION = 64  # characters
VersionKey = tuple[tuple[int, ...], int, tuple[tuple[int, int, str], ...], int]
_VERSION = re.compile(
    r"v?(?P<release>[0-9]{1,9}(?:\.[0-9]{1,9}){0,5})"
    r"(?:-(?P<semver>[0-9a-z-]+(?:\.[0-9a-z-]+)*)|(?P<early>a|b|rc)(?P<number>[0-9]{1,9}))?"
    r"(?:\.post(?P<post>[0-9]{1,9}))?(?:\.dev(?P<dev>[0-9]{1,9}))?(?:\+[0-9a-z.-]+)?",
    re.ASCII,
).fullmatch
_DEVELOPMENT, _EARLY, _FINAL, _POST = range(4)
_RELEASED = 10**9  # sorts after the number of every development version


def version_key(version: str) -> VersionKey | None:
    """Return what versions are compared by, or None for what is no version.

    "1.4" equals "1.4.0", "1.10.0" is above "1.9.0", "2.0.0-rc.1" and "2.0.0rc1" are below "2.0.0"; what follows a plus, such as
    the build number of an app, does not count.
    """
    found = _VERSION(version.strip().lower()) if len(version) <= MAX_VERSION else None
    if found is None:
        return None
    release = [int(part) for part in found["release"].split(".")]
    while len(release) > 1 and release[-1] == 0:
        release.pop()
    identifiers = found["semver"].split(".") if found["semver"] else [found["early"], found["number"]] if found["early"] else []
    if found["post"]:
        identifiers.append(found["post"])
    developed = int(found["dev"]) if found["dev"] else _RELEASED
    return tuple(release), _phase(found), tuple(map(_identifier, identifiers)), developed


def _phase(found: re.Match[str]) -> int:
    if found["semver"] or found["early"]:
        return _EARLY
    if found["post"]:
        return _POST
    return _DEVELOPMENT if found["dev"] else _FINAL


def _identifier(text: str) -> tuple[int, int, str]:
    """Numbers are compared as numbers and stand below words (SemVer 2.0, section 11)."""
    return (0, int(text), "") if text.isdigit() else (1, 0, text)
