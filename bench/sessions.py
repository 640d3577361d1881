"""Many readers at once: sessions that filter every few seconds, over the page's own socket.

Each session speaks Streamlit's protocol as a browser does, without drawing: it changes the event
types, waits until the page's script has ended, and rests. Then one session changes its filter
again and again, to see whether the server grows. All on this machine, bounded in number.

Example: python -m bench.sessions --rows 1000000 --sessions 25 --rounds 12 --reruns 1000
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

from bench.imports import write_acled_like
from incidents.datasets.importing import import_files

REST_S = 5.0
LABEL = "Event type"
CHOICES = (["Battles"], ["Protests"], ["Riots"], ["Battles", "Riots"], [])


@dataclass
class Waits:
    """Seconds that answers took, and what went wrong."""

    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


class Session:
    """One reader's socket."""

    def __init__(self, socket_: ClientConnection) -> None:
        self._socket = socket_
        self._widget = ""
        self._chosen = 0

    async def open(self) -> None:
        """Run the page for the first time and find the filter's widget."""
        await self._run(BackMsg())
        if not self._widget:
            raise RuntimeError(f"the page has no filter {LABEL!r}")

    async def change(self) -> float:
        """Change the filter; return the seconds until the page's script has ended."""
        message = BackMsg()
        state = message.rerun_script.widget_states.widgets.add()
        state.id = self._widget
        self._chosen += 1
        state.string_array_value.data.extend(CHOICES[self._chosen % len(CHOICES)])
        begun = time.perf_counter()
        await self._run(message)
        return time.perf_counter() - begun

    async def _run(self, message: BackMsg) -> None:
        if not message.HasField("rerun_script"):
            message.rerun_script.query_string = ""
        await self._socket.send(message.SerializeToString())
        while True:
            answer = ForwardMsg()
            answer.ParseFromString(await self._socket.recv())  # type: ignore[arg-type]
            kind = answer.WhichOneof("type")
            if kind == "delta":
                new = answer.delta.new_element
                if new.WhichOneof("type") == "multiselect" and new.multiselect.label == LABEL:
                    self._widget = new.multiselect.id
                if new.WhichOneof("type") == "exception":
                    raise RuntimeError(new.exception.message)
            if kind == "script_finished":
                return


async def _reader(port: int, number: int, sessions: int, rounds: int, waits: Waits) -> None:
    address = f"ws://localhost:{port}/_stcore/stream"
    async with connect(
        address, subprotocols=["streamlit"], origin=f"http://localhost:{port}", max_size=None
    ) as opened:
        session = Session(opened)
        await session.open()
        await asyncio.sleep(REST_S * number / sessions)
        for _ in range(rounds):
            try:
                took = await session.change()
            except (RuntimeError, OSError) as error:
                waits.errors.append(str(error))
                return
            waits.seconds.append(took)
            await asyncio.sleep(max(0.0, REST_S - took))


async def _readers(port: int, sessions: int, rounds: int) -> Waits:
    waits = Waits()
    await asyncio.gather(*(_reader(port, n, sessions, rounds, waits) for n in range(sessions)))
    return waits


async def _again_and_again(port: int, server: int, reruns: int) -> list[float]:
    """Return the server's megabytes at ten moments over so many reruns."""
    seen = []
    address = f"ws://localhost:{port}/_stcore/stream"
    async with connect(
        address, subprotocols=["streamlit"], origin=f"http://localhost:{port}", max_size=None
    ) as opened:
        session = Session(opened)
        await session.open()
        for number in range(reruns):
            await session.change()
            if number % max(1, reruns // 10) == 0:
                seen.append(_megabytes(server))
    return [*seen, _megabytes(server)]


def _megabytes(process: int) -> float:
    """Return the resident memory that a process has to itself."""
    lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    kept = ("Private_Clean:", "Private_Dirty:")
    return sum(int(line.split()[1]) for line in lines if line.startswith(kept)) / 1024


@contextmanager
def _served(data_dir: Path) -> Iterator[tuple[int, int]]:
    """Serve a library; give the port and the server's process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "dashboard", "serve", "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        env=os.environ | {"INCIDENT_MAP_DATA_DIR": str(data_dir)},
    )
    try:
        for _ in range(300):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield port, _listening(server.pid)
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=30)


def _listening(parent: int) -> int:
    """Return the process that answers: the command, or the server that it started."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return int(children[0]) if children else parent


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--sessions", type=int, default=25)
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--reruns", type=int, default=1_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "library"
        if given.rows:
            path = Path(folder) / "acled-like.csv"
            write_acled_like(path, given.rows)
            import_files([path], "acled", library=library)
            path.unlink()
        with _served(library) as (port, server):
            asyncio.run(_readers(port, 1, 2))
            before = _megabytes(server)
            waits = asyncio.run(_readers(port, given.sessions, given.rounds))
            after = _megabytes(server)
            grown = asyncio.run(_again_and_again(port, server, given.reruns))
    if waits.errors:
        raise SystemExit(f"{len(waits.errors)} sessions failed, the first: {waits.errors[0]}")
    cuts = statistics.quantiles(waits.seconds, n=20)
    print(
        f"{given.sessions} sessions, a changed filter every {REST_S:.0f} s, {given.rows:,} rows: "
        f"median {statistics.median(waits.seconds):.2f} s, p95 {cuts[-1]:.2f} s, "
        f"worst {max(waits.seconds):.2f} s, no error in {len(waits.seconds)}"
    )
    print(f"memory a session: {(after - before) / given.sessions:.1f} MB")
    print(
        f"over {given.reruns:,} reruns of one session: "
        + " → ".join(f"{mb:.0f}" for mb in grown)
        + " MB"
    )


if __name__ == "__main__":
    main()
