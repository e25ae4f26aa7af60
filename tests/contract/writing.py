"""A contract as people write it down: the document, the catalogues, and the routes that raise it."""

import json
from collections.abc import Iterable, Sequence

from seawall_tools.codes._names import class_name
from tests.contract.contracts import COUNT, WORD, Code, Question, Shown

__all__ = ["catalogue", "document", "routes"]


def document(codes: Iterable[Code]) -> str:
    """The error document."""
    return "# Codes\n\n" + "\n".join(map(_section, codes))


def _section(code: Code) -> str:
    detail = "".join(piece if isinstance(piece, str) else f"{{{piece.name}}}" for piece in code.detail)
    bullets = {
        "Code": f"`{code.name}`",
        "Status": str(code.status),
        "Detail": f'"{detail}"',
        "L10n Key": f"`{code.key}`",
        "Description": code.description,
        "Params": ", ".join(f"`{name}{'?' if name in code.optional else ''}: {kind}`" for name, kind in code.types.items()),
        "Retryable": "" if code.retryable is None else "yes" if code.retryable else "no",
        "Visibility": "internal" if code.internal else "",
    }
    return f"## {code.name}\n\n" + "".join(f"- **{name}**: {value}\n" for name, value in bullets.items() if value)


def catalogue(codes: Iterable[Code], locale: str) -> str:
    """The ARB file of one of the languages that people translate into."""
    messages = {code.key: "".join(_placed(piece, code) for piece in code.words[locale]) for code in codes}
    return json.dumps({"@@locale": locale.replace("-", "_"), **messages})


def _placed(piece: str | Shown | Question, code: Code) -> str:
    if isinstance(piece, str):
        return piece.replace("'", "''").replace("{", "'{'").replace("}", "'}'")
    if isinstance(piece, Shown):
        return f"{{{piece.name}}}"
    asked = f"select, {WORD}" if code.types[piece.name] == "string" else f"plural, ={COUNT}"
    return f"{{{piece.name}, {asked}{{yes}} other{{no}}}}"


def routes(codes: Sequence[str]) -> str:
    """A FastAPI app with a route per code, which raises it with the values that it is given."""
    head = "from fastapi import FastAPI\n\nfrom seawall_server.fastapi import install, problems\n\nfrom . import errors\n\n\n"
    parts = [
        f'    @app.get("/{number}", responses=problems(errors.{name}))\n'
        f"    async def route_{number}():\n        raise errors.{name}(**values[{number}])\n"
        for number, name in enumerate(map(class_name, codes))
    ]
    begin = "def build(values):\n    app = FastAPI()\n    install(app)\n\n"
    return f"{head}{begin}{chr(10).join(parts)}\n    return app\n"
