"""A type as JSON Schema, the one form in which msgspec and pydantic both tell what a type asks for.

The schema serves the second look only: words for a problem, defaults for unknown enum members, fields nobody declared. No
value is ever validated against it.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from ._place import Token, child

__all__ = ["Node", "Schema", "is_open", "properties", "values", "words"]

Node = dict[str, Any]
_NAMED = "$seawall-named"  # marks what stood behind a $ref: enum classes do, literals do not
_UNIONS = ("anyOf", "oneOf", "allOf")
_SIGNS = (("minimum", ">="), ("exclusiveMinimum", ">"), ("maximum", "<="), ("exclusiveMaximum", "<"))
_MOST_WORDS = 10  # alternatives that are written out


class Schema:
    """A JSON Schema that can be walked along a document.

    Args:
        root: The schema; `{}` allows and explains nothing.
    """

    def __init__(self, root: Node) -> None:
        self._root = root
        self._definitions: Node = root.get("$defs", {})

    def root(self) -> list[Node]:
        """Return what the whole document may be."""
        return self.alternatives([self._root])

    def alternatives(self, nodes: Iterable[Any]) -> list[Node]:
        """Resolve references and unions."""
        waiting, found, seen = list(nodes)[::-1], list[Node](), set[int]()
        while waiting:
            node = waiting.pop()
            if not isinstance(node, dict) or id(node) in seen:
                continue
            seen.add(id(node))
            branches = [branch for union in _UNIONS for branch in node.get(union, ())]
            if "$ref" in node:
                target = self._definitions.get(node["$ref"].removeprefix("#/$defs/"))
                branches.append(target)
                if isinstance(target, dict) and values(target):
                    found.append({**target, _NAMED: True})
                    continue
            if branches:
                waiting += branches[::-1]
            else:
                found.append(node)
        return found

    def below(self, nodes: Iterable[Node], value: Any, token: Token) -> list[Node]:
        """Return what may stand under a token of a value."""
        if isinstance(token, int):
            return self.alternatives([_item(node, token) for node in nodes])
        return self.alternatives([_member(node, token) for node in fitting(nodes, value)])

    def at(self, document: Any, tokens: Sequence[Token]) -> list[Node]:
        """Return what may stand at a place."""
        nodes = self.root()
        for token in tokens:
            nodes = self.below(nodes, document, token)
            document = child(document, token)
        return nodes

    def gives_default(self, document: Any, parent: Any, tokens: Sequence[Token]) -> bool:
        """Tell whether a field holds a member that its enum lacks, and may be left out.

        Args:
            document: The whole.
            parent: The object that holds the field.
            tokens: The way to the field.
        """
        if not tokens or isinstance(tokens[-1], int):
            return False
        name = tokens[-1]
        above = self.at(document, tokens[:-1])
        owners = [node for node in fitting(above, parent) if name in properties(node)]
        if not owners or any(name in node.get("required", ()) for node in owners):
            return False
        allowed = self.below(above, parent, name)
        value = child(parent, name)
        return any(_is_unknown_member(node, value) for node in allowed) and all(_refuses(node, value) for node in allowed)


def properties(node: Node) -> Node:
    """Return the declared members of an object."""
    found: Node = node.get("properties", {})
    return found


def is_open(node: Node) -> bool:
    """Tell whether a schema allows members that it does not name."""
    is_object = node.get("type") == "object"
    return not node or bool(node.get("additionalProperties")) or (is_object and "properties" not in node)


def values(node: Node) -> list[Any]:
    """Return the values of an enum or a literal; an empty list for all else."""
    found: list[Any] = [node["const"]] if "const" in node else node.get("enum", [])
    return found


def fitting(nodes: Iterable[Node], value: Any) -> list[Node]:
    """Leave out the objects of a union whose tag is not the value's; keep all if none fits."""
    found = list(nodes)
    return found if len(found) == 1 else [node for node in found if _has_tag(node, value)] or found


def _has_tag(node: Node, value: Any) -> bool:
    for name, member in properties(node).items():
        allowed = values(member) if isinstance(member, dict) else []
        given = child(value, name)
        if len(allowed) == 1 and isinstance(given, str | int) and given not in allowed:
            return False
    return True


def _item(node: Node, index: int) -> Any:
    first = node.get("prefixItems", [])
    return first[index] if index < len(first) else node.get("items")


def _member(node: Node, name: str) -> Any:
    declared = properties(node)
    return declared[name] if name in declared else node.get("additionalProperties")


def _is_unknown_member(node: Node, value: Any) -> bool:
    known = values(node)
    return _NAMED in node and value not in known and any(type(value) is type(one) for one in known)


def _refuses(node: Node, value: Any) -> bool:
    if values(node):
        return value not in values(node)
    kinds = ("string",) if isinstance(value, str) else ("integer", "number")
    return node.get("type") in {"null", "object", "array", "boolean", "string", "integer", "number"}.difference(kinds)


def words(nodes: Iterable[Node]) -> str:
    """Return in words what a type asks for, made of the type alone and never of what came."""
    said = list(dict.fromkeys(_words(node) for node in nodes))
    return " | ".join(said[:_MOST_WORDS])


def _words(node: Node) -> str:
    known = values(node)
    if known:
        return "one of " + ", ".join([json.dumps(value) for value in known[:_MOST_WORDS]]) + ", ..." * (len(known) > _MOST_WORDS)
    text = str(node.get("type", "another value"))
    name = node.get("title") if text == "object" else node.get("format", node.get("contentEncoding"))
    limits = [f" {sign} {node[key]}" for key, sign in _SIGNS if key in node]
    return text + (f" ({name})" if name else "") + "".join(limits)
