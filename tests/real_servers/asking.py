"""Starting the servers, asking them with a real client, and looking at what a problem keeps."""

import pickle
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import seawall
from tests.worlds import World

ROOT = Path(__file__).parents[2]
CANARY = "canary-5512"  # what a user typed and a server echoes


@contextmanager
def running(name: str) -> Iterator[str]:
    """Run an app of `apps/` in a process of its own, and give its URL.

    Args:
        name: The app's file, without its ending.
    """
    command = [sys.executable, "-m", "tests.real_servers.serve", name]
    with (
        tempfile.TemporaryFile("w+") as words,
        subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=words, text=True) as process,
    ):
        try:
            assert process.stdout is not None
            url = process.stdout.readline().strip()
            assert url, f"{name} did not start:\n{words.seek(0) or words.read()}"
            yield url
        finally:
            process.kill()


class Server:
    """A running server, asked in one world.

    Args:
        url: Where it listens.
        world: The world of the client.
    """

    def __init__(self, url: str, world: World) -> None:
        self.url = url
        self._world = world

    async def call(self, method: str, path: str, **options: Any) -> seawall.Response:
        """Make a call that succeeds."""
        async with self._world.client(self.url, retry=False) as api:
            response: seawall.Response = await api.request(method, path, **options)
        return response

    async def problem(self, method: str, path: str, **options: Any) -> seawall.StatusProblem:
        """Make a call that the server answers with an error, and return the problem that the client raises."""
        with pytest.raises(seawall.StatusProblem) as caught:
            await self.call(method, path, **options)
        return caught.value

    async def post(self, path: str, json: Any) -> seawall.StatusProblem:
        """Post what the server rejects."""
        return await self.problem("POST", path, json=json)


def places(problem: seawall.ApiProblem) -> list[tuple[str, str | None]]:
    """The pointers and codes of a problem's field errors."""
    return [(error.pointer, error.code) for error in problem.field_errors]


def kept(problem: seawall.ApiProblem) -> str:
    """All that a problem keeps and shows, but for the response itself."""
    facts = {name: value for name, value in vars(problem).items() if name != "response"}
    errors = [(error.pointer, error.code, error.params, error.detail) for error in problem.field_errors]
    return f"{problem!s} {problem!r} {facts} {errors} {pickle.dumps(problem, 0).decode('latin-1')}"


def shown(problem: seawall.ApiProblem) -> str:
    """All that a problem shows to people, in logs and in a traceback."""
    errors = [f"{error!r} {error.user_message()}" for error in problem.field_errors]
    return f"{problem!s} {problem!r} {problem.user_message('de')} {errors} {getattr(problem, '__notes__', [])}"
