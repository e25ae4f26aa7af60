"""Which proxy a request goes through, if any."""

import importlib.util
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies

from seawall.model import Origin, UsageError

from ._no_proxy import NoProxy

__all__ = ["Proxies", "ProxyAddress"]

_PORTS = {"http": 80, "https": 443, "socks5": 1080, "socks5h": 1080}


class _Hidden(tuple[bytes, bytes]):
    """A user name and a password that do not show themselves: libraries log what they are given."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "(hidden)"


class ProxyAddress:
    """A proxy, its credentials hidden.

    Args:
        url: Its URL: `http://`, `https://` or `socks5://`, with user name and password if it wants them.
        option: The option that the errors name.

    Raises:
        UsageError: The URL is no proxy's, or the package for SOCKS is missing.
    """

    def __init__(self, url: str, option: str = "proxy") -> None:
        try:
            parts = urlsplit(url if "://" in url else f"http://{url}")
            port = parts.port
        except ValueError:
            raise UsageError(f"{option}: the URL of the proxy cannot be read") from None
        if parts.scheme not in _PORTS or not parts.hostname:
            raise UsageError(f"{option}: give http://, https:// or socks5:// and the host of the proxy")
        self.scheme, self.host, self.port = parts.scheme, parts.hostname, port or _PORTS[parts.scheme]
        self.user = None
        if parts.username is not None:
            self.user = _Hidden((unquote(parts.username).encode(), unquote(parts.password or "").encode()))
        if self.is_socks and importlib.util.find_spec("socksio") is None:
            raise UsageError(f"{option}: a SOCKS proxy needs a package more: install seawall[socks]")

    @property
    def is_socks(self) -> bool:
        """Whether it speaks SOCKS5."""
        return self.scheme.startswith("socks")

    def layers(self, origin: Origin) -> int:
        """TLS layers between the socket and an origin behind it."""
        return (self.scheme == "https") + (origin.scheme == "https")

    def greetings(self, origin: Origin) -> int:
        """Writes that come before the request where no TLS layer tells them apart."""
        if not self.is_socks or origin.scheme == "https":
            return 0
        return 2 if self.user is None else 3

    def __repr__(self) -> str:
        return f"<proxy {self.scheme}://{self.host}:{self.port}>"


class Proxies:
    """The choice of a proxy.

    Args:
        proxy: The URL of one for all, or None.
        trust_env: Whether `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` count where `proxy` is not given.
    """

    def __init__(self, proxy: str | None, trust_env: bool) -> None:
        self._one = None if proxy is None else ProxyAddress(proxy)
        environment = getproxies() if trust_env and proxy is None else {}
        self._straight = NoProxy(environment.get("no", ""))
        self._by_scheme: dict[str, ProxyAddress] = {}
        for scheme in ("http", "https"):
            url = environment.get(scheme) or environment.get("all")
            if url:
                self._by_scheme[scheme] = ProxyAddress(url, f"trust_env: {scheme.upper()}_PROXY")

    @property
    def has_socks(self) -> bool:
        """Whether one of them speaks SOCKS5."""
        return any(proxy.is_socks for proxy in (self._one, *self._by_scheme.values()) if proxy is not None)

    def for_origin(self, origin: Origin) -> ProxyAddress | None:
        """Return the proxy for an origin, None to go straight."""
        if self._one is not None or not self._by_scheme:
            return self._one
        if self._straight.covers(origin.host, origin.port):
            return None
        return self._by_scheme.get(origin.scheme)
