"""Work that is done ahead, in a thread, while what came before is still used."""

from __future__ import annotations

import queue
import threading
from collections.abc import Generator, Iterable
from typing import TypeVar

T = TypeVar("T")
_END = object()


def read_ahead(source: Iterable[T], depth: int = 1) -> Generator[T, None, None]:
    """Yield what a source yields, taken from it in a thread up to `depth` items ahead.

    The thread ends with the source, with its error, or when the caller stops asking.

    Examples
    --------
    >>> list(read_ahead(range(3)))
    [0, 1, 2]
    """
    items: queue.Queue[object] = queue.Queue(depth)
    stop = threading.Event()
    failure: list[BaseException] = []

    def put(item: object) -> None:
        while not stop.is_set():
            try:
                items.put(item, timeout=0.1)
            except queue.Full:
                continue
            return

    def work() -> None:
        try:
            for item in source:
                put(item)
                if stop.is_set():
                    return
        except BaseException as error:  # noqa: BLE001 (raised again where the items are used)
            failure.append(error)
        finally:
            put(_END)

    thread = threading.Thread(target=work, name="read-ahead", daemon=True)
    thread.start()
    try:
        while (item := items.get()) is not _END:
            yield item  # type: ignore[misc]
    finally:
        stop.set()
        thread.join()
    if failure:
        raise failure[0]
