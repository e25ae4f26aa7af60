"""What `seawall codes check` costs once it has read a project: 1,000 codes, six locales, sources that raise them all.

    python -m benchmarks._contract_codes

`contract/check_warm` is the CPU seconds of one check, from finding pyproject.toml to the findings: the kept facts are read
from the disk each time, and so are the document, the catalogues and the sources, whose hashes say that nothing changed.
`contract/check_cold` is the same with nothing kept.
"""

import gc
import json
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks._harness import Row, report
from seawall_tools.codes import Finding, check_project, find_project, generated, write_targets

__all__ = ["check_rows"]

CODES, FILES = 1000, 50
LOCALES = ("de", "ru", "ar", "ja", "pt_BR")  # beside the template, English
GOAL = 0.3  # seconds
SETTINGS = """
[tool.seawall.codes]
document = "codes.md"
server = "src/errors.py"
client = "src/problems.py"
arb = "l10n"
sources = ["src"]
"""


def section(number: int) -> str:
    return (
        f"## CODE_{number}\n\n- **Code**: `CODE_{number}`\n- **Status**: {400 + number % 10}\n"
        f'- **Detail**: "Not {{action}} on {{resource}}"\n- **L10n Key**: `errorCode{number}`\n'
        f"- **Description**: What code {number} means, in a sentence of the usual length.\n"
        "- **Params**: `action: string`, `resource: string`, `limit: integer`\n"
    )


def messages(locale: str) -> str:
    text = "{action} on {resource}: {limit, plural, one {one} other {# of them}} in " + locale
    return json.dumps({"@@locale": locale} | {f"errorCode{number}": text for number in range(CODES)}, indent=2)


def source(numbers: range) -> str:
    raised = (f"def f{n}():\n    raise errors.Code{n}(action='a', resource='b', limit={n})\n" for n in numbers)
    return "from . import errors\n\n" + "\n\n".join(raised)


@contextmanager
def project() -> Iterator[Path]:
    """A project in which everything agrees."""
    with TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "pyproject.toml").write_text(SETTINGS, encoding="utf-8")
        (root / "codes.md").write_text("# Codes\n\n" + "\n".join(map(section, range(CODES))), encoding="utf-8")
        found = find_project(root, {})
        write_targets(found, generated(found, found.document()))
        for locale in LOCALES:
            (root / "l10n" / f"app_{locale}.arb").write_text(messages(locale), encoding="utf-8")
        for at in range(0, CODES, CODES // FILES):
            (root / "src" / f"part{at}.py").write_text(source(range(at, at + CODES // FILES)), encoding="utf-8")
        yield root


def check(root: Path, *, cache: bool) -> list[Finding]:
    return check_project(find_project(root, {}, cache=cache))


def see_it_check(root: Path) -> None:
    """Refuse to time what finds nothing, or something where there is nothing."""
    assert check(root, cache=True) == [] == check(root, cache=False)
    arb = root / "l10n" / "app_ja.arb"
    whole = arb.read_text(encoding="utf-8")
    arb.write_text(whole.replace(f"errorCode{CODES - 1}", "errorCode"), encoding="utf-8")
    assert [finding.rule for finding in check(root, cache=True)] == ["untranslated"]
    arb.write_text(whole, encoding="utf-8")


def check_rows(*, checks: int) -> list[Row]:
    with project() as root:
        see_it_check(root)
        warm = seconds(root, checks, cache=True)
        cold = seconds(root, 3, cache=False)
    return [
        Row("contract/check_warm", "seawall", warm, "s", goal=f"<= {GOAL:g} s", met=warm <= GOAL),
        Row("contract/check_cold", "seawall", cold, "s", "check_warm", cold / warm),
    ]


def seconds(root: Path, checks: int, *, cache: bool) -> float:
    """The median CPU time of one check. `measure` would warm up with fifty."""
    samples = []
    for _ in range(checks):
        gc.collect()
        begun = time.process_time()
        check(root, cache=cache)
        samples.append(time.process_time() - begun)
    return statistics.median(samples)


if __name__ == "__main__":
    report(check_rows(checks=11), as_json=False, title="Checking a contract of 1,000 codes in six locales")
