"""What is compared: the cases, who takes part in each, and the goals with their fixed ids."""

import os
from dataclasses import dataclass

__all__ = ["ASYNCHRONOUS", "BLOCKING", "CASES", "GOALS", "GROWTH", "POOL", "Case", "Goal", "Target", "goal_of", "row_id"]

POOL = 256  # connections that each client may keep: as many as the busiest case needs, so that nobody is measured reconnecting
ORDER = b'{"agent":7,"items":[{"sku":"A-100","count":2},{"sku":"B-200","count":1}],"note":"leave it at the door"}'
MEGABYTE = 1_000_000

ASYNCHRONOUS = (
    "seawall", "httpx", "httpx2", "aiohttp", "niquests", "pyreqwest", "pyqwest", "httpware", "azure-core",
    "prototype", "protocol",
)  # fmt: skip
BLOCKING = ("seawall", "httpx", "httpx2", "urllib3", "niquests", "pyreqwest", "pyqwest", "httpware", "azure-core", "prototype")


@dataclass(frozen=True)
class Target:
    """One call: what is asked, and how many bytes come back.

    `upload` is the size of the body that is sent, a whole number of megabytes; a POST without one sends a small order as JSON.
    """

    url: str
    size: int
    method: str = "GET"
    upload: int = 0
    ca: str | None = None
    pool: int = POOL

    @property
    def is_json(self) -> bool:
        """Whether the answer is a document and no mere bytes."""
        return self.size < MEGABYTE

    @property
    def body(self) -> bytes | None:
        if self.method == "GET":
            return None
        return os.urandom(MEGABYTE) * (self.upload // MEGABYTE) if self.upload else ORDER  # zeros would take no memory


@dataclass(frozen=True)
class Case:
    """One question to all subjects.

    Attributes:
        name: The middle of the row's id.
        world: asyncio, uvloop or blocking.
        concurrency: Tasks or threads that call at once.
        path: Which of the server's answers.
        quick: Who takes part with `--quick`; without one of them the case waits for a full run.
        subjects: Who takes part in a full run.
    """

    name: str
    world: str
    concurrency: int
    path: str = "/agents"
    method: str = "GET"
    upload: int = 0
    tls: bool = False
    quick: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()

    def taking_part(self, *, quick: bool) -> tuple[str, ...]:
        if quick:
            return self.quick
        return self.subjects or (BLOCKING if self.world == "blocking" else ASYNCHRONOUS)


@dataclass(frozen=True)
class Goal:
    """CPU time of a peer, divided by Seawall's, must be `least` or more."""

    id: str
    case: str
    peer: str
    least: float


CASES = (
    Case("async1", "asyncio", 1),
    Case("async16", "asyncio", 16, quick=("seawall", "httpx2", "aiohttp", "prototype")),
    Case("async64", "asyncio", 64, quick=("seawall", "httpx2")),
    Case("async256", "asyncio", 256),
    Case("uvloop1", "uvloop", 1),
    Case("uvloop16", "uvloop", 16, quick=("seawall", "pyreqwest")),
    Case("uvloop64", "uvloop", 64),
    Case("uvloop256", "uvloop", 256),
    Case("sync1", "blocking", 1, quick=("seawall", "httpx2", "urllib3")),
    Case("sync8", "blocking", 8),
    Case("post16", "asyncio", 16, "/orders", "POST"),
    Case("post16-uvloop", "uvloop", 16, "/orders", "POST"),
    Case("post1-sync", "blocking", 1, "/orders", "POST"),
    Case("tls16", "asyncio", 16, tls=True),
    Case("tls16-uvloop", "uvloop", 16, tls=True),
    Case("tls1-sync", "blocking", 1, tls=True),
    Case("download10", "asyncio", 1, "/10", quick=("seawall", "pyreqwest")),
    Case("download10-uvloop", "uvloop", 1, "/10"),
    Case("download10-sync", "blocking", 1, "/10", quick=("seawall", "urllib3")),
    Case("download100", "asyncio", 1, "/100"),
    Case("download100-sync", "blocking", 1, "/100"),
    Case("upload100", "asyncio", 1, "/upload", "POST", 100 * MEGABYTE),
    Case("upload100-sync", "blocking", 1, "/upload", "POST", 100 * MEGABYTE),
)
GROWTH = Case("growth", "asyncio", 16, subjects=("seawall",), quick=("seawall",))

# The ids are fixed; the last but one is of the blocking case, although its name does not say so.
GOALS = (
    Goal("compare/async16/httpx2", "async16", "httpx2", 12),
    Goal("compare/async64/httpx2", "async64", "httpx2", 12),
    Goal("compare/async16/aiohttp", "async16", "aiohttp", 1.5),
    Goal("compare/uvloop16/pyreqwest", "uvloop16", "pyreqwest", 1.0),
    Goal("compare/sync1/httpx2", "sync1", "httpx2", 8),
    Goal("compare/sync1/urllib3", "sync1", "urllib3", 2),
    Goal("compare/async16/prototype", "async16", "prototype", 0.5),
    Goal("compare/download10/urllib3", "download10-sync", "urllib3", 1),
    Goal("compare/download10/pyreqwest", "download10", "pyreqwest", 1),
)
_GOALS = {(goal.case, goal.peer): goal for goal in GOALS}


def goal_of(case: str, subject: str) -> Goal | None:
    return _GOALS.get((case, subject))


def row_id(case: str, subject: str) -> str:
    """Return the id of a subject's row: that of its goal, if there is one."""
    goal = goal_of(case, subject)
    return f"compare/{case}/{subject}" if goal is None else goal.id
