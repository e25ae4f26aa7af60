"""SWL101 and SWL102: texts on their way to people."""

import pytest

from tests.unit.seawall_tools.lint.looking import codes

CAUGHT = """
from seawall import ApiProblem

def save(api):
    try:
        api.save()
    except ApiProblem as problem:
        {}
"""


@pytest.mark.parametrize(
    "line",
    [
        "toast(problem.detail)",
        "toast(problem.title)",
        "toast(str(problem.detail))",
        "toast('Failed: ' + problem.detail)",
        "toast('Failed: %s' % problem.detail)",
        "toast('Failed: {}'.format(problem.detail))",
        "toast(f'{problem.status}: {problem.detail!r:>20}')",
        "toast(problem.detail.strip().capitalize())",
        "toast(problem.detail or 'Failed')",
        "toast('Failed' if problem.status else problem.detail)",
        "toast(text := problem.detail)",
        "toast(getattr(problem, 'detail', ''))",
        "toast(translate(problem.detail))",
        "toast(*[problem.detail])",
        "toast(message=problem.detail)",
        "ui.notify(problem.detail)",
        "st.error(problem.detail)",
        "QMessageBox.critical(None, 'Error', problem.detail)",
        "self.showError(problem.detail)",
        "gettext(problem.detail)",
        "a = problem.detail; b = a; toast(b)",
        "other = problem; toast(other.detail if other else '')",
        "other = problem; toast(other.title)",
    ],
)
def test_a_detail_is_followed_to_where_it_is_shown(line: str) -> None:
    """A problem's words are found in what is shown, whatever is done to them on the way."""
    assert "SWL101" in codes(CAUGHT.format(line))


@pytest.mark.parametrize(
    "line",
    [
        "toast(str(problem))",
        "toast(problem.user_message())",
        "log.warning(problem.detail)",
        "print(problem.detail)",
        "raise ValueError(problem.detail)",
        "toast(book.title)",
        "toast(agent.detail)",
        "ui.label(row['detail'])",
        "detail = problem.detail",
        "toast(len(problem.detail))",
    ],
)
def test_other_texts_may_be_shown(line: str) -> None:
    """Safe texts, details of other things, and details on their way to developers are let be."""
    assert codes(CAUGHT.format(line)) == []


@pytest.mark.parametrize(
    "body",
    ["response.json()['detail']", "json.loads(text)['detail']", "(await response.json()).get('detail')", "data['detail']"],
)
def test_the_detail_of_a_body_is_found(body: str) -> None:
    """A detail that is indexed out of a body is found, with or without a name for the body."""
    assert codes(f"async def show(response, data, text):\n    toast({body})") == ["SWL101"]
    assert codes(f"async def show(response, data, text):\n    text = {body}\n    toast(f'No: {{text}}')") == ["SWL101"]


def test_screens_take_no_detail_at_all() -> None:
    """In the UI layer a problem's detail goes nowhere but into the log."""
    code = (
        "def show(problem):\n    log.info('no: %s', problem.detail)\n    draw(problem.detail)\n    page.error(problem.detail)\n"
    )
    assert codes(code, "shop/ui/agents.py") == ["SWL101", "SWL101"]
    assert codes(code, "shop/api/agents.py") == []


@pytest.mark.parametrize(
    ("kind", "line", "expected"),
    [
        ("Exception", "toast(str(error))", ["SWL102"]),
        ("Exception", "toast(error)", ["SWL102"]),
        ("Exception", "toast(f'Failed: {error}')", ["SWL102"]),
        ("BaseException", "toast(error.args[0])", ["SWL102"]),
        ("OSError", "toast(error.strerror)", ["SWL102"]),
        ("(KeyError, requests.RequestException)", "toast(repr(error))", ["SWL102"]),
        ("Exception", "toast(traceback.format_exc())", ["SWL102"]),
        ("ApiProblem", "toast(str(error))", []),
        ("shop.OutOfStock", "toast(str(error))", []),
        ("Exception", "log.exception(str(error))", []),
        ("Exception", "toast('Something went wrong')", []),
    ],
)
def test_an_exceptions_text_is_not_for_people(kind: str, line: str, expected: list[str]) -> None:
    """The text of a raw exception is found where it is shown, and that of a problem or an exception of one's own is not."""
    head = "import requests, shop, traceback\ntry:\n    requests.get(url, timeout=5)\n"
    assert codes(f"{head}except {kind} as error:\n    {line}\n    raise") == expected


def test_an_error_of_a_file_is_the_persons_own_matter() -> None:
    """Where no call is made and Seawall is not used, general exceptions may be shown, and those of HTTP libraries may not."""
    code = "import requests{}\ntry:\n    save(file)\nexcept {} as error:\n    toast(f'Not saved: {{error}}')\n"
    assert codes(code.format("", "OSError")) == []
    assert codes(code.format(", seawall", "OSError")) == ["SWL102"]
    assert codes(code.format("", "requests.RequestException")) == ["SWL102"]
