"""Fetches one page or file, for a caller who has switched that on.

The program has no network by default and nothing here switches it on. A name is resolved
once, every address it has must be public, and the connection goes to the address that was
checked, so that a name cannot point elsewhere a moment later. Each redirect is checked the
same way. No cookies, no proxies from the environment, no user name, nothing is stored.
"""

from __future__ import annotations

import http.client
import ipaddress
import queue
import re
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import cast
from urllib.parse import urljoin

import incidents
from incidents.reading import addresses, limits
from incidents.reading.addresses import Target
from incidents.reading.clocked_socket import ClockedSocket, TooManyBytesError, left_until
from incidents.reading.refusals import DocumentRefusedError

Resolve = Callable[[str, int], list[str]]
"""From a host and a port to the addresses it has, as text."""
Dial = Callable[[str, int, float], socket.socket]
"""Opens a connection to an address and port within some seconds."""

CONTENT_TYPES = (
    "text/html",
    "application/xhtml+xml",
    "text/plain",
    "application/pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "message/rfc822",
)
USER_AGENT = f"incident-map/{incidents.__version__} (fetches single articles on request)"
_REDIRECTS = (301, 302, 303, 307, 308)
_PIECE = 65_536
# Of an answer beside its body: headers and what parts it into chunks.
_MAX_AROUND_BODY = 1_000_000
# Whether a Content-Encoding is unpacked; others are refused.
_PACKINGS = {"": False, "identity": False, "gzip": True, "x-gzip": True, "deflate": True}
# More digits than any length has; \d would take those of other scripts too.
_LENGTH = re.compile(r"[0-9]{1,15}")
# Of what a server says, so many characters go into a message.
_SAID = 60
_REMEDY = "Open the page in a browser, then paste the article or upload the saved page."


@dataclass(frozen=True)
class FetchLimits:
    """How much, how long and how far."""

    connect_seconds: float = 10
    total_seconds: float = 30
    max_bytes: int = limits.MAX_FILE_BYTES
    """Of the body, packed and unpacked."""
    max_redirects: int = 3


@dataclass(frozen=True)
class Fetched:
    """What an address answered."""

    data: bytes
    media_type: str
    """The Content-Type header, with its charset."""
    url: str
    """After redirects."""


def resolve_by_system(host: str, port: int) -> list[str]:
    """Return the addresses that the system's resolver gives for a host."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def dial_tcp(address: str, port: int, seconds: float) -> socket.socket:
    """Connect to an address; no name is resolved."""
    return socket.create_connection((address, port), timeout=seconds)


def fetch(
    url: str,
    *,
    within: FetchLimits | None = None,
    resolve: Resolve = resolve_by_system,
    dial: Dial = dial_tcp,
    tls: ssl.SSLContext | None = None,
) -> Fetched:
    """Fetch what stands at an address; call it only where a person has switched that on.

    Parameters
    ----------
    url
        http or https, port 80 or 443, a public host.
    within
        Limits of size, time and redirects.
    resolve, dial
        How a name is resolved and a connection opened; a test hands in its own. What
        `resolve` answers is checked, `dial` is only ever given an address that passed.
    tls
        Whose certificates are trusted; the system's by default. Names are verified.

    Raises
    ------
    DocumentRefusedError
        If the address, an address it redirects to, or what it answers is not allowed, or
        it does not answer in time.
    """
    within = within or FetchLimits()
    deadline = time.monotonic() + within.total_seconds
    target = addresses.parse(url)
    for _ in range(within.max_redirects + 1):
        with _answered(target, within, deadline, resolve, dial, tls) as answer:
            location = answer.getheader("Location")
            if answer.status not in _REDIRECTS or location is None:
                return Fetched(
                    media_type=_media_type(answer, target),
                    data=_body(answer, target, within.max_bytes),
                    url=target.url,
                )
        target = _redirected(target, location)
    raise _refused(
        url, f"an address that redirects more than {within.max_redirects} times", "an article"
    )


@contextmanager
def _answered(
    target: Target,
    within: FetchLimits,
    deadline: float,
    resolve: Resolve,
    dial: Dial,
    tls: ssl.SSLContext | None,
) -> Iterator[http.client.HTTPResponse]:
    """Ask for a page at an address that was checked; the connection ends with the block."""
    until = min(deadline, time.monotonic() + within.connect_seconds)
    with ExitStack() as opened:
        try:
            connection = opened.enter_context(_connected(target, until, resolve, dial))
            if target.scheme == "https":
                connection.settimeout(left_until(until))
                secured = (tls or ssl.create_default_context()).wrap_socket(
                    connection, server_hostname=target.host
                )
                connection = opened.enter_context(secured)
            yield _asked(target, connection, deadline, within.max_bytes + _MAX_AROUND_BODY)
        except DocumentRefusedError:
            raise
        # http.client answers a chunk size of -5 with a bare ValueError.
        except (OSError, http.client.HTTPException, zlib.error, ValueError) as error:
            raise _explained(error, target, within) from None


def _connected(target: Target, until: float, resolve: Resolve, dial: Dial) -> socket.socket:
    failure = OSError(f"{target.host} has no address")
    for address in _public_addresses(target, resolve, left_until(until)):
        try:
            return dial(address, target.port, left_until(until))
        except OSError as error:
            failure = error
    raise failure


def _asked(
    target: Target, connection: socket.socket, deadline: float, most: int
) -> http.client.HTTPResponse:
    client = http.client.HTTPConnection(target.host, target.port)
    client.sock = cast("socket.socket", ClockedSocket(connection, deadline, most))
    client.putrequest("GET", target.path, skip_host=True, skip_accept_encoding=True)
    host = f"[{target.host}]" if ":" in target.host else target.host
    standard = addresses.PORTS[target.scheme] == target.port
    for name, value in (
        ("Host", host if standard else f"{host}:{target.port}"),
        ("User-Agent", USER_AGENT),
        ("Accept", ", ".join(CONTENT_TYPES)),
        ("Accept-Encoding", "gzip"),
        ("Connection", "close"),
    ):
        client.putheader(name, value)
    client.endheaders()
    return client.getresponse()


def _media_type(answer: http.client.HTTPResponse, target: Target) -> str:
    if answer.status != http.client.OK:
        said = f"{answer.status} {answer.reason[:_SAID]}"
        raise _refused(target.url, f"an address that answers {said}", "an article")
    media_type = answer.getheader("Content-Type", "")
    if media_type.partition(";")[0].strip().lower() not in CONTENT_TYPES:
        raise _refused(
            target.url,
            f"of the content type {media_type[:_SAID]!r}",
            f"one of {', '.join(CONTENT_TYPES)}",
        )
    return media_type


def _body(answer: http.client.HTTPResponse, target: Target, most: int) -> bytes:
    promised = _promised(answer, target)
    if promised is not None and promised > most:
        raise _too_large(target, promised, most)
    packed = answer.getheader("Content-Encoding", "").strip().lower()
    if packed not in _PACKINGS:
        raise _refused(target.url, f"packed as {packed[:_SAID]!r}", "gzip or nothing")
    # 15 bits of window, +32: a gzip or a zlib header, whichever comes.
    unpacker = zlib.decompressobj(15 + 32) if _PACKINGS[packed] else None
    body = bytearray()
    came = 0
    while piece := answer.read(_PIECE):
        came += len(piece)
        body += unpacker.decompress(piece, most + 1 - len(body)) if unpacker else piece
        if max(came, len(body)) > most:
            raise _too_large(target, max(came, len(body)), most)
    if (promised is not None and came < promised) or (unpacker and not unpacker.eof):
        raise http.client.IncompleteRead(b"")
    return bytes(body)


def _promised(answer: http.client.HTTPResponse, target: Target) -> int | None:
    """Return the length that an answer states of its body, if it states one."""
    stated = answer.getheader("Content-Length")
    if stated is None:
        return None
    if not _LENGTH.fullmatch(stated.strip()):
        raise _refused(target.url, f"of the Content-Length {stated[:40]!r}", "a number of bytes")
    return int(stated)


def _redirected(target: Target, location: str) -> Target:
    try:
        url = urljoin(target.url, _as_sent(location))
    except ValueError as error:
        came = f"an address that redirects to what is none ({str(error)[:100]})"
        raise _refused(target.url, came, "an article") from None
    return addresses.parse(url)


def _as_sent(location: str) -> str:
    """Read a header again as UTF-8, where it is: http.client takes bytes for Latin-1."""
    try:
        return location.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return location


def _explained(error: Exception, target: Target, within: FetchLimits) -> DocumentRefusedError:
    if isinstance(error, TooManyBytesError):
        return _too_large(target, within.max_bytes + _MAX_AROUND_BODY, within.max_bytes)
    if isinstance(error, ssl.SSLCertVerificationError):
        came = f"a host whose certificate does not hold ({error.verify_message})"
        return _refused(target.url, came, f"a certificate for {target.host}")
    if isinstance(error, TimeoutError):
        came, expected = "too slow", f"an answer within {within.total_seconds:g} seconds"
        return _refused(target.url, came, expected)
    if isinstance(error, http.client.HTTPException | zlib.error | ValueError):
        return _refused(target.url, f"not answered in whole ({error!r:.120})", "a whole answer")
    return _refused(target.url, f"out of reach ({error})", "a page that answers")


def _too_large(target: Target, size: int, most: int) -> DocumentRefusedError:
    return _refused(
        target.url,
        f"a file of {limits.megabytes(size)} or more",
        f"at most {limits.megabytes(most)}",
    )


def _public_addresses(target: Target, resolve: Resolve, seconds: float) -> list[str]:
    """Resolve a host once and return its addresses, if every one of them is public."""
    found = _resolved(target, resolve, seconds)
    for text in found:
        address = ipaddress.ip_address(text.partition("%")[0])
        if not addresses.is_public(address):
            raise addresses.refused(
                target.url, f"an address whose host {target.host} is not public ({address})"
            )
    if not found:
        raise OSError(f"{target.host} has no address")
    return found


def _resolved(target: Target, resolve: Resolve, seconds: float) -> list[str]:
    """Ask the resolver in a thread: the system's own cannot be told how long it may take."""
    try:
        return [str(ipaddress.ip_address(target.host))]
    except ValueError:
        pass
    answers: queue.Queue[list[str] | OSError | UnicodeError] = queue.Queue(1)

    def ask() -> None:
        try:
            answers.put(resolve(target.host, target.port))
        except (OSError, UnicodeError) as error:
            answers.put(error)

    threading.Thread(target=ask, daemon=True, name="resolve").start()
    try:
        answer = answers.get(timeout=seconds)
    except queue.Empty:
        raise TimeoutError(f"{target.host} was not resolved in time") from None
    if isinstance(answer, Exception):
        raise answer
    return answer


def _refused(url: str, came: str, expected: str) -> DocumentRefusedError:
    return DocumentRefusedError(came, expected, _REMEDY, where=url[:200])
