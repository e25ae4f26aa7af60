"""`--into`: from text to a type, and never to more."""

import datetime
import decimal
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from types import GenericAlias, NoneType
from typing import Any, Literal, get_args

import pytest
import typer

from seawall_tools.call._into import parse_type

MODELS = """
import msgspec

class Agent(msgspec.Struct):
    id: int

    class Key(msgspec.Struct):
        text: str

number = 7
"""


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A module of models in a package in the current folder."""
    (tmp_path / "into_shop").mkdir()
    (tmp_path / "into_shop" / "models.py").write_text(MODELS, encoding="utf-8")
    (tmp_path / "into_shop" / "broken.py").write_text("1 / 0", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    yield lambda: sys.modules["into_shop.models"]
    for name in [name for name in sys.modules if name.startswith("into_shop")]:
        del sys.modules[name]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("int", int),
        ("list[dict]", list[dict]),  # type: ignore[type-arg]  # as people type it
        ("dict[str, list[int]]", dict[str, list[int]]),
        (" dict[ str,Any ] ", dict[str, Any]),
        ("int | None", int | None),
        ("str | int | None", str | int | None),
        ("tuple[int, ...]", tuple[int, ...]),
        ("Literal['a', 2]", Literal["a", 2]),
        ("list[datetime] | UUID | None", list[datetime.datetime] | uuid.UUID | None),
        ("Decimal", decimal.Decimal),
    ],
)
def test_types_of_python_are_understood(text: str, kind: Any) -> None:
    """Built-in and well-known types, their parameters and unions are read as Python reads them."""
    assert parse_type(text) == kind


def test_models_are_imported_from_the_current_folder(models: Any) -> None:
    """A model is found by module and name, alone, nested, and within other types."""
    agent = parse_type("into_shop.models:Agent")
    assert agent is models().Agent
    assert parse_type("into_shop.models:Agent.Key") is agent.Key
    assert get_args(parse_type("list[into_shop.models:Agent] | None")) == (GenericAlias(list, (agent,)), NoneType)


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('touch owned')",
        "print('owned')",
        "[int for x in (1,)]",
        "lambda: int",
        "int if True else str",
        "list[print('owned')]",
        "os.system",
        "Literal[print('owned')]",
        "Literal[x]",
        "int, str",
        "int and str",
        "int + str",
        "x := int",
        "7",
        "'int'",
        "",
        "list[",
        "lst",
        "int[str]",
        "dict[str]",
        "(" * 500,
        "into_shop.models:nobody",
        "into_shop.models:number",
        "into_shop.broken:Agent",
        "no_such_package_here:Agent",
        "set[list[int]] | open",
        "object",
    ],
)
def test_what_is_no_type_is_refused_unevaluated(
    models: Any, text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever is no type is refused in the name of the option, and is not run."""
    with pytest.raises(typer.BadParameter) as caught:
        parse_type(text)
    assert caught.value.param_hint == "'--into'"
    assert capsys.readouterr().out == ""
    assert not (tmp_path / "owned").exists()


def test_a_module_that_fails_is_told_from_a_missing_one(models: Any) -> None:
    """The error says what the user's own module raised."""
    with pytest.raises(typer.BadParameter, match=r"into_shop\.broken:Agent cannot be imported: ZeroDivisionError"):
        parse_type("into_shop.broken:Agent")
