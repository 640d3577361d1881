"""Serve the page, on this machine only unless told who may come in, under a checked configuration."""

from __future__ import annotations

import errno
import json
import logging
import os
import socket
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dashboard.access_setting import (
    LOOPBACK_HOSTS,
    LOOPBACK_PROXIES,
    AccessSetting,
    find_setting,
    missing_setting,
    read_setting,
)

HERE = Path(__file__).parent
SAFE_CONFIG = HERE / "safe_config.toml"
PAGE = HERE / "app.py"
DEFAULT_PORT = 8501
DEFAULT_HOST = "127.0.0.1"
# What a reader's own configuration may say besides; see `_is_harmless`.
HARMLESS = frozenset({"server.port", "secrets.files", "server.sslCertFile", "server.sslKeyFile"})
# Not in the file, because Streamlit's own default is what is wanted: nobody is who a header
# says, unless a proxy sets it, and no address stands in the open metrics.
UNTOUCHED: Mapping[str, Any] = {
    "server.trustedUserHeaders": {},
    "server.unsafeMetricsUserAttributes": [],
}


class UnsafeConfigurationError(RuntimeError):
    """Another configuration asks for something else than the safe value."""

    def __init__(self, differing: list[tuple[str, Any, Any, str]]) -> None:
        super().__init__(differing)
        self.differing = differing

    def __str__(self) -> str:
        lines = [
            f"  {key} is {value!r} (set in {where}), expected {safe!r}"
            for key, value, safe, where in self.differing
        ]
        return (
            "The server is not started, its configuration is not safe:\n"
            + "\n".join(lines)
            + "\nRemove these settings from that file, or the STREAMLIT_ variable, and start again."
        )


class PortInUseError(OSError):
    """Somebody else listens on the port."""

    def __init__(self, port: int) -> None:
        super().__init__(
            f"Port {port} is in use. Choose another one: incident-map serve --port {port + 1}"
        )


class HostNotHereError(OSError):
    """The address is none of this machine's."""

    def __init__(self, host: str, why: str) -> None:
        super().__init__(
            f"--host {host}: {why}. Give an address of this machine, or 0.0.0.0 for all of them."
        )


def safe_options() -> dict[str, Any]:
    """Return Streamlit's option names with the values that `serve` insists on."""
    sections = tomllib.loads(SAFE_CONFIG.read_text(encoding="utf-8"))
    return {
        f"{section}.{name}": value
        for section, options in sections.items()
        for name, value in options.items()
    }


def options_for(host: str, access: AccessSetting | None = None) -> dict[str, Any]:
    """Return the options to serve with: the safe ones, and what an access setting changes.

    Nothing but the address to listen on, the host that the page may be asked for by, the host
    that people type, and the proxy's header ever differs.

    Examples
    --------
    >>> safe = safe_options() | UNTOUCHED
    >>> options_for("localhost") == safe
    True
    """
    options = safe_options() | UNTOUCHED
    if host != "localhost":
        options["server.address"] = host
    if access is not None:
        options["server.allowedHosts"] = [access.host]
        options["browser.serverAddress"] = access.host
        if access.header is not None:
            # Also lets Streamlit refuse a session that is taken up again by somebody else.
            options["server.trustedUserHeaders"] = {access.header: "email"}
    return options


def admit(
    host: str,
    file: Path | None = None,
    header: str | None = None,
    proxies: Sequence[str] = (),
) -> AccessSetting | None:
    """Return the access setting to serve under, None where the page is this machine's alone.

    Raises
    ------
    AccessSettingError
        If the host lets others in and there is no setting, or the setting is not safe.
    """
    from streamlit import config

    _parsed_options()
    usual = [] if file is not None else list(config.get_option("secrets.files"))
    found = file or find_setting(usual)
    if found is not None:
        return read_setting(found, header, proxies or LOOPBACK_PROXIES)
    if header is not None or host not in LOOPBACK_HOSTS:
        opening = "--behind-proxy" if header is not None else f"--host {host or '(empty)'}"
        raise missing_setting(opening, usual)
    return None


def check_configuration(safe: Mapping[str, Any]) -> None:
    """Refuse a configuration file or variable that asks for an unsafe value.

    Raises
    ------
    UnsafeConfigurationError
        With every option that differs, what it is, what was expected, and where it is set.
    """
    import streamlit as st
    from streamlit import config

    try:
        options = config.get_config_options(force_reparse=True)
    except RuntimeError as error:  # two settings that exclude each other
        raise UnsafeConfigurationError(
            [("the configuration", str(error), "none", "a file")]
        ) from None
    differing = [
        (key, st.get_option(key), "nothing", config.get_where_defined(key))
        for key in options
        if config.is_manually_set(key) and key not in safe and not _is_harmless(key)
    ]
    differing += [
        (key, st.get_option(key), value, config.get_where_defined(key))
        for key, value in safe.items()
        if config.is_manually_set(key) and st.get_option(key) != value
    ]
    # `streamlit run` would read these; here they have no effect, and saying so is safer
    # than letting somebody believe that they do.
    for key, value in safe.items():
        named = options[key].env_var
        given = os.environ.get(named)
        if given is not None and given.strip().casefold() != _as_variable(value):
            differing.append((key, given, value, f"the variable {named}"))
    if differing:
        raise UnsafeConfigurationError(differing)


def _parsed_options() -> Mapping[str, Any]:
    from streamlit import config

    try:
        return config.get_config_options(force_reparse=True)
    except RuntimeError as error:  # two settings that exclude each other
        raise UnsafeConfigurationError(
            [("the configuration", str(error), "nothing", "a file")]
        ) from None


def _is_harmless(key: str) -> bool:
    """Whether a setting changes only how things look, how much is logged, or adds https.

    A font, a style sheet or a base theme may lie at an address: those are not among them.
    """
    section, _, name = key.partition(".")
    return section == "logger" or (section == "theme" and name.endswith("Color")) or key in HARMLESS


def _as_variable(value: object) -> str:
    if isinstance(value, dict):
        return json.dumps(value).casefold()
    return (" ".join(map(str, value)) if isinstance(value, list) else str(value)).casefold()


def serve(
    port: int = DEFAULT_PORT, host: str = DEFAULT_HOST, access: AccessSetting | None = None
) -> None:
    """Run the server until SIGTERM or Ctrl-C; everything lives in this one process.

    Raises
    ------
    UnsafeConfigurationError, PortInUseError, HostNotHereError
    """
    import streamlit as st
    from streamlit.web import bootstrap

    safe = options_for(host, access)
    check_configuration(safe)
    _bound_port(safe["server.address"], port)
    options = safe | {"server.port": port}
    if access is not None:
        options["secrets.files"] = [str(access.file.resolve())]
        _put_in_force(access)
    # Uvicorn would believe a header from this machine about where a visitor comes from.
    os.environ["FORWARDED_ALLOW_IPS"] = ""
    flags = {
        key.replace(".", "_"): json.dumps(value) if isinstance(value, dict) else value
        for key, value in options.items()
    }
    _ask_nobody_outside()
    with _parsed_a_second_time():
        bootstrap.load_config_options(flags)
    wrong = [
        (k, st.get_option(k), v, "unknown") for k, v in options.items() if st.get_option(k) != v
    ]
    if wrong:
        raise UnsafeConfigurationError(wrong)
    bootstrap.run(str(PAGE), False, [], flags)


def _ask_nobody_outside() -> None:
    """Keep Streamlit from asking another machine for this one's public address.

    It does so for a page whose origin it does not know, so any website that a reader
    visits could make it; the answer would also be trusted as an origin.
    """
    from streamlit import net_util

    net_util.get_external_ip = lambda: None
    net_util.get_internal_ip = lambda: None


@contextmanager
def _parsed_a_second_time() -> Iterator[None]:
    """Keep Streamlit from calling our own flags a change that needs a restart."""
    log = logging.getLogger("streamlit.config")
    before = log.level
    log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        log.setLevel(before)


def _put_in_force(access: AccessSetting) -> None:
    # The page's modules come with Streamlit, which takes a while to import.
    from dashboard.access import put_in_force

    put_in_force(access)


def free_port(host: str = DEFAULT_HOST) -> int:
    """Return a port of an address that nobody listens on.

    Raises
    ------
    HostNotHereError
        If the address is none of this machine's.
    """
    return _bound_port(host, 0)


def _bound_port(host: str, port: int) -> int:
    """Return the port that can be listened on; for 0 the system chooses one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            found: int = probe.getsockname()[1]
            return found
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise PortInUseError(port) from None
            raise HostNotHereError(host, error.strerror or str(error)) from None
