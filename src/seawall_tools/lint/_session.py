"""What is called like a part of the session, and so may clear its tokens."""

import re

__all__ = ["is_named_after_session"]

_HUMPS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
# Whole words, since `auth` is in `authors`, and `token` in `tokenizer`.
_WORDS = re.compile(
    r"(?<![a-z])(o?auth[nz]?|authenticat(e|ion|or)|authori[sz](ation|e|er)|credential|session|token)"
    r"(holder|keeper|lib|manager|service|storage|store|vault)?s?(?![a-z])"
)


def is_named_after_session(name: str) -> bool:
    """Whether a word of the session is in the name of a class, or in the path of a file."""
    return _WORDS.search(_HUMPS.sub("_", name).lower()) is not None
