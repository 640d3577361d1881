"""What a child process gives up before it reads a stranger's file: memory, time, writing, network."""

from __future__ import annotations

import os
import sys

# Audit events, see the table in the library reference of Python.
_FORBIDDEN = ("socket.", "subprocess.", "os.system", "os.exec", "os.fork", "os.posix_spawn",
              "os.spawn", "os.remove", "os.rename", "os.rmdir", "os.mkdir", "ctypes.", "urllib.")  # fmt: skip
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def limit_resources(memory_bytes: int, seconds: int) -> None:
    """Limit this process's memory and processor time, where the system can."""
    try:
        import resource  # noqa: PLC0415 (not on Windows)
    except ImportError:
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


def close_doors() -> None:
    """Refuse this process the network, other programs, and any file to write to."""

    def refuse(event: str, arguments: tuple[object, ...]) -> None:
        if event.startswith(_FORBIDDEN):
            raise PermissionError(f"{event} is not allowed while a file is read")
        if event == "open":
            mode, flags = arguments[1], arguments[2]
            if (isinstance(mode, str) and set(mode) & set("wax+")) or (
                isinstance(flags, int) and flags & _WRITES
            ):
                raise PermissionError("writing is not allowed while a file is read")

    sys.addaudithook(refuse)
