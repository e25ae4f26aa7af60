"""How the library names itself to servers."""

import platform
from importlib import metadata

__all__ = ["USER_AGENT", "VERSION"]


def _version() -> str:
    try:
        return metadata.version("seawall")
    except metadata.PackageNotFoundError:  # run from a source tree that is not installed
        return "0"


VERSION = _version()
USER_AGENT = f"seawall/{VERSION} python/{platform.python_version()}"
