"""The words of the house: what a call is made of. This room imports no other."""

from ._app import AppInfo
from ._attempt import Attempt, Explanation, Sent, StopReason, explain
from ._body import EMPTY, Body, BodyReader, BytesBody, Content, FileBody, StreamBody, make_body
from ._call import DEFAULT_OPTIONS, NOBODY, Call, NestedSend, Options
from ._cancel import Cancel
from ._charset import charset_of
from ._encode import form_body, json_body
from ._errors import UsageError, name_and_place
from ._events import (
    AttemptFinished,
    AttemptStarted,
    CallFinished,
    CallStarted,
    Deprecated,
    Event,
    RedirectFollowed,
    RetryScheduled,
    RetryStopped,
    SchemaDrift,
    ServerWarning,
    StreamFinished,
    SunsetAnnounced,
)
from ._headers import HeaderInput, Headers, HeaderValue, check_header, user_headers
from ._links import Link, parse_links
from ._listeners import Listeners
from ._masking import looks_secret, mask_path, one_line, public_url
from ._multipart import FileInput, Files, MultipartBody, multipart_body
from ._nested import NO_CALLS, NestedCalls
from ._pairs import pairs_of
from ._parsers import LineParser, ServerEvent, ServerEventParser, StreamLimitError
from ._progress import OnProgress, Progress
from ._received import ReceivedHeaders
from ._redaction import is_secret_header, is_secret_name, redact_url
from ._request import Request, reveal
from ._response import Response
from ._runtime import Clock, Clocks, Runtime, Spawned, Timers, Waiter
from ._secret import REDACTED, Secret
from ._stream import ByteStream, Completion, Decoder
from ._url import Origin, Params, ParamValue, add_params, fill_path, join_url, split_url
from ._watched import WatchedBody

__all__ = [
    "DEFAULT_OPTIONS",
    "EMPTY",
    "NOBODY",
    "NO_CALLS",
    "REDACTED",
    "AppInfo",
    "Attempt",
    "AttemptFinished",
    "AttemptStarted",
    "Body",
    "BodyReader",
    "ByteStream",
    "BytesBody",
    "Call",
    "CallFinished",
    "CallStarted",
    "Cancel",
    "Clock",
    "Clocks",
    "Completion",
    "Content",
    "Decoder",
    "Deprecated",
    "Event",
    "Explanation",
    "FileBody",
    "FileInput",
    "Files",
    "HeaderInput",
    "HeaderValue",
    "Headers",
    "LineParser",
    "Link",
    "Listeners",
    "MultipartBody",
    "NestedCalls",
    "NestedSend",
    "OnProgress",
    "Options",
    "Origin",
    "ParamValue",
    "Params",
    "Progress",
    "ReceivedHeaders",
    "RedirectFollowed",
    "Request",
    "Response",
    "RetryScheduled",
    "RetryStopped",
    "Runtime",
    "SchemaDrift",
    "Secret",
    "Sent",
    "ServerEvent",
    "ServerEventParser",
    "ServerWarning",
    "Spawned",
    "StopReason",
    "StreamBody",
    "StreamFinished",
    "StreamLimitError",
    "SunsetAnnounced",
    "Timers",
    "UsageError",
    "Waiter",
    "WatchedBody",
    "add_params",
    "charset_of",
    "check_header",
    "explain",
    "fill_path",
    "form_body",
    "is_secret_header",
    "is_secret_name",
    "join_url",
    "json_body",
    "looks_secret",
    "make_body",
    "mask_path",
    "multipart_body",
    "name_and_place",
    "one_line",
    "pairs_of",
    "parse_links",
    "public_url",
    "redact_url",
    "reveal",
    "split_url",
    "user_headers",
]
