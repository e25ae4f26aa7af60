"""Each rule's page, and its examples."""

import re
from pathlib import Path

import pytest

from seawall_tools.lint import RULES
from tests.unit.seawall_tools.lint.looking import codes
from tools import lint_reference

PAGES = Path(__file__).parents[4] / "docs/reference/lint"
_PLACE = re.compile(r"# (\S+\.py)\n")


def examples(code: str, title: str) -> list[str]:
    """The blocks of a page below one of its titles."""
    page = (PAGES / f"{code}.md").read_text(encoding="utf-8")
    section = page.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    return re.findall(r"^```python no-run\n(.*?)^```$", section, re.DOTALL | re.MULTILINE)


def seen(example: str) -> list[str]:
    """What is found in an example; its first line may say where it stands."""
    place = _PLACE.match(example)
    return codes(example, place[1] if place else "shop/agents.py")


def each(title: str) -> list[object]:
    return [
        pytest.param(rule.code, example, id=f"{rule.code}-{number}")
        for rule in RULES
        for number, example in enumerate(examples(rule.code, title), 1)
    ]


@pytest.mark.parametrize(("code", "example"), each("Wrong"))
def test_what_a_page_calls_wrong_is_found(code: str, example: str) -> None:
    """Every wrong example of a page breaks its rule."""
    assert code in seen(example)


@pytest.mark.parametrize(("code", "example"), each("Right"))
def test_what_a_page_calls_right_breaks_no_rule(code: str, example: str) -> None:
    """No right example breaks any rule, lest one page teach what another forbids."""
    assert seen(example) == []


@pytest.mark.parametrize("code", [rule.code for rule in RULES])
def test_every_rule_has_a_page(code: str) -> None:
    """A page bears the rule's code and name as its title, and shows both wrong and right."""
    name = next(rule.name for rule in RULES if rule.code == code)
    assert (PAGES / f"{code}.md").read_text(encoding="utf-8").startswith(f"# {code}: {name}\n")
    assert examples(code, "Wrong")
    assert examples(code, "Right")


def test_the_table_is_the_registrys() -> None:
    """The table of rules is the one that the registry makes."""
    assert lint_reference.render() == lint_reference.PAGE.read_text(encoding="utf-8"), f"run `{lint_reference.REFRESH}`"


def test_no_page_outlives_its_rule() -> None:
    """There is no page for a code that no rule has."""
    assert sorted(page.stem for page in PAGES.glob("SWL*.md")) == sorted(rule.code for rule in RULES)
