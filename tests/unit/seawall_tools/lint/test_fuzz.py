"""Whatever stands in a file, looking at it does not raise."""

import ast
import random
import sysconfig
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from seawall_tools.lint import RULES, Finding, Settings, check_bytes

EVERYWHERE = Settings(ui=("**",))  # so that the rules on layers look at everything too
LIBRARY = Path(sysconfig.get_path("stdlib"))
REAL = sorted(
    file
    for folder in ("asyncio", "http", "urllib", "concurrent/futures")
    for file in (LIBRARY / folder).glob("*.py")
    if file.stat().st_size > 1000
)
WORDS = " ".join(word for rule in RULES for word in rule.words)  # a comment with all of them lets no rule skip the file
PIECES = st.sampled_from(
    r"""
import httpx
import requests, seawall
from urllib.request import urlopen
from seawall import ApiProblem as P
x = y = z
a: int
self.a = requests.Session()
try:
except P as problem:
except* OSError:
except Exception:
except (A, *b):
finally:
else:
pass
return None
return
yield x
await gather(*x, return_exceptions=True)
with suppress(Exception):
async with httpx.Client() as c, d:
for x in y:
while True:
def f(httpx, *a, b=1, **k):
async def f(self):
class A(B, metaclass=C):
lambda x: requests.get(x)
toast(f'{problem.detail!r:>{n}}')
toast(str(problem))
(a := b)
c.get(x)
getattr(problem, 'detail')
__import__('ht' + 'tp')
requests.get(*a, **k)
token_store.clear()
session.tokens = None
@app.get('/')
match x:
case {'a': [1, *_], **rest}:
[i for i in x if i]
a[1:2, ...]
del x
global q
a if b else c
import_module(name)
data["detail"]
_(data.get("detail"))
async for i in j:
# noqa
# noqa: SWL
httpx.Client(timeout=httpx.Timeout(None))
case ApiProblem(detail=d, args=[a, *b]) | d:
case {'detail': text, **rest}:
session.tokens, (x, y) = None, z
del session.tokens, a['token']
asyncio.create_task(f())
await asyncio.wait([x, *self.y])
done, *rest = await asyncio.wait({f()})
def g(x: "A.b | None" = 1, /, *y, z): toast(x, z)
toast(g(problem.detail, *y, z=problem))
toast('{0.detail}'.format(problem))
toast(self.x, [x for x in y][0], {'a': x}['a'])
self.f()
return self.f(x)
continue
break
exec('import httpx')
sys.modules['ht' + f'{name}px']
getattr(requests, m)(u)
pool.submit(requests.get, u)
c = httpx.Client()
return c.get(x)
x += x
for x in (x, [x], 'a'):
if isinstance(problem, (A, *B)):
log.debug(problem)
""".strip().split("\n")
)


def checked(data: bytes) -> list[Finding]:
    """What is found, held to what every finding promises."""
    found = check_bytes(data, "a.py", "a.py", EVERYWHERE)
    assert found == sorted(found)
    assert all(finding.line >= 1 and finding.column >= 1 and finding.end_line >= finding.line for finding in found)
    return found


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_bytes_are_survived(data: bytes) -> None:
    """Any bytes are either Python or a finding."""
    checked(data)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), PIECES), max_size=25))
def test_pieces_of_code_are_survived(lines: list[tuple[int, str]]) -> None:
    """Lines such as the rules look for, in any order and depth, are survived."""
    text = f"# {WORDS}\n" + "\n".join("    " * depth + piece for depth, piece in lines)
    checked(text.encode())


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, min_size=1, max_size=20))
def test_nested_pieces_are_survived(pieces: list[str]) -> None:
    """Blocks that are nested in each other, so that most of what is made is Python, are survived."""
    text, depth = [f"# {WORDS}"], 0
    for piece in pieces:
        text.append("    " * depth + piece.strip())
        depth += piece.endswith(":")
    text.append("    " * depth + "pass")
    checked("\n".join(text).encode())


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(REAL), st.integers(0, 2**32))
def test_real_files_with_parts_swapped_are_survived(file: Path, seed: int) -> None:
    """Real code whose expressions and statements changed places is looked at as any other."""
    chance = random.Random(seed)
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for kind in (ast.expr, ast.stmt):
        parts = [node for node in ast.walk(tree) if isinstance(node, kind)]
        donors = [node for node in parts if not isinstance(node, ast.FunctionDef | ast.ClassDef)]
        for node in chance.sample(parts, min(20, len(parts))):
            _replace(node, chance.choice(donors))
    text = f"# {WORDS}\n{_written(tree)}"
    checked(text.encode())


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(REAL), st.integers(0, 2**32))
def test_real_files_with_lines_lost_are_survived(file: Path, seed: int) -> None:
    """Real code that lost, doubled or moved some lines is Python or a finding."""
    chance = random.Random(seed)
    lines = file.read_bytes().split(b"\n")
    for _ in range(chance.randrange(1, 6)):
        at = chance.randrange(len(lines))
        lines[at : at + 1] = chance.choice([[], [lines[at]] * 2, [chance.choice(lines)], [lines[at][: len(lines[at]) // 2]]])
    checked(f"# {WORDS}\n".encode() + b"\n".join(lines))


def _replace(node: ast.AST, donor: ast.AST) -> None:
    """Let the first child of a node that is like the donor give way to it."""
    for name, value in ast.iter_fields(node):
        if isinstance(value, ast.expr) and isinstance(donor, ast.expr) and donor is not node and not _holds(donor, node):
            setattr(node, name, donor)
            return


def _holds(tree: ast.AST, node: ast.AST) -> bool:
    return any(each is node for each in ast.walk(tree))


def _written(tree: ast.Module) -> str:
    try:
        return ast.unparse(tree)
    except (ValueError, AttributeError, TypeError, RecursionError):  # a part in a place that has no notation
        return "pass"
