"""Which app is calling: a backend that knows can stay compatible and retire versions safely."""

import platform
from importlib import metadata

import msgspec

from ._errors import UsageError

__all__ = ["AppInfo"]


def _this_platform() -> str:
    return {"Darwin": "macos"}.get(platform.system(), platform.system().lower()) or "unknown"


class AppInfo(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Name, version and platform of the app, sent as `X-App-Version`, `X-Platform` and in `User-Agent`.

    Attributes:
        name: The app's name, for example "acme-console".
        version: Its version, for example "1.4.0".
        platform: Where it runs; by default "linux", "macos" or "windows".
    """

    name: str
    version: str
    platform: str = msgspec.field(default_factory=_this_platform)

    @classmethod
    def from_distribution(cls, name: str, *, platform: str | None = None) -> "AppInfo":
        """Take the version from an installed package's metadata.

        Raises:
            UsageError: No distribution of this name is installed.
        """
        try:
            version = metadata.version(name)
        except metadata.PackageNotFoundError:
            version = None
        if version is None:
            raise UsageError(f"app: no distribution named {name!r} is installed; use AppInfo(name, version)")
        return cls(name, version, platform or _this_platform())
