"""`python -m seawall_demo.backend`: a process that opens consoles as its parent asks, and dies with it.

The parent writes one JSON object a line to standard input and reads one a line from standard output:

    {"open": NAME, "seed": NUMBER or null}  ->  {"url": ..., "database": ...}
    {"tally": NAME}                         ->  {"requests": ..., "spoiled": ...}

The end of the input, which also comes when the parent is killed, ends the process and removes its files.
"""

import json
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from . import Site


def main() -> None:
    """Serve the parent until it closes the pipe."""
    sites: dict[str, Site] = {}
    with tempfile.TemporaryDirectory(prefix="seawall-demo-") as folder, ExitStack() as closing:
        closing.callback(_close, sites)
        for line in sys.stdin:
            print(json.dumps(_obey(json.loads(line), sites, Path(folder))), flush=True)


def _obey(command: dict[str, Any], sites: dict[str, Site], folder: Path) -> dict[str, Any]:
    if name := command.get("open"):
        site = sites[name] = Site(folder / f"{name}.sqlite3", command["seed"])
        return {"url": site.url, "database": str(site.database)}
    storm = sites[command["tally"]].storm
    return {"requests": storm.requests, "spoiled": storm.spoiled}


def _close(sites: dict[str, Site]) -> None:
    with ThreadPoolExecutor() as executor:
        for site in sites.values():
            executor.submit(site.close)


if __name__ == "__main__":
    main()
