"""The document as it was: in a file, or at a git revision."""

import os
from pathlib import Path
from subprocess import CompletedProcess, TimeoutExpired, run

from ._document import Document
from ._project import read_document
from ._read import parse
from ._sections import MAX_SIZE, DocumentError

__all__ = ["base_document"]

TIMEOUT = 30.0  # seconds for git
# What a hook of git finds set: the repository is that of the document, wherever the command was called from.
_LOCAL = ("GIT_DIR", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_WORK_TREE")


def base_document(base: str, file: Path) -> Document | None:
    """Read what `diff` compares with.

    Args:
        base: A file, or else a git revision.
        file: The document as it is now.

    Returns:
        The document as it was, under another name too if git knows that it was renamed; None where the revision has none.

    Raises:
        DocumentError: There is neither file nor revision, git cannot read it, or it is no document.
    """
    try:
        if Path(base).exists() and not Path(base).is_dir():  # a pipe too: `diff <(...)`
            return parse(read_document(Path(base), base), base)
        content = _at_revision(base, file.resolve())
        return None if content is None else parse(content, f"{file.name} at {base}")
    except (DocumentError, ValueError) as error:  # ValueError: a name that no file can have
        fault = f"{base}: {error}"[:300]
    raise DocumentError(fault)


def _at_revision(revision: str, file: Path) -> bytes | None:
    folder = file.parent
    commit = _commit(revision, folder)
    path = _asked(folder, "rev-parse", "--show-prefix").decode().rstrip("\n") + file.name
    found = _listed(folder, commit, path) or _listed(folder, commit, _old_name(folder, commit, path, file.suffix))
    if not found:
        return None
    mode, _, name = found.partition(b"\t")[0].decode().split()
    if not mode.startswith("100"):
        raise DocumentError("what stands there is a link or a folder, and no document")
    if int(_asked(folder, "cat-file", "-s", name)) > MAX_SIZE:
        raise DocumentError(f"the document is bigger than {MAX_SIZE} bytes")
    return _asked(folder, "cat-file", "blob", name)


def _commit(revision: str, folder: Path) -> str:
    done = _git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if done.returncode == 0:
        return done.stdout.decode().strip()
    if done.returncode != 1:
        raise DocumentError(f"neither a file nor a revision; {_words(done)}")
    shallow = _asked(folder, "rev-parse", "--is-shallow-repository").strip() == b"true"
    hint = "; the clone is shallow: fetch the revision first" if shallow else ""
    raise DocumentError(f"neither a file nor a revision of this git repository{hint}")


def _listed(folder: Path, commit: str, path: str) -> bytes:
    """What a commit has under a path, counted from its root: mode, type and name; nothing where there is nothing."""
    return _asked(folder, "ls-tree", "--full-tree", "-z", commit, "--", path) if path else b""


def _old_name(folder: Path, commit: str, path: str, suffix: str) -> str:
    """What git thinks the file was called, or nothing."""
    words = ("--find-renames", "--diff-filter=R", "--name-status", "-z", commit, "--", f":(top)*{suffix}")
    fields = _asked(folder, "diff", *words).decode(errors="replace").split("\0")
    return next((old for old, new in zip(fields[1::3], fields[2::3], strict=False) if new == path), "")


def _asked(folder: Path, *words: str) -> bytes:
    done = _git(folder, *words)
    if done.returncode:
        raise DocumentError(_words(done))
    return done.stdout


def _words(done: CompletedProcess[bytes]) -> str:
    lines = done.stderr.decode(errors="replace").strip().splitlines()
    return f"git: {lines[0].removeprefix('fatal: ') if lines else f'it ended with {done.returncode}'}"


def _git(folder: Path, *words: str) -> CompletedProcess[bytes]:
    environment = {name: value for name, value in os.environ.items() if name not in _LOCAL} | {"GIT_OPTIONAL_LOCKS": "0"}
    command = ["git", "-C", str(folder), *words]
    try:
        return run(command, capture_output=True, timeout=TIMEOUT, check=False, env=environment)
    except FileNotFoundError:
        fault = "neither a file nor a revision; there is no git"
    except TimeoutExpired:
        fault = f"git needs more than {TIMEOUT:g} seconds"
    except OSError as error:
        fault = f"git cannot be run: {error.strerror or type(error).__name__}"
    raise DocumentError(fault)
