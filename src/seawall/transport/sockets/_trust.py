"""Whom the system trusts."""

import os
import platform
import ssl

import truststore

__all__ = ["system_trust"]

# Where systems keep their certificates, for a Python whose OpenSSL was built to look elsewhere: Debian, Red Hat, SUSE, Alpine.
_FILES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)


def system_trust() -> ssl.SSLContext:
    """Return a context that trusts what the system trusts; `SSL_CERT_FILE` and `SSL_CERT_DIR` replace that, as everywhere.

    Elsewhere than on macOS and Windows it is OpenSSL's own store: truststore would read the store again at every handshake.
    """
    is_named = "SSL_CERT_FILE" in os.environ or "SSL_CERT_DIR" in os.environ
    if platform.system() in ("Darwin", "Windows") and not is_named:
        return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    paths = ssl.get_default_verify_paths()
    found = None
    if not is_named and paths.cafile is None and paths.capath is None:
        found = next((path for path in _FILES if os.path.isfile(path)), None)
    return ssl.create_default_context(cafile=found)
