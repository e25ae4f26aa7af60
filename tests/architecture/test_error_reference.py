"""The generated reference of errors."""

from seawall import problems
from tools import error_reference


def test_the_reference_is_true() -> None:
    """The page of errors is the one that the docstrings make."""
    written = error_reference.PAGE.read_text(encoding="utf-8") if error_reference.PAGE.exists() else ""
    assert error_reference.render().splitlines() == written.splitlines(), f"run `{error_reference.REFRESH}` and review the page"


def test_every_problem_is_in_it_and_in_the_drawing() -> None:
    """No exported problem is missing from the page, nor from the tree that is drawn at its top."""
    page = error_reference.render()
    drawing = page.partition("```text")[2].partition("```")[0]
    kinds = [name for name in problems.__all__ if name.endswith("Problem") and name != "ApiProblem"]
    assert len(kinds) > 25
    assert [name for name in kinds if f"### {name}\n" not in page] == []
    assert [name for name in kinds if f" {name} " not in drawing] == []
