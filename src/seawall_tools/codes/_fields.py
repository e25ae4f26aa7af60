"""The bullets of one section, understood one by one.

What cannot be understood becomes a finding, and the entry takes a plain value in its place: one slip of the pen must not also
be told as a code that nobody documented.
"""

import re
from collections.abc import Iterator
from http import HTTPStatus
from typing import Protocol

from ._document import TYPES, Entry, Param, ParamType
from ._finding import Edit, Level
from ._names import default_key, is_code, is_key, param_fault
from ._sections import Bullet, Section

__all__ = ["BULLETS", "PLACEHOLDER", "Tell", "entry_of"]

BULLETS = (
    "Code", "Status", "Detail", "L10n Key", "Description",
    "Params", "Retryable", "Since", "Deprecated", "Replaced by", "Visibility",
)  # fmt: skip
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
MAX_DETAIL, MAX_DESCRIPTION, MAX_WORD, MAX_PARAMS = 300, 4000, 80, 32
_PARAM = re.compile(r"(?P<name>[^\s:?]+)(?P<optional>\?)?\s*:\s*(?P<type>\S+)")
_STATUS = re.compile(r"`?(?P<number>[45]\d\d)`?(?: (?P<phrase>[A-Za-z' -]+)`?)?", re.ASCII)
_PHRASES = {str(status.value): status.phrase.lower() for status in HTTPStatus}
_TYPES: dict[str, ParamType] = {kind: kind for kind in TYPES}
_STATUSES = {status.value for status in HTTPStatus}


class Tell(Protocol):
    """Takes down what is wrong."""

    def __call__(
        self, rule: str, line: int, message: str, level: Level = "error", *, code: str | None = None, edit: Edit | None = None
    ) -> None:
        """Take down one finding of the document."""
        ...


def entry_of(section: Section, bullets: dict[str, Bullet], tell: Tell) -> Entry:
    """Understand a section whose heading is a code.

    Args:
        section: The section.
        bullets: Its bullets by their right names.
        tell: Takes down what is wrong.
    """
    return _Fields(section, bullets, tell).entry()


class _Fields:
    """One section, being understood."""

    def __init__(self, section: Section, bullets: dict[str, Bullet], tell: Tell) -> None:
        self._code, self._section, self._bullets, self._tell_all = section.heading, section, bullets, tell

    def entry(self) -> Entry:
        self._check_code()
        params = self._params()
        return Entry(
            code=self._code,
            status=self._status(),
            detail=self._detail({param.name for param in params}),
            key=self._key(),
            description=self._description(),
            params=params,
            retryable=self._choice("Retryable", yes=True, no=False),
            since=self._word("Since"),
            deprecated=self._word("Deprecated"),
            replaced_by=self._replaced_by(),
            internal=bool(self._choice("Visibility", internal=True, public=False)),
            line=self._section.line,
            lines={name: bullet.line for name, bullet in self._bullets.items()},
        )

    def _tell(self, rule: str, name: str, message: str, level: Level = "error", edit: Edit | None = None) -> None:
        line = self._bullets[name].line if name in self._bullets else self._section.line
        self._tell_all(rule, line, message, level, code=self._code, edit=edit)

    def _value(self, name: str, missing: str | None = None) -> str | None:
        """The text of a bullet that must be there; `missing` is what `--fix` writes in its place."""
        bullet = self._bullets.get(name)
        if bullet is None:
            edit = self._insertion(name, missing)
            self._tell("missing-bullet", name, f"{self._code} has no **{name}**", edit=edit)
        elif not bullet.value:
            self._tell("missing-bullet", name, f"**{name}** is empty")
        return bullet.value if bullet else None

    def _insertion(self, name: str, value: str | None) -> Edit | None:
        """A missing bullet in its place: before the first of those that come after it."""
        later = BULLETS[BULLETS.index(name) + 1 :]
        below = min(
            (bullet for known, bullet in self._bullets.items() if known in later), key=lambda bullet: bullet.line, default=None
        )
        return Edit(below.line, f"{below.mark} **{name}**: {value}", insert=True) if below and value else None

    def _unwrapped(self, name: str, value: str, marks: str) -> str:
        """A value without its marks; one that has none is told, and mended."""
        if len(value) >= 2 and value[0] == marks[0] and value[-1] == marks[-1]:
            if not value[1:-1].strip():
                self._tell("missing-bullet", name, f"**{name}** is empty")
            return value[1:-1]
        plain = value.strip(marks)
        safe = not set(marks) & set(plain)  # `"Gone" (for now)`: nobody but its writer knows what is meant
        self._tell_form(
            name,
            f"write the value of **{name}** between {marks[0]} and {marks[-1]}",
            f"{marks[0]}{plain}{marks[-1]}" if safe else None,
        )
        return plain

    def _tell_form(self, name: str, message: str, value: str | None) -> None:
        """Tell of a value that is not in its usual form; `value` is what `--fix` makes of it."""
        bullet = self._bullets[name]
        edit = Edit(bullet.line, f"{bullet.mark} **{name}**: {value}") if value and bullet.one_line else None
        self._tell("form", name, message, "warning", edit)

    def _check_code(self) -> None:
        value = self._value("Code", f"`{self._code}`")
        said = self._unwrapped("Code", value, "`") if value else ""
        if said and said != self._code:
            self._tell("code-mismatch", "Code", f"**Code** says {said[:80]!r}, the heading {self._code}")

    def _status(self) -> int:
        value = self._value("Status")
        if not value:
            return 500
        said = _STATUS.fullmatch(value)
        if said and value != said["number"] and (said["phrase"] or "").lower() in ("", _PHRASES.get(said["number"])):
            self._tell_form("Status", "write the status as a number alone", value := said["number"])
        if re.fullmatch(r"[45]\d\d", value, re.ASCII) is None:
            self._tell("status", "Status", f"{value[:40]!r} is no HTTP status from 400 to 599")
            return 500
        if int(value) not in _STATUSES:
            self._tell("status", "Status", f"no standard knows status {value}; clients treat it as {value[0]}00", "warning")
        return int(value)

    def _detail(self, params: set[str]) -> str:
        value = self._value("Detail")
        detail = self._unwrapped("Detail", value, '"') if value else ""
        rest = PLACEHOLDER.sub("", detail)
        if len(detail) > MAX_DETAIL or not detail.isprintable():
            self._tell("detail", "Detail", f"give one line of at most {MAX_DETAIL} characters, all of them printable")
        if "{" in rest or "}" in rest:
            self._tell("detail", "Detail", "a brace belongs to no {placeholder}")
        for name in PLACEHOLDER.findall(detail):
            if name not in params:
                self._tell("placeholder", "Detail", f"the placeholder {{{name[:80]}}} is no param of {self._code}")
        return detail

    def _key(self) -> str:
        usual = default_key(self._code)
        value = self._value("L10n Key", f"`{usual}`")
        key = (self._unwrapped("L10n Key", value, "`") if value else "") or usual
        if not is_key(key):
            self._tell("key", "L10n Key", f"{key[:80]!r} is no Dart identifier such as {usual}")
            return usual
        return key

    def _description(self) -> str:
        value = self._value("Description") or ""
        if len(value) > MAX_DESCRIPTION or not value.isprintable():
            self._tell("description", "Description", f"give at most {MAX_DESCRIPTION} characters, all of them printable")
        return value

    def _choice(self, name: str, **choices: bool) -> bool | None:
        bullet = self._bullets.get(name)
        if bullet is None:
            return None
        value = bullet.value.strip("`").lower()
        if value not in choices:
            self._tell("choice", name, f"**{name}** is one of {', '.join(sorted(choices))}, not {bullet.value[:40]!r}")
        return choices.get(value)

    def _word(self, name: str) -> str | None:
        bullet = self._bullets.get(name)
        if bullet is None:
            return None
        if not bullet.value or len(bullet.value) > MAX_WORD or not bullet.value.isprintable():
            self._tell("choice", name, f"**{name}** names a version or a date, in at most {MAX_WORD} characters")
            return None
        return bullet.value

    def _replaced_by(self) -> str | None:
        bullet = self._bullets.get("Replaced by")
        if bullet is None:
            return None
        code = bullet.value.strip("`")
        if not is_code(code) or code == self._code:
            self._tell("replaced-by", "Replaced by", f"{code[:80]!r} is no other code in UPPER_SNAKE")
            return None
        return code

    def _params(self) -> tuple[Param, ...]:
        bullet = self._bullets.get("Params")
        if bullet is None or bullet.value.lower() in ("none", "-"):
            return ()
        parts = [part.strip().strip("`").strip() for part in bullet.value.split(",")]
        if len(parts) > MAX_PARAMS:
            self._tell("param", "Params", f"a problem has at most {MAX_PARAMS} params")
        params = {param.name: param for part in parts[:MAX_PARAMS] for param in self._param(part)}
        if len(params) < len(parts[:MAX_PARAMS]) and len({part.partition(":")[0].strip() for part in parts}) < len(parts):
            self._tell("param", "Params", "a param is named twice")
        return tuple(params.values())

    def _param(self, part: str) -> Iterator[Param]:
        found = _PARAM.fullmatch(part)
        if found is None:
            self._tell("param", "Params", f"{part[:80]!r} is not of the form `name: type`")
            return
        kind = _TYPES.get(found["type"])
        if kind is None:
            self._tell("param", "Params", f"{found['type'][:40]!r} is no type of a param: {', '.join(TYPES)}")
        if fault := param_fault(found["name"]):
            self._tell("param", "Params", f"the name {found['name'][:80]!r} {fault}")
        else:
            yield Param(found["name"], kind or "string", not found["optional"])
