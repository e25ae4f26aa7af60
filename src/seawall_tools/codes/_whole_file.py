"""Files that are written whole, or not at all."""

import os
import shutil
from pathlib import Path

__all__ = ["write_whole"]


def write_whole(path: Path, content: bytes) -> None:
    """Put a new file in the place of the old one, with its mode: who is interrupted, or reads meanwhile, has one of them whole.

    Args:
        path: The file; its folder is made, and a link stays one.
        content: What it is to hold.

    Raises:
        OSError: It cannot be written; the error names it.
    """
    place = path.resolve()
    fresh = place.with_name(f".{place.name[:200]}.{os.getpid()}")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_bytes(content)
        if place.exists():
            shutil.copymode(place, fresh)
        fresh.replace(place)
    except OSError as error:
        fault = OSError(error.errno, error.strerror or type(error).__name__, str(path))
    else:
        return
    finally:
        _remove(fresh)
    raise fault


def _remove(fresh: Path) -> None:
    """Take away what was left half written; where nothing could be written, nothing can be removed either."""
    try:
        fresh.unlink()
    except OSError:
        pass
