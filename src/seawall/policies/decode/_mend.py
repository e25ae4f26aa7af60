"""Living with enum members that the server knows and we do not.

Only a field that may be left out is left out: its default then says what the app does with the unknown. An item of a
collection has no default, so that it fails.
"""

from typing import Any

from ._document import FAILURES, dump
from ._engine import Engine
from ._place import Place, Token, child, matching, resolve
from ._schema import Schema, values

__all__ = ["Mended", "mend"]

MAX_MENDED = 1_000  # fields left out of one document: beyond this the types are not ours any more
_MAX_ROUNDS = 30  # decodings of one document


class Mended:
    """How a second try ended.

    Attributes:
        value: The value, if there is one.
        place: Where it failed, or None.
        left_out: The fields that took their defaults.
    """

    def __init__(self, place: Place | None) -> None:
        self.value: Any = None
        self.place = place
        self.left_out: list[tuple[Token, ...]] = []


def mend(engine: Engine, schema: Schema, document: Any, place: Place) -> Mended:
    """Try again without the unknown enum members at this place and those like it, until it decodes or fails elsewhere.

    Args:
        engine: What decodes the type.
        schema: The type.
        document: The parsed body; it is changed.
        place: Where decoding failed.
    """
    mended = Mended(place)
    for _ in range(_MAX_ROUNDS):
        at = mended.place
        if at is None or not at.is_enum or at.is_key or not _leave_out(schema, document, at, mended.left_out):
            break
        try:
            mended.value = engine.decode(dump(document))
        except FAILURES as error:
            mended.place = engine.place(error, document)
        else:
            mended.place = None
    return mended


def _leave_out(schema: Schema, document: Any, place: Place, left_out: list[tuple[Token, ...]]) -> bool:
    """Remove the field from each item that has the like; False when this very place must not be."""
    if not place.tokens:
        return False
    known = [value for node in schema.at(document, place.tokens) for value in values(node)]
    unknown: list[tuple[Any, tuple[Token, ...]]] = []
    for tokens in matching(document, place.tokens):
        parent = resolve(document, tokens[:-1])
        if child(parent, tokens[-1]) not in known and schema.gives_default(document, parent, tokens):
            unknown.append((parent, tokens))
            if len(left_out) + len(unknown) > MAX_MENDED:
                return False
    if place.tokens not in [tokens for _, tokens in unknown]:
        return False
    for parent, tokens in unknown:
        del parent[tokens[-1]]
        left_out.append(tokens)
    return True
