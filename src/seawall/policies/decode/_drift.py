"""Noticing that a server's answers have moved away from our types, before anything breaks.

Indexes, and keys of dicts, are written `*` in the pointers: `/agents/*/nickname` is one finding, not one per agent.
"""

from collections.abc import Hashable, Iterable, Iterator
from itertools import islice
from typing import Any

from seawall.model import Request, SchemaDrift

from ._place import ANY, Token, pointer
from ._schema import Node, Schema, fitting, is_open, properties

__all__ = ["Drift", "general", "undeclared"]

EVERY = 100  # of the decodings of a type one is looked at: a look costs as much as some forty decodings
MAX_FINDINGS = 1_000  # remembered in all, so that a server which invents names cannot fill the memory
_MAX_VALUES = 10_000  # looked at per document
_MAX_ITEMS = 100  # looked at per array or object: items are alike
_NESTS = (list, dict)


class Drift:
    """Tells each finding once."""

    def __init__(self) -> None:
        self._told: set[Hashable] = set()

    def tell(self, request: Request, kind: str, subject: Hashable, pointers: Iterable[str]) -> None:
        """Emit what was not told before.

        Args:
            request: Whose answer it was.
            kind: "unknown_field" or "unknown_member".
            subject: Stands for the declared type.
            pointers: The places.
        """
        call = request.call
        for place in pointers:
            finding = (subject, kind, place)
            if finding not in self._told and len(self._told) < MAX_FINDINGS:
                self._told.add(finding)
                call.announce(SchemaDrift, request, pointer=place, kind=kind)


def general(schema: Schema, tokens: Iterable[Token]) -> str:
    """Return the pointer of a place with `*` for indexes and for keys of dicts."""
    nodes, way = schema.root(), list[Token]()
    for token in tokens:
        declared = isinstance(token, str) and any(token in properties(node) for node in nodes)
        way.append(token if declared else ANY)
        nodes = schema.below(nodes, None, token)
    return pointer(way)


def undeclared(schema: Schema, document: Any) -> Iterator[str]:
    """Yield the pointers of the members that the type does not name."""
    waiting: list[tuple[tuple[Token, ...], list[Node], Any]] = [((), schema.root(), document)]
    for _ in range(_MAX_VALUES):
        if not waiting:
            return
        way, nodes, value = waiting.pop()
        if isinstance(value, list):
            waiting += [
                ((*way, ANY), schema.below(nodes, value, index), item)
                for index, item in enumerate(value[:_MAX_ITEMS])
                if isinstance(item, _NESTS)
            ]
        elif isinstance(value, dict):
            objects = fitting(nodes, value)
            names = {name for node in objects for name in properties(node)}
            if nodes and not any(is_open(node) for node in objects):
                yield from (pointer((*way, name)) for name in value if name not in names)
            waiting += [
                ((*way, name if name in names else ANY), schema.below(objects, value, name), member)
                for name, member in islice(value.items(), _MAX_ITEMS)
                if isinstance(member, _NESTS)
            ]
