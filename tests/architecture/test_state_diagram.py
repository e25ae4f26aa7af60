"""The drawing of the states of a session's tokens."""

from seawall.auth import TRANSITIONS
from tools import state_diagram


def test_the_drawing_is_true() -> None:
    """The page shows the table that the code obeys."""
    text = state_diagram.PAGE.read_text(encoding="utf-8")
    assert state_diagram.with_drawing(text) == text, f"run `{state_diagram.REFRESH}` and review the page"
    assert all(f"    {state.__name__} --> " in text for state, _ in TRANSITIONS)


def test_an_untrue_drawing_is_noticed() -> None:
    """A changed drawing is written anew, and the words around it stay."""
    page = "before\n<!-- states: drawn -->\nwrong\n<!-- end of states -->\nafter"
    drawn = state_diagram.with_drawing(page)
    assert "wrong" not in drawn
    assert drawn.startswith("before\n<!-- states: drawn -->\n\n```mermaid")
    assert drawn.endswith("<!-- end of states -->\nafter")
