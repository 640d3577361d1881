"""Reads who may come in from other machines: one file with the roles, and how people are known."""

from __future__ import annotations

import ipaddress
import re
import stat
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args
from urllib.parse import urlsplit

from incidents.access import Role

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
"""What `serve --host` may be without an access setting."""
LOOPBACK_PROXIES = ("127.0.0.1", "::1")
ROLES: tuple[Role, ...] = get_args(Role)
SHORTEST_SECRET = 32
"""Characters of the secret that signs the login cookie."""

_ADDRESS = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+")
_DOMAIN = re.compile(r"@[a-z0-9-]+(\.[a-z0-9-]+)+")
# A header with an underscore is the same as one with a hyphen to some servers, and not to others.
_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
_NOT_OF_A_PROXY = frozenset({"cookie", "host", "origin", "user-agent", "referer"})
_KNOWN = {*ROLES, "address", "unverified_emails"}
_PROVIDER_KEYS = ("client_id", "client_secret", "server_metadata_url")
_EXAMPLE = """\
    [access]
    admin = ["lead@example.org"]
    reviewer = ["amna@example.org"]
    reader = ["@example.org"]
docs/access.md shows whole files, with a login and behind a proxy."""


class AccessSettingError(ValueError):
    """The access setting is missing or not safe; the server is not started."""


@dataclass(frozen=True)
class Roles:
    """Who has which role, by e-mail address or by the address's domain.

    Examples
    --------
    >>> roles = Roles({"amna@example.org": "reviewer", "@example.org": "reader"})
    >>> roles.of("Amna@Example.org"), roles.of("sara@example.org"), roles.of("sara@example.com")
    ('reviewer', 'reader', None)
    """

    listed: Mapping[str, Role]
    """In lower case; an entry that begins with @ is everybody of that domain."""

    def of(self, email: str) -> Role | None:
        """Return a person's role, None if they are not listed; their own entry goes first."""
        # Only ASCII: some other letters become ASCII ones in lower case, and would pass for them.
        if not email.isascii() or not _ADDRESS.fullmatch(email):
            return None
        email = email.lower()
        return self.listed.get(email) or self.listed.get(email[email.index("@") :])


@dataclass(frozen=True)
class AccessSetting:
    """How people from other machines are known, and where the page is for them."""

    file: Path
    origin: str
    """Scheme, host and port in the browser's address line."""
    header: str | None = None
    """The proxy's header that carries the e-mail address; None for a login on the page."""
    proxies: tuple[Network, ...] = ()
    """Where connections must come from that carry the header."""
    providers: tuple[str, ...] = ()
    """Names of identity providers in `[auth]`; "" is the one that has no name."""
    unverified_emails: bool = False

    @property
    def host(self) -> str:
        """The host in the browser's address line."""
        return urlsplit(self.origin).hostname or ""

    def roles(self) -> Roles:
        """Return the roles as the file gives them now, so that who is taken out is out.

        Raises
        ------
        AccessSettingError
            If the file cannot be read any more, or says something wrong.
        """
        return _roles(self.file, _section(self.file, _parsed(self.file), "access"))

    def comes_from_proxy(self, peer: str | None) -> bool:
        """Return whether a connection comes from one of the proxies."""
        address = parsed_ip(peer)
        return address is not None and any(address in network for network in self.proxies)


def parsed_ip(text: str | None) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Return an address; one of version 4 that is written as version 6 is given as what it is."""
    try:
        address = ipaddress.ip_address(text or "")
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def find_setting(files: Iterable[str]) -> Path | None:
    """Return the file among Streamlit's usual ones that has roles, the last of them."""
    found = [path for path in map(Path, files) if path.is_file() and "access" in _parsed(path)]
    return found[-1] if found else None


def read_setting(
    file: Path, header: str | None = None, proxies: Iterable[str] = LOOPBACK_PROXIES
) -> AccessSetting:
    """Return a file's access setting.

    Parameters
    ----------
    file
        TOML with `[access]`, and `[auth]` for a login on the page.
    header
        The header in which a proxy names the person; without it, people log in on the page.
    proxies
        Addresses or networks from which the header is believed.

    Raises
    ------
    AccessSettingError
        If something is missing or would not be safe.

    Examples
    --------
    >>> read_setting(Path("nowhere.toml"))
    Traceback (most recent call last):
    ...
    dashboard.access_setting.AccessSettingError: nowhere.toml cannot be read: No such file ...
    """
    content = _parsed(file)
    access = _section(file, content, "access")
    strange = sorted(set(access) - _KNOWN)
    if strange:
        raise AccessSettingError(
            f"{file}: [access] has {', '.join(strange)}; known are {', '.join(sorted(_KNOWN))}"
        )
    roles = _roles(file, access)
    if not roles.listed:
        raise AccessSettingError(f"{file}: [access] lists nobody. Give roles, such as\n{_EXAMPLE}")
    _check_private(file)
    if header is not None:
        return AccessSetting(
            file,
            _origin(file, "[access] address", access.get("address")),
            header=_checked_header(header),
            proxies=tuple(map(_network, proxies)),
        )
    auth = _section(file, content, "auth")
    return AccessSetting(
        file,
        _redirect_origin(file, auth),
        providers=_providers(file, auth),
        unverified_emails=access.get("unverified_emails") is True,
    )


def missing_setting(opening: str, looked: Iterable[str]) -> AccessSettingError:
    """Return the error for an option that opens the page to others, without any setting."""
    return AccessSettingError(
        f"{opening} lets other people in, and nothing says who may come in, so the server is not "
        "started. Leave it out to serve this machine alone, or write who may read and decide "
        f"into a file and name it with --access:\n{_EXAMPLE}\n"
        f"Looked for [access] in: {', '.join(looked)}."
    )


def _parsed(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise AccessSettingError(f"{file} cannot be read: {error.strerror}") from None
    except ValueError as error:  # wrong TOML, and wrong UTF-8
        raise AccessSettingError(f"{file} is not TOML: {error}") from None


def _section(file: Path, content: Mapping[str, Any], name: str) -> dict[str, Any]:
    section = content.get(name)
    if not isinstance(section, dict):
        remedy = (
            "so nobody can log in. Add an identity provider, or name the header of a proxy "
            "with --behind-proxy; docs/access.md shows both"
            if name == "auth"
            else f"which says who has which role. Write, for instance,\n{_EXAMPLE}"
        )
        raise AccessSettingError(f"{file} has no section [{name}], {remedy}")
    return section


def _roles(file: Path, access: Mapping[str, Any]) -> Roles:
    listed: dict[str, Role] = {}
    for role in ROLES:
        entries = access.get(role, [])
        if not isinstance(entries, list) or not all(isinstance(e, str) for e in entries):
            raise AccessSettingError(
                f"{file}: {role} is {entries!r:.60}; expected a list such as "
                '["amna@example.org", "@example.org"]'
            )
        for entry in entries:
            known = entry.strip().lower()
            is_mail = known.isascii() and (_ADDRESS.fullmatch(known) or _DOMAIN.fullmatch(known))
            if not is_mail:
                raise AccessSettingError(
                    f"{file}: {role} has {entry!r:.80}; expected an e-mail address, or @ and a "
                    "domain for everybody of it"
                )
            if listed.get(known, role) != role:
                raise AccessSettingError(
                    f"{file}: {entry} is {listed[known]} and {role}; list it once, under the "
                    "role that may do more"
                )
            listed[known] = role
    return Roles(listed)


def _check_private(file: Path) -> None:
    """Refuse a file that others may change, or whose secrets they may read."""
    mode = file.stat().st_mode
    if mode & (stat.S_IWGRP | stat.S_IWOTH | stat.S_IROTH):
        raise AccessSettingError(
            f"{file} may be read or changed by other users of this machine "
            f"(mode {stat.S_IMODE(mode):o}); it decides who may do what. Run: chmod 600 {file}"
        )


def _origin(file: Path, key: str, value: object) -> str:
    """Return scheme, host and port of the page's public address."""
    try:
        url = urlsplit(value if isinstance(value, str) else "")
        host, _ = url.hostname, url.port
    except ValueError:
        host = None
    if url.scheme not in {"http", "https"} or not host or url.username is not None:
        raise AccessSettingError(
            f"{file}: {key} is {value!r:.80}; expected the page's address as a browser shows it, "
            "such as https://map.example.org"
        )
    if url.scheme == "http" and host not in LOOPBACK_HOSTS:
        raise AccessSettingError(
            f"{file}: {key} is {value!r:.80}; expected https, because the login would travel "
            "readable by everybody on the way. docs/access.md says how"
        )
    return f"{url.scheme}://{url.netloc}"


def _redirect_origin(file: Path, auth: Mapping[str, Any]) -> str:
    redirect = auth.get("redirect_uri")
    origin = _origin(file, "[auth] redirect_uri", redirect)
    if urlsplit(str(redirect)).path != "/oauth2callback":
        raise AccessSettingError(
            f"{file}: [auth] redirect_uri is {redirect!r:.80}; expected {origin}/oauth2callback"
        )
    return origin


def _providers(file: Path, auth: Mapping[str, Any]) -> tuple[str, ...]:
    secret = auth.get("cookie_secret")
    if not isinstance(secret, str) or len(secret) < SHORTEST_SECRET:
        raise AccessSettingError(
            f"{file}: [auth] cookie_secret needs at least {SHORTEST_SECRET} random characters: "
            "whoever guesses it can log in as anybody. Make one with: "
            'python -c "import secrets; print(secrets.token_hex(32))"'
        )
    named = {name: value for name, value in auth.items() if isinstance(value, dict)}
    named.pop("client_kwargs", None)
    sections = named or {"": auth}
    for name, section in sections.items():
        missing = [key for key in _PROVIDER_KEYS if not section.get(key)]
        if missing:
            where = f"[auth.{name}]" if name else "[auth]"
            raise AccessSettingError(
                f"{file}: {where} has no {', '.join(missing)}; the identity provider gives them"
            )
    return tuple(sections)


def _checked_header(header: str) -> str:
    if not _HEADER.fullmatch(header) or header.lower() in _NOT_OF_A_PROXY:
        raise AccessSettingError(
            f"--behind-proxy {header!r:.60} is no header that a proxy sets; expected a name of "
            "letters, digits and hyphens, such as X-Forwarded-Email"
        )
    return header


def _network(text: str) -> Network:
    try:
        return ipaddress.ip_network(text.strip(), strict=False)
    except ValueError:
        raise AccessSettingError(
            f"--proxy-address {text!r:.60} is no address; expected one such as 10.0.0.2, or a "
            "network such as 10.0.0.0/28"
        ) from None
