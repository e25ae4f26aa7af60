"""The storm in front of the app: it spoils what the forecast says, and counts."""

import asyncio
from collections import Counter

from starlette.types import ASGIApp, Receive, Scope, Send

from ._exchange import Exchange
from ._forecast import RETRY_AFTER_SECONDS, Fault, Forecast

CALL_HEADER = b"x-demo-call"
_RETRY_AFTER = (b"retry-after", b"%d" % RETRY_AFTER_SECONDS)
# A client's clock starts a moment after ours, but its sleep may be cut a little short by rounding.
_GRACE_SECONDS = 0.02


class Storm:
    """An ASGI app around another, served by `OpenSocketProtocol`.

    A request's call is the number in its `X-Demo-Call` header; a request without one is a call of its own.

    Args:
        app: whom to pass requests on to.
        forecast: what to do to them; None is calm, where requests are only counted.
    """

    def __init__(self, app: ASGIApp, forecast: Forecast | None) -> None:
        self.requests = 0
        self.spoiled = 0
        self._app = app
        self._forecast = forecast
        self._arrivals: Counter[int] = Counter()
        self._refused_until: dict[int, float] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take one request."""
        serial, self.requests = self.requests, self.requests + 1
        exchange = Exchange(self._app, scope, receive, send)
        if self._forecast is None:
            await exchange.pass_on()
            return
        call = int(dict(scope["headers"]).get(CALL_HEADER, b"%d" % serial))
        fault, latency = self._next(self._forecast, call)
        await asyncio.sleep(latency)
        if fault is Fault.COME_BACK_LATER:
            now = asyncio.get_running_loop().time()
            self._refused_until.setdefault(call, now + RETRY_AFTER_SECONDS - _GRACE_SECONDS)
        self.spoiled += fault is not None
        await _treat(exchange, fault)

    def _next(self, forecast: Forecast, call: int) -> tuple[Fault | None, float]:
        """The call's next moment; a request that came too early is none of the forecast's."""
        if asyncio.get_running_loop().time() < self._refused_until.get(call, 0.0):
            return Fault.COME_BACK_LATER, 0.0
        moment = forecast.moment(call, self._arrivals[call])
        self._arrivals[call] += 1
        return moment.fault, moment.latency


async def _treat(exchange: Exchange, fault: Fault | None) -> None:
    match fault:
        case None:
            await exchange.pass_on()
        case Fault.RESET:
            await exchange.reset()
        case Fault.LOST_ANSWER:
            await exchange.take_effect()
            await exchange.reset()
        case Fault.TRUNCATED:
            await exchange.truncate(await exchange.take_effect())
        case Fault.GATEWAY_TIMEOUT:
            await exchange.take_effect()
            await exchange.refuse(504)
        case Fault.BAD_GATEWAY:
            await exchange.refuse(502)
        case Fault.UNAVAILABLE:
            await exchange.refuse(503)
        case Fault.COME_BACK_LATER:
            await exchange.refuse(503, _RETRY_AFTER)
        case Fault.GARBAGE:
            await exchange.garble()
        case Fault.PORTAL:
            await exchange.show_portal()
