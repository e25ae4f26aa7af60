"""Attaching a credential to each attempt, and one replay when it was refused and a better one can be had."""

from seawall.chain import Next, discard
from seawall.model import Origin, Request, Response, Sent, StopReason, UsageError, split_url
from seawall.problems import ApiProblem, Challenge, parse_challenges

from ._credential import Credential
from ._refusal import is_curable

__all__ = ["AuthInterceptor", "check_credential"]


class AuthInterceptor:
    """The stage of an attempt that knows credentials. It stands above redirects: what goes to another origin loses them.

    Args:
        credential: The client's; a call's own replaces it, and `auth=None` leaves it out.
        home: Origin of the client's base URL, or None without one.

    Raises:
        UsageError: The credential names no origin, or one that it would be readable on the way to.
    """

    name = "auth"

    def __init__(self, credential: Credential, home: Origin | None) -> None:
        self._credential = credential
        self._home = home
        self._origins = check_credential(credential, home)

    async def __call__(self, request: Request, call_next: Next, /) -> Response:
        """See `Interceptor`."""
        credential, origins = self._credential, self._origins
        own = request.call.options.auth
        if own is not True:
            if own is None:
                return await call_next(request)
            credential, origins = own, check_credential(own, self._home)
        if request.origin not in origins:
            return await call_next(request)
        try:
            dressed, mark = await credential.attach(request)
        except ApiProblem as problem:
            _describe(problem, request, Sent.NO)
            raise
        response = await call_next(dressed)
        if response.status != 401 or mark is None or not _is_about(response, dressed, origins, credential.scheme):
            return response
        return await _replay(credential, request, mark, response, call_next)


async def _replay(credential: Credential, request: Request, mark: object, response: Response, call_next: Next) -> Response:
    try:
        renewed = await credential.renew(request, mark, response)
    except BaseException as error:
        await response.aclose()
        if isinstance(error, ApiProblem):
            _describe(error, request, Sent.YES)
        raise
    if renewed is None:
        return response
    if not request.body.replayable:
        if isinstance(response.problem, ApiProblem):
            response.problem.stopped = StopReason.BODY_NOT_REPLAYABLE
        return response
    await discard(response)
    request.call.attempts[-1].replays += 1
    try:
        return await call_next(renewed)
    except ApiProblem as problem:
        if problem.sent is Sent.NO:  # it speaks for the whole attempt, of which the first sending got through
            problem.sent = Sent.MAYBE
        raise


def _describe(problem: ApiProblem, request: Request, sent: Sent) -> None:
    problem.method, problem.url, problem.sent = request.method, request.redacted_url, sent


def _is_about(response: Response, sent: Request, origins: tuple[Origin, ...], scheme: str) -> bool:
    """Whether a 401 is about what was attached, and newer tokens could cure it."""
    if response.is_answer:
        asked = response.request
        if asked.origin not in origins or ("authorization" in sent.headers and "authorization" not in asked.headers):
            return False  # a redirect led elsewhere, perhaps there and back, and the credential was left behind
    return is_curable(scheme, _challenges(response))


def _challenges(response: Response) -> tuple[Challenge, ...]:
    problem = response.problem
    if isinstance(problem, ApiProblem):
        return problem.challenges
    return parse_challenges(response.headers.get("www-authenticate"))


def check_credential(credential: Credential, home: Origin | None) -> tuple[Origin, ...]:
    """Return the origins that a credential goes to: mostly one, which a tuple finds without hashing it.

    Raises:
        UsageError: It names none, or one that it would be readable on the way to; or its source cannot serve this client.
    """
    origins = tuple(split_url(url)[0] for url in credential.origins) or (() if home is None else (home,))
    if not origins:
        raise UsageError("auth: the client has no base_url, so the credential must name its origins=")
    for origin in origins:
        if origin.scheme != "https" and not credential.allow_http and not origin.is_loopback:
            raise UsageError(f"auth: the credential would be readable on its way to {origin}; use https, or allow_http=True")
    note_home = getattr(credential, "note_home", None)
    if note_home is not None and home is not None:
        note_home(home)
    return origins
