"""What the error contract costs: checking it, saying its messages, answering its problems.

    python -m benchmarks.contract [--quick] [--json]

`contract/check_warm` is one `seawall codes check` of 1,000 codes in six locales, with what was read before kept on the disk;
`contract/message_simple` and `contract/message_plural` are user messages a second; `contract/server_problem` is one problem of a
FastAPI app, beside fastapi-problem and fastapi-rfc9457. Before anything is timed, each is seen doing what it should.
"""

import argparse

from benchmarks._contract_codes import check_rows
from benchmarks._contract_l10n import message_rows
from benchmarks._contract_server import problem_rows
from benchmarks._harness import Row, report

__all__ = ["rows_of"]


def rows_of(*, checks: int, messages: int, problems: int, rounds: int) -> list[Row]:
    """Measure all: so many checks, and so many rounds of so many messages and problems."""
    return [
        *check_rows(checks=checks),
        *message_rows(calls=messages, rounds=rounds),
        *problem_rows(calls=problems, rounds=rounds),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.contract", description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="fewer rounds, under 50 seconds")
    parser.add_argument("--json", action="store_true", help="print the rows as JSON")
    options = parser.parse_args()
    quick = {"checks": 11, "messages": 20_000, "problems": 500, "rounds": 9}
    whole = {"checks": 31, "messages": 50_000, "problems": 2000, "rounds": 21}
    report(rows_of(**quick if options.quick else whole), as_json=options.json, title="What the error contract costs")


if __name__ == "__main__":
    main()
