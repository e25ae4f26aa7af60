"""Whoever asks for neither HTTP/2 nor SOCKS needs no httpcore2."""

import subprocess
import sys
import textwrap

from seawall.testing import FaultServer, Reply


def run(code: str, *arguments: str) -> str:
    """Run code in a Python in which httpcore2 cannot be imported; return what it prints."""
    hidden = f"import sys; sys.modules['httpcore2'] = None\n{textwrap.dedent(code)}"
    return subprocess.run([sys.executable, "-c", hidden, *arguments], check=True, capture_output=True, text=True).stdout


def test_calls_work_without_it() -> None:
    """Both clients send their calls, and the import of Seawall loads nothing of it."""
    code = """
        import asyncio
        import seawall

        with seawall.Client(sys.argv[1]) as api:
            print(api.get("/").text)

        async def main():
            async with seawall.AsyncClient(sys.argv[1]) as api:
                print((await api.get("/")).text)

        asyncio.run(main())
    """
    with FaultServer() as server:
        server.route("GET", "/", Reply(text="fine"))
        assert run(code, server.url).split() == ["fine", "fine"]


def test_what_needs_it_says_so() -> None:
    """HTTP/2, SOCKS and the transport itself are misuse that names the extras."""
    code = """
        import seawall

        def http2(): seawall.Client("https://a.example", http2=True)
        def socks(): seawall.AsyncClient("https://a.example", proxy="socks5://127.0.0.1:1080")

        for build in (http2, socks, seawall.Httpx2Transport, seawall.AsyncHttpx2Transport):
            try:
                build()
            except seawall.UsageError as error:
                print("seawall[http2]" in str(error) and "seawall[socks]" in str(error))
    """
    assert run(code).split() == ["True"] * 4


def test_it_is_not_loaded_unasked() -> None:
    """Where it is installed, the import of Seawall does not load it."""
    code = "import sys, seawall; print('httpcore2' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "False"
