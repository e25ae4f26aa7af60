"""How many user messages a second: from a problem to the text, through the installed catalogue.

    python -m benchmarks._contract_l10n

`contract/message_simple` says a message with one parameter that is text, `contract/message_plural` one with a plural and a
number, in Russian, whose plurals have four forms. Both are `problem.user_message(locale)`, with the whole order of fallbacks.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks._harness import Row, Subject, measure, report
from seawall import l10n
from seawall.problems import ApiProblem, ForbiddenProblem

__all__ = ["message_rows"]

CATALOGUE = {
    "app_en.arb": {
        "errorAgentForbidden": "You may not change {resource}.",
        "@errorAgentForbidden": {"x-code": "AGENT_FORBIDDEN", "placeholders": {"resource": {"type": "String"}}},
        "errorQuota": "{limit, plural, one{# agent} other{# agents}} at most.",
        "@errorQuota": {"x-code": "QUOTA_REACHED", "placeholders": {"limit": {"type": "int"}}},
    },
    "app_ru.arb": {
        "errorAgentForbidden": "Вам нельзя изменять {resource}.",
        "errorQuota": "Не больше {limit, plural, one{# агента} few{# агентов} many{# агентов} other{# агента}}.",
    },
}
LOCALE = "ru"
SIMPLE = ForbiddenProblem(status=403, code="AGENT_FORBIDDEN", params={"resource": "agent_session"})
PLURAL = ForbiddenProblem(status=403, code="QUOTA_REACHED", params={"limit": 1234})
GOALS = {"message_simple": 200_000, "message_plural": 100_000}  # messages a second


@contextmanager
def speaking() -> Iterator[None]:
    with TemporaryDirectory() as folder:
        for name, document in CATALOGUE.items():
            Path(folder, name).write_text(json.dumps(document), encoding="utf-8")
        l10n.install(l10n.Catalogue.load(folder))
        try:
            yield
        finally:
            l10n.uninstall()


def subject(name: str, problem: ApiProblem) -> Subject:
    def run(calls: int) -> None:
        for _ in range(calls):
            problem.user_message(LOCALE)

    return Subject(name, run)


def message_rows(*, calls: int, rounds: int) -> list[Row]:
    with speaking():
        assert SIMPLE.user_message(LOCALE) == "Вам нельзя изменять \u2068agent_session\u2069."
        assert PLURAL.user_message(LOCALE) == "Не больше 1\u00a0234 агентов."
        figures = measure([subject("message_simple", SIMPLE), subject("message_plural", PLURAL)], calls=calls, rounds=rounds)
    return [
        Row(f"contract/{name}", "seawall", rate, "/s", None, None, f">= {GOALS[name]:,}/s", rate >= GOALS[name])
        for name, rate in ((name, 1e6 / microseconds) for name, microseconds in figures.items())
    ]


if __name__ == "__main__":
    report(message_rows(calls=10_000, rounds=9), as_json=False, title="User messages")
