"""nginx in a process and a folder of its own, on the core that the clients leave free."""

import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks._compare_cases import MEGABYTE, Case, Target

__all__ = ["Server", "find_nginx", "serve"]

HOST = "127.0.0.1"
SBIN = "/usr/sbin:/usr/local/sbin"  # where Debian puts it, and where only root looks
START = 10.0  # seconds
# One process, so that one process id ends it. A location that only `return`s answers before the body is there, which some
# clients take as a reason to stop sending: /upload asks a server behind it, and that happens when the whole body has come.
CONFIGURATION = """
daemon off; master_process off; pid {folder}/pid; error_log {folder}/errors warn; worker_rlimit_nofile 8192;
events {{ worker_connections 4096; }}
http {{
    access_log off; sendfile on; default_type application/json;
    keepalive_requests 1000000000; keepalive_timeout 600s; client_max_body_size 0;
    client_body_temp_path {folder}/bodies; proxy_temp_path {folder}/proxied;
    fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    upstream behind {{ server unix:{folder}/behind; keepalive 16; }}
    server {{ listen unix:{folder}/behind; location / {{ return 201 '{taken}'; }} }}
    server {{
        listen {host}:{plain} backlog=1024; listen {host}:{tls} ssl backlog=1024;
        ssl_certificate {folder}/certificate; ssl_certificate_key {folder}/key; ssl_protocols TLSv1.2 TLSv1.3;
        root {folder}/files;
        location = /orders {{ return 201 '{taken}'; }}
        location = /upload {{
            client_body_buffer_size 101m; proxy_pass http://behind; proxy_http_version 1.1;
            proxy_pass_request_body off; proxy_set_header Content-Length ""; proxy_set_header Connection "";
        }}
    }}
}}
"""


@dataclass(frozen=True)
class Server:
    """A server that runs, and what it answers with."""

    plain: int
    tls: int
    folder: Path

    def target(self, case: Case, **changes: int) -> Target:
        """Return what one call of a case asks of this server."""
        origin = f"https://{HOST}:{self.tls}" if case.tls else f"http://{HOST}:{self.plain}"
        size = len(document(0)) if case.method == "POST" else (self.folder / "files" / case.path[1:]).stat().st_size
        ca = str(self.folder / "authority") if case.tls else None
        return Target(origin + case.path, size, case.method, case.upload, ca, **changes)


def document(agents: int) -> bytes:
    """Return a JSON document that says how long it is, so that one who decoded it can be checked like one who read it."""
    listed = [{"id": number, "name": f"Agent {number}", "team": "blue", "active": True} for number in range(agents)]
    size = 0
    while True:
        text = json.dumps({"bytes": size, "agents": listed}, separators=(",", ":")).encode()
        if len(text) == size:
            return text
        size = len(text)


def find_nginx() -> str:
    """Return where nginx is, or say how it gets here."""
    found = shutil.which("nginx") or shutil.which("nginx", path=SBIN)
    if found is None:
        raise SystemExit("compare: nginx is missing. Run `make bench`, or install Debian's package nginx-light.")
    return found


@contextmanager
def serve(core: int | None) -> Iterator[Server]:
    """Run nginx until the end of the block, whatever ends it.

    Args:
        core: The core that it is pinned to; None leaves it where it likes.
    """
    nginx = find_nginx()
    with tempfile.TemporaryDirectory(prefix="seawall-") as name:
        folder = Path(name)
        _write_files(folder)
        server = Server(_free_port(), _free_port(), folder)
        facts = {"folder": folder, "host": HOST, "plain": server.plain, "tls": server.tls, "taken": document(0).decode()}
        (folder / "configuration").write_text(CONFIGURATION.format(**facts))
        process = _start([nginx, "-p", name, "-e", f"{name}/errors", "-c", f"{name}/configuration"], core)
        try:
            _wait_until_up(process, server)
            yield server
        finally:
            process.terminate()
            try:
                process.wait(START)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _start(command: list[str], core: int | None) -> subprocess.Popen[bytes]:
    """A child begins on its parent's cores; in a session of its own, Ctrl-C is left to the parent."""
    before = os.sched_getaffinity(0)
    try:
        if core is not None:
            os.sched_setaffinity(0, {core})
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)
    finally:
        os.sched_setaffinity(0, before)


def _write_files(folder: Path) -> None:
    import trustme

    (folder / "files").mkdir()
    (folder / "files" / "agents").write_bytes(document(19))
    for megabytes in (10, 100):
        (folder / "files" / str(megabytes)).write_bytes(os.urandom(MEGABYTE) * megabytes)
    authority = trustme.CA()
    certificate = authority.issue_cert(HOST, "localhost")
    authority.cert_pem.write_to_path(str(folder / "authority"))
    certificate.private_key_pem.write_to_path(str(folder / "key"))
    (folder / "certificate").write_bytes(b"".join(pem.bytes() for pem in certificate.cert_chain_pems))


def _free_port() -> int:
    with socket.create_server((HOST, 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def _wait_until_up(process: subprocess.Popen[bytes], server: Server) -> None:
    end = time.monotonic() + START
    while True:
        try:
            socket.create_connection((HOST, server.tls), START).close()
        except OSError:
            if process.poll() is not None or time.monotonic() > end:
                raise SystemExit(f"compare: nginx did not start: {(server.folder / 'errors').read_text()}") from None
            time.sleep(0.02)
        else:
            return
