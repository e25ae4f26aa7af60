"""One file for each form in which servers tell of errors."""

from ._rfc9457 import read_rfc9457

__all__ = ["read_rfc9457"]
