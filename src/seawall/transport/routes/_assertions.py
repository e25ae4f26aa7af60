"""The assertions of a route, and those of all routes together.

Each returns something true, so that `assert route.called_once()` reads well too; that it was not called itself is noticed.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, Literal, TypeVar

from typing_extensions import Unpack

from seawall.model import UsageError

from ._assertion import assertion
from ._call import RouteCall
from ._expected import Expected, check_names, differences
from ._pattern import RoutePattern
from ._report import count, report
from ._router import Router

__all__ = ["RouteAssertions", "RouterAssertions"]

C = TypeVar("C", bound=RouteCall)
A = TypeVar("A", bound="RouteAssertions[Any]")


class RouteAssertions(Generic[C]):
    """What a test can ask of a route. The keywords of `Expected` say what a call should be like.

    Failing raises `AssertionError` with the calls that came and the differences of the nearest one; secrets are redacted.

    Attributes:
        pattern: Which calls the route takes.
    """

    pattern: RoutePattern
    _strays: Callable[[], Sequence[RouteCall]]
    """Gives the calls that no route took: they may tell why this one saw none."""

    @property
    def calls(self) -> Sequence[C]:
        """The calls that came, in order."""
        raise NotImplementedError

    @property
    def called(self) -> bool:
        """Whether any call came."""
        return bool(self.calls)

    @property
    def call_count(self) -> int:
        """How many calls came."""
        return len(self.calls)

    @assertion
    def called_once(self) -> C:
        """Exactly one call came, whatever it was like; it is returned."""
        __tracebackhide__ = True
        calls = self.calls
        if len(calls) != 1:
            raise AssertionError(self._wrong("one call", calls, {}))
        return calls[0]

    @assertion
    def called_once_with(self, **expected: Unpack[Expected]) -> C:
        """Exactly one call came, and it is as expected; it is returned."""
        __tracebackhide__ = True
        check_names(expected)
        calls = self.calls
        if len(calls) != 1 or not _is(calls[0], expected):
            raise AssertionError(self._wrong("one call, and that as described", calls, expected))
        return calls[0]

    @assertion
    def called_with(self, **expected: Unpack[Expected]) -> C:
        """At least one of the calls is as expected; the first such is returned."""
        __tracebackhide__ = True
        check_names(expected)
        calls = self.calls
        for call in calls:
            if _is(call, expected):
                return call
        raise AssertionError(self._wrong("a call as described", calls, expected))

    @assertion
    def last_called_with(self, **expected: Unpack[Expected]) -> C:
        """The last call is as expected; it is returned."""
        __tracebackhide__ = True
        check_names(expected)
        calls = self.calls
        if not calls or not _is(calls[-1], expected):
            raise AssertionError(self._wrong("the last call to be as described", calls, expected, compared=1))
        return calls[-1]

    @assertion
    def called_times(self, times: int, **expected: Unpack[Expected]) -> Literal[True]:
        """Exactly so many calls came; with expectations, so many calls are as expected, and the others do not count.

        Raises:
            UsageError: `times` is no number of calls.
        """
        __tracebackhide__ = True
        if type(times) is not int or times < 0:
            raise UsageError(f"times: a number of calls, not {times!r}"[:200])
        check_names(expected)
        calls = self.calls
        matching = [call for call in calls if _is(call, expected)]
        if len(matching) != times:
            wanted = f"{count(times)} as described, and found {len(matching)}" if expected else count(times)
            raise AssertionError(self._wrong(wanted, calls, expected if len(matching) < times else {}))
        return True

    @assertion
    def not_called(self) -> Literal[True]:
        """No call came."""
        __tracebackhide__ = True
        calls = self.calls
        if calls:
            raise AssertionError(self._wrong("no call", calls, {}))
        return True

    def _wrong(self, wanted: str, calls: Sequence[C], expected: Mapping[str, Any], **options: int) -> str:
        title = f"{self.pattern}: expected {wanted}; {count(len(calls))} came"
        return report(title, calls, expected, self._strays(), **options)


class RouterAssertions(Generic[A, C]):
    """What a test can ask of all routes together."""

    router: Router[A]

    @property
    def routes(self) -> list[A]:
        """All routes, the most specific first."""
        return self.router.routes

    @property
    def unexpected_calls(self) -> Sequence[C]:
        """The calls that no route took, in order."""
        raise NotImplementedError

    @assertion
    def all_routes_called(self) -> Literal[True]:
        """Each route was called at least once."""
        __tracebackhide__ = True
        idle = [str(route.pattern) for route in self.routes if not route.called]
        if idle:
            raise AssertionError(report(f"never called: {', '.join(idle)}", (), {}, self.unexpected_calls))
        return True

    @assertion
    def no_unexpected_calls(self) -> Literal[True]:
        """A route took every call."""
        __tracebackhide__ = True
        strays = self.unexpected_calls
        if strays:
            title = f"no route took {count(len(strays))}{self.router.hint(strays[0])}"
            raise AssertionError(f"{report(title, strays, {})}\nroutes: {self.router.listed()}")
        return True


def _is(call: RouteCall, expected: Mapping[str, Any]) -> bool:
    return next(differences(call, expected), None) is None
