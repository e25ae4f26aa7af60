"""Decoding bodies into declared types."""

from functools import cached_property
from typing import Any

from seawall.model import Response, SchemaDrift, Sent, StreamLimitError, UsageError
from seawall.problems import ApiProblem, DecodeProblem, OriginalError, TooLargeProblem

from ._document import FAILURES, json_bytes, parse
from ._drift import EVERY, Drift, general, undeclared
from ._engine import Engine, MsgspecEngine
from ._mend import mend
from ._place import Place, pointer
from ._schema import Schema, words
from ._search import holds_model
from ._slow_numbers import SHORT

__all__ = ["JsonDecoder"]

_MAX_PLANS = 1_000  # types remembered: apps have dozens, a loop that makes types must not fill the memory


class _Plan:
    """How one type is decoded."""

    def __init__(self, kind: Any) -> None:
        if holds_model(kind):
            from ._pydantic import PydanticEngine

            self.engine: Engine = PydanticEngine(kind)
        else:
            self.engine = MsgspecEngine(kind)
        self.decode, self.decode_short = self.engine.decode, self.engine.decode_short
        self.looked = 0

    @cached_property
    def schema(self) -> Schema:
        return Schema(self.engine.schema())


class JsonDecoder:
    """Decodes JSON into any type that msgspec can decode, or pydantic if one of its models is anywhere in the type.

    Fields that are missing take their defaults, unknown fields are ignored, an unknown enum member takes its field's default
    if there is one. All else that is not of the type is a `DecodeProblem`, which names the place and never the value. While
    anyone listens, every hundredth decoding of a type is searched for undeclared fields (`SchemaDrift`).

    `bytes` stands for the body as it is. An empty body is None for a type that allows None.
    """

    def __init__(self) -> None:
        self._plans: dict[Any, _Plan] = {}
        self._drift = Drift()

    def prepare(self, into: Any) -> None:
        """Make ready for a type, so that one that cannot be decoded fails before anything is sent.

        Raises:
            UsageError: Neither msgspec nor pydantic can decode the type.
        """
        if into is not bytes:
            self._plan(into)

    def decode(self, response: Response, into: Any, data: bytes | None = None) -> Any:
        """Return the body as a value of a type.

        Args:
            response: Whose body it is.
            into: The type.
            data: An event that was cut out of the body, as UTF-8, to decode instead of the whole.

        Raises:
            DecodeProblem: It is no JSON, or not of the type.
            UsageError: Neither msgspec nor pydantic can decode the type.
        """
        noun, charset = ("body", response.headers.get("content-type")) if data is None else ("event", None)
        content = response.content if data is None else data
        if into is bytes:
            return content
        plan = self._plan(into)
        data = b""
        try:
            data = json_bytes(content, charset) if content else b"null"
            value = (plan.decode_short if len(data) <= SHORT else plan.decode)(data)
        except FAILURES as error:
            wrong: Exception = error
        else:
            if _is_observed(response):
                self._look(plan, response, data)
            return value
        if content:
            value, problem = self._try_again(plan, response, noun, data, wrong)
        else:
            value, problem = None, _problem(response, wrong, Place(), words(plan.schema.root()), f"the {noun} is empty")
        if problem is None:
            return value
        del content, data, wrong, value  # a crash report shows the locals of this frame
        raise problem

    def too_large(self, response: Response, error: StreamLimitError) -> Exception:
        """Return the problem for a line or an event that is over its bound."""
        return _fill(TooLargeProblem(status=response.status, sent=Sent.YES, detail=str(error), response=response), response)

    def _plan(self, into: Any) -> _Plan:
        try:
            plan = self._plans.get(into)
        except TypeError:  # unhashable, as some Annotated are
            return _Plan(into)
        if plan is None:
            plan = _Plan(into)
            if len(self._plans) >= _MAX_PLANS:
                self._plans.clear()
            self._plans[into] = plan
        return plan

    def _look(self, plan: _Plan, response: Response, data: bytes) -> None:
        looked, plan.looked = plan.looked, plan.looked + 1
        if looked % EVERY == 0:
            try:
                document = parse(data)
            except FAILURES:  # pydantic reads a little more than JSON
                return
            self._drift.tell(response.request, "unknown_field", plan, undeclared(plan.schema, document))

    def _try_again(
        self, plan: _Plan, response: Response, noun: str, data: bytes, wrong: Exception
    ) -> tuple[Any, ApiProblem | None]:
        """Read a body or an event again after a failure: to live with unknown enum members, or to find the first wrong place."""
        try:
            document = parse(data)
        except FAILURES:
            return None, _problem(response, wrong, Place(), "JSON", f"the {noun} is no JSON")
        mended = mend(plan.engine, plan.schema, document, plan.engine.place(wrong, document))
        place = mended.place
        if place is None:
            if _is_observed(response):
                places = [general(plan.schema, tokens) for tokens in mended.left_out]
                self._drift.tell(response.request, "unknown_member", plan, places)
            return mended.value, None
        expected = "another key" if place.is_key else words(plan.schema.at(document, place.whole))
        what = "a member is missing" if place.missing is not None else f"the {noun} is not of the declared type"
        return None, _problem(response, wrong, place, expected, what)


def _is_observed(response: Response) -> bool:
    try:
        return response.request.call.is_heard(SchemaDrift)
    except UsageError:  # made by hand, for no call
        return False


def _problem(response: Response, wrong: Exception, place: Place, expected: str, what: str) -> ApiProblem:
    where = pointer(place.whole)
    detail = f"{what}{f' at {where}' if where else ''}{f'; expected {expected}' if expected else ''}"
    problem = DecodeProblem(status=response.status, sent=Sent.YES, detail=detail, response=response)
    problem.pointer, problem.expected = where, expected
    problem.__cause__ = OriginalError.of(wrong)
    return _fill(problem, response)


def _fill(problem: ApiProblem, response: Response) -> ApiProblem:
    if response.is_answer:
        problem.method, problem.url = response.request.method, response.request.redacted_url
    return problem
