"""`python -m seawall_demo.backend`: a process that opens consoles as its parent asks, and dies with it.

The parent writes one JSON object a line to standard input and reads one a line from standard output:

    {"open": NAME, "seed": NUMBER or null, "minimum": VERSION or null}  ->  {"url": ..., "database": ...}
    {"tally": NAME}                         ->  {"requests": ..., "spoiled": ...}

Consoles that ask for tokens have doors beside, which nobody can reach by HTTP:

    {"guard": NAME, "grace": SECONDS}       ->  {"url": ..., "database": ...}
    {"mail": NAME, "to": EMAIL}             ->  {"code": ...}, the last one that was sent there
    {"expire": NAME}                        ->  {}, and all access tokens have expired
    {"revoke": NAME}                        ->  {}, and all sessions are revoked
    {"lose": NAME}                          ->  {}, and the next refresh's answer will get lost
    {"ledger": NAME}                        ->  {"sign_ins": ..., "refreshes": ..., ...}

The end of the input, which also comes when the parent is killed, ends the process and removes its files.
"""

import json
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import GuardedSite, RunningConsole, Site

Reply = dict[str, Any]


@dataclass(frozen=True)
class _Sites:
    """The consoles of this process, by name."""

    folder: Path
    open: dict[str, Site] = field(default_factory=dict)
    guarded: dict[str, GuardedSite] = field(default_factory=dict)

    def obey(self, command: dict[str, Any]) -> Reply:
        """Do what the parent asks."""
        match command:
            case {"open": name, "seed": seed, "minimum": minimum}:
                return _address(self.open.setdefault(name, Site(self._file(name), seed, minimum)))
            case {"guard": name, "grace": grace}:
                return _address(self.guarded.setdefault(name, GuardedSite(self._file(name), grace)))
            case {"tally": name}:
                storm = self.open[name].storm
                return {"requests": storm.requests, "spoiled": storm.spoiled}
        return self._through_door(command)

    def _through_door(self, command: dict[str, Any]) -> Reply:
        match command:
            case {"mail": name, "to": email}:
                return {"code": self.guarded[name].accounts.codes.mailed(email)}
            case {"ledger": name}:
                return dict(self.guarded[name].accounts.ledger.figures())
            case {"expire": name}:
                self.guarded[name].accounts.families.expire_all()
            case {"revoke": name}:
                self.guarded[name].accounts.families.revoke_all()
            case {"lose": name}:
                self.guarded[name].wire.lose_answer()
            case _:
                raise ValueError("no such command")
        return {}

    def close(self) -> None:
        """Stop them all at once."""
        sites = (*self.open.values(), *self.guarded.values())
        for site in sites:
            site.stop()
        for site in sites:
            site.close()

    def _file(self, name: str) -> Path:
        return self.folder / f"{name}.sqlite3"


def main() -> None:
    """Serve the parent until it closes the pipe."""
    with tempfile.TemporaryDirectory(prefix="seawall-demo-") as folder, ExitStack() as closing:
        sites = _Sites(Path(folder))
        closing.callback(sites.close)
        for line in sys.stdin:
            print(json.dumps(sites.obey(json.loads(line))), flush=True)


def _address(site: RunningConsole) -> Reply:
    return {"url": site.url, "database": str(site.database)}


if __name__ == "__main__":
    main()
