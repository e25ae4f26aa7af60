"""Reads one ARB file: JSON with `"key": "pattern"`, and `"@key": {...}` with what translators and programs need to know.

https://github.com/google/app-resource-bundle/wiki/ApplicationResourceBundleSpecification
"""

import re
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

import msgspec

from ._fault import Fault, writable
from ._formats import format_in
from ._members import JsonFault, Member, members
from ._params import ARB_TYPES, ParamType
from ._pattern import Parts, PatternError, parse_pattern, texts
from ._tags import locale_id, locale_in_name

__all__ = ["MAX_FILE", "ArbFile", "ArbMessage", "read_arb"]

MAX_FILE = 4 * 1024 * 1024  # bytes
_KEY = re.compile(r"[a-zA-Z][A-Za-z0-9_]{0,99}").fullmatch  # a Dart identifier that is public
_CODE = re.compile(r"[A-Z][A-Z0-9_]{0,62}").fullmatch
_PARAM = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}").fullmatch
_QUOTED = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)[},]").search
_HALVES = re.compile("[\ud800-\udfff]").search


class ArbMessage(msgspec.Struct, frozen=True):
    """A message of an ARB file.

    Attributes:
        key: Its name.
        pattern: ICU MessageFormat 1, as it stands in the file.
        parts: The pattern's tree.
        line: Where it stands.
        types: Declared types of its parameters, by name; None where no placeholders are declared at all.
        formats: Declared formats of its parameters, by name; one with digits has them in brackets, `decimalPatternDigits(2)`.
        code: The error code that it speaks about (`x-code`), or None.
        notes: The whole `@key` object, for translators.
    """

    key: str
    pattern: str
    parts: Parts
    line: int
    types: Mapping[str, ParamType] | None = None
    formats: Mapping[str, str] = msgspec.field(default_factory=dict)
    code: str | None = None
    notes: Mapping[str, Any] = msgspec.field(default_factory=dict)


class ArbFile(msgspec.Struct, frozen=True):
    """What an ARB file holds.

    Attributes:
        name: Its path, or its name.
        locale: Its language, as CLDR writes it; None where neither the file nor its name says.
        messages: All that can be said, by key.
        faults: All that is wrong; the messages concerned are not among `messages`.
    """

    name: str
    locale: str | None
    messages: Mapping[str, ArbMessage]
    faults: tuple[Fault, ...]


def read_arb(content: bytes, name: str) -> ArbFile:
    """Read an ARB file, whatever is in it.

    Args:
        content: The file, UTF-8.
        name: Its path: without an `@@locale` inside, the language is what stands behind a `_`, as in `my_app_pt_BR.arb`.
    """
    reader = _Reader(name)
    found = reader.members(content)
    locale = reader.locale(found.pop("@@locale", None))
    messages = {key: message for key in found if key[:1] != "@" and (message := reader.message(key, found))}
    for key, member in found.items():
        if key.startswith("@") and not key.startswith(("@@", "@_")) and key[1:] not in found:
            reader.blame(member.line, key, "describes a message that is not there")
    return ArbFile(name, locale, messages, tuple(sorted(reader.faults, key=lambda fault: fault.line)))


class _Reader:
    def __init__(self, name: str) -> None:
        self._name = name
        self.faults: list[Fault] = []

    def blame(self, line: int, key: str, message: str) -> None:
        self.faults.append(Fault(self._name, line, writable(key), writable(message)))

    def members(self, content: bytes) -> dict[str, Member]:
        found: dict[str, Member] = {}
        if len(content) > MAX_FILE:
            self.blame(1, "", f"the file has {len(content)} bytes; up to {MAX_FILE} are read")
            return found
        try:
            for member in members(content.decode("utf-8-sig")):
                if member.name in found:
                    self.blame(member.line, member.name, f"stands twice, first in line {found[member.name].line}")
                found.setdefault(member.name, member)
        except UnicodeDecodeError as error:
            self.blame(content.count(b"\n", 0, error.start) + 1, "", "no UTF-8")
        except JsonFault as error:
            self.blame(error.line, "", f"no JSON object: {error}")
        return found

    def locale(self, member: Member | None) -> str | None:
        by_name = locale_in_name(PurePath(self._name).stem)
        if member is None:
            if by_name is None:
                self.blame(1, "", 'no language: neither "@@locale" nor a name such as app_pt_BR.arb')
            return by_name
        inside = locale_id(member.value) if isinstance(member.value, str) else None
        if inside is None:
            words = f"no language: {member.value[:40]!r}" if isinstance(member.value, str) else "a language is text"
            self.blame(member.line, "@@locale", words)
        elif by_name not in (None, inside):
            self.blame(member.line, "@@locale", f"{inside}, but the file's name says {by_name}")
        return inside

    def message(self, key: str, found: Mapping[str, Member]) -> ArbMessage | None:
        member, notes = found[key], found.get(f"@{key}")
        before = len(self.faults)
        parts = self._parts(member)
        described = notes.value if notes else {}
        types, code, formats = None, None, {}
        if notes and not isinstance(described, dict):
            self.blame(notes.line, notes.name, "an object is needed")
        elif notes and not _can_be_written(described):
            self.blame(notes.line, notes.name, "half a character, or values too deep in each other")
        elif notes:
            types, code = self._types(notes, described.get("placeholders")), self._code(notes, described.get("x-code"))
            formats = {name: format_in(described["placeholders"][name]) for name in types or ()}
        if parts is None or len(self.faults) > before:
            return None
        told = {name: word for name, word in formats.items() if word is not None}
        return ArbMessage(key, member.value, parts, member.line, types, told, code, described)

    def _parts(self, member: Member) -> Parts | None:
        if not _KEY(member.name):
            self.blame(member.line, member.name, "a key is an identifier, for example errorAgentForbidden")
        elif not isinstance(member.value, str):
            self.blame(member.line, member.name, "a message is text")
        elif _HALVES(member.value):
            self.blame(member.line, member.name, "half a character (a lone surrogate)")
        else:
            try:
                parts = parse_pattern(member.value)
            except PatternError as error:
                self.blame(member.line, member.name, str(error))
            else:
                self._quoted(member, parts)
                return parts
        return None

    def _quoted(self, member: Member, parts: Parts) -> None:
        """Flutter's reader takes apostrophes for text, so that they stand around placeholders, which people would then read."""
        for text in texts(parts):
            if found := _QUOTED(text):
                words = f"'{{{found[1]}}}' in apostrophes would be shown as it stands; an apostrophe beside a placeholder is ''"
                self.blame(member.line, member.name, words)
                return

    def _types(self, notes: Member, placeholders: object) -> dict[str, ParamType] | None:
        if placeholders is None:
            return None
        if not isinstance(placeholders, dict):
            self.blame(notes.line, notes.name, "placeholders: an object is needed")
            return None
        types: dict[str, ParamType] = {}
        for name, facts in placeholders.items():
            word = facts.get("type", "Object") if isinstance(facts, dict) else None
            if not _PARAM(name):
                self.blame(notes.line, notes.name, f"placeholders: {name[:100]!r} is no identifier")
            elif not isinstance(word, str) or word not in ARB_TYPES:
                self.blame(notes.line, notes.name, f"placeholders: {name} needs a type of {', '.join(ARB_TYPES)}")
            else:
                types[name] = ARB_TYPES[word]
        return types

    def _code(self, notes: Member, code: object) -> str | None:
        if code is None or (isinstance(code, str) and _CODE(code)):
            return code
        self.blame(notes.line, notes.name, "x-code: a code in UPPER_SNAKE is needed")
        return None


def _can_be_written(notes: object) -> bool:
    try:
        msgspec.json.encode(notes)
    except (RecursionError, UnicodeEncodeError):
        return False
    return True
