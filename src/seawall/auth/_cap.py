"""The end of refreshing for a server that refuses what it has just handed out."""

from seawall.chain import mutex
from seawall.problems import RefreshLoopProblem

from ._states import Held
from ._windows import RefreshOptions

__all__ = ["RefusalCap"]


class RefusalCap:
    """Counts refreshes whose new token was refused, each once, however many requests it was refused to.

    Args:
        options: Their `cap` and `window`.
    """

    def __init__(self, options: RefreshOptions) -> None:
        self._options = options
        self._mutex = mutex()
        self._refused: dict[int, float] = {}

    def count(self, held: Held, now: float) -> None:
        """Note a refusal.

        Args:
            held: The tokens that were refused.
            now: Monotonic time.

        Raises:
            RefreshLoopProblem: These were the last of too many.
        """
        if held.refreshed_at is None:
            return
        with self._mutex:
            refused = {**self._refused, held.generation: held.refreshed_at}
            self._refused = {number: at for number, at in refused.items() if now - at <= self._options.window}
            many = len(self._refused)
        if many >= self._options.cap:
            raise RefreshLoopProblem(status=401, detail=f"{many} fresh tokens in a row were refused (refresh.cap)")
