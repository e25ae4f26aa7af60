"""The generated text: laid out as the project lays out its own, whatever the document says."""

import pytest

from seawall_tools.codes import parse
from seawall_tools.codes._modules import index_page
from tests.unit.seawall_tools.codes.kit import CODES, Project

SERVER = "src/acme/backend/errors.py"


def widest(project: Project) -> int:
    return max(len(line) for line in project.read(SERVER).splitlines()[1:])


@pytest.mark.parametrize("name", ["ruff.toml", ".ruff.toml"])
def test_the_width_is_that_of_ruff_s_own_file(project: Project, name: str) -> None:
    """A project that keeps ruff's settings in a file of their own has its modules in that width, as ruff itself would."""
    words = "word " * 60
    project.run("new", "LONG_ONE", "--status", "400", "--description", words)
    project.write(name, "line-length = 80\n")
    assert project.run("gen").code == 0
    assert 70 < widest(project) <= 80
    project.write(name, "line-length = 120\n")
    assert project.run("gen").code == 0
    assert 100 < widest(project) <= 120


def test_a_file_of_ruff_that_cannot_be_read_is_misuse(project: Project) -> None:
    """A broken file ends with 2 and its name."""
    project.write("ruff.toml", "line-length = \n")
    done = project.run("gen")
    assert (done.code, "ruff.toml cannot be read" in done.err) == (2, True)


@pytest.mark.parametrize(("text", "cell"), [("a | b", "a \\| b"), ("a \\| b", "a \\| b")])
def test_bars_divide_no_cells(text: str, cell: str) -> None:
    """A bar in a description stays within its cell, whether the document escaped it or not."""
    assert f"| {cell} |" in index_page(parse(CODES.replace("Nobody foresaw it.", text), "codes.md"))
