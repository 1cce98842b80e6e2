"""Who may talk to the server: pages that it served itself, under a name that is its own.

There is no log-in, and a browser lets any page on the web send requests to 127.0.0.1. So

- a WebSocket, which is the keyboard and the screen, is taken only from a page of this very server: the browser
  says in `Origin` which page asks (RFC 6455, section 10.2);
- a name that somebody else's DNS made to mean this machine ("DNS rebinding") is refused: such a page would be of
  the same origin. The browser says in `Host` which name it used. An address is nobody's to redirect.
"""

from collections.abc import Collection
from ipaddress import ip_address
from urllib.parse import urlsplit


def refusal(host: str, origin: str | None, names: Collection[str], *, steers: bool) -> str | None:
    """Return why a request is refused, or None.

    Args:
        host: Its `Host`, with the port if there is one.
        origin: Its `Origin`, if it has one.
        names: The names that this server has beside `localhost` and its addresses, in lower case.
        steers: Whether it asks for more than to look: then it has to say where it comes from.
    """
    name = _name(host)
    if name is None or not (_is_local(name) or _is_address(name) or name in names):
        return f"This server does not go by the name {name or host!r}; --allow-host NAME gives it one."
    if origin is None:
        return "Only a page of this server may do that." if steers else None
    if origin.lower() not in (f"http://{host.lower()}", f"https://{host.lower()}"):
        return "Only a page of this server may do that."
    return None


def _name(host: str) -> str | None:
    """The name or address in a `Host`, in lower case."""
    try:
        parts = urlsplit(f"//{host}")
        _ = parts.port  # which raises where that is no number
    except ValueError:
        return None
    return parts.hostname if parts.netloc == host and "@" not in host else None


def _is_local(name: str) -> bool:
    return name == "localhost" or name.endswith(".localhost")


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
