"""What an import says of itself, while it runs and when it is done."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from incidents.datasets.formats import Licence
from incidents.datasets.library import FileRead
from incidents.datasets.mapping import Mapping
from incidents.datasets.refusals import Refusal

_DOUBTS_IN_JSON = 1_000


class Progress(NamedTuple):
    """How far an import is."""

    rows: int
    share: float
    """Of the files' bytes, 0 to 1."""
    seconds_left: float | None

    @classmethod
    def at(cls, rows: int, share: float, seconds: float) -> Progress:
        """Return the progress after some seconds, with what is left at the same pace.

        Examples
        --------
        >>> Progress.at(1_000, 0.25, 2.0).seconds_left
        6.0
        """
        return cls(rows, share, seconds * (1 - share) / share if share > 0 else None)


@dataclass(frozen=True)
class ImportReport:
    """What became of every row: rows = imported + duplicate + refused.

    `added`, `changed` and `gone` are against what the dataset held before; a row that stands
    twice with other content in one file is a change too. `doubts` are rows that were kept
    although something about them may be wrong.
    """

    dataset_id: str
    version: str
    folder: Path
    rows: int
    imported: int
    duplicate: int
    refused: int
    added: int
    changed: int
    gone: int
    refusals: tuple[Refusal, ...]
    doubts: tuple[Refusal, ...]
    paths: tuple[Path, ...]
    files: tuple[FileRead, ...]
    licence: Licence
    mapping: Mapping
    address: str = ""
    """Where the dataset lies, if several machines wrote it."""
    mapping_file: Path | None = None
    """Where a table's mapping was saved; None for published formats, or if nothing was added."""

    def as_json(self) -> dict[str, Any]:
        """Return the report as plain values; `row` counts the data rows of a file from 1."""
        several = len(self.files) > 1
        return {
            "rows": self.rows,
            "imported": self.imported,
            "duplicate": self.duplicate,
            "refused": self.refused,
            "refusals": [one.as_dict(with_file=several) for one in self.refusals],
            "added": self.added,
            "changed": self.changed,
            "gone": self.gone,
            "doubts": [one.as_dict(with_file=several) for one in self.doubts[:_DOUBTS_IN_JSON]],
            "dataset_id": self.dataset_id,
            "version": self.version,
            "files": [one.model_dump() for one in self.files],
            "licence": {
                "name": self.licence.name,
                "url": self.licence.url,
                "notice": self.licence.notice,
            },
        }

    def sentence(self) -> str:
        """Return the counts as a sentence that adds up."""
        return (
            f"{self.rows:,} rows = {self.imported:,} imported + {self.duplicate:,} duplicate + "
            f"{self.refused:,} refused; {self.added:,} added, {self.changed:,} changed, "
            f"{self.gone:,} gone"
        )
