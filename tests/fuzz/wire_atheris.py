"""Look for bytes that our reader of responses takes wrongly, led by coverage; needs the extra `fuzz`.

    python -m tests.fuzz.wire_atheris --seconds 60 --keep

It begins with the corpus and goes where new lines of our reader and of h11 are run. Each input must keep the laws of
`wire_oracle.py`. What breaks one is shown as a line of the corpus, and the command fails: make the line as short as it goes, and
write it into BROKE_A_LAW in test_wire.py, where it stays when it is repaired.

`--keep` writes inputs of a kind that the corpus has not yet, or has longer, to tests/fuzz/corpus/wire.txt. `make test` cuts each
of its lines at every place.
"""

import argparse
import hashlib
import subprocess
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

# What atheris instruments must not be imported before it does so: hence the imports within functions.
MAX_SIZE = 1000  # bytes of an input
HANGS = 20  # seconds after which an input counts as one that hangs
WORDS = [
    b"HTTP/1.1 ", b"HTTP/1.0 ", b"\r\n", b"\r\n\r\n", b"0\r\n\r\n", b"5\r\nhello\r\n", b';x="y"', b"100", b"101", b"103",
    b"200", b"204", b"205", b"304", b"Content-Length: ", b"Transfer-Encoding: ", b"Connection: ", b"Upgrade: x", b"Trailer: x",
    b"keep-alive", b"close", b"chunked", b"identity", b", ", b"\t", b"\x00", b"\xff", b"18446744073709551616", b"f" * 16,
]  # fmt: skip


def main() -> int:
    """Run the fuzzer in a process of its own, since it ends the one it runs in; then look at what it left."""
    options = argparse.ArgumentParser(prog="python -m tests.fuzz.wire_atheris")
    options.add_argument("--seconds", type=int, default=60, help="how long to look")
    options.add_argument("--seed", type=int, default=0, help="of all that is by chance; 0 takes another each time")
    options.add_argument("--keep", action="store_true", help="add what was found to the corpus")
    chosen = options.parse_args()
    if find_spec("atheris") is None:
        options.error('it needs atheris: pip install "seawall[fuzz]"')
    with TemporaryDirectory() as folder:
        return _run(Path(folder), chosen)


def _run(folder: Path, chosen: argparse.Namespace) -> int:
    from tests.fuzz.wire_corpus import as_line, load, save

    for name in ("seeds", "kept", "broken"):
        (folder / name).mkdir()
    for data in load():
        (folder / "seeds" / _name(data)).write_bytes(data)
    (folder / "words").write_text("".join(f'"{_escaped(word)}"\n' for word in WORDS))
    limits = [f"-max_total_time={chosen.seconds}", f"-max_len={MAX_SIZE}", f"-timeout={HANGS}", f"-seed={chosen.seed}"]
    places = [
        f"-dict={folder / 'words'}",
        f"-artifact_prefix={folder / 'broken'}/",
        "-print_final_stats=1",
        str(folder / "seeds"),
    ]
    command = [sys.executable, "-m", "tests.fuzz.wire_atheris", str(folder / "kept"), *limits, *places]
    failed = subprocess.run(command, check=False).returncode
    broken, kept = ([file.read_bytes() for file in (folder / name).iterdir()] for name in ("broken", "kept"))
    for data in broken:
        print(f"breaks a law: {as_line(data)}")
    if not (broken or failed):
        print("nothing breaks a law")
    if chosen.keep:
        before = load()
        after = _reduced([*before, *kept])
        save(after)
        print(f"the corpus had {len(before)} inputs, and has {len(after)}")
    return 1 if broken or failed else 0


def _reduced(corpus: list[bytes]) -> list[bytes]:
    """The shortest input of each kind."""
    from tests.fuzz.wire_corpus import Kind, kind_of, shortest
    from tests.fuzz.wire_oracle import few_cuts, judge

    found: dict[Kind, bytes] = {}
    for data in corpus:
        shortest(found, kind_of(data, judge(data, few_cuts(data))), data)
    return list(found.values())


def _name(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]


def _escaped(word: bytes) -> str:
    return "".join(f"\\x{byte:02x}" for byte in word)


def _fuzz(kept: Path, arguments: list[str]) -> None:
    """Run until the time is over, in this process."""
    atheris: Any = import_module("atheris")
    with atheris.instrument_imports(include=["h11", "seawall.transport.wire", "tests.fuzz"]):
        from tests.fuzz.wire_corpus import Kind, kind_of, load, shortest
        from tests.fuzz.wire_oracle import few_cuts, judge

    found: dict[Kind, bytes] = {}
    for known in load():
        shortest(found, kind_of(known, judge(known, few_cuts(known))), known)

    def one(data: bytes) -> None:
        kind = kind_of(data, judge(data, few_cuts(data)))
        if shortest(found, kind, data):
            (kept / _name(repr(kind).encode())).write_bytes(data)

    atheris.Setup([sys.argv[0], *arguments], one)
    atheris.Fuzz()


if __name__ == "__main__":
    if sys.argv[1:2] and not sys.argv[1].startswith("-"):
        _fuzz(Path(sys.argv[1]), sys.argv[2:])
    else:
        sys.exit(main())
