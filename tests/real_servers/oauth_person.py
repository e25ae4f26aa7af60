"""A person at the authorization server of `oauth_app.py`: fills in its pages, as a browser without scripts would."""

import html
import re
from urllib.parse import urljoin

import requests

__all__ = ["Person"]

_FIELD = re.compile(r'<input type="(?:hidden|text)" name="([^"]+)"(?:[^>]* value="([^"]*)")?')


class Person:
    """Logs in, and says yes or no. As a function of a URL, it is a browser.

    Args:
        server: Where the authorization server listens.
        agrees: What they say when an app asks for something.
    """

    def __init__(self, server: str, *, agrees: bool = True) -> None:
        self._server = server
        self._agrees = agrees
        self._browser = requests.Session()
        self._browser.trust_env = False

    def __call__(self, url: str) -> None:
        """Be shown the page of an app, and come back to the app."""
        self._browser.get(self.answer(url), timeout=10).raise_for_status()

    def answer(self, url: str) -> str:
        """Be shown the page of an app; return the address at which the app is told the answer."""
        page = self._open(url)
        if page.is_redirect:  # the server has refused already
            return page.headers["Location"]
        fields = {**_fields(page.text), **({"allow": "Authorize"} if self._agrees else {})}
        return self._post(page.url, fields).headers["Location"]

    def type_in(self, user_code: str) -> None:
        """Type in the code that a device shows, and say yes or no."""
        page = self._open(f"{self._server}/o/device/")
        asked = self._open(self._post(page.url, {**_fields(page.text), "user_code": user_code}).headers["Location"])
        said = self._post(asked.url, {**_fields(asked.text), "action": "accept" if self._agrees else "deny"})
        assert said.is_redirect

    def _open(self, url: str) -> requests.Response:
        """Open a page of the server; log in if it asks for that."""
        page = self._browser.get(urljoin(self._server, url), timeout=10, allow_redirects=False)
        if not page.headers.get("Location", "").startswith("/login"):
            return page
        door = self._browser.get(urljoin(self._server, page.headers["Location"]), timeout=10)
        fields = {**_fields(door.text), "username": "ada", "password": "lovelace"}
        return self._open(self._post(door.url, fields).headers["Location"])

    def _post(self, url: str, fields: dict[str, str]) -> requests.Response:
        answer = self._browser.post(url, data=fields, timeout=10, allow_redirects=False)
        assert answer.is_redirect, answer.text
        return answer


def _fields(page: str) -> dict[str, str]:
    return {name: html.unescape(value) for name, value in _FIELD.findall(page)}
