"""What a storm does to each request: a pure function of its seed.

Laws:
1. The seed, the call's number in the job and how often the call has come decide; time and threads do not.
   So every client that does the same job meets the same storm, and a seed can be looked at again.
2. A call's third request gets through, whatever became of the first two. A storm that spoils every request
   of a call shows nothing but how long a client is willing to try.
3. Every sixty calls hold one burst: some calls in a row are refused with `Retry-After`, the next ones
   without it. The server keeps its word: who comes back before the time it named is refused again.
4. A log-in page instead of the API (a captive portal) greets only a call's first request: it is answered
   with 200, so a client that believes it does not come again.
"""

import enum
import random
from dataclasses import dataclass

FAULTY_REQUESTS_BEFORE_PEACE = 2
CALLS_PER_BURST = 60
REFUSED_WITH_RETRY_AFTER = 6
REFUSED_WITHOUT = 3
RETRY_AFTER_SECONDS = 1
LATENCY_SECONDS = (0.02, 0.12)


class Fault(enum.Enum):
    """All that a storm can do to a request, beside making it late."""

    RESET = "the connection is reset before the request is passed on"
    LOST_ANSWER = "the request takes effect, then the connection is reset without an answer"
    TRUNCATED = "the request takes effect, then the answer breaks off in its body"
    GATEWAY_TIMEOUT = "the request takes effect, the answer is 504"
    BAD_GATEWAY = "502, not passed on"
    UNAVAILABLE = "503, not passed on"
    COME_BACK_LATER = "503 with Retry-After, not passed on"
    GARBAGE = "bytes that are no HTTP"
    PORTAL = "200 with a log-in page, not passed on"


_WEIGHTS: dict[Fault | None, float] = {
    None: 82.0,
    Fault.RESET: 3.0,
    Fault.LOST_ANSWER: 4.0,
    Fault.TRUNCATED: 3.0,
    Fault.GATEWAY_TIMEOUT: 2.0,
    Fault.BAD_GATEWAY: 1.5,
    Fault.UNAVAILABLE: 1.5,
    Fault.GARBAGE: 2.0,
    Fault.PORTAL: 1.0,
}
_WEIGHTS_LATER = {fault: weight for fault, weight in _WEIGHTS.items() if fault is not Fault.PORTAL}


@dataclass(frozen=True)
class Moment:
    """What happens to one request.

    Args:
        latency: seconds that pass before anything else.
        fault: what spoils the request, or None.
    """

    latency: float
    fault: Fault | None


@dataclass(frozen=True)
class Forecast:
    """The storm of a seed."""

    seed: int

    def moment(self, call: int, arrival: int) -> Moment:
        """What happens to a request.

        Args:
            call: the number of the call in its job, from 0.
            arrival: how many requests of the same call came before this one.
        """
        dice = random.Random(f"{self.seed}/{call}/{arrival}")
        latency = dice.uniform(*LATENCY_SECONDS)
        if arrival >= FAULTY_REQUESTS_BEFORE_PEACE:
            return Moment(latency, None)
        weights = _WEIGHTS_LATER if arrival else _WEIGHTS
        drawn = dice.choices(list(weights), list(weights.values()))[0]
        burst = None if arrival else self._burst(call)
        return Moment(latency, burst or drawn)

    def _burst(self, call: int) -> Fault | None:
        block, place = divmod(call, CALLS_PER_BURST)
        length = REFUSED_WITH_RETRY_AFTER + REFUSED_WITHOUT
        place -= random.Random(f"{self.seed}/burst/{block}").randrange(CALLS_PER_BURST - length)
        if not 0 <= place < length:
            return None
        return Fault.COME_BACK_LATER if place < REFUSED_WITH_RETRY_AFTER else Fault.BAD_GATEWAY
