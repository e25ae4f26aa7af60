"""What the names in a `case` stand for: `case ApiProblem(detail=text)` makes `text` the subject's `detail`."""

import ast
from collections.abc import Iterator

__all__ = ["captures"]


def captures(match: ast.Match) -> Iterator[tuple[str, ast.expr | None]]:
    """Yield each name that the cases of a `match` bind, with an expression of the same value; None where there is none."""
    waiting: list[tuple[ast.pattern, ast.expr | None]] = [(case.pattern, match.subject) for case in match.cases]
    while waiting:
        pattern, subject = waiting.pop()
        yield from _bound(pattern, subject)
        waiting += _inner(pattern, subject)


def _bound(pattern: ast.pattern, subject: ast.expr | None) -> Iterator[tuple[str, ast.expr | None]]:
    match pattern:
        case ast.MatchAs(name=str(name)):
            yield name, subject
        case ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
            yield name, None


def _inner(pattern: ast.pattern, subject: ast.expr | None) -> Iterator[tuple[ast.pattern, ast.expr | None]]:
    match pattern:
        case ast.MatchAs(pattern=ast.pattern() as inner):
            yield inner, subject
        case ast.MatchOr(patterns=patterns):
            yield from ((each, subject) for each in patterns)
        case ast.MatchSequence(patterns=patterns):
            yield from ((each, _item(subject, ast.Constant(place), each)) for place, each in enumerate(patterns))
        case ast.MatchMapping(keys=keys, patterns=patterns):
            yield from ((each, _item(subject, key, each)) for key, each in zip(keys, patterns, strict=True))
        case ast.MatchClass(patterns=patterns, kwd_attrs=names, kwd_patterns=named):
            yield from ((each, None) for each in patterns)
            yield from ((each, _attribute(subject, name, each)) for name, each in zip(names, named, strict=True))


def _item(subject: ast.expr | None, key: ast.expr, place: ast.pattern) -> ast.expr | None:
    return subject and ast.copy_location(ast.Subscript(value=subject, slice=key, ctx=ast.Load()), place)


def _attribute(subject: ast.expr | None, name: str, place: ast.pattern) -> ast.expr | None:
    return subject and ast.copy_location(ast.Attribute(value=subject, attr=name, ctx=ast.Load()), place)
