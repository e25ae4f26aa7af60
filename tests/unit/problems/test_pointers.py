"""Field errors say where: JSON pointers (RFC 6901) made of whatever the servers write."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawall.problems import FieldError
from tests.unit.problems.answers import POINTER, check, parsed
from tests.unit.problems.corpus import CASES

NAMES = st.text(st.sampled_from('ab/~%#.[]$0"\\ é\U0001f600'), max_size=6)


def follow(document: Any, pointer: str) -> Any:
    """Evaluate a pointer as RFC 6901, section 4, has it."""
    for token in pointer.split("/")[1:]:
        name = token.replace("~1", "/").replace("~0", "~")
        document = document[int(name)] if isinstance(document, list) else document[name]
    return document


def pointers(body: Any, status: int = 422, content_type: str = "application/json") -> list[str]:
    problem = parsed(body, status=status, content_type=content_type)
    check(problem, status)
    return [error.pointer for error in problem.field_errors]


@pytest.mark.parametrize(
    ("written", "pointer"),
    [
        ("#/age", "/age"),
        ("#/a~1b/m~0n", "/a~1b/m~0n"),
        ("#/c%25d/%C3%A9", "/c%d/é"),
        ("/c%25d", "/c%25d"),
        ("#/", "/"),
        ("#", ""),
        ("", ""),
        ("/", "/"),
        ("//", "//"),
        ("age", "/age"),
        ("#age", "/age"),
        ("a.b", "/a/b"),
        ("a[0].b", "/a/0/b"),
        ("[0].b", "/0/b"),
        ("$", ""),
        ("$.a.b", "/a/b"),
        ("$[0].a", "/0/a"),
        ("a..b.", "/a/b"),
        ("a/b", "/a~1b"),
        ("a~b", "/a~0b"),
        ("/a~b", "/a~0b"),
        ("/a~2~", "/a~02~0"),
        ("#/a~", "/a~0"),
        ("#/%7E", "/~0"),
        ("__all__", ""),
        ("é", "/é"),
        ("first name", "/first name"),
    ],
)
def test_places_become_pointers(written: str, pointer: str) -> None:
    """A pointer, a URI fragment, a dotted path and a bare name are all told as one valid pointer."""
    assert pointers({"code": "A_B", "errors": [{"pointer": written}]}) == [pointer]


@pytest.mark.parametrize("long", [1020, 1024, 1025, 5000, 500_000])
def test_a_place_that_is_too_long_is_cut_nowhere(long: int) -> None:
    """A part of a pointer points elsewhere, so that a place beyond the bound is the whole body, or no field error."""
    name = "n" * (long - 1)
    kept = f"/{name}" if long <= 1024 else ""
    assert pointers({"detail": [{"loc": ["body", name], "msg": "m"}]}) == [kept]
    assert pointers({"errors": [{"message": "m", "path": [name]}]}) == [kept]
    assert pointers({"errors": [{"status": "400", "source": {"parameter": name}}]}) == [kept]
    fits = [kept] if kept else []
    assert pointers({"errors": [{"pointer": f"/{name}"}], "code": "A_B"}) == fits
    assert pointers({name: ["bad"]}, status=400) == fits
    assert pointers({"errors": {name: {"non_field_errors": "bad"}}}) == fits


@given(st.lists(NAMES.filter(lambda name: name not in ("", "$")) | st.integers(0, 20), min_size=1, max_size=6))
def test_a_location_leads_to_its_place(way: list[str | int]) -> None:
    """FastAPI's and GraphQL's ways of names and indexes, followed as pointers, lead where they led."""
    document: Any = "here"
    for part in reversed(way):
        document = {part: document} if isinstance(part, str) else [None] * part + [document]
    for body in ({"detail": [{"loc": ["body", *way], "msg": "m"}]}, {"errors": [{"message": "m", "path": way}]}):
        (pointer,) = pointers(body)
        assert POINTER(pointer)
        assert follow(document, pointer) == "here"


@given(st.dictionaries(NAMES.filter(lambda name: name not in ("", "$", "detail")), st.just(["bad"]), min_size=1, max_size=6))
def test_names_of_a_map_are_escaped(fields: dict[str, list[str]]) -> None:
    """Django's names, whatever is in them, lead back to their texts."""
    for pointer in pointers(fields, status=400):
        assert POINTER(pointer)
        assert follow(fields, pointer) == ["bad"]


@given(st.text(max_size=30) | st.text(st.sampled_from("#/~%0.[]$ab"), max_size=12))
def test_any_place_gives_a_valid_pointer(written: str) -> None:
    """Whatever stands where a place should, in any form, the pointer is one."""
    for body in (
        {"code": "A_B", "errors": [{"pointer": written}]},
        {"errors": {written: ["bad"]}},
        {"error": {"code": 400, "status": "X", "details": [{"@type": "a.BadRequest", "fieldViolations": [{"field": written}]}]}},
        {"error": {"type": "x_error", "param": written}},
        {"error": {"code": "X", "target": written}},
        {"name": "X", "message": "m", "details": [{"path": written}]},
        {"message": "m", "errors": [{"field": written, "code": "x"}]},
        {"timestamp": 1, "error": "x", "path": "/", "errors": [{"field": written}]},
        {"errors": [{"status": "400", "source": {"pointer": written}}]},
    ):
        assert all(POINTER(pointer) for pointer in pointers(body))


@pytest.mark.parametrize("part", [None, True, 1.5, [], {}, ["x"]])
def test_what_is_no_step_is_left_out_of_a_way(part: Any) -> None:
    """Neither name nor index, it is as if it were not there; True is no index."""
    assert pointers({"detail": [{"loc": ["body", "a", part, 0], "msg": "m"}]}) == ["/a/0"]
    assert pointers({"errors": [{"message": "m", "path": ["a", part, 0]}]}) == ["/a/0"]
    assert pointers({"detail": [{"loc": [part, "a"], "msg": "m"}]}) == ["/a"]


def test_every_pointer_of_the_table_is_one() -> None:
    """All field errors of all forms have valid pointers."""
    found = [error.pointer for case in CASES for error in case.parsed().field_errors]
    assert len(found) > 40
    assert all(POINTER(pointer) for pointer in found)


def test_a_map_of_long_names_is_read_in_bounded_work() -> None:
    """Names that are long together give no pointers, so that none is made for each of the many names below them."""
    fields: Any = {str(number): "bad" for number in range(100_000)}
    for _ in range(5):
        fields = {"n" * 300: fields}
    assert pointers({"errors": fields}) == []
    assert pointers({"errors": {"a": fields, "b": ["bad"]}}) == ["/b"]
    assert pointers({"errors": {"a": {str(number): {} for number in range(100_000)}, "b": ["bad"]}}) == ["/b"]


def test_a_hundred_field_errors_are_enough() -> None:
    """Of any form the first hundred are kept, and of long ones as many as fit."""
    item = {"detail": [{"loc": ["body", number], "msg": "m"} for number in range(500)]}
    assert pointers(item) == [f"/{number}" for number in range(100)]
    assert len(pointers({"errors": {"a": {str(number): "x" for number in range(500)}}})) == 100
    long = parsed({"errors": [{"pointer": f"/{number}", "detail": "d" * 4000} for number in range(100)]})
    assert long.field_errors == tuple(FieldError(f"/{number}", detail="d" * 4000) for number in range(4))
