"""Write the table of rules in docs/reference/lint/index.md, out of the registry of `seawall lint`.

Usage: python -m tools.lint_reference [--check].
"""

import sys
from pathlib import Path

from seawall_tools.lint import RULES

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs/reference/lint/index.md"
REFRESH = "make api"
_BEGIN, _END = "<!-- The table is made by tools/lint_reference.py -->\n", "<!-- end of the table -->\n"


def main() -> int:
    """Write the page, or with --check compare it; the exit code says whether it was true."""
    text = render()
    if "--check" in sys.argv:
        return int(text != PAGE.read_text(encoding="utf-8"))
    PAGE.write_text(text, encoding="utf-8")
    return 0


def render() -> str:
    """The page, with the table of today between its marks."""
    head, _, rest = PAGE.read_text(encoding="utf-8").partition(_BEGIN)
    return "".join([head, _BEGIN, "\n", table(), "\n", _END, rest.partition(_END)[2]])


def table() -> str:
    """One row for each rule."""
    rows = [f"| [{rule.code}]({rule.code}.md) | {rule.name} | {rule.summary} |\n" for rule in RULES]
    return "".join(["| code | name | finds |\n| --- | --- | --- |\n", *rows])


if __name__ == "__main__":
    sys.exit(main())
