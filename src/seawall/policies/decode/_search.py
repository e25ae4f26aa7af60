"""Looking through a whole type: for pydantic's models, which msgspec refuses wherever they stand, or for other parts."""

import sys
import typing
from collections.abc import Callable
from typing import Any

__all__ = ["holds", "holds_model"]


def holds_model(kind: Any) -> bool:
    """Tell whether a model or dataclass of pydantic is anywhere in a type.

    An app that has not imported pydantic has no models, and does not import it here either.
    """
    if sys.modules.get("pydantic") is None:
        return False
    from ._pydantic import is_model

    return holds(kind, is_model)


def holds(kind: Any, wanted: Callable[[Any], bool]) -> bool:
    """Tell whether a part for which `wanted` is true is anywhere in a type."""
    waiting: list[Any] = [kind]
    seen: dict[int, Any] = {}  # holds what it has seen, so that an id stays one object's
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen[id(one)] = one
        if wanted(one):
            return True
        waiting += _parts(one)
    return False


def _parts(kind: Any) -> list[Any]:
    """The arguments, origin, fields, bound and meaning of a type."""
    parts = list(typing.get_args(kind))
    if typing.get_origin(kind) is not typing.Literal:
        parts += [getattr(kind, name, None) for name in ("__origin__", "__supertype__", "__value__", "__bound__")]
    if isinstance(kind, type) and getattr(kind, "__annotations__", None):
        try:
            parts += typing.get_type_hints(kind, include_extras=True).values()
        except (NameError, TypeError, AttributeError, SyntaxError):  # a name not defined yet: whoever decodes says so
            pass
    return [part for part in parts if part is not None]
