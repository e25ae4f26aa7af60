"""What the exit code tells scripts."""

from seawall import ApiProblem, CancelledProblem, NetworkProblem, StatusProblem, TimeoutProblem

__all__ = ["EXIT_CODES", "FAILED", "INTERRUPTED", "OK", "exit_code"]

OK = 0
FAILED = 1
_CLIENT_ERROR = 4
_SERVER_ERROR = 5
_NETWORK = 6
_TIMEOUT = 7
_CONTENT = 8
INTERRUPTED = 130  # 128 + SIGINT, as shells count

EXIT_CODES: dict[int, str] = {
    OK: "all went well",
    FAILED: "with `--repeat`, a call failed; else a file or a pipe could not be written",
    2: "the command was used wrongly",
    _CLIENT_ERROR: "the server answered with a status from 400 to 499",
    _SERVER_ERROR: "the server answered with a status from 500 to 599",
    _NETWORK: "no whole answer came: name, connection, TLS, HTTP",
    _TIMEOUT: "time ran out",
    _CONTENT: "the answer cannot be used: it is not of the type of `--into`, too large, or a redirect that leads nowhere",
    INTERRUPTED: "interrupted by Ctrl-C",
}


def exit_code(problem: ApiProblem | None) -> int:
    """Return the exit code for what a call came to."""
    if problem is None:
        return OK
    if isinstance(problem, StatusProblem):
        return _CLIENT_ERROR if problem.status < 500 else _SERVER_ERROR
    if isinstance(problem, CancelledProblem):
        return INTERRUPTED
    if isinstance(problem, TimeoutProblem):  # before the network's: a ConnectTimeoutProblem is both
        return _TIMEOUT
    return _NETWORK if isinstance(problem, NetworkProblem) else _CONTENT
