"""The check of the environment's proxy variables: what they would do, if anybody asked them."""

import os
from urllib.request import getproxies, proxy_bypass_environment  # type: ignore[attr-defined]  # typeshed lacks the second

from seawall.model import Origin, redact_url

from .._terminal import one_line
from ._finding import Finding

__all__ = ["check_proxies"]

_NAMES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


def check_proxies(origin: Origin) -> Finding:
    """Tell which proxy the environment names for a server. Passwords in it are masked.

    Args:
        origin: Where the call would go.
    """
    variables = {name: redact_url(value) for name, value in os.environ.items() if name.lower() in _NAMES}
    proxies = getproxies()
    proxy = proxies.get(origin.scheme) or proxies.get("all")
    shown = None if proxy is None else one_line(redact_url(proxy))
    bypassed = proxy is not None and bool(proxy_bypass_environment(f"{origin.host}:{origin.port}", proxies))
    facts = {"variables": variables, "proxy": None if bypassed else shown, "bypassed": bypassed}
    if shown is None:
        return Finding(check="proxy", message="none is set for this URL", facts=facts)
    if bypassed:
        return Finding(check="proxy", message=f"{shown} is set, and no_proxy excepts this URL", facts=facts)
    message = f"{shown} is set for this URL; Seawall uses it only with trust_env=True (--trust-env), and was not told to"
    return Finding(check="proxy", message=message, facts=facts)
