"""`python -m tools.house`: check this repository, and say how long its functions are."""

import sys
from pathlib import Path

from ._budgets import summary
from ._check import broken_rules
from ._source import python_files

root = Path(__file__).parents[2]
violations = list(broken_rules(root))
print(*violations, sep="\n", end="\n" if violations else "")
print(f"House rules: {len(violations)} broken; src has {summary(python_files(root / 'src'))}")
sys.exit(bool(violations))
