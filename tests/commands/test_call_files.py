"""`seawall call --output`: bodies that become files."""

import json
from pathlib import Path

from seawall.testing import FaultServer, Reply
from tests.commands.kit import at_terminal, invalid, run


def test_a_download_goes_on_where_it_was_interrupted(fault_server: FaultServer, url: str, tmp_path: Path) -> None:
    """`--output` saves the body, and a second call asks only for what the first did not get."""
    content = b"0123456789" * 100
    first = Reply(body=content[:400], length=len(content), headers={"ETag": '"1"'}, close=True)
    rest = {"ETag": '"1"', "Content-Range": "bytes 400-999/1000"}
    route = fault_server.route("GET", "/export", first, Reply(206, body=content[400:], headers=rest))
    path = tmp_path / "export.csv"
    assert run("call", f"{url}/export", "-o", str(path), "--no-retry").code == 6
    assert not path.exists()
    done = run("call", f"{url}/export", "-o", str(path), "--no-retry", "-i")
    assert (done.code, done.out.splitlines()[0]) == (0, b"HTTP/1.1 206 Partial Content")
    assert path.read_bytes() == content
    assert route.calls[1].headers["range"] == "bytes=400-"
    assert [each.name for each in tmp_path.iterdir()] == ["export.csv"]


def test_an_error_leaves_no_file(fault_server: FaultServer, url: str, tmp_path: Path) -> None:
    """What answers with an error is not saved, whatever the method, and the document says so."""
    fault_server.route("*", "/export", invalid())
    for method in ("GET", "POST"):
        done = run("call", method, f"{url}/export", "-o", str(tmp_path / "x"), "--json")
        document = json.loads(done.out)
        assert (done.code, document["saved"], document["problem"]["code"]) == (4, None, "AGENT_INVALID")
    assert list(tmp_path.iterdir()) == []


def test_a_download_that_breaks_off_is_told_in_the_document(fault_server: FaultServer, url: str, tmp_path: Path) -> None:
    """A download that broke off is told as a problem without a file, and what came is kept for the next time."""
    fault_server.route("GET", "/export", Reply(body=b"half", length=8, headers={"ETag": '"1"'}, close=True))
    done = run("call", f"{url}/export", "-o", str(tmp_path / "export"), "--no-retry", "--json")
    document = json.loads(done.out)
    assert (done.code, document["saved"], document["body"], document["status"]) == (6, None, None, None)
    assert document["problem"]["problem"] == "DisconnectProblem"
    assert (tmp_path / "export.part").read_bytes() == b"half"


def test_the_answer_to_a_post_is_saved(fault_server: FaultServer, url: str, tmp_path: Path) -> None:
    """`--output` saves the body of any method, and the document names the file in place of the body."""
    fault_server.route("POST", "/report", Reply(201, text="made"))
    path = tmp_path / "report"
    document = json.loads(run("call", "POST", f"{url}/report", "-o", str(path), "--json").out)
    assert path.read_bytes() == b"made"
    assert (document["status"], document["saved"], document["body"]) == (201, str(path), None)


def test_a_file_that_cannot_be_written_is_said(fault_server: FaultServer, url: str, tmp_path: Path) -> None:
    """A file that cannot be written ends with 1 and names the option."""
    fault_server.route("POST", "/report", Reply(text="made"))
    (tmp_path / "report.part").mkdir()
    done = run("call", "POST", f"{url}/report", "-o", str(tmp_path / "report"))
    assert (done.code, done.err) == (1, "--output: the file cannot be written: Is a directory\n")


def test_a_download_shows_its_progress_at_a_terminal(fault_server: FaultServer, url: str, tmp_path: Path) -> None:
    """At a terminal a download draws a bar, and says at the end where the file is."""
    fault_server.route("GET", "/export", Reply(body=b"x" * 1000))
    done = at_terminal("call", f"{url}/export", "-o", str(tmp_path / "export"))
    assert "download" in done.text
    assert done.text.splitlines()[-1].endswith(f"Saved as {tmp_path / 'export'}.")
