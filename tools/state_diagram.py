"""Draw the states of a session's tokens in docs/explanation/refresh.md, out of the code's own table.

Usage: python -m tools.state_diagram [--check]. What stands between the marked lines is written anew.
"""

import re
import sys
from pathlib import Path

from seawall.auth import TRANSITIONS

PAGE = Path(__file__).parents[1] / "docs/explanation/refresh.md"
REFRESH = "make api"
_MARKED = re.compile(r"(<!-- states: [^\n]*-->\n).*?(<!-- end of states -->)", re.DOTALL)


def main() -> int:
    """Write the drawing, or with --check compare it; the exit code says whether it was true."""
    text = PAGE.read_text(encoding="utf-8")
    drawn = with_drawing(text)
    if "--check" in sys.argv:
        return int(drawn != text)
    PAGE.write_text(drawn, encoding="utf-8")
    return 0


def with_drawing(text: str) -> str:
    """A page's text with today's drawing between its marked lines."""
    return _MARKED.sub(lambda found: f"{found[1]}\n{drawing()}\n{found[2]}", text)


def drawing() -> str:
    """The diagram, in Mermaid's notation, and the same as a table."""
    arrows = [
        (state.__name__, target.__name__, event.value)
        for (state, event), targets in TRANSITIONS.items()
        for target in sorted(targets, key=lambda kind: kind.__name__)
    ]
    lines = ["```mermaid", "stateDiagram-v2", "    [*] --> Empty"]
    lines += [f"    {state} --> {target}: {event}" for state, target, event in arrows]
    lines += ["```", "", "| from | what happens | to |", "| --- | --- | --- |"]
    return "\n".join([*lines, *(f"| {state} | {event} | {target} |" for state, target, event in arrows), ""])


if __name__ == "__main__":
    sys.exit(main())
