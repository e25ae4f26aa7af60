"""Secrets at rest, and secrets made of secrets."""

import hashlib
import hmac
import secrets


class Keyed:
    """Hashes and derives with a key that is nowhere but in this object.

    Tables hold hashes only. So that a refresh token can be answered twice with the same successors, though nobody kept them,
    those are derived from it and not drawn: without the key nobody gets from one to the next.
    """

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def hash(self, secret: str) -> str:
        """What a table holds in the secret's place."""
        return self._derive("hash", secret)

    def access_token(self, of: str) -> str:
        """The access token that comes of a refresh token, or of any other secret."""
        return self._derive("access", of)

    def refresh_token(self, of: str) -> str:
        """The refresh token that comes of a refresh token, or of any other secret."""
        return self._derive("refresh", of)

    def _derive(self, purpose: str, secret: str) -> str:
        return hmac.new(self._key, f"{purpose}\n{secret}".encode(), hashlib.sha256).hexdigest()
