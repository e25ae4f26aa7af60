"""Whom the system trusts."""

import ssl
from pathlib import Path

import pytest
import trustme

from seawall.transport.sockets import _trust, system_trust


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that holds one authority; the environment names none."""
    path = tmp_path / "authority.pem"
    trustme.CA().cert_pem.write_to_path(path)
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
    return path


def test_a_certificate_is_asked_for(authority: Path) -> None:
    """The context asks for a certificate of the very host, whatever it trusts."""
    context = system_trust()
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)


def test_the_environment_replaces_the_systems_store(authority: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SSL_CERT_FILE names all that is trusted."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    monkeypatch.setenv("SSL_CERT_DIR", str(authority.parent / "none"))
    assert system_trust().cert_store_stats()["x509_ca"] == 1


def test_a_store_in_another_place_is_found(authority: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Python whose OpenSSL looks in a place that is not there trusts the file in which the system keeps its certificates."""
    nowhere = ssl.DefaultVerifyPaths(None, None, "SSL_CERT_FILE", "/none", "SSL_CERT_DIR", "/none")  # type: ignore[call-arg]
    monkeypatch.setattr(ssl, "get_default_verify_paths", lambda: nowhere)
    monkeypatch.setattr(_trust, "_FILES", ("/none/either", str(authority)))
    assert system_trust().cert_store_stats()["x509_ca"] == 1


def test_the_stores_of_macos_and_windows_are_asked(authority: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system itself judges certificates, truststore asks it."""
    monkeypatch.setattr(_trust.platform, "system", lambda: "Darwin")
    asked: list[int] = []
    monkeypatch.setattr(_trust.truststore, "SSLContext", lambda protocol: asked.append(protocol))
    system_trust()
    assert asked == [ssl.PROTOCOL_TLS_CLIENT]
