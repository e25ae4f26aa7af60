"""What the server's documents are decoded into, by those clients that decode."""

import msgspec

__all__ = ["Agent", "Page"]


class Agent(msgspec.Struct):
    id: int
    name: str
    team: str
    active: bool


class Page(msgspec.Struct):
    """A document that says how many bytes it has."""

    bytes: int
    agents: list[Agent]
