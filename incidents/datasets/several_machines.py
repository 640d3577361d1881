"""An import on several machines: the same as on one, part by part, through Dask.

In rounds: every file is looked through for its parts; every part is read, coded, joined, written
and summed; every bucket of ids is judged for duplicates and revisions, and the few parts that have
any are done once more; the parts' cubes are merged, a few at a time, until one is left. The manifest
is written last: before it there is no dataset, and whatever a lost machine had begun is begun again
under the same names.
"""

from __future__ import annotations

import hashlib
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from geo.join import district_index
from incidents.access import By, require
from incidents.datasets import library as on_disk
from incidents.datasets import storage
from incidents.datasets.cube import CUBE, cells_of, write_cube
from incidents.datasets.figures import figure_names
from incidents.datasets.formats import (
    KINDS,
    Format,
    Kind,
    canonical_name,
    version_of,
)
from incidents.datasets.importing import MAX_LISTED, new_manifest
from incidents.datasets.judging import PartVerdict, Slice, judge_bucket, together
from incidents.datasets.mapping import Mapping, Reading, to_toml
from incidents.datasets.opening import format_of, how_to_read
from incidents.datasets.partitions import PART_BYTES, FilePlan, Part, plan_file
from incidents.datasets.parts import Job, PartDone, do_part, merge_cubes
from incidents.datasets.refusals import FileRefusedError, Refusal, write_refusals
from incidents.datasets.report import ImportReport, Progress
from incidents.model import KARACHI

PARTS_A_BUCKET = 16
"""So many parts' ids come together on one machine."""
CUBES_AT_ONCE = 16
"""So many cubes are merged into one on a machine; how many there are it never has to hold."""
REFUSED = "refused.csv"
CONNECT_SECONDS = 20


def import_on_cluster(
    patterns: Sequence[str],
    as_: Kind,
    scheduler: str,
    output: str,
    mapping: Mapping | None = None,
    progress: Callable[[Progress], None] | None = None,
    *,
    dataset: str = "",
    encoding: str = "",
    i_hold_a_licence: bool = False,
    today: date | None = None,
    by: By = "this machine",
    part_bytes: int = PART_BYTES,
) -> ImportReport:
    """Import files as a new dataset on the machines of a Dask cluster: all of them, or nothing.

    Rows, report and cube are those of `import_files` of the same files in the same order. The
    dataset must not be there yet: revisions of what an earlier import wrote are found on one
    machine only.

    Parameters
    ----------
    patterns
        Addresses of the files, as every worker reaches them; ``*`` stands for any name.
    as_, mapping, dataset, encoding, i_hold_a_licence, today, by
        As for `import_files`.
    scheduler
        Where the cluster's scheduler listens, such as tcp://10.0.0.1:8786.
    output
        The address of a folder; the dataset lies in <output>/<dataset_id>.
    progress
        Called after each part.
    part_bytes
        How many bytes of a file a worker takes at a time.

    Raises
    ------
    NotAllowedError
        If their role does not let them import.
    FileRefusedError
        If a file cannot be read at all; nothing of any file is kept.
    DatasetError
        If the dataset is there already, nobody answers at the scheduler's address, or the
        numbers do not add up.
    """
    name = require(by, "import a dataset")
    if as_ not in KINDS:
        raise ValueError(f"as_ {as_!r} is no kind of dataset; expected one of {', '.join(KINDS)}")
    files = storage.find_files(patterns)
    now = datetime.now(KARACHI)
    known, reading = how_to_read(as_, mapping, encoding)
    with _Cluster(scheduler) as cluster:
        tasks = [(n, file, known, reading, part_bytes) for n, file in enumerate(files, 1)]
        plans: list[FilePlan] = cluster.do(plan_file, tasks)
        names = [plan.name for plan in plans]
        made_for = format_of(as_, mapping, dataset, names, names, [p.header for p in plans])
        home = f"{storage.absolute(output)}/{made_for.mapping.dataset}"
        _refuse_if_there(home)
        work = _Work(cluster, made_for, plans, home, known, reading, today or now.date())
        try:
            work.read(progress)
            return work.finish(files, now, name, i_hold_a_licence=i_hold_a_licence)
        except BaseException:
            work.leave_nothing()
            raise


class _Cluster:
    """The workers, asked to do many things at once."""

    def __init__(self, scheduler: str) -> None:
        from distributed import Client  # noqa: PLC0415 (only where several machines share it)

        try:
            self.client: Any = _untyped(Client)(
                scheduler, timeout=CONNECT_SECONDS, set_as_default=False
            )
        except (OSError, ValueError) as error:
            raise on_disk.DatasetError(
                f"no scheduler answers at {scheduler} ({error}); start one with `dask scheduler` "
                "and give the address that it prints"
            ) from None

    def __enter__(self) -> _Cluster:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()

    def do(
        self,
        what: Callable[..., Any],
        tasks: Sequence[tuple[Any, ...]],
        each: Callable[[int, Any], None] | None = None,
    ) -> list[Any]:
        """Return what each task gives, in their order; `each` hears of them as they are done."""
        from distributed import as_completed  # noqa: PLC0415

        futures = [self.client.submit(what, *task, pure=False) for task in tasks]
        number = {future.key: at for at, future in enumerate(futures)}
        results: list[Any] = [None] * len(tasks)
        for future, result in _untyped(as_completed)(
            futures, with_results=True, loop=self.client.loop
        ):
            results[number[future.key]] = result
            if each is not None:
                each(number[future.key], result)
            future.release()
        return results


def _untyped(what: Any) -> Any:  # noqa: ANN401
    """Return something of Dask's, which gives no types for calls."""
    return what


@dataclass
class _Work:
    """One import while it runs."""

    cluster: _Cluster
    made_for: Format
    plans: list[FilePlan]
    home: str
    known: tuple[str, ...]
    reading: Reading
    today: date

    def __post_init__(self) -> None:
        given = dict.fromkeys(
            canonical_name(name, self.made_for) for plan in self.plans for name in plan.header
        )
        self.target = f"{self.home}/releases/0001"
        parts = sum(len(plan.parts) for plan in self.plans)
        self.job = Job(
            self.made_for,
            self.today,
            self.known,
            self.reading,
            tuple(given),
            self.target,
            self._run(),
            1 + parts // PARTS_A_BUCKET,
        )
        self.parts: list[tuple[FilePlan, Part]] = []
        self.done: list[PartDone] = []

    def _run(self) -> str:
        """Return a name for this import that the same import has again."""
        said = repr((self.plans, self.made_for.mapping, self.reading, self.today))
        return hashlib.sha256(said.encode()).hexdigest()[:12]

    def read(self, progress: Callable[[Progress], None] | None) -> None:
        """Do all parts, and once more those in which not every row is new."""
        self.parts = [(plan, part) for plan in self.plans for part in plan.parts]
        self.done = self._do(progress)
        wrong = {done.part.file for done in self.done if done.part.rows not in {None, done.rows}}
        if wrong:
            # A cut that the reader would not have made: such files are read whole.
            self.plans = [
                _whole(plan) if plan.parts[0].file in wrong else plan for plan in self.plans
            ]
            self.parts = [(plan, part) for plan in self.plans for part in plan.parts]
            self.done = self._do(progress)
        self._judge()

    def _do(self, progress: Callable[[Progress], None] | None) -> list[PartDone]:
        start, rows, finished = time.monotonic(), 0, 0

        def tell(_: int, done: PartDone) -> None:
            nonlocal rows, finished
            rows, finished = rows + done.rows, finished + 1
            if progress is not None:
                share = finished / len(self.parts)
                progress(Progress.at(rows, share, time.monotonic() - start))

        tasks = [(n, part, plan, self.job) for n, (plan, part) in enumerate(self.parts)]
        return self.cluster.do(do_part, tasks, tell)

    def _judge(self) -> None:
        buckets = []
        for bucket in range(self.job.buckets):
            slices = []
            for number, done in enumerate(self.done):
                start = done.bucket_ends[bucket - 1] if bucket else 0
                address = f"{self.target}/{done.keys_file}"
                slices.append(Slice(number, address, start, done.bucket_ends[bucket]))
            buckets.append((slices,))
        found: dict[int, list[PartVerdict]] = {}
        for verdicts in self.cluster.do(judge_bucket, buckets):
            for number, verdict in verdicts.items():
                found.setdefault(number, []).append(verdict)
        again = [
            (number, self.parts[number][1], self.parts[number][0], self.job, together(verdicts))
            for number, verdicts in sorted(found.items())
        ]
        for done, task in zip(self.cluster.do(do_part, again), again, strict=True):
            self.done[task[0]] = done

    def finish(
        self,
        files: Sequence[str],
        now: datetime,
        by: str,
        *,
        i_hold_a_licence: bool,
    ) -> ImportReport:
        """Add up, write what belongs to the whole, and the manifest last."""
        rows, kept, sound, refused, revised = (
            sum(getattr(done, name) for done in self.done)
            for name in ("rows", "kept", "sound", "refused", "revised")
        )
        for plan in self.plans:
            of_file = [d.rows for d in self.done if d.part.file == plan.parts[0].file]
            if not sum(of_file):
                raise FileRefusedError(
                    plan.name, "a header without rows", "rows under it", "Export it again."
                )
        if rows != sound + refused:
            raise on_disk.DatasetError(
                f"{rows} rows came, but {sound} read + {refused} refused is another number; "
                "nothing is imported"
            )
        read = tuple(
            on_disk.FileRead(
                name=plan.name, sha256=plan.sha256 or storage.sha256(file), size=plan.size
            )
            for plan, file in zip(self.plans, files, strict=True)
        )
        kind = self.made_for.kind
        version = "+".join(dict.fromkeys(version_of(kind, f.name, f.sha256) for f in read))
        refusals = _first(done.refusals for done in self.done)
        with TemporaryDirectory(prefix="incident-map-") as folder:
            hashes, current = self._write_whole(Path(folder), refusals)
            written = [done for done in self.done if done.rows_file]
            hashes |= {done.rows_file: done.rows_sha256 for done in written}
            boundaries = district_index().boundaries
            release = on_disk.Release(
                number=1,
                version=version,
                imported_at=now,
                imported_by=by,
                files=read,
                rows=kept,
                added=kept - revised,
                changed=revised,
                gone=0,
                figures=tuple(tuple(figure) for figure in figure_names(self.made_for)),
                districts=tuple(area.pcode for area in boundaries.areas),
                boundary_source=boundaries.source,
                boundary_vintage=boundaries.vintage,
                sha256=hashes,
                parts=tuple(done.rows_file for done in written),
                current_rows=current,
            )
            manifest = new_manifest(self.made_for).model_copy(
                update={"licence_held": i_hold_a_licence, "releases": (release,)}
            )
            _refuse_if_there(self.home)
            if kept:
                storage.put_bytes(
                    on_disk.manifest_json(manifest).encode(), f"{self.home}/{on_disk.MANIFEST}"
                )
        # Without a row kept there is no dataset, and still the list of why.
        self._sweep(set(hashes) if kept else {REFUSED})
        return ImportReport(
            dataset_id=self.made_for.mapping.dataset,
            version=version,
            folder=Path(self.home),
            address=self.home,
            licence=self.made_for.licence,
            mapping=self.made_for.mapping,
            paths=tuple(Path(file) for file in files),
            files=read,
            refusals=tuple(refusals),
            doubts=tuple(_first(done.doubts for done in self.done)),
            rows=rows,
            imported=kept,
            duplicate=sound - kept,
            refused=refused,
            added=kept - revised,
            changed=revised,
            gone=0,
        )

    def _write_whole(self, folder: Path, refusals: list[Refusal]) -> tuple[dict[str, str], int]:
        """Write the cube, what is replaced, what was refused and the mapping."""
        merged = self._merged_cube()
        if merged:
            with storage.at_hand(merged) as file:
                shutil.copyfile(file, folder / CUBE)
        else:
            write_cube(_no_cells(self.made_for), folder / CUBE)
        offsets = np.cumsum([0, *(done.kept for done in self.done)])
        retired = np.concatenate(
            [done.retired + offsets[at] for at, done in enumerate(self.done)]
        ).astype("<i8")
        (folder / on_disk.RETIRED).write_bytes(retired.tobytes())
        (folder / on_disk.MAPPING).write_text(to_toml(self.made_for.mapping), encoding="utf-8")
        write_refusals(folder / REFUSED, refusals)
        hashes = {}
        for path in sorted(folder.iterdir()):
            hashes[path.name] = on_disk.file_sha256(path)
            storage.put_file(path, f"{self.target}/{path.name}")
        rows = pq.read_table(folder / CUBE, columns=["rows"])["rows"]
        return hashes, pc.sum(rows).as_py() or 0

    def _merged_cube(self) -> str:
        """Merge the parts' cubes on the workers, as a tree; return the address, empty for none."""
        cubes = [f"{self.target}/{done.cube_file}" for done in self.done if done.cube_file]
        step = 0
        while len(cubes) > 1:
            step += 1
            cubes = self.cluster.do(
                merge_cubes,
                [
                    (
                        cubes[at : at + CUBES_AT_ONCE],
                        f"{self.target}/cubes/{self.job.run}-step-{step}-{at:05}.parquet",
                    )
                    for at in range(0, len(cubes), CUBES_AT_ONCE)
                ],
            )
        return cubes[0] if cubes else ""

    def leave_nothing(self) -> None:
        """Remove what this import wrote, unless it is a dataset by now."""
        if not storage.exists(f"{self.home}/{on_disk.MANIFEST}"):
            self._sweep(set())

    def _sweep(self, kept: set[str]) -> None:
        """Remove what this import wrote, but for the files that are to be kept."""
        keep = {f"{self.target}/{name}" for name in kept}
        for address in storage.files_below(self.target):
            mine = storage.file_name(address).startswith(self.job.run)
            whole = storage.file_name(address) in {CUBE, on_disk.RETIRED, on_disk.MAPPING, REFUSED}
            if (mine or whole) and not any(address.endswith(k) for k in keep):
                storage.remove_file(address)


def _whole(plan: FilePlan) -> FilePlan:
    return FilePlan(plan.name, plan.header, plan.separator, plan.size, plan.sha256, (plan.whole(),))


def _first(lists: Any) -> list[Refusal]:  # noqa: ANN401
    found: list[Refusal] = []
    for one in lists:
        found += one[: MAX_LISTED - len(found)]
    return found


def _no_cells(made_for: Format) -> pa.Table:
    figures = figure_names(made_for)
    codes: dict[str, Any] = dict.fromkeys(
        ("district", "where_prec", "day_first", "day_last", "event_type"), np.zeros(0, np.int32)
    )
    codes |= {name: np.zeros(0, np.int32) for one in figures for name in one.columns}
    return cells_of(codes, figures, np.zeros(0, np.int64))


def _refuse_if_there(home: str) -> None:
    if storage.exists(f"{home}/{on_disk.MANIFEST}"):
        raise on_disk.DatasetError(
            f"{home} holds a dataset already, and an import on several machines writes a whole "
            "one. Name another output, and all files together"
        )
