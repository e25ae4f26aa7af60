"""Header fields of error answers, mutated."""

import random

from tests.fuzz.values import broken, text
from tests.unit.problems.corpus import CASES

_WAITS = [
    "0",
    "7",
    "-1",
    "1.5",
    "1e3",
    "9" * 400,
    "Sun, 06 Nov 1994 08:49:37 GMT",
    "Sunday, 06-Nov-94 08:49:37 GMT",
    "soon",
    "2_000_000_000",
]
_RESETS = ["0", "9", "1999999999", "9" * 11, "-1", "nan", "1.5"]
_LIMITS = ['"a";r=0;t=9', '"a";t=9, "b";r=0;t=3600', "r=0;t=1", ";t=" * 50, '"a"; r = 0 ; t = 99999999999']
_CHALLENGES = [
    'Bearer realm="a", error="invalid_token", scope="a b", error_description="no \\"way\\""',
    'Basic realm="simple", Newauth realm="apps", type=1, title="Login to \\"apps\\""',
    "Negotiate dG9rZW4=, NTLM",
    'Digest realm="x", qop="auth, auth-int", nonce="7y/Q", opaque="F"',
    'Bearer error="insufficient_scope' + "x" * 9000,
    "a=b, " * 3000,
    "x, " * 3000,
    '"' * 5000,
]
_TRACES = ["r-7", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00", "two words", "r\x1b[31m7", "r\x00", "r" * 300, "é"]
USUAL: dict[str, list[str]] = {
    "WWW-Authenticate": _CHALLENGES,
    "Proxy-Authenticate": _CHALLENGES,
    "Retry-After": _WAITS,
    "retry-after-ms": [*_WAITS, "819"],
    "RateLimit": _LIMITS,
    "RateLimit-Reset": _RESETS,
    "RateLimit-Remaining": ["0", "1", "-0", ""],
    "X-RateLimit-Reset": _RESETS,
    "X-RateLimit-Remaining": ["0", "1", "x"],
    "Date": ["Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 99 Nov 1994 08:49:37 GMT", "0"],
    "x-amzn-ErrorType": ["ThrottlingException", "ns#X:http://a#b", ":", "#", "", "X" * 9000],
    "x-amzn-RequestId": _TRACES,
    "X-Request-Id": _TRACES,
    "Request-Id": _TRACES,
    "X-GitHub-Request-Id": _TRACES,
    "Upgrade": ["TLS/1.2", "", "h2c, websocket"],
    "Content-Language": ["de"],
    "Set-Cookie": ["session=7"],
}
_NAMES = sorted(USUAL)


def any_fields(some: random.Random) -> list[tuple[str, str]]:
    """Some fields, the same one twice at times, with values that follow their grammar, nearly follow it, or not at all."""
    if some.random() < 0.5:
        return list(some.choice(CASES).fields.items())
    found = []
    for _ in range(some.choice((1, 1, 2, 5))):
        name = some.choice(_NAMES)
        value = some.choice(USUAL[name])
        if some.random() < 0.4:
            value = broken(some, value.encode("latin-1", "replace")).decode("latin-1")
        elif some.random() < 0.1:
            value = text(some)
        found.append((name, value))
    return found
