"""Many readers at once: sessions that filter every few seconds, over the page's own socket.

Each session speaks Streamlit's protocol as a browser does, without drawing: it changes the event
types, waits until the page's script has ended, and rests. No two changes in a row are to the same
filter, and more filters are asked for than the server keeps the answers of. Then the same sessions
change their filters without a rest, to see whether the server grows. All on this machine, bounded
in number; the sessions take some of its processors themselves.

Example: python -m bench.sessions --rows 1000000 --sessions 25 --rounds 12 --reruns 5000
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Common_pb2 import StringArray
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect

from bench.served import Served, make_library, served
from incidents.model import EVENT_TYPES

REST_S = 5.0
LABEL = "Event type"
MOMENTS = 10
_WIDGETS = ("multiselect", "selectbox", "checkbox", "date_input")


@dataclass
class Waits:
    """Seconds that answers took, and what went wrong."""

    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


class Session:
    """One reader's socket; `number` keeps its filters apart from the others'."""

    def __init__(self, socket_: ClientConnection, number: int) -> None:
        self._socket = socket_
        self._chosen = number
        self._widget = ""
        self._states: dict[str, WidgetState] = {}

    async def open(self) -> None:
        """Run the page for the first time and find the filter's widget."""
        await self._run(BackMsg())
        if not self._widget:
            raise RuntimeError(f"the page has no filter {LABEL!r}")

    async def change(self) -> float:
        """Change the filter; return the seconds until the page's script has ended."""
        state = self._states[self._widget]
        # Each of the 63 sets of event types in turn: 5 has no factor in common with 63.
        self._chosen += 5
        bits = 1 + self._chosen % (2 ** len(EVENT_TYPES) - 1)
        chosen = [name for place, name in enumerate(EVENT_TYPES) if bits >> place & 1]
        state.string_array_value.data[:] = chosen
        message = BackMsg()
        # A browser tells the state of every widget, each time.
        message.rerun_script.widget_states.widgets.extend(self._states.values())
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
                if new.WhichOneof("type") == "exception":
                    raise RuntimeError(new.exception.message)
                self._take_up(new)
            if kind == "script_finished":
                return

    def _take_up(self, new: Element) -> None:
        """Know a widget as it is first shown, as a browser does."""
        kind = new.WhichOneof("type")
        shown = getattr(new, kind) if kind in _WIDGETS else None
        if shown is None or shown.id in self._states:
            return
        if kind == "multiselect":
            if shown.label == LABEL:
                self._widget = shown.id
            said = StringArray(data=[shown.options[place] for place in shown.default])
            state = WidgetState(id=shown.id, string_array_value=said)
        elif kind == "selectbox":
            state = WidgetState(id=shown.id, string_value=shown.options[shown.default])
        elif kind == "checkbox":
            state = WidgetState(id=shown.id, bool_value=shown.default)
        else:
            said = StringArray(data=shown.default)
            state = WidgetState(id=shown.id, string_array_value=said)
        self._states[shown.id] = state


@asynccontextmanager
async def _opened(server: Served, number: int) -> AsyncIterator[list[Session]]:
    """Open so many sessions, one after the other, until the block ends."""
    async with AsyncExitStack() as open_ones:
        sessions = []
        for n in range(number):
            socket_ = await open_ones.enter_async_context(
                connect(
                    f"ws://localhost:{server.port}/_stcore/stream",
                    subprotocols=["streamlit"],  # type: ignore[list-item]
                    origin=server.address,  # type: ignore[arg-type]
                    max_size=None,
                )
            )
            session = Session(socket_, n)
            await session.open()
            sessions.append(session)
        yield sessions


async def _filter(session: Session, changes: int, waits: Waits, rest_s: float = 0.0) -> None:
    for _ in range(changes):
        try:
            took = await session.change()
        except (RuntimeError, OSError) as error:
            waits.errors.append(str(error))
            return
        waits.seconds.append(took)
        if rest_s:
            await asyncio.sleep(max(0.0, rest_s - took))


async def _calm(sessions: list[Session], rounds: int) -> Waits:
    """Let every session change its filter every few seconds, each at another moment."""
    waits = Waits()

    async def one(number: int, session: Session) -> None:
        await asyncio.sleep(REST_S * number / len(sessions))
        await _filter(session, rounds, waits, REST_S)

    await asyncio.gather(*(one(n, s) for n, s in enumerate(sessions)))
    return waits


async def _without_rest(sessions: list[Session], changes: int, waits: Waits) -> None:
    await asyncio.gather(*(_filter(session, changes, waits) for session in sessions))


async def _measure(server: Served, sessions: int, rounds: int, reruns: int) -> None:
    async with _opened(server, 2) as first:
        await _filter(first[0], 30, Waits())
    before = server.megabytes
    async with _opened(server, sessions) as opened:
        busy, begun = server.processor_s, time.perf_counter()
        calm = await _calm(opened, rounds)
        _stop_on(calm)
        busy, begun = server.processor_s - busy, time.perf_counter() - begun
        after = server.megabytes
        cuts = statistics.quantiles(calm.seconds, n=20)
        print(
            f"{sessions} sessions, a changed filter every {REST_S:.0f} s: "
            f"median {statistics.median(calm.seconds):.2f} s, p95 {cuts[-1]:.2f} s, "
            f"worst {max(calm.seconds):.2f} s, no error in {len(calm.seconds)}; the server's "
            f"processors {1e3 * busy / len(calm.seconds):.0f} ms a change, {busy / begun:.0%} of one",
            flush=True,
        )
        print(f"memory a session, while it is open: {(after - before) / sessions:.1f} MB")
        seen, waits = [after], Waits()
        begun = time.perf_counter()
        for _ in range(MOMENTS):
            await _without_rest(opened, max(1, reruns // sessions // MOMENTS), waits)
            _stop_on(waits)
            seen.append(server.megabytes)
        print(
            f"over {len(waits.seconds):,} further reruns without a rest, "
            f"{len(waits.seconds) / (time.perf_counter() - begun):.0f} a second: "
            + " → ".join(f"{mb:.0f}" for mb in seen)
            + " MB"
        )


def _stop_on(waits: Waits) -> None:
    if waits.errors:
        raise SystemExit(f"{len(waits.errors)} sessions failed, the first: {waits.errors[0]}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--sessions", type=int, default=25)
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--reruns", type=int, default=1_000)
    parser.add_argument(
        "--library", type=Path, help="A data folder that is there; else one is made."
    )
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        library = given.library or Path(folder) / "library"
        if given.library is None:
            make_library(library, given.rows)
        print(f"{given.rows:,} rows, load {os.getloadavg()[0]:.1f}", flush=True)
        with served(library) as server:
            asyncio.run(_measure(server, given.sessions, given.rounds, given.reruns))
        print(f"load at the end {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
