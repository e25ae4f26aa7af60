"""What a check of messages found."""

from typing import Literal

import msgspec

from seawall.l10n import ArbFile, ArbMessage, Fault

__all__ = ["Finding", "Level", "about", "broken", "is_blank"]

Level = Literal["error", "warning"]


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to mend.

    Attributes:
        level: "error", or "warning": it works, and is worth a look.
        rule: What was looked at, in one word.
        file: The file's path.
        line: Line in it, from 1.
        key: The message; "" for the file.
        message: What is wrong.
    """

    level: Level
    rule: str
    file: str
    line: int
    key: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.level}: {f'{self.key}: ' if self.key else ''}{self.message} [{self.rule}]"


def broken(fault: Fault) -> Finding:
    """Return the finding of what the library itself refuses."""
    return Finding(level="error", rule="broken", file=fault.file, line=fault.line, key=fault.key, message=fault.message)


def is_blank(message: ArbMessage) -> bool:
    """Whether nobody has written anything: tools for translators keep such a key with an empty text."""
    return not message.pattern.strip()


def about(file: ArbFile, message: ArbMessage, rule: str, words: str, *, level: Level = "error") -> Finding:
    """Return a finding at a message."""
    return Finding(level=level, rule=rule, file=file.name, line=message.line, key=message.key, message=words)
