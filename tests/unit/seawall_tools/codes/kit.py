"""A small project with a whole contract, and the command run in it."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from seawall_tools.codes import app

DOCUMENT = "docs/protocols/common/http-error-codes.md"
PYPROJECT = """
[tool.ruff]
line-length = 100

[tool.seawall.codes]
server = "src/acme/backend/errors.py"
client = "src/acme/console/problems.py"
arb = "l10n"
openapi = "openapi.json"
docs = "docs/codes"
sources = ["src"]
raised-elsewhere = ["INTERNAL_ERROR"]
"""
CODES = """# Codes

Prose.

## AGENT_FORBIDDEN

- **Code**: `AGENT_FORBIDDEN`
- **Status**: 403
- **Detail**: "Forbidden: {action}"
- **L10n Key**: `errorAgentForbidden`
- **Description**: The agent belongs to somebody else.
- **Params**: `resource: string`, `action: string`

## TOO_MANY_AGENTS

- **Code**: `TOO_MANY_AGENTS`
- **Status**: 409
- **Detail**: "Too many agents"
- **L10n Key**: `errorTooManyAgents`
- **Description**: No more agents fit in here.
- **Params**: `limit: integer`, `until?: date-time`
- **Retryable**: no

## INTERNAL_ERROR

- **Code**: `INTERNAL_ERROR`
- **Status**: 500
- **Detail**: "Internal error"
- **L10n Key**: `errorInternalError`
- **Description**: Nobody foresaw it.

## Retired

- `AGENT_BANNED`: gone with 1.4.
"""
BACKEND = """from .errors import AgentForbidden
from . import errors


def update(owner: bool) -> None:
    if not owner:
        raise AgentForbidden(resource="agent", action="update")
    raise errors.TooManyAgents(limit=3)
"""
GERMAN = {
    "@@locale": "de",
    "errorAgentForbidden": "{action} ist für {resource} nicht erlaubt.",
    "errorTooManyAgents": "{limit, plural, =1 {Nur ein Agent} other {Nur {limit} Agenten}}",
    "errorInternalError": "Das war unser Fehler.",
}


@dataclass(frozen=True)
class Done:
    """How a run of the command ended."""

    code: int
    out: str
    err: str

    @property
    def rules(self) -> list[str]:
        """The rules of the findings, in order."""
        return [line.rpartition("[")[2].rstrip("]") for line in self.out.splitlines() if line.endswith("]")]


@dataclass(frozen=True)
class Project:
    """A project in a folder that is the current one."""

    root: Path

    def run(self, *words: str) -> Done:
        """Run `seawall codes` here."""
        done = CliRunner().invoke(app, words, env={"COLUMNS": "200"})
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return Done(done.exit_code, done.stdout, done.stderr)

    def read(self, path: str) -> str:
        return (self.root / path).read_text(encoding="utf-8")

    def write(self, path: str, content: Any) -> None:
        """Write text, or anything else as JSON."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False, indent=2)
        file.write_text(text, encoding="utf-8")

    def change(self, path: str, old: str, new: str) -> None:
        """Replace what stands in a file, which it must."""
        text = self.read(path)
        assert old in text
        self.write(path, text.replace(old, new))

    def line(self, path: str, text: str) -> int:
        """The line on which a text stands first."""
        return 1 + next(number for number, line in enumerate(self.read(path).splitlines()) if text in line)
