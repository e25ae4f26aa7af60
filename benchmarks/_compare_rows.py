"""From figures to rows, and from rows to a table that people can read."""

from collections.abc import Mapping
from datetime import date

from benchmarks._compare_cases import Case, goal_of, row_id
from benchmarks._compare_children import Figures
from benchmarks._harness import Row, machine

__all__ = ["print_table", "rows_of"]

UNITS = {"rate": "calls/s", "p50": "us", "p99": "us", "memory": "MiB"}
HEAD = (
    "| id | CPU us per call | ratio | calls/s | p50 us | p99 us | peak MiB | goal | met |\n|---|---|---|---|---|---|---|---|---|"
)


def rows_of(case: Case, figures: Mapping[str, Figures]) -> list[Row]:
    """A row of CPU time for each subject, and one for each other figure under the same id."""
    rows = []
    for subject, figure in figures.items():
        rows.append(_cost_row(case, subject, figure.cpu, figures["seawall"].cpu))
        name = row_id(case.name, subject)
        rows += [Row(f"{name}/{part}", subject, getattr(figure, part), unit) for part, unit in UNITS.items()]
    return rows


def _cost_row(case: Case, subject: str, cost: float, ours: float) -> Row:
    name, goal, ratio = row_id(case.name, subject), goal_of(case.name, subject), cost / ours
    if subject == "seawall":
        return Row(name, subject, cost, "us")
    if goal is None:
        return Row(name, subject, cost, "us", "seawall", ratio)
    return Row(name, subject, cost, "us", "seawall", ratio, f">= {goal.least:g}", ratio >= goal.least)


def print_table(rows: list[Row]) -> None:
    """Print one line for each subject of a case, with all its figures."""
    by_id = {row.id: row for row in rows}
    print(f"The client with every policy on, beside others: {machine()}, {date.today().isoformat()}\n\n{HEAD}")
    for row in rows:
        if row.id.rpartition("/")[0] in by_id:
            continue
        ratio = "" if row.ratio is None else f"{row.ratio:.2f} x {row.ratio_to}"
        met = "" if row.met is None else "yes" if row.met else "NO"
        others = " | ".join(_cell(by_id.get(f"{row.id}/{part}")) for part in UNITS)
        print(f"| {row.id} | {row.value:.1f} | {ratio} | {others} | {row.goal or ''} | {met} |")


def _cell(row: Row | None) -> str:
    return "" if row is None else f"{row.value:.0f}"
