"""Where a long body is gathered: its bytes are copied once, by the kernel or by TLS, and never by us."""

import io

__all__ = ["Buffer"]


class Buffer:
    """Room for a body of known length.

    It stands on `BytesIO`, which gives its bytes away without a copy; a bytearray would have to be copied at the end, and so
    would pieces. The memory is asked for at once and touched as the body comes, so that a server which announces much and sends
    nothing gets none.

    Args:
        pieces: What has come already.
        size: Bytes still to come.
    """

    def __init__(self, pieces: list[bytes], size: int) -> None:
        self._file = io.BytesIO(bytes(sum(map(len, pieces)) + size))  # held by nobody else: or it would be copied to be changed
        self._file.writelines(pieces)
        self._view = self._file.getbuffer()
        self._at = self._file.tell()

    @property
    def room(self) -> memoryview:
        """The place for the next bytes; empty when none are missing."""
        return self._view[self._at :]

    def took(self, count: int) -> None:
        """Take note of how many bytes were put there."""
        self._at += count

    def take(self) -> bytes:
        """Return the whole."""
        self._view.release()
        return self._file.getvalue()
