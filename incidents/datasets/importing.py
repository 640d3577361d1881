"""Import: files in, a release of a dataset out, and a report that accounts for every row."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np

from geo.join import district_index
from incidents.access import By, require
from incidents.datasets import library as on_disk
from incidents.datasets.ahead import read_ahead
from incidents.datasets.blocks import Block
from incidents.datasets.coding import Coder
from incidents.datasets.formats import (
    KINDS,
    Format,
    Kind,
    canonical_name,
    stored_way_of_reading,
    version_of,
)
from incidents.datasets.history import History, load_history
from incidents.datasets.mapping import Mapping, load_mapping, to_toml
from incidents.datasets.opening import open_files, prepared
from incidents.datasets.refusals import FileRefusedError, Refusal
from incidents.datasets.release_writer import ReleaseWriter
from incidents.datasets.report import ImportReport, Progress
from incidents.datasets.seen import CHANGED, SAME
from incidents.datasets.tables import Table
from incidents.model import KARACHI

MAX_LISTED = 200_000
"""Refused rows that a report lists; beyond it they are only counted."""


class ImportCancelledError(Exception):
    """The import was cancelled; nothing of it is kept."""


def import_files(
    paths: Sequence[Path],
    as_: Kind,
    mapping: Mapping | None = None,
    library: Path = Path(),
    progress: Callable[[Progress], None] | None = None,
    cancel: Callable[[], bool] | None = None,
    *,
    dataset: str = "",
    encoding: str = "",
    i_hold_a_licence: bool = False,
    today: date | None = None,
    by: By = "this machine",
    names: Sequence[str] = (),
) -> ImportReport:
    """Import files as one release of a dataset: all of them, or nothing.

    Every row of the files is imported, a duplicate, or refused with a reason; the numbers are
    read back from what was stored before they are reported. A row with an id that is there
    already, but other content, is a revision: both are kept, the newer one counts.

    What an earlier release has and this one has not is gone where this one repeats at least
    half of it; where it repeats less, only the days that it covers are compared; files that
    repeat nothing add to the dataset.

    Parameters
    ----------
    paths
        The files, in one format.
    as_
        What they are: "ucdp", "acled" or any other "table".
    mapping
        Which column of a table means what; guessed from the header if it is not given.
    library
        The data folder; the dataset lies in datasets/<dataset_id> below it.
    progress
        Called after each block of rows.
    cancel
        Asked before each block of rows, and once more at the end, whether to stop.
    dataset
        The dataset's id; by default that of the format, or the name of a table's file.
    encoding
        As declared, where the files are not UTF-8.
    i_hold_a_licence
        Whether the user says to hold a licence to pass rows on; goes into the manifest.
    today
        Later days are refused; by default today in Asia/Karachi.
    by
        Who imports, for the manifest.
    names
        What people call the files, where they lie under other names.

    Raises
    ------
    NotAllowedError
        If their role does not let them import.
    FileRefusedError
        If a file cannot be read at all; nothing of any file is kept.
    ImportCancelledError
        If `cancel` said so.
    DatasetError
        If another import is writing, or what was stored cannot be read back.
    """
    name = require(by, "import a dataset")
    if as_ not in KINDS:
        raise ValueError(f"as_ {as_!r} is no kind of dataset; expected one of {', '.join(KINDS)}")
    if not paths:
        raise ValueError("no file to import; name at least one")
    files = [Path(path) for path in paths]
    called = list(names) or [path.name for path in files]
    try:
        made_for, tables = open_files(files, called, as_, mapping, dataset, encoding)
        folder = on_disk.datasets_folder(library) / made_for.mapping.dataset
        now = datetime.now(KARACHI)
        with on_disk.writing(folder) as temporary:
            job = _Job(made_for, folder, temporary, called, today or now.date())
            job.read(files, tables, progress, cancel)
            _stop_if(cancel)
            return job.finish(files, tables, now, name, i_hold_a_licence=i_hold_a_licence)
    except FileRefusedError as error:
        for path, given in zip(files, called, strict=True):
            error.renamed(path.name, given)
        raise


def _stop_if(cancel: Callable[[], bool] | None) -> None:
    if cancel is not None and cancel():
        raise ImportCancelledError("the import was cancelled; nothing is kept")


@dataclass
class _Counts:
    rows: int = 0
    imported: int = 0
    duplicate: int = 0
    refused: int = 0
    added: int = 0
    changed: int = 0
    gone: int = 0


class _Job:
    """One import while it runs."""

    def __init__(
        self,
        made_for: Format,
        folder: Path,
        temporary: Path,
        called: Sequence[str],
        today: date,
    ) -> None:
        self.made_for = made_for
        self.called = called
        self.folder = folder
        self.temporary = temporary
        self.coder = Coder(made_for, today)
        self.history: History = load_history(folder)
        _check_kind(self.history.manifest, made_for)
        self.counts = _Counts()
        self.refusals: list[Refusal] = []
        self.doubts: list[Refusal] = []
        self.retired: list[np.ndarray[Any, np.dtype[np.int64]]] = []
        self.days: list[tuple[int, int]] = []
        self.writer: ReleaseWriter | None = None
        self.any_new_file = False

    def read(
        self,
        files: Sequence[Path],
        tables: Sequence[Table],
        progress: Callable[[Progress], None] | None,
        cancel: Callable[[], bool] | None,
    ) -> None:
        """Read all files, block by block, into the temporary folder."""
        given = list(
            dict.fromkeys(canonical_name(name, self.made_for) for t in tables for name in t.header)
        )
        self.writer = ReleaseWriter(self.temporary, given, self.coder.figures)
        size = sum(path.stat().st_size for path in files)
        start, before = time.monotonic(), 0
        try:
            for number, (path, table) in enumerate(zip(files, tables, strict=True), 1):
                rows_before = self.counts.rows
                known = self._knows(path)
                self.any_new_file |= not known
                with contextlib.closing(read_ahead(table.blocks())) as blocks:
                    for block in blocks:
                        _stop_if(cancel)
                        self._take(block, number, self.called[number - 1], known=known)
                        if progress is not None:
                            share = min((before + table.done) / max(size, 1), 1.0)
                            seconds = time.monotonic() - start
                            progress(Progress.at(self.counts.rows, share, seconds))
                if self.counts.rows == rows_before:
                    raise FileRefusedError(
                        path.name, "a header without rows", "rows under it", "Export it again."
                    )
                before += path.stat().st_size
        finally:
            self.writer.close()

    def _knows(self, path: Path) -> bool:
        """Whether this very file was imported before, and last in the way it is read now."""
        manifest = self.history.manifest
        sizes = {f.size for r in manifest.releases for f in r.files} if manifest else set()
        if path.stat().st_size not in sizes:
            return False
        release = self.history.last_with(on_disk.file_sha256(path))
        if release is None:
            return False
        mapping = load_mapping(
            on_disk.release_folder(self.folder, release.number) / on_disk.MAPPING
        )
        kind = self.made_for.kind
        return stored_way_of_reading(kind, mapping) == self.made_for.way_of_reading

    def _take(self, block: Block, file: int, file_name: str, *, known: bool) -> None:
        coded = self.coder.code(prepared(block, self.made_for))
        rows, counts = coded.rows, self.counts
        sound = np.flatnonzero(~rows.bad)
        refused = len(rows.refused)
        counts.rows += len(rows.block.numbers) + len(rows.block.refused)
        counts.refused += refused
        if refused:
            self.history.still_there(coded.keys[rows.bad])
            listed = sorted(rows.refused)[: max(MAX_LISTED - len(self.refusals), 0)]
            self.refusals += [one._replace(file=file_name) for one in listed]
        room = max(MAX_LISTED - len(self.doubts), 0)
        self.doubts += [one._replace(file=file_name) for one in sorted(rows.doubts)[:room]]
        if not sound.size:
            return
        first = coded.codes["day_first"][sound]
        self.days.append((int(first.min()), int(first.max())))
        if known:
            # The same file again adds nothing, though its rows were replaced since, by a later
            # release or by a later line of its own.
            again = self.history.repeated(coded.keys[sound], coded.digests[sound])
            counts.duplicate += int(again.sum())
            sound = sound[~again]
            if not sound.size:
                return
        verdict = self.history.judge(coded.keys[sound], coded.digests[sound])
        kept = verdict.kind != SAME
        changed = verdict.kind == CHANGED
        counts.duplicate += len(sound) - int(kept.sum())
        counts.changed += int(changed.sum())
        counts.added += int(kept.sum()) - int(changed.sum())
        if changed.any():
            self.retired.append(verdict.previous[changed])
        if kept.any() and self.writer is not None:
            revision = verdict._replace(revision=verdict.revision[kept])
            self.writer.write(coded, sound[kept], revision, file)

    def finish(
        self,
        files: Sequence[Path],
        tables: Sequence[Table],
        now: datetime,
        by: str,
        *,
        i_hold_a_licence: bool,
    ) -> ImportReport:
        """Read back, work out what is gone, and make the release hold."""
        counts, writer = self.counts, self.writer
        if writer is None:
            raise RuntimeError("nothing was read")
        counts.imported = writer.read_back()
        if counts.rows != counts.imported + counts.duplicate + counts.refused:
            raise on_disk.DatasetError(
                f"{counts.rows} rows came, but {counts.imported} imported + {counts.duplicate} "
                f"duplicate + {counts.refused} refused is another number; nothing is imported"
            )
        days = (min(d[0] for d in self.days), max(d[1] for d in self.days)) if self.days else None
        gone = self.history.gone(days if self.any_new_file else None)
        counts.gone = len(gone)
        read = tuple(
            on_disk.FileRead(name=given, sha256=table.sha256, size=path.stat().st_size)
            for path, given, table in zip(files, self.called, tables, strict=True)
        )
        kind = self.made_for.kind
        version = "+".join(dict.fromkeys(version_of(kind, f.name, f.sha256) for f in read))
        before = self.history.manifest
        held = i_hold_a_licence or bool(before and before.licence_held)
        manifest = before or new_manifest(self.made_for)
        if self.made_for.licence.rows_need_a_licence and not manifest.rows_need_a_licence:
            manifest = manifest.model_copy(update=_licence_fields(self.made_for))
        manifest = manifest.model_copy(update={"licence_held": held})
        saved = None
        if counts.imported or len(gone):
            release = self._release(read, version, now, by, gone)
            manifest = manifest.model_copy(update={"releases": (*manifest.releases, release)})
            on_disk.commit(self.folder, self.temporary, manifest)
            if kind == "table":
                saved = on_disk.release_folder(self.folder, release.number) / on_disk.MAPPING
        elif before is not None and before != manifest:
            on_disk.write_manifest(self.folder, manifest)
        return ImportReport(
            dataset_id=self.made_for.mapping.dataset,
            version=version,
            folder=self.folder,
            licence=self.made_for.licence,
            mapping=self.made_for.mapping,
            mapping_file=saved,
            paths=tuple(files),
            files=read,
            refusals=tuple(self.refusals),
            doubts=tuple(self.doubts),
            **vars(counts),
        )

    def _release(
        self,
        read: tuple[on_disk.FileRead, ...],
        version: str,
        now: datetime,
        by: str,
        gone: np.ndarray[Any, np.dtype[np.int64]],
    ) -> on_disk.Release:
        retired = np.unique(np.concatenate([*self.retired, gone])).astype("<i8")
        (self.temporary / on_disk.RETIRED).write_bytes(retired.tobytes())
        (self.temporary / on_disk.MAPPING).write_text(
            to_toml(self.made_for.mapping), encoding="utf-8"
        )
        boundaries = district_index().boundaries
        before = self.history.manifest
        number = before.releases[-1].number + 1 if before and before.releases else 1
        return on_disk.Release(
            number=number,
            version=version,
            imported_at=now,
            imported_by=by,
            files=read,
            rows=self.counts.imported,
            added=self.counts.added,
            changed=self.counts.changed,
            gone=self.counts.gone,
            figures=tuple(tuple(figure) for figure in self.coder.figures),
            districts=tuple(area.pcode for area in boundaries.areas),
            boundary_source=boundaries.source,
            boundary_vintage=boundaries.vintage,
            sha256=_hashes(self.temporary),
        )


def _check_kind(before: on_disk.Manifest | None, made_for: Format) -> None:
    """Refuse to lay rows of one kind into a dataset of another: its columns mean other things."""
    if before is not None and before.kind != made_for.kind:
        raise on_disk.DatasetError(
            f"{before.dataset_id} holds {before.title} ({before.kind}), and these files are "
            f"{made_for.title} ({made_for.kind}). Give them a dataset of their own: "
            "--dataset, or `dataset` in the mapping"
        )


def new_manifest(made_for: Format) -> on_disk.Manifest:
    """Return the manifest of a dataset that has no release yet."""
    return on_disk.Manifest(
        dataset_id=made_for.mapping.dataset,
        kind=made_for.kind,
        title=made_for.title,
        publisher=made_for.publisher,
        **_licence_fields(made_for),
    )


def _licence_fields(made_for: Format) -> dict[str, Any]:
    licence = made_for.licence
    return {
        "licence": licence.name,
        "licence_url": licence.url,
        "attribution": licence.attribution,
        "rows_need_a_licence": licence.rows_need_a_licence,
    }


def _hashes(folder: Path) -> dict[str, str]:
    files: Iterable[Path] = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): on_disk.file_sha256(path) for path in files}
