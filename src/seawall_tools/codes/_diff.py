"""What changed between two documents, judged by what it does to those who rely on the old one."""

from collections.abc import Collection, Iterator

import msgspec

from ._document import Document, Entry, Param
from ._finding import Finding, Level

__all__ = ["diff"]

_FIELDS = {"Status": "status", "L10n Key": "key", "Params": "params", "Retryable": "retryable", "Visibility": "internal"}


def diff(old: Document, new: Document) -> list[Finding]:
    """Compare two documents.

    Args:
        old: What clients and servers were built with.
        new: What is to come.

    Returns:
        Findings in the order of their lines: errors break somebody, warnings change behaviour, notes are safe.
    """
    before, after = _by_code(old), _by_code(new)
    back = {listed.code for listed in old.retired}
    fresh = [entry for entry in after.values() if entry.code not in before]
    spoilt = {finding.line for finding in old.findings if finding.level == "error"}
    findings = [*_gone(old, new, fresh), *(_added(entry, new.path, entry.code in back) for entry in fresh)]
    for code, entry in after.items():
        if code in before:
            findings += _changed(_sound(before[code], entry, spoilt), entry, new.path)
    return sorted(findings, key=lambda finding: finding.line)


def _by_code(document: Document) -> dict[str, Entry]:
    """The entries by their codes; of one that stands there twice the first, and `check` tells of the other."""
    return {entry.code: entry for entry in reversed(document.entries)}


def _sound(old: Entry, new: Entry, spoilt: Collection[int]) -> Entry:
    """The old entry, with the new one's facts where its own cannot be read: to mend a slip breaks nobody."""
    unread = [field for bullet, field in _FIELDS.items() if old.lines.get(bullet) in spoilt]
    unread += ["status"] if "Status" not in old.lines else []
    return msgspec.structs.replace(old, **{field: getattr(new, field) for field in unread})


def _gone(old: Document, new: Document, fresh: list[Entry]) -> Iterator[Finding]:
    codes = _by_code(new)
    retired = {listed.code: listed.line for listed in new.retired}
    line = 1
    for entry in reversed(old.entries):  # so that the line is where the section that followed now stands
        if entry.code in codes:
            line = codes[entry.code].line
        elif entry.deprecated and entry.code in retired:
            words = f"{entry.code} is retired; it was deprecated since {entry.deprecated}"
            yield _finding("retired", "warning", new.path, retired[entry.code], words, entry)
        elif other := _renamed(entry, fresh):
            words = f"{entry.code} is renamed to {other.code}: clients that know the old code will not know the new one"
            yield _finding("renamed", "error", new.path, other.line, words, entry)
        else:
            words = f"{entry.code} is removed: deprecate it first, for as long as a client may know it, then list it as retired"
            yield _finding("removed", "error", new.path, retired.get(entry.code, line), words, entry)
    for listed in old.retired:
        if listed.code not in retired and listed.code not in codes:
            words = f"{listed.code} is no longer listed as retired: nothing keeps it from coming back with another meaning"
            yield Finding(rule="unlisted", level="warning", path=new.path, line=1, message=words, code=listed.code)


def _renamed(entry: Entry, fresh: list[Entry]) -> Entry | None:
    """The new code that took over another's message, or all of its facts."""
    return next((other for other in fresh if other.key == entry.key or _facts(other) == _facts(entry)), None)


def _facts(entry: Entry) -> tuple[object, ...]:
    return (entry.status, entry.detail, entry.description, entry.params)


def _added(entry: Entry, path: str, was_retired: bool) -> Finding:
    if was_retired:
        words = f"{entry.code} was retired and is back: old clients give it its old meaning"
        return _finding("reused", "error", path, entry.line, words, entry)
    return _finding("added", "note", path, entry.line, f"{entry.code} is new", entry)


def _changed(old: Entry, new: Entry, path: str) -> Iterator[Finding]:
    def tell(rule: str, level: Level, bullet: str, words: str) -> Finding:
        return _finding(rule, level, path, new.at(bullet), f"{new.code}: {words}", new)

    if old.status != new.status:
        words = f"the status changed from {old.status} to {new.status}: clients choose by it what to repeat and what to catch"
        yield tell("status-changed", "error", "Status", words)
    if old.key != new.key:
        words = f"the L10n key changed from {old.key} to {new.key}: clients have no message under the new one"
        yield tell("key-changed", "error", "L10n Key", words)
    if old.internal != new.internal:
        words = "it is internal now: apps lose its class and its message" if new.internal else "it is public now"
        yield tell("visibility-changed", "error" if new.internal else "note", "Visibility", words)
    for rule, level, words in _params(old, new):
        yield tell(rule, level, "Params", words)
    if old.retryable != new.retryable:
        words = f"Retryable changed from {_said(old.retryable)} to {_said(new.retryable)}: calls are repeated otherwise"
        yield tell("retryable-changed", "warning", "Retryable", words)
    if new.deprecated and not old.deprecated:
        yield tell("deprecated", "note", "Deprecated", f"it is deprecated since {new.deprecated}")
    if old.deprecated and not new.deprecated:
        yield tell("deprecated", "note", "Deprecated", "it is no longer deprecated")
    if (old.detail, old.description) != (new.detail, new.description):
        yield tell("wording", "note", "Detail" if old.detail != new.detail else "Description", "the wording changed")


def _params(old: Entry, new: Entry) -> Iterator[tuple[str, Level, str]]:
    before, after = _by_name(old), _by_name(new)
    for name in sorted(before.keys() - after.keys()):
        yield "param-removed", "error", f"the param {name} is removed: messages that speak of it have nothing to say"
    for name, param in after.items():
        known = before.get(name)
        if known is None and param.required:
            yield "param-added", "error", f"the required param {name} is new: servers that do not give it break the contract"
        elif known is None:
            yield "param-added", "note", f"the optional param {name} is new"
        elif known.type != param.type:
            yield "param-type-changed", "error", f"the param {name} changed from {known.type} to {param.type}"
        elif param.required and not known.required:
            yield "param-required", "error", f"the param {name} is required now: servers that do not give it break the contract"
        elif known.required and not param.required:
            yield "param-optional", "warning", f"the param {name} is optional now: messages that speak of it may lack it"


def _by_name(entry: Entry) -> dict[str, Param]:
    return {param.name: param for param in entry.params}


def _said(retryable: bool | None) -> str:
    return "unsaid" if retryable is None else "yes" if retryable else "no"


def _finding(rule: str, level: Level, path: str, line: int, words: str, entry: Entry) -> Finding:
    return Finding(rule=rule, level=level, path=path, line=line, message=words, code=entry.code)
