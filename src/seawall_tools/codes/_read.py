"""From Markdown to a document. It is read to its end whatever it holds, and what is wrong becomes a finding."""

import re
from collections.abc import Iterable, Iterator

from .._tables import nearest
from ._document import Document, Entry, Retired
from ._fields import BULLETS, entry_of
from ._finding import Edit, Finding, Level
from ._names import class_name, code_fault, is_code
from ._sections import Bullet, DocumentError, Section, is_retired, read_sections

__all__ = ["parse"]

MAX_ENTRIES = 10_000
MAX_FINDINGS = 1000  # a file that is something else altogether
_CONFLICT = re.compile(r"(?:^|(?<=[\r\n]))(?:<{7}|>{7}) ")
_BREAK = re.compile(r"\r\n|\r|\n")
_TICKED = re.compile(r"`([^`]+)`")


def parse(content: bytes | str, path: str) -> Document:
    """Read an error document.

    Args:
        content: The file's content, Markdown in UTF-8.
        path: What findings call the file.

    Returns:
        What it says, and what is wrong with how it says it.

    Raises:
        DocumentError: It is no text, or too big.
    """
    reader = _Reader(path)
    text = content if isinstance(content, str) else _text(content)
    sections = read_sections(text)
    reader.check_merge(text)
    entries, retired = reader.entries(sections)
    reader.check_together(entries, retired)
    findings = tuple(sorted(reader.findings, key=lambda finding: finding.line))
    return Document(path=path, entries=tuple(entries), retired=tuple(retired), findings=findings)


def _text(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        fault = f"byte {error.start} is no UTF-8"
    raise DocumentError(fault)


class _Reader:
    """Reads one document, and keeps what is wrong with it."""

    def __init__(self, path: str) -> None:
        self._path = path
        self.findings: list[Finding] = []

    def entries(self, sections: Iterable[Section]) -> tuple[list[Entry], list[Retired]]:
        entries: list[Entry] = []
        retired: list[Retired] = []
        among_retired = False
        for section in sections:
            among_retired = is_retired(section) or (among_retired and section.level > 2)
            if among_retired:
                retired += self._retired(section)
            elif section.level == 2 and is_code(section.heading):
                entries.append(entry_of(section, self._named(section), self._tell))
            else:
                self._check_heading(section)
            if len(entries) > MAX_ENTRIES:
                raise DocumentError(f"the document has more than {MAX_ENTRIES} codes")
        return entries, retired

    def _check_heading(self, section: Section) -> None:
        """Tell of what is meant to be a code's section and is none; all else is prose."""
        is_meant = any(bullet.name in ("Code", "Status", "L10n Key") for bullet in section.bullets)
        if is_meant and section.level == 2:
            self._tell("heading", section.line, f"the heading {section.heading[:80]!r} {code_fault(section.heading)}")
        elif is_meant and is_code(section.heading):
            words = f"{section.heading} is a heading of level {section.level}: begin it with `##` and a space"
            self._tell("heading", section.line, words)

    def check_merge(self, text: str) -> None:
        """Tell of the marks that git leaves where two changes meet: as Markdown they would be prose."""
        for found in _CONFLICT.finditer(text):
            line = len(_BREAK.findall(text, 0, found.start())) + 1
            self._tell("conflict", line, "a merge is not finished here: choose one side, and take its marks out")

    def check_together(self, entries: list[Entry], retired: list[Retired]) -> None:
        """What no section shows by itself: names given twice, and names that lead nowhere."""
        self._twice("duplicate-code", "code", ((entry.code, entry.code, entry.line) for entry in entries))
        self._twice("duplicate-key", "key", ((entry.key, entry.code, entry.at("L10n Key")) for entry in entries))
        classes = {entry.code: class_name(entry.code) for entry in entries}
        self._twice("duplicate-class", "class name", ((classes[entry.code], entry.code, entry.line) for entry in entries))
        gone = {old.code: old.line for old in retired}
        known = gone.keys() | classes.keys()
        for entry in entries:
            if entry.code in gone:
                words = f"{entry.code} is retired (line {gone[entry.code]}) and cannot come back"
                self._tell("retired", entry.line, words, code=entry.code)
            if entry.replaced_by and entry.replaced_by not in known:
                self._tell("replaced-by", entry.at("Replaced by"), f"there is no code {entry.replaced_by}", code=entry.code)

    def _twice(self, rule: str, what: str, found: Iterable[tuple[str, str, int]]) -> None:
        """Tell of names that are taken; a code that stands here twice shares all its names, and is told once."""
        first: dict[str, tuple[str, int]] = {}
        for name, code, line in found:
            other, at = first.setdefault(name, (code, line))
            if at != line and (other != code or rule == "duplicate-code"):
                self._tell(rule, line, f"the {what} {name} is taken by {other} in line {at}", code=code)

    def _retired(self, section: Section) -> Iterator[Retired]:
        for bullet in section.bullets:
            found = _TICKED.match(bullet.value)
            if bullet.name is None and found and is_code(found[1]):
                yield Retired(found[1], bullet.line)
            else:
                self._tell("retired", bullet.line, "a retired code is a bullet that begins with the code in backticks")

    def _named(self, section: Section) -> dict[str, Bullet]:
        """The bullets of a section by their right names."""
        named: dict[str, Bullet] = {}
        for bullet in section.bullets:
            name = self._right_name(bullet, section.heading)
            if name in named:
                self._tell("repeated-bullet", bullet.line, f"**{name}** stands here a second time", code=section.heading)
            elif name is not None:
                named[name] = bullet
        return named

    def _right_name(self, bullet: Bullet, code: str) -> str | None:
        name = bullet.name
        if name is None or name in BULLETS:
            return name
        right = next((known for known in BULLETS if known.lower() == name.lower()), None)
        if right is not None:
            edit = Edit(bullet.line, f"{bullet.mark} **{right}**: {bullet.value}") if bullet.one_line else None
            self._tell("form", bullet.line, f"write **{right}**, not **{name}**", "warning", code=code, edit=edit)
            return right
        self._tell("unknown-bullet", bullet.line, f"there is no bullet **{name}**{nearest(name, BULLETS)}", code=code)
        return None

    def _tell(
        self, rule: str, line: int, message: str, level: Level = "error", *, code: str | None = None, edit: Edit | None = None
    ) -> None:
        if len(self.findings) >= MAX_FINDINGS:
            raise DocumentError(f"the document has more than {MAX_FINDINGS} faults")
        self.findings.append(Finding(rule=rule, level=level, path=self._path, line=line, message=message, code=code, edit=edit))
