"""pydantic's models: `pip install seawall[pydantic]`. Imported once a type is seen that may hold one."""

from collections.abc import Callable
from typing import Any

from pydantic import BaseModel, PydanticSchemaGenerationError, PydanticUserError, TypeAdapter, ValidationError
from pydantic.dataclasses import is_pydantic_dataclass

from seawall.model import UsageError

from ._place import Place, Token, child, lacks

__all__ = ["PydanticEngine", "is_model"]


def is_model(kind: Any) -> bool:
    """Tell whether a type is a model or dataclass of pydantic."""
    return isinstance(kind, type) and (issubclass(kind, BaseModel) or is_pydantic_dataclass(kind))


class PydanticEngine:
    """Decodes one type with pydantic.

    Args:
        kind: The type.

    Raises:
        UsageError: pydantic cannot decode it.
    """

    def __init__(self, kind: Any) -> None:
        try:
            adapter = TypeAdapter(kind)
            adapter.rebuild()
        except (PydanticUserError, PydanticSchemaGenerationError, NameError) as error:
            reason = str(error).partition("\n")[0]
        else:
            self._adapter: TypeAdapter[Any] = adapter
            self.decode: Callable[[bytes], Any] = adapter.validate_json
            self.decode_short: Callable[[bytes], Any] = adapter.validate_json
            return
        raise UsageError(f"response_model: {kind!r} holds a pydantic model and pydantic cannot decode it: {reason}")

    def schema(self) -> dict[str, Any]:
        """See `Engine`; `{}` for a type that JSON Schema cannot express."""
        try:
            return self._adapter.json_schema()
        except PydanticUserError:
            return {}

    def place(self, error: Exception, document: Any) -> Place:
        """See `Engine`. Of a union pydantic tells all branches; the one that came furthest was meant."""
        if not isinstance(error, ValidationError):
            return Place()
        found = error.errors(include_url=False, include_input=False, include_context=False)
        places = [_place(detail["loc"], detail["type"], document) for detail in found]
        first, labelled = places[0]
        return max((place for place, _ in places), key=lambda place: len(place.whole)) if labelled else first


def _place(location: tuple[Token, ...], kind: str, document: Any) -> tuple[Place, bool]:
    """Follow a location; True when it names branches of unions, which no document holds."""
    tokens, value, labelled = list[Token](), document, False
    missing = str(location[-1]) if kind == "missing" and location else None
    for token in location if missing is None else location[:-1]:
        if lacks(value, token):
            labelled = True
        else:
            tokens.append(token)
            value = child(value, token)
    return Place(tuple(tokens), missing, kind == "enum"), labelled
