"""The contract is whole: every row has a test, and what subjects cannot do is said in terms of rows."""

import re
from pathlib import Path

from tests.transport_contract.rows import ROWS
from tests.transport_contract.subjects import SUBJECTS

TESTS = [path for path in sorted(Path(__file__).parent.glob("test_*.py")) if path.name != "test_rows.py"]


def test_every_row_has_a_test() -> None:
    """Each row is named by a test, and each test that is marked names a row."""
    named = {row for path in TESTS for row in re.findall(r'mark\.row\("([^"]+)"\)', path.read_text(encoding="utf-8"))}
    assert named == set(ROWS)


def test_every_test_names_its_row() -> None:
    """No test of the contract stands outside its table."""
    for path in TESTS:
        text = path.read_text(encoding="utf-8")
        functions = re.findall(r"((?:^@.*\n(?:^[ )\]].*\n)*)*)^(?:async )?def (test_\w+)", text, re.MULTILINE)
        marked = "pytestmark = pytest.mark.row" in text
        assert functions
        assert [name for marks, name in functions if not marked and "mark.row(" not in marks] == []


def test_what_a_subject_cannot_do_is_a_row() -> None:
    """Each announced failure is a row of the table, with a reason."""
    for subject in SUBJECTS:
        assert subject.cannot.keys() <= ROWS.keys()
        assert all(subject.cannot.values())
