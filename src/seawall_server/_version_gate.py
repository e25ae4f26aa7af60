"""Which versions of the app are still taken."""

from collections.abc import Collection, Mapping

from ._built_in import AppUpgradeRequired
from ._texts import texts
from ._versions import VersionKey, version_key

__all__ = ["VersionGate"]


class VersionGate:
    """Refuses apps that are too old, by `X-App-Version` and `X-Platform`.

    Args:
        minimum: The oldest version that is taken, or one per platform, `{"android": "2.1.0", "*": "2.0.0"}`, where "*" is for
            every other; platforms without a minimum are not looked at.
        required: Whether a request must name its version. By default one that does not passes: it comes from no app, but from
            a browser, a script, another service.
        exempt: Paths that any app may ask, and all below them: a health check, or where the new version is to be had.

    Raises:
        ValueError: A minimum is no version.
        TypeError: `exempt` is one text.
    """

    def __init__(self, minimum: str | Mapping[str, str], *, required: bool = False, exempt: Collection[str] = ()) -> None:
        minima = {"*": minimum} if isinstance(minimum, str) else minimum
        self._minima = {platform.lower(): (text, _key(text)) for platform, text in minima.items()}
        self._required = required
        self._exempt = tuple(path.rstrip("/") + "/" for path in texts("exempt", exempt))

    def check(self, version: str | None, platform: str | None, path: str = "") -> None:
        """Let a request pass or not.

        Args:
            version: The request's `X-App-Version`.
            platform: Its `X-Platform`, in any case.
            path: Its path.

        Raises:
            AppUpgradeRequired: The version is too old, or cannot be read: nobody can know what such an app understands.
        """
        found = self._minima.get((platform or "").strip().lower()) or self._minima.get("*")
        if found is None or (version is None and not self._required) or f"{path}/".startswith(self._exempt):
            return
        text, minimum = found
        key = None if version is None else version_key(version)
        if key is None or key < minimum:
            raise AppUpgradeRequired(minimum=text)


def _key(minimum: str) -> VersionKey:
    key = version_key(minimum)
    if key is None:
        raise ValueError(f"minimum: {minimum!r} is no version")
    return key
