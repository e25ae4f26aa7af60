"""The command: in this process, which is quick; as a process with pipes; at a terminal of its own."""

import os
import pty
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from typer.testing import CliRunner

from seawall.testing import Reply
from seawall_tools import call, doctor

_APPS = {"call": call.app, "doctor": doctor.app}
COMMAND = [sys.executable, "-m", "seawall_tools"]
_PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")

EVIL = "\x1b]0;owned\x07 \x9b31m [bold]x[/bold] \u202etxt.exe"
"""What steers terminals, is markup, or turns the order of what people read."""

PROBLEM = {
    "type": "https://acme.example/problems/validation",
    "code": "AGENT_INVALID",
    "detail": f"no good {EVIL}",
    "errors": [{"pointer": "#/name", "code": "REQUIRED", "detail": "must not be blank"}],
}


def invalid() -> Reply:
    """An answer with that problem document."""
    return Reply(422, json=PROBLEM, headers={"Content-Type": "application/problem+json"})


@dataclass(frozen=True)
class Done:
    """What a finished command left behind.

    Args:
        code: Its exit code.
        out: Standard output; at a terminal, all that was to be seen.
        err: Standard error, as text without the frames that errors are drawn in.
    """

    code: int
    out: bytes
    err: str = ""

    @property
    def text(self) -> str:
        return self.out.decode()


def environment(**more: str) -> dict[str, str]:
    """This process's variables without those that would change what the command does."""
    kept = {name: value for name, value in os.environ.items() if name.lower() not in _PROXIES and name != "NO_COLOR"}
    return {**kept, "TERM": "xterm-256color", "COLUMNS": "100", **more}


def run(word: str, *words: str, stdin: bytes = b"", **variables: str) -> Done:
    """Run a sub-command in this process to its end, neither of its outputs being a terminal."""
    clean: dict[str, str | None] = {name: None for name in os.environ if name.lower() in _PROXIES}
    done = CliRunner().invoke(_APPS[word], words, input=stdin, env={**clean, "COLUMNS": "100", **variables})
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return Done(done.exit_code, done.stdout_bytes, unframed(done.stderr))


def run_process(*words: str, cwd: Path | None = None, **variables: str) -> Done:
    """Run the command with pipes to its end."""
    done = subprocess.run([*COMMAND, *words], cwd=cwd, env=environment(**variables), capture_output=True, check=False)
    return Done(done.returncode, done.stdout, unframed(done.stderr.decode()))


def unframed(text: str) -> str:
    """Text without the frame that typer draws around errors, and without its line breaks."""
    return " ".join(text.translate(str.maketrans("", "", "│╭╮╰╯─")).split()) if "╭" in text else text


def start(*words: str, **variables: str) -> "subprocess.Popen[bytes]":
    """Start the command with pipes."""
    return subprocess.Popen(
        [*COMMAND, *words],
        env=environment(**variables),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def at_terminal(*words: str, asked: bytes = b"", typed: bytes = b"", **variables: str) -> Done:
    """Run the command at a terminal, and type something as soon as it has asked for it."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [*COMMAND, *words], env=environment(**variables), stdin=slave, stdout=slave, stderr=slave, start_new_session=True
    )
    os.close(slave)
    seen = bytearray()
    try:
        while piece := _read(master):
            seen += piece
            if typed and asked in seen:
                os.write(master, typed)
                typed = b""
        return Done(process.wait(), bytes(seen))
    finally:
        process.kill()
        process.wait()
        os.close(master)


def _read(master: int) -> bytes:
    try:
        return os.read(master, 65536)
    except OSError:  # EIO: the other side has closed
        return b""
