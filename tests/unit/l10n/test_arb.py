"""An ARB file is read wholly; what is wrong in it is told with line and key, and spoils nothing else."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from seawall.l10n import ArbFile, ParamType, read_arb
from seawall.l10n._arb import MAX_FILE

GOOD = '"ok": "Well."'


def read(text: str | bytes, name: str = "app_en.arb") -> ArbFile:
    return read_arb(text.encode() if isinstance(text, str) else text, name)


def test_a_message_is_read_with_its_notes() -> None:
    """Pattern, line, code, declared types and the translators' notes are kept."""
    notes = '{"x-code": "AGENT_FORBIDDEN", "description": "d", "placeholders": {"a": {"type": "String"}, "n": {}}}'
    message = read(f'{{\n"@@locale": "en",\n"errorA": "{{a}} {{n}}",\n"@errorA": {notes}}}').messages["errorA"]
    assert (message.pattern, message.line, message.code) == ("{a} {n}", 3, "AGENT_FORBIDDEN")
    assert message.types == {"a": ParamType.STRING, "n": ParamType.ANY}
    assert message.notes["description"] == "d"


@pytest.mark.parametrize(
    ("word", "declared"),
    [("String", "string"), ("int", "integer"), ("double", "number"), ("num", "number"), ("DateTime", "date-time")]
    + [(word, word) for word in ("string", "integer", "number", "date-time")],
)
def test_types_are_flutter_s_or_the_document_s(word: str, declared: str) -> None:
    """A type may be called as Flutter calls it, and as the error document does."""
    file = read(json.dumps({"a": "x", "@a": {"placeholders": {"p": {"type": word}}}}))
    assert file.messages["a"].types == {"p": ParamType(declared)}


@pytest.mark.parametrize(
    ("text", "name", "locale"),
    [
        ("{}", "app_pt_BR.arb", "pt_BR"),
        ("{}", "folder/app_zh_Hant_HK.arb", "zh_Hant_HK"),
        ("{}", "de.arb", "de"),
        ('{"@@locale": "pt-BR"}', "app_pt_BR.arb", "pt_BR"),
        ('{"@@locale": "zh_TW"}', "messages.arb", "zh_Hant_TW"),
        ("{}", "intl_messages_zh.arb", "zh"),
        ("{}", "my_app_de.arb", "de"),
        ("{}", "app_pt-BR.arb", "pt_BR"),
        ("{}", "pt_BR.arb", "pt_BR"),
        ("{}", "app_fil.arb", "fil"),
        ("{}", "app_tlh.arb", "tlh"),
        ('{"@@locale": "de"}', "my_app_de.arb", "de"),
    ],
)
def test_the_language_is_inside_or_in_the_name(text: str, name: str, locale: str) -> None:
    """`@@locale` names the language, or else what stands behind the name's first underscore."""
    file = read(text, name)
    assert (file.locale, file.faults) == (locale, ())


@pytest.mark.parametrize(
    ("text", "line", "key", "reason"),
    [
        (f'{{\n{GOOD},\n"errorA": "{{"\n}}', 3, "errorA", "expected the name of a placeholder"),
        (f'{{\n{GOOD},\n"errorA": 7\n}}', 3, "errorA", "a message is text"),
        (f'{{\n{GOOD},\n"errorA": "\\ud800"\n}}', 3, "errorA", "half a character"),
        (f'{{\n{GOOD},\n"a": "\'{{name}}\' is gone"\n}}', 3, "a", "'{name}' in apostrophes would be shown as it stands"),
        (f'{{\n{GOOD},\n"a": "{{n, select, other{{x \'{{n, plural\'}}}}"\n}}', 3, "a", "'{n}' in apostrophes would be"),
        (f'{{\n{GOOD},\n"error-a": "x"\n}}', 3, "error-a", "a key is an identifier"),
        (f'{{\n{GOOD},\n\n"ok": "again"\n}}', 4, "ok", "stands twice, first in line 2"),
        (f'{{\n{GOOD},\n"@gone": {{}}\n}}', 3, "@gone", "a message that is not there"),
        (f'{{\n{GOOD}, "a": "x",\n"@a": 7\n}}', 3, "@a", "an object is needed"),
        (f'{{\n{GOOD}, "a": "x",\n"@a": {{"x-code": "lower"}}\n}}', 3, "@a", "UPPER_SNAKE"),
        (f'{{\n{GOOD}, "a": "x",\n"@a": {{"placeholders": []}}\n}}', 3, "@a", "placeholders: an object"),
        (f'{{\n{GOOD}, "a": "x",\n"@a": {{"placeholders": {{"p": "int"}}}}\n}}', 3, "@a", "p needs a type of"),
        (f'{{\n{GOOD}, "a": "x",\n"@a": {{"placeholders": {{"p": {{"type": []}}}}}}\n}}', 3, "@a", "p needs a type of"),
        (f'{{\n{GOOD}, "a": "x",\n"@a": {{"placeholders": {{"p q": {{}}}}}}\n}}', 3, "@a", "'p q' is no identifier"),
        (f'{{\n{GOOD}, "a": "x",\n"@a": {{"description": "\\ud800"}}\n}}', 3, "@a", "half a character"),
        (f'{{\n{GOOD},\n"\\ud800": "x"\n}}', 3, "?", "a key is an identifier"),
        (f'{{\n{GOOD},\n"{"k" * 999}": "x"\n}}', 3, "k" * 300, "a key is an identifier"),
        (f'{{\n"@@locale": "nowhere-at-all", {GOOD}}}', 2, "@@locale", "no language: 'nowhere-at-all'"),
        (f'{{\n"@@locale": 7, {GOOD}}}', 2, "@@locale", "a language is text"),
        (f'{{\n"@@locale": "de", {GOOD}}}', 2, "@@locale", "de, but the file's name says en"),
        (f'{{\n{GOOD},\n"a": "x"\n', 4, "", "expected ',' or '}'"),
        (f"{{\n{GOOD},\n}}", 3, "", "expected a name in quotation marks"),
        (f'{{\n{GOOD},\n"a" "x"}}', 3, "", "expected ':'"),
        (f"{{\n{GOOD}}}\n\n[]", 4, "", "more stands behind the object"),
        (f'{{\n{GOOD}, "a": nul}}', 2, "", "Expecting value"),
        (f'{{\n{GOOD}, "a": {"9" * 5000}}}', 2, "", "no JSON object"),
        (f'{{\n{GOOD}, "a": {"[" * 100_000}}}', 2, "", "too deep"),
        (f'{{\n{GOOD}, "a": "x",\n"@a": {{"x": 1, "x": 2}}}}', 3, "", "'x' stands twice in one object"),
    ],
)
def test_a_fault_has_its_place_and_spoils_no_neighbour(text: str, line: int, key: str, reason: str) -> None:
    """Each mistake is told once, with its line and key, and the good message beside it is there."""
    file = read(text)
    (fault,) = file.faults
    assert (fault.file, fault.line, fault.key) == ("app_en.arb", line, key)
    assert reason in fault.message
    assert file.messages["ok"].pattern == "Well."
    assert key not in file.messages or key == "ok"


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        (b"", 1, "expected an object"),
        (b"[]", 1, "expected an object"),
        (b"{\n\xff}", 2, "no UTF-8"),
        (b" " * (MAX_FILE + 1), 1, f"up to {MAX_FILE} are read"),
    ],
)
def test_what_is_no_arb_file_says_so(content: bytes, line: int, reason: str) -> None:
    """Bytes that hold no JSON object, or too many of them, give one fault and no message."""
    file = read(content)
    (fault,) = file.faults
    assert (fault.line, dict(file.messages)) == (line, {})
    assert reason in fault.message


@pytest.mark.parametrize("name", ["messages.arb", "app.arb", "app_.arb", "app_419.arb"])
def test_a_file_without_a_language_says_so(name: str) -> None:
    """A file that names no language, nor is called by one, is not guessed at."""
    file = read("{}", name)
    assert (file.locale, [fault.message for fault in file.faults]) == (
        None,
        ['no language: neither "@@locale" nor a name such as app_pt_BR.arb'],
    )


def test_comments_and_a_byte_order_mark_are_no_faults() -> None:
    """Members of the whole file (`@@x-...`), separators (`@_...`) and a byte order mark are passed over."""
    file = read(b'\xef\xbb\xbf{"@@x-tool": "t", "@_SECTION": {}, "ok": "Well."}')
    assert (list(file.messages), file.faults) == (["ok"], ())


@given(st.binary(max_size=200), st.text(max_size=20))
@example(b'{"a":"x","@a":null}', "app_en.arb")
@example(b'{"@@locale":"en","@@locale":"de"}', "app_en.arb")
def test_any_bytes_are_read(content: bytes, name: str) -> None:
    """No bytes and no name make the reader raise, and whatever was not read has a fault."""
    file = read_arb(content, name)
    assert file.faults or file.locale


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["x-code", "placeholders", "type", "p"]), inner),
    max_leaves=8,
)
KEYS = st.sampled_from(["a", "@a", "b", "@b", "@@locale", "@@x", "@_", "@", "", "ä", "a-b"])


@given(st.dictionaries(KEYS, JSON | st.sampled_from(["{p}", "{p, plural, other{#}}", "en"])))
def test_any_document_is_read(document: dict[str, object]) -> None:
    """Each message of any JSON document is there or has a fault of its own, so that nothing gets lost."""
    file = read_arb(json.dumps(document).encode(), "app_en.arb")
    told = {fault.key.removeprefix("@") for fault in file.faults}
    assert {key for key in document if key[:1] != "@"} <= file.messages.keys() | told
