"""The workers from outside: started, told, asked in turns, ended."""

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path

from benchmarks._compare_cases import Case, Target

__all__ = ["Child", "Figures", "Size", "check_installed", "in_turns", "measure_case", "started", "tell"]

NIQUESTS = Path(sys.prefix) / "niquests" / "bin" / "python"  # it puts its own urllib3 in the place of the other
HERE = Path(__file__).resolve().parent.parent
OURS = ("seawall", "prototype", "protocol", "niquests")
ENDING = 5.0  # seconds
Samples = dict[str, dict[str, list[float]]]
"""What each subject answered, by the name of the figure."""
MISLEADING = ("_proxy", "ca_bundle", "ssl_cert_file", "ssl_cert_dir")


@dataclass(frozen=True)
class Size:
    """How much is measured.

    Attributes:
        processes: How often each subject gets a new process: with big bodies, one may be lucky with its heap, and stay so.
        rounds: Rounds of each process.
        seconds: How long about a subject works in a round.
        timed: Rounds of each process that are followed by one in which each call is timed.
    """

    processes: int
    rounds: int
    seconds: float
    timed: int = 1


@dataclass(frozen=True)
class Figures:
    """Medians of one subject in one case: microseconds per call, calls per second, MiB at most."""

    cpu: float
    rate: float
    p50: float
    p99: float
    memory: float


class Child:
    """A worker. Its errors are seen on stderr; that it ended is an error here."""

    def __init__(self, subject: str, world: str, target: Target) -> None:
        self.subject = subject
        description = json.dumps({"subject": subject, "world": world, "target": asdict(target)})
        python = str(NIQUESTS) if subject == "niquests" else sys.executable
        self._process = subprocess.Popen(
            [python, "-m", "benchmarks._compare_worker", description],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=HERE, env=_environment(), text=True, start_new_session=True,
        )  # fmt: skip

    def answer(self) -> dict[str, float]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit(f"compare: the worker of {self.subject} ended with {self._process.wait()}; its error is above")
        answer: dict[str, float] = json.loads(line)
        return answer

    def ask(self, command: str, **details: int) -> dict[str, float]:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": command, **details}) + "\n")
        self._process.stdin.flush()
        return self.answer()

    def pace(self, concurrency: int, seconds: float) -> int:
        """Return how many calls take about so long."""
        first = self.ask("batch", concurrency=concurrency, calls=concurrency)
        few = max(concurrency, int(seconds / 5 / first["wall"] * 1e6))
        wall = self.ask("batch", concurrency=concurrency, calls=few)["wall"]
        return max(concurrency, int(seconds / wall * 1e6))

    def end(self) -> None:
        """It ends when its input does; one that hangs in a call is killed."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.close()
        except BrokenPipeError:
            pass
        try:
            self._process.wait(ENDING)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()


def _environment() -> dict[str, str]:
    """Without the variables by which some clients, and not all, find proxies and certificates."""
    return {name: value for name, value in os.environ.items() if not name.lower().endswith(MISLEADING)}


@contextmanager
def started(subject: str, world: str, target: Target) -> Iterator[Child]:
    """A worker until the end of the block, ready to be told."""
    child = Child(subject, world, target)
    try:
        child.answer()
        yield child
    finally:
        child.end()


def in_turns(names: tuple[str, ...], number: int) -> tuple[str, ...]:
    """Return the order of a round: it moves on by one each time, so that a change of the machine's pace hits all."""
    turn = number % len(names)
    return names[turn:] + names[:turn]


def measure_case(case: Case, target: Target, size: Size, *, quick: bool) -> dict[str, Figures]:
    """Return what each subject costs; all live at once, and one works at a time."""
    names = case.taking_part(quick=quick)
    samples: Samples = {name: {} for name in names}
    for process in range(size.processes):
        with ExitStack() as stack:
            children = {name: stack.enter_context(started(name, case.world, target)) for name in names}
            _measure_children(case, children, size, samples, f"{case.name}: process {process + 1} of {size.processes}")
    tell("")
    return {name: _figures(taken) for name, taken in samples.items()}


def _measure_children(case: Case, children: dict[str, Child], size: Size, samples: Samples, where: str) -> None:
    calls = {name: child.pace(case.concurrency, size.seconds) for name, child in children.items()}
    for number in range(size.rounds):
        tell(f"{where}, round {number + 1} of {size.rounds}")
        for name in in_turns(tuple(children), number):
            told = {"concurrency": case.concurrency, "calls": calls[name]}
            _add(samples[name], children[name].ask("batch", **told))
            if number < size.timed:
                _add(samples[name], children[name].ask("latencies", **told))
    for name, child in children.items():
        _add(samples[name], child.ask("memory"))


def _add(taken: dict[str, list[float]], answer: dict[str, float]) -> None:
    for name, value in answer.items():
        taken.setdefault(name, []).append(value)


def _figures(taken: dict[str, list[float]]) -> Figures:
    middle = {name: statistics.median(values) for name, values in taken.items()}
    return Figures(middle["cpu"], 1e6 / middle["wall"], middle["p50"], middle["p99"], middle["memory"])


def tell(text: str) -> None:
    """Say how far it is, to people only."""
    if sys.stderr.isatty():
        print(f"\r{text:60}\r{text}", end="", file=sys.stderr, flush=True)


def check_installed(subjects: set[str]) -> None:
    """Refuse to begin without a peer: its rows would be missing.

    Raises:
        SystemExit: It names the peers, and the command that installs them.
    """
    missing = [name for name in sorted(subjects - set(OURS)) if not _is_installed(name)]
    if "niquests" in subjects and not NIQUESTS.exists():
        missing.append("niquests")
    if missing:
        raise SystemExit(f"compare: not installed: {', '.join(missing)}. Run `make bench`, which installs all that is compared.")


def _is_installed(distribution: str) -> bool:
    try:
        metadata.distribution(distribution)
    except metadata.PackageNotFoundError:
        return False
    return True
