"""SWL101 and SWL102: the ways of a text through names, patterns, and functions of the same file."""

import pytest

from tests.unit.seawall_tools.lint.looking import codes, found

CAUGHT = """
import functools, textwrap
from seawall import ApiProblem

def save(self, api):
    try:
        api.save()
    except {kind} as problem:
{body}
"""


def caught(body: str, kind: str = "ApiProblem") -> str:
    return CAUGHT.format(kind=kind, body="\n".join(f"        {line}" for line in body.split("\n")))


@pytest.mark.parametrize(
    "body",
    [
        "title, text = problem.status, problem.detail\ntoast(text)",
        "[text] = [problem.detail]\ntoast(text)",
        "code, *texts = problem.code, problem.detail\ntoast(texts)",
        "if text := problem.detail:\n    toast(text)",
        "text = 'No: '\ntext += problem.detail\ntoast(text)",
        "for text in (problem.detail, 'x'):\n    toast(text)",
        "toast('%(d)s' % {'d': problem.detail})",
        "toast('{0.detail}'.format(problem))",
        "toast('{p.detail!r}'.format(p=problem))",
        "toast(', '.join(each.detail for each in problem.errors))",
        "toast([p.detail for p in self.problems][0])",
        "toast(problem.detail[:80])",
        "toast({'text': problem.detail}['text'])",
        "texts = {'text': problem.detail}\ntoast(texts['text'])",
        "toast(problem.detail.encode().decode())",
        "toast(textwrap.shorten(problem.detail, 80))",
        "toast(problem.body['detail'])",
        "toast(vars(problem)['detail'])",
        "toast(problem.__dict__['detail'])",
        "name = 'detail'\ntoast(getattr(problem, name))",
        "toast(problem.json()['errors'][0]['detail'])",
        "toast(problem.json()['error']['detail'])",
        "match problem:\n    case ApiProblem(detail=text):\n        toast(text)",
        "match problem:\n    case ApiProblem(detail=str() as text) | text:\n        toast(text)",
        "match problem.json():\n    case {'detail': text, **rest}:\n        toast(text)",
        "match problem.json():\n    case {'errors': [{'detail': text}, *_]}:\n        toast(text)",
        "ngettext(problem.detail, problem.detail, 2)",
        "return render_template('error.html', text=problem.detail)",
        "page.open(ft.SnackBar(ft.Text(problem.detail)))",
    ],
)
def test_a_detail_is_followed_through_its_forms(body: str) -> None:
    """However a problem's words are taken, unpacked, matched or built into others, they are found where they are shown."""
    assert "SWL101" in codes(caught(body))


@pytest.mark.parametrize(
    "body",
    [
        "code, text = problem.code, problem.detail\nlog.info(text)\ntoast(str(code))",
        "texts = {'detail': problem.detail, 'n': 'x'}\ntoast(texts['n'])",
        "toast(TEXTS[problem.code])",
        "toast({'a': 'b'}[problem.detail])",
        "match problem:\n    case ApiProblem(status=code, detail=_):\n        toast(f'{code}')",
        "match self.rows:\n    case [first, *rest]:\n        toast(rest)",
        "toast('{0.code}'.format(problem))",
        "toast(problem.json()['agents'][0]['detail'])",
        "toast(problem.json()['agent']['detail'])",
        "toast([each.name for each in self.agents])",
        "a = b = a\ntoast(a[0])",
    ],
)
def test_the_neighbours_of_a_detail_may_be_shown(body: str) -> None:
    """What stands beside a detail in a tuple, a mapping or a pattern is let be."""
    assert codes(caught(body)) == []


@pytest.mark.parametrize(
    "test",
    ["def show(x: ApiProblem):", "def show(x: 'ApiProblem'):", "def show(x: 'seawall.ApiProblem | None'):"],
)
def test_a_problem_is_known_by_its_annotation(test: str) -> None:
    """A parameter that is said to be a problem is one, whether the annotation is quoted or not."""
    assert codes(f"import seawall\nfrom seawall import ApiProblem\n{test}\n    toast(x.detail)\n") == ["SWL101"]
    assert codes("def show(x: 'Agent', y: 'class', z: 'None'):\n    toast(x.detail, y.detail, z.detail)\n") == []


def test_a_problem_is_known_by_being_told_apart() -> None:
    """Below `if isinstance(x, ApiProblem)` the name is a problem, in a group's loop too, and elsewhere it is not."""
    code = "from seawall import ApiProblem\ndef show(x):\n    if isinstance(x, {}):\n        toast(x.detail)\n"
    assert codes(code.format("ApiProblem")) == ["SWL101"]
    assert codes(code.format("(KeyError, ApiProblem)")) == []
    assert codes("try:\n    f()\nexcept* P as g:\n    for x in g.exceptions:\n        toast(x.detail)\n") == ["SWL101"]


HELPERS = """
from seawall import ApiProblem

def show(text):
    toast(text)

def words(p):
    return p.detail or "nothing"

def clean(text):
    return text.strip()

class Page:
    def show(self, text, *, title=""):
        toast(title, text)

    def words(self, p):
        return f"{p.detail}"

    def save(self, x):
        try:
            api.save()
        except ApiProblem as problem:
            LINE
"""


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("show(problem.detail)", ["SWL101"]),
        ("self.show(problem.detail)", ["SWL101"]),
        ("self.show('x', title=problem.detail)", ["SWL101"]),
        ("toast(words(problem))", ["SWL101"]),
        ("toast(self.words(problem))", ["SWL101"]),
        ("toast(clean(problem.detail))", ["SWL101"]),
        ("toast(clean(x)); log.info(clean(problem.detail))", []),
        ("self.show(*x, problem.detail)", []),
        ("log.info(words(problem))", []),
        ("show(words)", []),
    ],
)
def test_functions_of_the_same_file_are_looked_into(line: str, expected: list[str]) -> None:
    """A helper that shows what it is given, or hands back a detail, hides nothing; its calls are not mixed up."""
    assert codes(HELPERS.replace("LINE", line)) == expected


def test_two_functions_of_one_name_are_not_looked_into() -> None:
    """Where a name belongs to two functions, nobody can tell which one is called."""
    words = "def words(p):\n    return p.detail\n"
    code = f"{words}def show(problem):\n    toast(words(problem))\n"
    assert codes(code) == ["SWL101"]
    assert codes(code + words) == []


def test_a_pattern_hides_what_its_names_were_outside() -> None:
    """The rest of a list that a `case` binds is no longer what the same name stands for in the module."""
    code = "text = problem.detail\ndef show(rows):\n    match rows:\n        case [_, *{}]:\n            toast(text)\n"
    assert codes(code.format("text")) == []
    assert codes(code.format("_")) == ["SWL101"]


def test_a_text_in_a_field_is_found() -> None:
    """A text that one method keeps in a field, and another one shows, is found where it is taken."""
    code = "class A:\n    def f(self, problem):\n        self.text = problem.detail\n    def g(self):\n        toast(self.text)\n"
    assert [finding.line for finding in found(code)] == [3]


@pytest.mark.parametrize(
    "body",
    [
        "toast(' '.join(map(str, problem.args)))",
        "toast(problem.__str__())",
        "toast(str(problem)[:80])",
        "kind, text = 1, str(problem)\ntoast(text)",
        "match problem:\n    case OSError(strerror=text):\n        toast(text)",
        "import traceback\ntoast(''.join(traceback.format_exception_only(problem)))",
        "import sys\ntoast(str(sys.exc_info()[1]))",
        "toast(str(problem.__cause__))",
        "toast(problem.response.text)",
    ],
)
def test_the_ways_of_an_exceptions_text(body: str) -> None:
    """The text of an exception is found through the same forms, and so are a traceback, a cause and the answer's own text."""
    assert "SWL102" in codes(caught(body, "Exception"))


def test_the_cause_of_a_problem_is_raw() -> None:
    """A problem's own text is for people, and the one of what caused it is not."""
    assert codes(caught("toast(str(problem.__cause__))")) == ["SWL102"]
    assert codes(caught("toast(str(problem))")) == []


def test_kinds_behind_a_name_are_seen() -> None:
    """A tuple of exceptions that has a name, and names within it, is looked into, and one that goes round in circles ends."""
    code = "import requests, seawall\nA = B = (A, B)\nKINDS = (requests.RequestException, OTHERS)\nOTHERS = (ValueError, A)\n"
    assert codes(f"{code}try:\n    f()\nexcept KINDS as e:\n    toast(str(e))\n") == ["SWL501", "SWL102"]


def test_a_text_of_very_many_parts_is_followed_for_a_while() -> None:
    """A table of data in the code is no text, and looking for words in it ends."""
    parts = ", ".join(["'x'"] * 50)
    assert codes(caught(f"toast([problem.detail, {parts}])")) == ["SWL101"]
    parts = ", ".join(["'x'"] * 1000)
    assert codes(caught(f"toast([problem.detail, {parts}])")) == []
