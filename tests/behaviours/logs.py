"""What the tests of logging share: a log in three styles, and a canary."""

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import seawall
from seawall import Retry

CANARY = "kQ7ZpR2vXw9LmT4sB8nD1fGh5Jy"  # looks like a token, because a path has nothing else to know one by
AGAIN = Retry(attempts=2, backoff=0)


class Log:
    """All that three styles tell: a plain handler at DEBUG, JSON lines, and the coloured terminal."""

    def __init__(self) -> None:
        self.plain, self.json, self.terminal = io.StringIO(), io.StringIO(), io.StringIO()
        self.handlers = [logging.StreamHandler(self.plain), logging.StreamHandler(self.json)]
        self.handlers[0].setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s"))
        self.handlers[1].setFormatter(seawall.observe.JsonFormatter())
        self.listeners = [seawall.observe.log_calls(), seawall.observe.print_calls(self.terminal, colour=True)]

    @property
    def fields(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.json.getvalue().splitlines()]

    @property
    def text(self) -> str:
        return self.plain.getvalue() + self.json.getvalue() + self.terminal.getvalue()

    def told(self, *names: str) -> list[tuple[Any, ...]]:
        """The values of these fields, line by line, of calls and attempts."""
        return [tuple(line.get(name) for name in names) for line in self.fields if line["logger"].startswith("seawall.")]

    def at_info(self) -> str:
        """The lines of INFO and above."""
        lines = [line for line in self.plain.getvalue().splitlines() if not line.startswith("DEBUG ")]
        return "\n".join([*lines, *(json.dumps(line) for line in self.fields if line["level"] != "DEBUG")])

    @contextmanager
    def attached(self) -> Iterator["Log"]:
        """Hang the handlers where an app hangs them."""
        root = logging.getLogger()
        for handler in self.handlers:
            root.addHandler(handler)
        try:
            yield self
        finally:
            for handler in self.handlers:
                root.removeHandler(handler)
