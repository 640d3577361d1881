"""Answers of an online service kept on disk, and one request at a time among processes."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

_SCHEMA = """
CREATE TABLE IF NOT EXISTS answers (question TEXT PRIMARY KEY, answer TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS last_request (only INTEGER PRIMARY KEY CHECK (only = 1), at REAL);
"""


class AnswerCache:
    """Questions and their answers in one SQLite file; a connection for each operation.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     cache = AnswerCache(Path(folder) / "answers.sqlite")
    ...     cache.put("where?", [{"lat": "30.2"}])
    ...     cache.get("where?"), cache.get("else?")
    ([{'lat': '30.2'}], None)
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        with self._connect() as connection:
            connection.executescript(_SCHEMA)

    def get(self, question: str) -> list[dict[str, Any]] | None:
        """Return the kept answer, or None where the question was never answered."""
        with self._connect() as connection:
            row = connection.execute(
                "SELECT answer FROM answers WHERE question = ?", (question,)
            ).fetchone()
        answer: list[dict[str, Any]] | None = json.loads(row[0]) if row else None
        return answer

    def put(self, question: str, answer: list[dict[str, Any]]) -> None:
        """Keep an answer; an empty one is kept too, so that it is not asked again."""
        with self._connect() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO answers VALUES (?, ?)",
                (question, json.dumps(answer, ensure_ascii=False)),
            )

    @contextmanager
    def turn(
        self, now: Callable[[], float], sleep: Callable[[float], None], min_delay_s: float
    ) -> Iterator[None]:
        """Wait until the last request of any process is `min_delay_s` ago, then hold the turn."""
        with self._connect() as connection:
            connection.execute("BEGIN IMMEDIATE")
            row = connection.execute("SELECT at FROM last_request").fetchone()
            # A clock set back must not make anyone wait for longer than the delay.
            wait = min(row[0] + min_delay_s - now(), min_delay_s) if row else 0.0
            if wait > 0:
                sleep(wait)
            try:
                yield
            finally:
                connection.execute("INSERT OR REPLACE INTO last_request VALUES (1, ?)", (now(),))
                connection.execute("COMMIT")

    @contextmanager
    def _connect(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._path, timeout=60, isolation_level=None)) as connection:
            connection.execute("PRAGMA trusted_schema = OFF")
            yield connection
