"""Which addresses may be fetched: public ones, spelled plainly, by http or https."""

from __future__ import annotations

import ipaddress
import re
import socket
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from incidents.reading.refusals import DocumentRefusedError

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

PORTS = {"http": 80, "https": 443}
MAX_LENGTH = 2_000
_EXPECTED = "an http or https address of a public page, on port 80 or 443"
_REMEDY = "Open the page in a browser, then paste the article or upload the saved page."
# A blank, a control character or a backslash is read differently by different programs; half a
# character (a lone surrogate) cannot be sent.
_UNCLEAR = re.compile(
    r"[\x00-\x20\x7f-\xa0\\\u2000-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ud800-\udfff]"
)
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]{0,251}[a-z0-9_])?")
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*")
_LOCAL_NAMES = (
    "localhost", "localhost4", "localhost6", "ip6-localhost", "ip6-loopback", "localdomain",
    "localdomain4", "localdomain6", "local", "internal", "lan", "home.arpa", "intranet", "corp",
    "home",
)  # fmt: skip

# Blocks beside those that `ipaddress` knows as not global; they lead into other networks or
# carry another address inside. RFC 6890 and the IANA special-purpose address registries.
_NOT_PUBLIC = tuple(
    map(
        ipaddress.ip_network,
        (
            "0.0.0.0/8",
            "100.64.0.0/10",  # shared by carriers
            "192.0.0.0/24",
            "192.88.99.0/24",  # 6to4 relays
            "240.0.0.0/4",
            "2001::/23",  # Teredo, ORCHID and the like
            "2001:db8::/32",
            "2002::/16",  # 6to4: an IPv4 address inside
            "3fff::/20",
        ),
    )
)
# Everything that is routed in public lies here; so NAT64 (64:ff9b::/96), mapped and
# compatible IPv4 (::ffff:0:0/96, ::/96), unique local and link-local addresses do not.
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")


class Target(NamedTuple):
    """Where a request goes: never anywhere else than what was checked."""

    url: str
    scheme: str
    host: str
    """A name in ASCII, or an address."""
    port: int
    path: str
    """With the query, percent-encoded."""


def refused(url: str, came: str) -> DocumentRefusedError:
    """Return the refusal of an address."""
    return DocumentRefusedError(came, _EXPECTED, _REMEDY, where=url[:200])


def is_public(address: IPAddress) -> bool:
    """Whether an address belongs to the public internet.

    Examples
    --------
    >>> is_public(ipaddress.ip_address("8.8.8.8")), is_public(ipaddress.ip_address("10.0.0.1"))
    (True, False)
    >>> is_public(ipaddress.ip_address("::ffff:8.8.8.8"))
    False
    """
    if isinstance(address, ipaddress.IPv6Address) and address not in _GLOBAL_UNICAST:
        return False
    return (
        address.is_global
        and not address.is_multicast
        and not address.is_reserved
        and not address.is_private
        and not any(address in block for block in _NOT_PUBLIC)
    )


def parse(url: str) -> Target:
    """Take an address apart and refuse what may not be fetched, before any name is asked for.

    Raises
    ------
    DocumentRefusedError
        If the scheme, the port or the spelling is not allowed, or the host is not public.

    Examples
    --------
    >>> parse("https://www.example.org/news?id=1")[1:]
    ('https', 'www.example.org', 443, '/news?id=1')
    """
    if len(url) > MAX_LENGTH or _UNCLEAR.search(url):
        raise refused(
            url, "an address too long, or with a blank, a backslash or half a character in it"
        )
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise refused(url, f"no address ({error})") from None
    if parts.scheme not in PORTS:
        raise refused(url, f"an address of the kind {parts.scheme or 'none'!r}")
    if parts.username is not None or parts.password is not None:
        raise refused(url, "an address with a user name or password in it")
    port = PORTS[parts.scheme] if port is None else port
    if port not in PORTS.values():
        raise refused(url, f"an address on port {port}")
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = quote(parts.query, safe="/%:@!$&'()*+,;=~-._?[]{}|^`")
    return Target(
        url=url,
        scheme=parts.scheme,
        host=_host(url, parts.hostname or ""),
        port=port,
        path=f"{path}?{query}" if query else path,
    )


def _host(url: str, written: str) -> str:
    if ":" in written:
        try:
            address: IPAddress = ipaddress.IPv6Address(written)
        except ValueError:
            raise refused(url, f"an address whose host {written!r} is none") from None
        return _checked(url, address)
    try:
        # Also folds full-width digits and dots into plain ones, as a resolver would.
        host = written.encode("idna").decode("ascii").lower().removesuffix(".")
    except UnicodeError:
        raise refused(url, f"an address whose host {written!r} is no name") from None
    if not _HOST.fullmatch(host) or ".." in host:
        raise refused(url, f"an address whose host {written!r} is no name")
    if any(host == name or host.endswith(f".{name}") for name in _LOCAL_NAMES):
        raise refused(url, f"an address of this machine or network ({host})")
    if _NUMBER.fullmatch(host.rpartition(".")[2]):
        return _checked(url, _plain_ipv4(url, host))
    return host


def _plain_ipv4(url: str, host: str) -> ipaddress.IPv4Address:
    try:
        return ipaddress.IPv4Address(host)
    except ValueError:
        pass
    try:
        meant = f", read by some programs as {socket.inet_ntoa(socket.inet_aton(host))}"
    except OSError:
        meant = ""
    raise refused(url, f"an address whose host is a number in an odd spelling ({host}{meant})")


def _checked(url: str, address: IPAddress) -> str:
    if not is_public(address):
        raise refused(url, f"an address that is not public ({address})")
    return str(address)
