"""The process of an import that is watched: it imports one upload and writes how far it is."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from incidents import confined
from incidents.access import Person
from incidents.datasets import child_limits as limits
from incidents.datasets.importing import ImportCancelledError, import_files
from incidents.datasets.refusals import EncodingUnknownError, FileRefusedError, write_refusals
from incidents.datasets.report import ImportReport, Progress
from incidents.datasets.running import CANCEL, REFUSED, State, wanted_of, write_state
from incidents.datasets.uploads import Upload, file_of, folder_of, open_upload

SHOWN = 50
"""Refused and doubtful rows that the state holds; the list of the refused holds them all."""
TOLD_EVERY_S = 0.25
# The page of others goes before.
_NICENESS = 5


def main() -> None:
    """Import the upload that the last argument names, in the data folder before it."""
    data_dir, upload_id = Path(sys.argv[-2]), sys.argv[-1]
    os.nice(_NICENESS)
    confined.limit_resources(limits.MEMORY_BYTES, limits.SECONDS)
    run(data_dir, open_upload(data_dir, upload_id))
    # What libraries left open must not keep the process, and its lock, alive.
    os._exit(0)


def run(data_dir: Path, upload: Upload) -> None:
    """Import an upload as was asked for, and write how it ended."""
    folder = folder_of(data_dir, upload)
    told_at = 0.0

    def tell(progress: Progress) -> None:
        nonlocal told_at
        if time.monotonic() - told_at >= TOLD_EVERY_S:
            told_at = time.monotonic()
            write_state(
                folder,
                State(
                    status="running",
                    rows=progress.rows,
                    share=progress.share,
                    seconds_left=progress.seconds_left,
                ),
            )

    wanted = wanted_of(data_dir, upload)
    try:
        if wanted is None:
            raise ValueError("nothing says what to import it as; begin again")
        report = import_files(
            [file_of(data_dir, upload)],
            wanted.kind,
            wanted.mapping,
            data_dir,
            tell,
            (folder / CANCEL).exists,
            encoding=wanted.encoding,
            i_hold_a_licence=wanted.i_hold_a_licence,
            by=Person(wanted.by, wanted.role),
            names=[upload.name],
        )
    except ImportCancelledError:
        state = State(status="cancelled", error="The import was cancelled. Nothing of it is kept.")
    except EncodingUnknownError as error:
        state = State(status="refused", error=str(error), readings=error.readings)
    except FileRefusedError as error:
        state = State(status="refused", error=str(error))
    except MemoryError:
        state = State(
            status="failed", error="The memory of this machine is too small for it. Split the file."
        )
    except Exception as error:  # noqa: BLE001 (whoever watches is told, whatever it is)
        state = State(status="failed", error=str(error) or type(error).__name__)
    else:
        state = State(status="done", rows=report.rows, share=1.0, report=_told(report))
        if report.refusals:
            write_refusals(folder / REFUSED, report.refusals)
    write_state(folder, state)


def _told(report: ImportReport) -> dict[str, object]:
    said = report.as_json()
    return said | {
        "refusals": said["refusals"][:SHOWN],
        "doubts": said["doubts"][:SHOWN],
        "doubt_count": len(report.doubts),
        "listed": len(report.refusals),
        "title": report.mapping.title or report.dataset_id,
    }
