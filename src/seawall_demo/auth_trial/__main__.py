"""`python -m seawall_demo.auth_trial SUBJECT URL STORE`: one of the processes that share a store; it dies with its parent.

It starts the app, which takes up the session in the store, and writes an empty line. Then the parent writes one JSON object a
line to standard input, and reads one a line from standard output:

    {"wave": NAME, "calls": NUMBER}  ->  {"reasons": [one for each call that failed], "told": NUMBER}
"""

import asyncio
import json
import sys
from pathlib import Path
from typing import cast

from . import SUBJECTS, SubjectName, errands, make_calls


async def main(subject_name: SubjectName, url: str, store: Path) -> None:
    """Make the calls that the parent asks for, until it closes the pipe."""
    async with SUBJECTS[subject_name](url, store) as subject:
        print(flush=True)
        while line := await asyncio.to_thread(sys.stdin.readline):
            command = json.loads(line)
            reasons = await make_calls(subject, errands(command["calls"], command["wave"]))
            print(json.dumps({"reasons": reasons, "told": len(subject.ends)}), flush=True)


if __name__ == "__main__":
    asyncio.run(main(cast("SubjectName", sys.argv[1]), sys.argv[2], Path(sys.argv[3])))
