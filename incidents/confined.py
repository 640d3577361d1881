"""What a child process is not given, and gives up before it looks at somebody else's file."""

from __future__ import annotations

import os
import sys

NETWORK_AND_PROGRAMS = (
    "socket.", "subprocess.", "os.system", "os.exec", "os.fork", "os.posix_spawn", "os.spawn",
    "os.remove", "os.rename", "os.rmdir", "os.mkdir", "ctypes.", "urllib.",
)  # fmt: skip
"""Beginnings of audit events, see the table in the library reference of Python."""
_KEPT_ENVIRONMENT = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT", "LANG", "TZ")
_WRITE_FLAGS = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def child_environment() -> dict[str, str]:
    """Return the environment for a child process: what it starts with, and no secret of ours."""
    return {k: v for k in _KEPT_ENVIRONMENT if (v := os.environ.get(k)) is not None}


def limit_resources(memory_bytes: int, seconds: int) -> None:
    """Limit memory, processor time and core files of this process, where the system can."""
    try:
        import resource  # noqa: PLC0415  (not on Windows)
    except ImportError:  # the parent's clock still holds
        return
    for kind, wanted in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(kind)
        allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        try:
            resource.setrlimit(kind, (allowed, allowed))
        except (ValueError, OSError):  # macOS refuses RLIMIT_AS
            continue


def close_doors(forbidden: tuple[str, ...] = NETWORK_AND_PROGRAMS) -> None:
    """Let no code in this process write a file any more, nor do what is forbidden.

    Parameters
    ----------
    forbidden
        Beginnings of audit events, see the table in the library reference of Python.
    """

    def refuse(event: str, arguments: tuple[object, ...]) -> None:
        if event.startswith(forbidden):
            raise PermissionError(f"{event} is not allowed while a file is read")
        if event == "open" and _writes(arguments):
            raise PermissionError(f"writing {arguments[0]!r} is not allowed while a file is read")

    sys.addaudithook(refuse)


def _writes(arguments: tuple[object, ...]) -> bool:
    mode, flags = arguments[1], arguments[2]
    if isinstance(mode, str) and set(mode) & set("wax+"):
        return True
    return isinstance(flags, int) and bool(flags & _WRITE_FLAGS)
