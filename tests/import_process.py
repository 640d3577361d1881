"""The process of an import that is watched, for tests that stop or kill it."""

import time
from pathlib import Path

import pytest


def process_of(upload_id: str, within_s: float = 30) -> int:
    """Return the process that imports an upload, as soon as there is one."""
    if not Path("/proc/self/cmdline").exists():
        pytest.skip("processes are found in /proc, which is not here")
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        for entry in Path("/proc").iterdir():
            try:
                if entry.name.isdigit() and upload_id.encode() in (entry / "cmdline").read_bytes():
                    return int(entry.name)
            except OSError:
                continue
        time.sleep(0.02)
    pytest.fail("no process imports it")
