"""The door to recordings: one function that records or replays."""

import os
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Literal, get_args

from seawall.chain import Transport
from seawall.model import UsageError

from ._recorder import MAX_BODY, Recorder
from ._recording_match import MATCH_ON, check_match_on
from ._recording_secrets import Hidden
from ._replayer import Replayer

__all__ = ["RecordMode", "recorded"]

RecordMode = Literal["once", "all", "none"]
"""Record what is not there yet; record all anew; record nothing."""


def recorded(
    path: str | os.PathLike[str],
    *,
    mode: RecordMode = "once",
    transport: Transport | None = None,
    match_on: Collection[str] = MATCH_ON,
    strict: bool = False,
    redact: Iterable[Hidden] = (),
    keep: Iterable[str] = (),
    max_body: int = MAX_BODY,
) -> Recorder | Replayer:
    """Return a transport that replays a recording, or makes it; for `Client` and `AsyncClient` alike.

        with seawall.testing.recorded("recordings/agents.json") as transport:
            with seawall.Client("https://api.acme.example", transport=transport) as api:
                ...

    Args:
        path: The file.
        mode: "once" replays the file if it is there and makes it otherwise; "all" makes it anew; "none" never records, and wants
            the file to be there.
        transport: What sends while recording; by default the client's usual one.
        match_on: What makes a live request the recorded one; see `Replayer`.
        strict: Whether a replay must use every recording.
        redact: What is secret besides what its name says: names of fields, parameters and members; compiled patterns, whose
            finds are hidden in all text; `Secret`s, whose values are hidden wherever they occur.
        keep: Names that are not secret here, and header fields that are otherwise left out, such as Date.
        max_body: Bytes of the biggest body that is recorded.

    Raises:
        RecordingError: The file is broken, missing in mode "none", or another recorder is at work on it.
        UsageError: An option is wrong; the message names it.
    """
    if mode not in get_args(RecordMode):
        raise UsageError(f"mode: once, all or none, not {mode!r}")
    check_match_on(match_on)  # while recording too, which needs it only in the replay to come
    if mode == "none" or (mode == "once" and Path(path).exists()):
        return Replayer(path, match_on=match_on, strict=strict, redact=redact, keep=keep)
    return Recorder(path, transport, redact=redact, keep=keep, max_body=max_body)
