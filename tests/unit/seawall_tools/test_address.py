"""From what is typed to a URL."""

import pytest
import typer

from seawall_tools._address import full_url


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ("api.acme.example/v1?x=1", "https://api.acme.example/v1?x=1"),
        ("api.acme.example:8443", "https://api.acme.example:8443"),
        ("//api.acme.example/v1", "https://api.acme.example/v1"),
        ("localhost:8000/x", "http://localhost:8000/x"),
        ("api.localhost", "http://api.localhost"),
        ("127.0.0.1", "http://127.0.0.1"),
        ("[::1]:8000", "http://[::1]:8000"),
        ("localhost.example", "https://localhost.example"),
        ("HTTP://api.acme.example", "HTTP://api.acme.example"),
        ("https://localhost/{id}", "https://localhost/%7Bid%7D"),
    ],
)
def test_an_address_is_completed(typed: str, url: str) -> None:
    """Without a scheme an address is https, or http where the host is this machine; one that has a scheme stays."""
    assert full_url(typed) == url


@pytest.mark.parametrize(
    "typed",
    ["", "ftp://x.example", "https://", "x.example:99999", "a b.example", "ada:canary@x.example", "/x", "http:/x.example/y",
     "HTTPS:/ada:canary@x.example", "https://http:/ada:canary@x.example/y", "//http:/ada:canary@x.example", "http:/"],
)  # fmt: skip
def test_what_is_no_address_is_refused(typed: str) -> None:
    """What names no HTTP server is refused in the name of the argument, and a password in it is not quoted."""
    with pytest.raises(typer.BadParameter) as caught:
        full_url(typed)
    assert caught.value.param_hint == "URL"
    assert "canary" not in caught.value.message
