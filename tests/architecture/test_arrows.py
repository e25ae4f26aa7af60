"""The import contracts of pyproject.toml, shown code that breaks them."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.architecture.trees import ROOT, plant

ROOMS = ["model", "problems", "chain", "policies", "auth", "transport", "observe", "l10n", "client", "testing"]
GOOD = {
    "seawall/__init__.py": "from .client import a\n",
    **{f"seawall/{room}/__init__.py": "a = 1\n" for room in ROOMS},
    "seawall/chain/_clock.py": "import time\nimport asyncio\n",
    "seawall/policies/_retry.py": "import seawall.chain._clock\n",
    "seawall/transport/_httpx2.py": "import httpx2\n",
    "seawall/testing/_server.py": "import seawall\n",
    **{f"seawall_server/{folder}__init__.py": "a = 1\n" for folder in ("", "asgi/", "wsgi/", "idempotency/")},
    **{f"seawall_server/{folder}/__init__.py": "from ._install import a\n" for folder in ("starlette", "fastapi")},
    "seawall_server/starlette/_install.py": "import starlette, seawall_server.asgi\n",
    "seawall_server/fastapi/_install.py": "import fastapi, starlette, seawall_server.starlette\n",
    "seawall_tools/__init__.py": "import seawall\n",
    "seawall_demo/__init__.py": "import seawall_tools, seawall.testing\n",
    "seawall_demo/backend/__init__.py": "import fastapi, seawall_server.fastapi\n",
    **{f"seawall_demo/{folder}/__init__.py": "import seawall\n" for folder in ("auth_trial", "console", "subjects", "trial")},
}


def test_the_contracts_allow_what_the_map_allows(tmp_path: Path) -> None:
    """A small house built by the map keeps all contracts, so that a broken one below is broken by its one bad line."""
    plant(tmp_path, GOOD)
    result = lint(tmp_path)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("seawall/model/_x.py", "import seawall.problems"),
        ("seawall/problems/_x.py", "from seawall import chain"),
        ("seawall/chain/_x.py", "from ..policies import a"),
        ("seawall/chain/_x.py", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from ..client import a"),
        ("seawall/policies/_x.py", "import seawall.transport"),
        ("seawall/transport/_x.py", "import seawall.policies"),
        ("seawall/policies/_x.py", "def f():\n    import time"),
        ("seawall/policies/_x.py", "from random import random"),
        ("seawall/chain/_x.py", "import httpx2"),
        ("seawall/client/_x.py", "import seawall.testing"),
        ("seawall/_x.py", "import seawall.model"),
        ("seawall/__init__.py", "import seawall.testing"),
        ("seawall/client/_x.py", "import seawall_tools"),
        ("seawall_tools/_x.py", "import seawall_demo"),
        ("seawall_server/_x.py", "import seawall.problems"),
        ("seawall_server/_x.py", "import seawall_demo"),
        ("seawall/client/_x.py", "import seawall_server"),
        ("seawall_server/asgi/_x.py", "import starlette"),
        ("seawall_server/wsgi/_x.py", "import seawall_server.starlette"),
        ("seawall_server/asgi/_x.py", "import seawall_server.wsgi"),
        ("seawall_server/idempotency/_x.py", "import seawall_server.asgi"),
        ("seawall_server/_x.py", "import pydantic"),
        ("seawall_server/__init__.py", "import seawall_server.starlette"),
        ("seawall_server/wsgi/_x.py", "import flask"),
        ("seawall_server/starlette/_x.py", "import fastapi"),
        ("seawall_server/starlette/_x.py", "import seawall_server.fastapi"),
        ("seawall_server/fastapi/_x.py", "import pydantic"),
        ("seawall_tools/_x.py", "import seawall_server"),
        ("seawall_demo/backend/_x.py", "import seawall"),
        ("seawall_demo/backend/_x.py", "import seawall_demo.console"),
        ("seawall_demo/console/_x.py", "import seawall_server"),
        ("seawall_demo/trial/_x.py", "import seawall_demo.backend"),
    ],
)
def test_a_contract_sees_an_arrow_upward(file: str, line: str, tmp_path: Path) -> None:
    """Every arrow that the map forbids breaks a contract, however the import is written."""
    plant(tmp_path, {**GOOD, file: f"{line}\n"})
    result = lint(tmp_path)
    assert result.returncode == 1
    assert "BROKEN" in result.stdout


def test_the_contracts_know_every_package() -> None:
    """The contracts look at all packages in src."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    packages = {folder.name for folder in (ROOT / "src").iterdir() if (folder / "py.typed").exists()}
    assert set(settings["tool"]["importlinter"]["root_packages"]) == packages


def lint(tree: Path) -> subprocess.CompletedProcess[str]:
    """Hold our contracts against another tree."""
    program = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(sys.argv[1], no_cache=True))"
    return subprocess.run(
        [sys.executable, "-c", program, str(ROOT / "pyproject.toml")],
        cwd=tree,
        env=os.environ | {"PYTHONPATH": str(tree)},
        capture_output=True,
        text=True,
        check=False,
    )
