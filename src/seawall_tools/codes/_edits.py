"""Changes to the text of the document: mended lines, and sections put at its end."""

import re
from collections.abc import Iterable, Sequence

from ._document import Entry
from ._finding import Edit, Finding
from ._sections import is_retired, read_sections

__all__ = ["mended", "section_text", "with_sections"]

_LINE = re.compile(r"([^\r\n]*)(\r\n|\r|\n|\Z)")  # as Markdown counts lines; str.splitlines knows six more breaks


def mended(text: str, findings: Iterable[Finding]) -> str:
    """Return the text with every edit made.

    Args:
        text: The document that the findings are about.
        findings: Those without an edit change nothing.
    """
    lines = _lines(text)
    edits = [finding.edit for finding in findings if finding.edit]
    replaced = [edit for edit in edits if not edit.insert]
    inserted = sorted((edit for edit in reversed(edits) if edit.insert), key=lambda edit: edit.line, reverse=True)
    for edit in (*replaced, *inserted):  # these from below, so that numbers stay true; the first of one place is put there last
        _make(lines, edit)
    return "".join(line + end for line, end in lines)


def _lines(text: str) -> list[tuple[str, str]]:
    """The lines, each with the break at its end."""
    return [(found[1], found[2]) for found in _LINE.finditer(text) if found[0]]


def _make(lines: list[tuple[str, str]], edit: Edit) -> None:
    place = edit.line - 1
    end = lines[place][1]
    if edit.insert:
        lines.insert(place, (edit.text, end or "\n"))
    else:
        lines[place] = (edit.text, end)


def section_text(entry: Entry, params: Sequence[str] = ()) -> str:
    """Return the section of a code, in the grammar of the document.

    Args:
        entry: Its facts.
        params: Its params as somebody typed them, `name:type`, in place of the entry's.
    """
    names = [f"{param.name}{'' if param.required else '?'}: {param.type}" for param in entry.params]
    bullets = {
        "Code": f"`{entry.code}`",
        "Status": str(entry.status),
        "Detail": f'"{entry.detail}"',
        "L10n Key": f"`{entry.key}`",
        "Description": entry.description,
        "Params": ", ".join(f"`{name}`" for name in [*(param.replace(":", ": ", 1) for param in params), *names]),
    }
    return f"## {entry.code}\n\n" + "".join(f"- **{name}**: {value}\n" for name, value in bullets.items() if value)


def with_sections(text: str, sections: Sequence[str]) -> str:
    """Return the text with more sections, with its own line breaks: at its end, but above the retired codes."""
    lines = _lines(text)
    place = next((section.line - 1 for section in read_sections(text) if is_retired(section)), len(lines))
    before, after = ("".join(line + end for line, end in part).strip() for part in (lines[:place], lines[place:]))
    end = "\r\n" if "\r\n" in text else "\n"
    added = [section.rstrip().replace("\n", end) for section in sections]
    return (end * 2).join(part for part in (before, *added, after) if part) + end
