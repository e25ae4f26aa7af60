"""Where icu4py or Babel is not installed, English is spoken, and who wants more is told what to install."""

import subprocess
import sys
from importlib.resources import files

import pytest

from seawall import UsageError, l10n, problems

WITHOUT = """
import sys
sys.modules["icu4py"] = sys.modules["babel"] = None
import seawall
from seawall import l10n
print(seawall.problems.NotFoundProblem(status=404).user_message("de"))
for attempt in (l10n.install, lambda: l10n.negotiate("de", ["de"])):
    try:
        attempt()
    except seawall.UsageError as error:
        print(error)
"""


def test_the_library_works_without_the_extra() -> None:
    """Importing needs nothing, English is spoken, and what needs the extra names it."""
    done = subprocess.run([sys.executable, "-c", WITHOUT], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [
        problems.english_messages()["seawallStatus404"],
        "choosing a language needs the package babel: pip install 'seawall[l10n]'",
        "choosing a language needs the package babel: pip install 'seawall[l10n]'",
    ]


def test_icu_alone_may_be_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without icu4py no message is compiled, and the error names the extra."""
    monkeypatch.setitem(sys.modules, "icu4py.messageformat", None)
    with pytest.raises(UsageError, match=r"icu4py: pip install 'seawall\[l10n\]'"):
        l10n.Catalogue.load(files("seawall.l10n") / "messages", default_locale="de")
