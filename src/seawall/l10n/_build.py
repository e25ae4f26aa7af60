"""From the files of a catalogue to what is asked for messages; all that is wrong is found before anything is used."""

from collections import Counter
from collections.abc import Mapping, Sequence

from seawall.problems import keys_by_code

from ._arb import ArbFile, ArbMessage
from ._fault import CatalogueError, Fault
from ._message import Message
from ._pattern import PatternError
from ._pseudo import PSEUDO_LOCALE, pseudo
from ._snapshot import Snapshot

__all__ = ["build"]


def build(files: Sequence[ArbFile], default: str, codes: Mapping[str, str] | None, *, with_pseudo: bool, folder: str) -> Snapshot:
    """Compile all messages.

    Args:
        files: The catalogue.
        default: The locale whose file is the template: it has every message, and says what the parameters are.
        codes: Keys by error code; None takes the `x-code` of the template.
        with_pseudo: Whether to add the pseudo-locale.
        folder: What faults without a file name.

    Raises:
        CatalogueError: With everything that is wrong.
    """
    faults = [fault for file in files for fault in file.faults]
    by_locale = {file.locale: file for file in files if file.locale}
    many = Counter(file.locale for file in files if file.locale)
    faults += [
        Fault(file.name, 1, "", f"a second file for {file.locale}; the other is {by_locale[file.locale].name}")
        for file in files
        if file.locale and many[file.locale] > 1 and by_locale[file.locale] is not file
    ]
    template = by_locale.get(default)
    if template is None:
        raise CatalogueError([*faults, Fault(folder, 1, "", f"no file for the default locale {default}")])
    messages = {locale: _compiled(file, template, faults) for locale, file in by_locale.items()}
    if with_pseudo:
        messages[PSEUDO_LOCALE] = _pseudo(template)
    keys = _codes(template, faults) if codes is None else _known(codes, template, faults)
    if faults:
        raise CatalogueError(faults)
    return Snapshot(messages, {**keys_by_code(), **keys}, default)


def _compiled(file: ArbFile, template: ArbFile, faults: list[Fault]) -> dict[str, Message]:
    found: dict[str, Message] = {}
    for key, message in file.messages.items():
        source = template.messages.get(key, message)
        try:
            types = (message if source.types is None else source).types or {}
            formats = {**source.formats, **message.formats}  # a language may write a date in its own way
            found[key] = Message(message.parts, file.locale or "", types, formats)
        except PatternError as error:
            faults.append(Fault(file.name, message.line, key, str(error)))
    return found


def _pseudo(template: ArbFile) -> dict[str, Message]:
    made: dict[str, Message] = {}
    for key, message in template.messages.items():
        try:
            made[key] = Message(pseudo(message.parts), template.locale or "", message.types or {}, message.formats)
        except PatternError:  # which the template's own message said already
            continue
    return made


def _codes(template: ArbFile, faults: list[Fault]) -> dict[str, str]:
    found: dict[str, ArbMessage] = {}
    for message in template.messages.values():
        if message.code is not None:
            first = found.setdefault(message.code, message)
            if first is not message:
                faults.append(Fault(template.name, message.line, message.key, f"{message.code} has {first.key} already"))
    return {code: message.key for code, message in found.items()}


def _known(codes: Mapping[str, str], template: ArbFile, faults: list[Fault]) -> dict[str, str]:
    for code, key in codes.items():
        if key not in template.messages:
            faults.append(Fault(template.name, 1, key, f"the template lacks this message of the code {code}"))
    return dict(codes)
