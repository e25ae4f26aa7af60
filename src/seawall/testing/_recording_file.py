"""The file of a recording: what it holds, and how it is read and written."""

import errno
import json
import os
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from seawall import problems
from seawall.model import Headers, Sent, UsageError, split_url

from ._recording_body import RecordedBody

__all__ = [
    "USUAL_VERSION",
    "Exchange",
    "RecordedProblem",
    "RecordedRequest",
    "RecordedResponse",
    "RecordingError",
    "read_recording",
    "split_fields",
    "write_recording",
]

FORMAT = "seawall-recording"
VERSION = 1
USUAL_VERSION = "HTTP/1.1"  # not written down
KINDS: dict[str, type[problems.ApiProblem]] = {
    name: kind
    for name, kind in vars(problems).items()
    if isinstance(kind, type) and issubclass(kind, problems.ApiProblem) and name in problems.__all__
}


class RecordingError(ValueError):
    """A recording cannot be read or written, or an exchange cannot be recorded; the message names the file and the place."""


class _Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """What all parts of the file have in common: a member that does not belong there is a mistake, not a remark."""


class RecordedRequest(_Part, frozen=True, kw_only=True):
    """What was asked; for the reader and for matching.

    Attributes:
        method: HTTP method.
        url: Absolute, redacted.
        headers: Fields as lines, `Name: value`, redacted.
        body: The body, or None without one.
    """

    method: str
    url: str
    headers: list[str] = []
    body: RecordedBody | None = None

    @property
    def content_type(self) -> str:
        """The media type of the body, or ""."""
        return _content_type(self.headers)


class RecordedResponse(_Part, frozen=True, kw_only=True):
    """What came back.

    Attributes:
        status: HTTP status.
        http_version: Such as "HTTP/2".
        headers: Fields as lines, `Name: value`, redacted.
        body: The body, unpacked; None for an empty one.
    """

    status: Annotated[int, msgspec.Meta(ge=100, le=999)]
    http_version: str = USUAL_VERSION
    headers: list[str] = []
    body: RecordedBody | None = None

    def content(self) -> bytes:
        """Return the body as bytes."""
        return b"" if self.body is None else self.body.content(_content_type(self.headers))

    def fields(self) -> Headers[str]:
        """Return the fields; a body that is there as a whole has its length as it stands here, since people edit recordings."""
        fields = Headers(split_fields(self.headers))
        whole = self.body is not None and not self.body.cut
        return fields.with_header("Content-Length", str(len(self.content()))) if whole else fields


class RecordedProblem(_Part, frozen=True, kw_only=True):
    """What the transport raised, before a response or in the middle of its body.

    Attributes:
        type: Name of the problem type.
        sent: Whether the server may have seen the request.
        detail: Words for developers.
        cause: Type and errno of the error behind it, such as "ConnectionRefusedError ECONNREFUSED".
    """

    type: str
    sent: Sent
    detail: str = ""
    cause: str = ""

    @classmethod
    def of(cls, problem: problems.ApiProblem) -> "RecordedProblem":
        """Describe a problem; a type that is not Seawall's becomes the nearest that is."""
        name = next(kind.__name__ for kind in type(problem).__mro__ if KINDS.get(kind.__name__) is kind)
        cause = "" if problem.__cause__ is None else str(problems.OriginalError.of(problem.__cause__))
        return cls(type=name, sent=problem.sent, detail=problem.detail, cause=cause)

    def problem(self, **where: Any) -> problems.ApiProblem:
        """Make the problem anew, for another call."""
        problem = KINDS[self.type](sent=self.sent, detail=self.detail, **where)
        if self.cause:
            name, _, number = self.cause.partition(" ")
            problem.__cause__ = problems.OriginalError(name, _errno(number))
        return problem


def _errno(name: str) -> int | None:
    """The number of an error on this machine, whose numbers may differ from those where it was recorded."""
    if name.isdecimal():
        return int(name[:9])
    number = getattr(errno, name, None) if name.startswith("E") else None
    return number if isinstance(number, int) else None


class Exchange(_Part, frozen=True, kw_only=True):
    """One request and what came of it.

    Attributes:
        request: What was asked.
        response: What came back, or None.
        problem: What the transport raised; with a response, what its body broke off with.
    """

    request: RecordedRequest
    response: RecordedResponse | None = None
    problem: RecordedProblem | None = None


class _Recording(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    format: Literal["seawall-recording"]
    version: Literal[1]
    exchanges: list[Exchange]


def read_recording(path: Path) -> tuple[Exchange, ...]:
    """Read a recording and check all of it.

    Raises:
        RecordingError: There is none, or it is broken; the message names the file and the place in it.
    """
    plain = _plain(path)
    try:
        exchanges = msgspec.convert(plain, _Recording).exchanges
    except msgspec.ValidationError as error:
        raise RecordingError(f"{path}: {error}") from None
    for number, exchange in enumerate(exchanges):
        for place, mistake in _mistakes(exchange):
            raise RecordingError(f"{path}: {mistake} - at `$.exchanges[{number}].{place}`")
    return tuple(exchanges)


def _plain(path: Path) -> Any:
    try:
        plain = json.loads(path.read_bytes().decode("utf-8"))
    except FileNotFoundError:
        mistake = "there is no such recording"
    except OSError as error:
        mistake = f"it cannot be read ({_name(error)})"
    except json.JSONDecodeError as error:
        mistake = f"line {error.lineno}, column {error.colno}: this is no JSON ({error.msg})"
    except (ValueError, RecursionError) as error:
        mistake = f"this is no JSON ({_name(error)})"
    else:
        mistake = _foreign(plain)
        if not mistake:
            return plain
    raise RecordingError(f"{path}: {mistake}")


def _foreign(plain: Any) -> str:
    """Say what is wrong with a file of another kind; "" for one of ours."""
    if not isinstance(plain, dict) or plain.get("format") != FORMAT:
        return f'this is no recording of Seawall, which has `"format": "{FORMAT}"` at its top'
    if plain.get("version") != VERSION:
        return f"it is of version {str(plain.get('version'))[:40]}, and this Seawall reads version {VERSION}; record it anew"
    return ""


def _mistakes(exchange: Exchange) -> list[tuple[str, str]]:
    """What no type can say, as pairs of place and mistake."""
    request, response, problem = exchange.request, exchange.response, exchange.problem
    found = [("request.url", _wrong_url(request.url)), *_wrong_message("request", request)]
    if response is not None:
        found += _wrong_message("response", response)
    elif problem is None:
        found.append(("response", "There is neither a response nor a problem"))
    if problem is not None and problem.type not in KINDS:
        found.append(("problem.type", f"There is no problem type `{problem.type[:60]}` in seawall.problems"))
    return [(place, mistake) for place, mistake in found if mistake]


def _wrong_url(url: str) -> str:
    try:
        split_url(url)
    except UsageError as error:
        return str(error)
    return ""


def _wrong_message(name: str, message: RecordedRequest | RecordedResponse) -> list[tuple[str, str]]:
    found = [
        (f"{name}.headers[{number}]", "A field is written as `Name: value`")
        for number, line in enumerate(message.headers)
        if ":" not in line
    ]
    if message.body is None:
        return found
    forms = message.body.forms
    if len(forms) != 1 and (forms or not message.body.cut):
        return [*found, (f"{name}.body", f"A body has one of json, text and base64, not {len(forms)} of them")]
    try:
        message.body.content(_content_type(message.headers))
    except (ValueError, RecursionError, LookupError) as error:
        return [*found, (f"{name}.body.{forms[0]}", f"It cannot be made into bytes again ({_name(error)})")]
    return found


def _name(error: BaseException) -> str:
    return type(error).__name__


def split_fields(lines: Sequence[str]) -> list[tuple[str, str]]:
    """Return header lines as pairs of name and value."""
    pairs = (line.partition(":") for line in lines)
    return [(name, value.removeprefix(" ")) for name, _, value in pairs]


def _content_type(lines: Sequence[str]) -> str:
    return next((value for name, value in split_fields(lines) if name.lower() == "content-type"), "")


def write_recording(path: Path, exchanges: Sequence[Exchange]) -> None:
    """Write a recording in one step: the file holds the old exchanges or the new ones, whatever happens.

    Raises:
        RecordingError: The file cannot be written.
    """
    plain = {"format": FORMAT, "version": VERSION, "exchanges": msgspec.to_builtins(exchanges)}
    text = json.dumps(plain, indent=2, ensure_ascii=False) + "\n"
    draft = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_bytes(text.encode("utf-8", "backslashreplace"))  # half a character becomes its escape, as JSON has it
        os.replace(draft, path)
        mistake = ""
    except OSError as error:
        mistake = _name(error)
    finally:
        draft.unlink(missing_ok=True)
    if mistake:
        raise RecordingError(f"{path}: it cannot be written ({mistake})")
