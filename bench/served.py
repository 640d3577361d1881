"""A server of the page for measurements: a library with made-up rows, its port and its process."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from bench.imports import ROW_BYTES, write_acled_like
from incidents.datasets.importing import import_files

SERVE = (sys.executable, "-m", "dashboard", "serve", "--port", "{port}")


class Served(NamedTuple):
    """A server that answers: its port, and the process that does the work."""

    port: int
    process: int

    @property
    def address(self) -> str:
        """Where the page is."""
        return f"http://localhost:{self.port}"

    @property
    def processor_s(self) -> float:
        """Seconds of processor that the server has had so far, all its threads together."""
        fields = Path(f"/proc/{self.process}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")

    @property
    def megabytes(self) -> float:
        """The resident memory that the server has to itself."""
        lines = Path(f"/proc/{self.process}/smaps_rollup").read_text().splitlines()
        kept = ("Private_Clean:", "Private_Dirty:")
        return sum(int(line.split()[1]) for line in lines if line.startswith(kept)) / 1024


def make_library(library: Path, rows: int, row_bytes: int = ROW_BYTES) -> None:
    """Import a made-up ACLED-like file of so many rows; without any, the library stays empty."""
    library.mkdir(parents=True, exist_ok=True)
    if not rows:
        return
    path = library / "acled-like.csv"
    write_acled_like(path, rows, row_bytes)
    import_files([path], "acled", library=library)
    path.unlink()


@contextmanager
def served(library: Path, command: Sequence[str] = SERVE) -> Iterator[Served]:
    """Serve a library until the block ends; give the server once it listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [word.format(port=port) for word in command],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        env=os.environ | {"INCIDENT_MAP_DATA_DIR": str(library)},
    )
    try:
        _wait_until_it_listens(port)
        yield Served(port, _innermost(server.pid))
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=30)


def _wait_until_it_listens(port: int) -> None:
    for _ in range(2_400):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise SystemExit(f"no server listens on port {port} after two minutes")


def _innermost(process: int) -> int:
    """Return the process that answers: the command, or the server that it started."""
    while children := Path(f"/proc/{process}/task/{process}/children").read_text().split():
        process = int(children[0])
    return process
