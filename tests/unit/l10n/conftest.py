"""Catalogues in folders of their own; after each test English speaks again."""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from seawall import l10n

Write: TypeAlias = Callable[[str, Mapping[str, Any]], Path]


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    """Leave no catalogue to the tests that follow."""
    yield
    l10n.uninstall()


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes an ARB file into the test's folder, and gives the folder."""

    def write(name: str, document: Mapping[str, Any]) -> Path:
        (tmp_path / name).write_text(json.dumps(document, ensure_ascii=False, indent=1), encoding="utf-8")
        return tmp_path

    return write


@pytest.fixture
def folder(write: Write) -> Path:
    """A catalogue in English, German and Portuguese of Portugal."""
    write(
        "app_en.arb",
        {
            "errorAgentForbidden": "You may not {action} {resource}.",
            "@errorAgentForbidden": {
                "x-code": "AGENT_FORBIDDEN",
                "placeholders": {"action": {"type": "String"}, "resource": {"type": "String"}},
            },
            "errorQuota": "{limit, plural, one{# agent} other{# agents}} at most.",
            "@errorQuota": {"x-code": "QUOTA_REACHED", "placeholders": {"limit": {"type": "int"}}},
            "errorClosed": "Closed since {since, date, long}.",
            "@errorClosed": {"x-code": "ACCOUNT_CLOSED", "placeholders": {"since": {"type": "DateTime"}}},
            "errorTooLong": "At most {max} characters.",
            "@errorTooLong": {"x-code": "TOO_LONG", "placeholders": {"max": {"type": "int"}}},
        },
    )
    write("app_de.arb", {"errorAgentForbidden": "{resource}: {action} ist nicht erlaubt.", "errorTooLong": "Zu lang."})
    return write("app_pt_PT.arb", {"errorAgentForbidden": "Não pode {action} {resource}."})
