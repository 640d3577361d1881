"""The local library of texts: the words that a source's claims were read from, where they are kept.

Texts belong to their publishers and are not part of the project. A reader who has them names
their folder; a text is then known by what it says (its SHA-256), not by what its file is called.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, Protocol

from incidents.coding.anchors import text_sha256
from incidents.model import Source

TEXTS_VARIABLE = "INCIDENT_MAP_TEXTS"
QUOTES_FILE = "quotes.json"
"""Beside the texts: what stood around each quote, so that it is found again in a changed text."""

# A report is some kilobytes; what is larger is no report, and would fill the memory.
MAX_TEXT_BYTES = 10_000_000
_NUMBER = re.compile(r"\d+(?![^\W_])")


class Context(NamedTuple):
    """What stood just before and just after a quote when its text was last seen unchanged."""

    prefix: str
    suffix: str


@dataclass(frozen=True)
class FoundText:
    """A text that the library holds for a source."""

    text: str
    changed: bool
    """Whether it is another text than the one that was coded, by its hash."""
    name: str = ""
    """What the file is called, to be said where the text has changed."""
    contexts: Mapping[str, Context] = field(default_factory=dict)
    """What stood around quotes, by `claim_id`, as far as it was kept."""


class Texts(Protocol):
    """Whatever can find the text of a source."""

    def text_of(self, source: Source) -> FoundText | None:
        """Return the text of a source, None where there is none."""


@dataclass(frozen=True)
class TextLibrary:
    """The texts of a folder, found by their hash.

    Where no file has the hash of a source, a file whose name begins with the number that the
    source's id begins with (``004`` for ``004-dawn-2026-02-01``) is its changed text; where
    several do, none is taken.
    """

    by_hash: Mapping[str, Path] = field(default_factory=dict)
    by_number: Mapping[str, tuple[Path, ...]] = field(default_factory=dict)
    contexts: Mapping[str, Context] = field(default_factory=dict)
    unread: tuple[str, ...] = ()
    """Names of files that are too large or no UTF-8, and so were left out."""

    @classmethod
    def from_folder(cls, folder: Path) -> TextLibrary:
        """Read the names and hashes of a folder's ``.txt`` files; texts are read when asked for.

        Raises
        ------
        FileNotFoundError
            If there is no such folder.
        ValueError
            If its `quotes.json` cannot be read.
        """
        if not folder.is_dir():
            raise FileNotFoundError(
                f"there is no folder {folder}; name the folder of the texts with --texts or in "
                f"the variable {TEXTS_VARIABLE}"
            )
        by_hash: dict[str, Path] = {}
        by_number: dict[str, list[Path]] = defaultdict(list)
        unread = []
        for path in _text_files(folder):
            content = _content(path)
            if content is None:
                unread.append(path.name)
                continue
            by_hash.setdefault(hashlib.sha256(content).hexdigest(), path)
            if number := _NUMBER.match(path.name):
                by_number[number[0]].append(path)
        return cls(
            by_hash,
            {number: tuple(paths) for number, paths in by_number.items()},
            load_contexts(folder / QUOTES_FILE),
            tuple(unread),
        )

    def text_of(self, source: Source) -> FoundText | None:
        """Return the text of a source, `changed` where its hash is another than the coded one."""
        path = self.by_hash.get(source.sha256) or self._by_name(source.source_id)
        content = _content(path) if path else None
        if path is None or content is None:
            return None
        # The file may have been written to since the folder was read: the hash is of what is shown.
        text = content.decode("utf-8")
        return FoundText(text, text_sha256(text) != source.sha256, path.name, self.contexts)

    def _by_name(self, source_id: str) -> Path | None:
        number = _NUMBER.match(source_id)
        paths = self.by_number.get(number[0], ()) if number else ()
        return paths[0] if len(paths) == 1 else None


def texts_folder() -> Path | None:
    """Return the folder of texts that the variable INCIDENT_MAP_TEXTS names, None where it is not set."""
    named = os.environ.get(TEXTS_VARIABLE)
    return Path(named) if named else None


def folder_state(folder: Path) -> str:
    """Return a digest of a folder's file names, sizes and times of writing: a cache key."""
    state = hashlib.sha256()
    if folder.is_dir():
        for path in [*_text_files(folder), folder / QUOTES_FILE]:
            if path.is_file():
                said = path.stat()
                state.update(f"{path.name}\0{said.st_size}\0{said.st_mtime_ns}\0".encode())
    return state.hexdigest()


def load_contexts(path: Path) -> dict[str, Context]:
    """Read what stood around quotes; nothing where the file is not there.

    Raises
    ------
    ValueError
        If the file is not what `incidents.evidence` writes.
    """
    if not path.is_file():
        return {}
    try:
        annotations = json.loads(path.read_text(encoding="utf-8"))
        return {
            annotation["id"].removeprefix("?claim="): Context(
                str(selector.get("prefix", "")), str(selector.get("suffix", ""))
            )
            for annotation in annotations
            for selector in annotation["target"]["selector"]
            if selector["type"] == "TextQuoteSelector"
        }
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(
            f"{path} does not hold a list of annotations ({error}); move it away and write it "
            "anew with: python -m incidents.evidence SEEDS TEXTS"
        ) from None


def _text_files(folder: Path) -> list[Path]:
    return sorted(p for p in folder.iterdir() if p.suffix.lower() == ".txt" and p.is_file())


def _content(path: Path) -> bytes | None:
    """Return a file's bytes, None where they are no text of a report."""
    try:
        if path.stat().st_size > MAX_TEXT_BYTES:
            return None
        content = path.read_bytes()
        content.decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    return content
