"""A socket on which everything together ends at a deadline.

A plain timeout counts from each byte, so that a byte now and then would never end.
"""

from __future__ import annotations

import io
import socket
import time


def left_until(deadline: float) -> float:
    """Return the seconds left until a time of the monotonic clock.

    Raises
    ------
    TimeoutError
        If it has passed.
    """
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError("the time is over")
    return left


class ClockedSocket:
    """What `http.client` needs of a socket, with a deadline for all of it.

    Closing is left to whoever opened the connection.
    """

    def __init__(self, connection: socket.socket, deadline: float) -> None:
        self._connection, self._deadline = connection, deadline

    def sendall(self, data: bytes) -> None:
        """Send everything before the deadline."""
        self._connection.settimeout(left_until(self._deadline))
        self._connection.sendall(data)

    def makefile(self, _mode: str) -> io.BufferedReader:
        """Return the answer as a file; each read ends at the deadline."""
        return io.BufferedReader(_ClockedReader(self._connection, self._deadline))

    def close(self) -> None:
        """Do nothing: the answer may still be unread."""


class _ClockedReader(io.RawIOBase):
    def __init__(self, connection: socket.socket, deadline: float) -> None:
        self._connection, self._deadline = connection, deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        self._connection.settimeout(left_until(self._deadline))
        return self._connection.recv_into(buffer)
