"""A socket on which everything together ends at a deadline and at a number of bytes.

A plain timeout counts from each byte, so that a byte now and then would never end; and a
parser of answers may be talked into reading all there is.
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


class TooManyBytesError(OSError):
    """More bytes came than are read of one answer."""


class ClockedSocket:
    """What `http.client` needs of a socket, with a deadline and a limit for all of it.

    Closing is left to whoever opened the connection.
    """

    def __init__(self, connection: socket.socket, deadline: float, most: int) -> None:
        self._connection, self._deadline, self._most = connection, deadline, most

    def sendall(self, data: bytes) -> None:
        """Send everything before the deadline."""
        self._connection.settimeout(left_until(self._deadline))
        self._connection.sendall(data)

    def makefile(self, _mode: str) -> io.BufferedReader:
        """Return the answer as a file; all reads together end at the deadline and the limit."""
        return io.BufferedReader(_ClockedReader(self._connection, self._deadline, self._most))

    def close(self) -> None:
        """Do nothing: the answer may still be unread."""


class _ClockedReader(io.RawIOBase):
    def __init__(self, connection: socket.socket, deadline: float, most: int) -> None:
        self._connection, self._deadline, self._left = connection, deadline, most

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        self._connection.settimeout(left_until(self._deadline))
        came = self._connection.recv_into(buffer)
        self._left -= came
        if self._left < 0:
            raise TooManyBytesError("the answer does not end")
        return came
