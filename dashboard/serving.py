"""Serve the page on this machine only, under a configuration that is checked first."""

from __future__ import annotations

import os
import socket
import tomllib
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
SAFE_CONFIG = HERE / "safe_config.toml"
PAGE = HERE / "app.py"
DEFAULT_PORT = 8501


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


def safe_options() -> dict[str, Any]:
    """Return Streamlit's option names with the values that `serve` insists on."""
    sections = tomllib.loads(SAFE_CONFIG.read_text(encoding="utf-8"))
    return {
        f"{section}.{name}": value
        for section, options in sections.items()
        for name, value in options.items()
    }


def check_configuration() -> None:
    """Refuse a configuration file or variable that asks for an unsafe value.

    Raises
    ------
    UnsafeConfigurationError
        With every option that differs, what it is, what was expected, and where it is set.
    """
    import streamlit as st
    from streamlit import config

    safe = safe_options()
    options = config.get_config_options(force_reparse=True)
    differing = [
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


def _as_variable(value: object) -> str:
    return (" ".join(map(str, value)) if isinstance(value, list) else str(value)).casefold()


def serve(port: int = DEFAULT_PORT) -> None:
    """Run the server until SIGTERM or Ctrl-C; everything lives in this one process.

    Raises
    ------
    UnsafeConfigurationError, PortInUseError
    """
    import streamlit as st
    from streamlit.web import bootstrap

    check_configuration()
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise PortInUseError(port) from None
    options = safe_options() | {"server.port": port}
    bootstrap.load_config_options({key.replace(".", "_"): value for key, value in options.items()})
    wrong = [
        (k, st.get_option(k), v, "unknown") for k, v in options.items() if st.get_option(k) != v
    ]
    if wrong:
        raise UnsafeConfigurationError(wrong)
    bootstrap.run(
        str(PAGE), False, [], {key.replace(".", "_"): value for key, value in options.items()}
    )
