"""Pydantic's errors, without what they quote."""

import json
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_core import PydanticCustomError

from seawall_server import validation_failed

CANARY = "canary5512"


class Leaf(BaseModel):
    """Something strict."""

    model_config = ConfigDict(extra="forbid")
    kind: Literal["leaf"]
    size: int = Field(ge=0, le=9)


class Twig(BaseModel):
    """Something with others of its kind in it."""

    kind: Literal["twig"]
    parts: "list[Annotated[Leaf | Twig, Field(discriminator='kind')]]" = []
    either: int | list[bool] | None = None
    named: dict[str, Leaf] = {}
    word: str = ""

    @field_validator("word")
    @classmethod
    def is_known(cls, value: str) -> str:
        """Quote the value in each way there is."""
        if value == CANARY:
            raise ValueError(f"{value} is not known")
        if value:
            raise PydanticCustomError("not.known!", "{word} is not known", {"word": value, "max_length": 3})
        return value


def errors_of(body: Any) -> list[dict[str, Any]]:
    """The field errors of a body, as FastAPI would hand pydantic's on."""
    try:
        Twig.model_validate(body)
    except ValidationError as error:
        listed: list[dict[str, Any]] = [{**each, "loc": ("body", *each["loc"])} for each in error.errors()]
        return [each.to_dict() for each in validation_failed(listed, body).errors]
    return []


def resolves(pointer: str, body: Any) -> bool:
    """Whether a pointer leads somewhere (RFC 6901, section 4)."""
    for step in pointer.removeprefix("#").split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        if isinstance(body, list):
            body = body[int(name)]
        elif isinstance(body, dict) and name in body:
            body = body[name]
        else:
            return False
    return True


KEYS = st.sampled_from(["kind", "parts", "either", "named", "word", "size", "leaf", "twig", "int", "a/b~1c"])
VALUES = st.recursive(
    st.sampled_from([None, True, 1, -1, "leaf", "twig", CANARY]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)
TWIGS = st.dictionaries(KEYS, VALUES, max_size=6).map(lambda body: {"kind": "twig", **body})


@given(body=VALUES | TWIGS)
def test_pointers_lead_somewhere_and_nothing_is_echoed(body: Any) -> None:
    """Whatever is posted: each pointer leads to a value or to where one is missing, and no rejected value comes back."""
    errors = errors_of(body)
    assert CANARY not in json.dumps(errors)
    for error in errors:
        place = error["pointer"] if error["code"] != "MISSING" else error["pointer"].rpartition("/")[0]
        assert resolves(place, body), error


def test_names_of_branches_are_no_places() -> None:
    """What pydantic calls the branch of a union is not in the body, and so not in the pointer."""
    errors = errors_of({"kind": "twig", "parts": [{"kind": "leaf", "size": 10}, {"kind": "twig", "either": [1, "x"]}]})
    assert [(error["pointer"], error["code"]) for error in errors] == [
        ("#/parts/0/size", "LESS_THAN_EQUAL"),
        ("#/parts/1/either", "INT_TYPE"),
        ("#/parts/1/either/1", "BOOL_PARSING"),
    ]
    assert errors[0]["params"] == {"le": 9}


@pytest.mark.parametrize(("word", "code"), [(CANARY, "VALUE_ERROR"), ("other", "NOT_KNOWN")])
def test_the_words_of_validators_are_their_own(word: str, code: str) -> None:
    """A validator may quote what was sent: of it only the code is told, and facts that are known to be of the schema."""
    (error,) = errors_of({"kind": "twig", "word": word})
    assert (error["code"], error["detail"]) == (code, "Not valid")
    assert error.get("params", {}).keys() <= {"max_length"}


def test_a_tag_is_not_quoted_and_the_known_ones_are_told() -> None:
    """Of a union's error that is told which the schema says."""
    (error,) = errors_of({"kind": "twig", "parts": [{"kind": CANARY}]})
    assert (error["pointer"], error["code"]) == ("#/parts/0", "UNION_TAG_INVALID")
    assert error["params"] == {"discriminator": "'kind'", "expected_tags": "'leaf', 'twig'"}


def test_pydantics_own_locations_begin_inside_the_body() -> None:
    """What a model refused is told as well without FastAPI, and a location that is none is the whole body."""
    with pytest.raises(ValidationError) as caught:
        Twig.model_validate({"kind": "twig", "parts": [{"kind": "leaf", "size": 10}]})
    assert [error.where for error in validation_failed(caught.value.errors()).errors] == ["/parts/0/leaf/size"]
    assert [error.where for error in validation_failed([{"type": "missing", "loc": "name"}]).errors] == [""]


def test_a_list_of_errors_is_bounded() -> None:
    """A body with many mistakes makes no long answer, and a deep one no long pointer."""
    assert len(errors_of({"kind": "twig", "parts": [{}] * 500})) == 100
    name = "x" * 600
    (error,) = validation_failed([{"type": "int_type", "loc": ("body", name, name), "msg": CANARY}]).errors
    assert error.where == f"/{name}"


@pytest.mark.parametrize("where", ["body", "query"])
def test_names_that_a_sender_chose_are_bounded(where: str) -> None:
    """Unknown fields with long names make no long answer, wherever they stand; short ones are all told."""
    errors = [{"type": "extra_forbidden", "loc": (where, f"{number:0900}")} for number in range(100)]
    assert len(validation_failed(errors).errors) == 8
    (one,) = validation_failed([{"type": "extra_forbidden", "loc": (where, "x" * 9000)}]).errors
    assert len(one.where) <= 1000
    short = [{"type": "extra_forbidden", "loc": (where, f"{number:070}")} for number in range(100)]
    assert len(validation_failed(short).errors) == 100


def test_broken_errors_are_no_reason_to_fail() -> None:
    """Frameworks hand on what they like."""
    for error in validation_failed([{}, None, CANARY, {"type": None, "loc": None, "ctx": None}, {"ctx": CANARY}]).errors:
        assert error.where == ""
        assert CANARY not in str(error.to_dict())
    (error,) = validation_failed([{}]).errors
    assert error.to_dict() == {"pointer": "#", "code": "INVALID", "detail": "Not valid"}
