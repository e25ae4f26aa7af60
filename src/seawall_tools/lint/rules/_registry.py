"""All rules, by their codes. Whoever adds one adds its page, docs/reference/lint/CODE.md; its examples are its tests."""

from .._finding import Rule
from ._client_in_layer import CLIENT_IN_LAYER
from ._client_per_call import CLIENT_PER_CALL
from ._detail_shown import DETAIL_SHOWN
from ._exception_shown import EXCEPTION_SHOWN
from ._no_timeout import NO_TIMEOUT
from ._raw_error import RAW_ERROR
from ._result_unread import RESULT_UNREAD
from ._suppressed import SUPPRESSED
from ._swallowed import SWALLOWED
from ._tokens_cleared import TOKENS_CLEARED

__all__ = ["RULES"]

RULES: tuple[Rule, ...] = (
    DETAIL_SHOWN,
    EXCEPTION_SHOWN,
    SWALLOWED,
    SUPPRESSED,
    RESULT_UNREAD,
    TOKENS_CLEARED,
    CLIENT_IN_LAYER,
    RAW_ERROR,
    CLIENT_PER_CALL,
    NO_TIMEOUT,
)
