"""What is wrong with a catalogue, and where."""

from collections.abc import Sequence

import msgspec

__all__ = ["CatalogueError", "Fault", "writable"]

_LONGEST = 300  # characters of a key or a message
_TOLD = 20  # faults that the error's text lists


def writable(text: str) -> str:
    """Return text from a file, or a file's name, as it can be written anywhere: not too long, no halves of characters."""
    return text[:_LONGEST].encode("utf-8", "replace").decode()


class Fault(msgspec.Struct, frozen=True):
    """One thing that is wrong.

    Attributes:
        file: The file's path, or its name.
        line: Line in it, from 1.
        key: The message it is about; "" for the file.
        message: What is wrong.
    """

    file: str
    line: int
    key: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {f'{self.key}: ' if self.key else ''}{self.message}"


class CatalogueError(ValueError):
    """A catalogue cannot be used; one that was in use stays as it was.

    Attributes:
        faults: All that is wrong.
    """

    def __init__(self, faults: Sequence[Fault]) -> None:
        more = [f"... and {len(faults) - _TOLD} more"] if len(faults) > _TOLD else []
        super().__init__("\n".join([*map(str, faults[:_TOLD]), *more]))
        self.faults = tuple(faults)

    def __reduce__(self) -> tuple[type["CatalogueError"], tuple[Sequence[Fault]]]:
        return (type(self), (self.faults,))
