"""An import in a process of its own: watched, cancelled, killed, and told to whoever asks."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from dataset_factory import acled, as_csv, ucdp
from import_process import process_of

from incidents.access import NotAllowedError, Person
from incidents.datasets import running_apart, uploads
from incidents.datasets.guessing import guess_kind
from incidents.datasets.library import DatasetError, list_datasets
from incidents.datasets.mapping import Mapping
from incidents.datasets.running import (
    WANTED,
    Wanted,
    cancel,
    ended,
    refused_file,
    running,
    start,
    state_of,
)
from incidents.datasets.uploads import LOCK, file_of, folder_of, keep_upload, open_upload

AMNA = Person("amna@example.org", "admin")
SARA = Person("sara@example.org", "reviewer")


def keep(folder: Path, content: str | bytes, name: str = "GEDEvent_v25_1.csv"):
    return keep_upload(
        folder, name, content.encode() if isinstance(content, str) else content, by=AMNA
    )


def until_ended(folder: Path, upload, *, within_s: float = 120):
    """Return the state once the import has ended; the limit only ends a test that hangs."""
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        state = state_of(folder, upload)
        if state is not None and state.status != "running":
            return state
        time.sleep(0.05)
    pytest.fail("the import did not end")


def dataset_names(folder: Path) -> list[str]:
    at = folder / "datasets"
    return sorted(path.name for path in at.iterdir()) if at.is_dir() else []


def test_an_import_runs_in_its_own_process_and_tells_how_it_ended(tmp_path):
    upload = keep(tmp_path, as_csv([ucdp(), ucdp(), ucdp(id="2", latitude="190")]))
    start(tmp_path, upload, "ucdp", by=AMNA)
    state = until_ended(tmp_path, upload)
    report = state.report
    assert state.status == "done", state.error
    assert [report[k] for k in ("rows", "imported", "duplicate", "refused")] == [3, 1, 1, 1]
    assert (report["version"], report["title"]) == ("25.1", "UCDP Georeferenced Event Dataset")
    (manifest,) = list_datasets(tmp_path)
    (release,) = manifest.releases
    assert (release.imported_by, release.files[0].name) == (AMNA.name, "GEDEvent_v25_1.csv")
    listed = refused_file(tmp_path, upload).read_text("utf-8-sig").splitlines()
    assert listed[1].startswith('"GEDEvent_v25_1.csv","3","latitude","190"')
    assert [one.upload_id for one, _ in ended(tmp_path)] == [upload.upload_id]
    assert running(tmp_path) is None


def test_one_import_runs_at_a_time_and_everybody_sees_it(tmp_path):
    upload = keep(tmp_path, as_csv([ucdp(id=str(i)) for i in range(3_000)]))
    start(tmp_path, upload, "ucdp", by=AMNA)
    assert running(tmp_path) == upload
    assert state_of(tmp_path, upload).status == "running"
    with pytest.raises(DatasetError, match="another import is running; wait until it is done, or"):
        start(tmp_path, keep(tmp_path, as_csv([acled()])), "acled", by=AMNA)
    assert until_ended(tmp_path, upload).status == "done"


def test_a_cancelled_import_leaves_nothing(tmp_path):
    upload = keep(tmp_path, as_csv([ucdp(id=str(i)) for i in range(3_000)]))
    start(tmp_path, upload, "ucdp", by=AMNA)
    cancel(tmp_path, upload, by=AMNA)
    state = until_ended(tmp_path, upload)
    assert (state.status, state.error) == (
        "cancelled",
        "The import was cancelled. Nothing of it is kept.",
    )
    assert dataset_names(tmp_path) == []
    start(tmp_path, upload, "ucdp", by=AMNA)
    assert until_ended(tmp_path, upload).report["imported"] == 3_000


def test_an_import_that_is_killed_is_told_as_ended_with_nothing_kept(tmp_path):
    upload = keep(tmp_path, as_csv([ucdp(id=str(i)) for i in range(3_000)]))
    start(tmp_path, upload, "ucdp", by=AMNA)
    pid = process_of(upload.upload_id)
    os.kill(pid, signal.SIGKILL)
    state = until_ended(tmp_path, upload)
    assert (state.status, state.error) == (
        "failed",
        "The import was ended from outside before it was done. Nothing of it is kept.",
    )
    assert list_datasets(tmp_path) == []


def test_an_import_that_takes_too_much_memory_is_told(tmp_path, monkeypatch):
    def too_much(*_, **__):
        raise MemoryError

    monkeypatch.setattr(running_apart, "import_files", too_much)
    _, state = ended_at_once(tmp_path, "id,date\n1,2024-01-31\n")
    assert (state.status, state.error) == (
        "failed",
        "The memory of this machine is too small for it. Split the file.",
    )


def test_an_import_that_is_killed_after_its_rows_were_in_says_that_they_are(tmp_path, monkeypatch):
    upload = keep(tmp_path, as_csv([ucdp()]))
    want(tmp_path, upload, "ucdp")
    real = running_apart.write_state

    def killed(folder, state):
        if state.status == "done":
            raise KeyboardInterrupt
        real(folder, state)

    monkeypatch.setattr(running_apart, "write_state", killed)
    with pytest.raises(KeyboardInterrupt):
        running_apart.run(tmp_path, upload)
    real(folder_of(tmp_path, upload), running_apart.State(status="running"))
    assert state_of(tmp_path, upload).error.startswith(
        "The import was ended from outside after its rows were in: UCDP Georeferenced Event "
        "Dataset has its release 1 with 1 rows."
    )


def want(folder: Path, upload, kind, **more) -> None:
    wanted = Wanted(kind=kind, by=AMNA.name, role="admin", at=upload.at, **more)
    (folder_of(folder, upload) / WANTED).write_text(wanted.model_dump_json())


def ended_at_once(folder: Path, content, kind="table", name="table.csv", **more):
    """Import in this process, as the import's own would."""
    upload = keep(folder, content, name)
    want(folder, upload, kind, **more)
    running_apart.run(folder, upload)
    return upload, state_of(folder, upload)


def test_a_file_that_cannot_be_read_is_told_by_its_own_name(tmp_path):
    _, state = ended_at_once(tmp_path, "", name="Fälle (neu).csv")
    assert (state.status, state.error) == (
        "refused",
        "Fälle (neu).csv is empty; expected a header and rows. Export it again.",
    )
    assert dataset_names(tmp_path) == []


def test_an_unknown_encoding_is_told_with_what_the_doubtful_cells_may_say(tmp_path):
    content = "id,date,place\n1,2024-01-31,Café\n".encode("cp1252")
    upload, state = ended_at_once(tmp_path, content)
    assert state.status == "refused"
    assert (state.readings["cp1252"], list(state.readings)) == (("Café",), ["cp1252", "cp1256"])
    want(tmp_path, upload, "table", encoding="cp1252")
    running_apart.run(tmp_path, upload)
    assert state_of(tmp_path, upload).report["imported"] == 1


def test_a_table_is_imported_under_the_mapping_that_was_shown(tmp_path):
    mapping = Mapping.model_validate(
        {
            "dataset": "notes",
            "columns": {"date": "When"},
            "reading": {"date_format": "%d/%m/%Y"},
        }
    )
    _, state = ended_at_once(tmp_path, "When,Town\n01/02/2024,Turbat\n", mapping=mapping)
    assert (state.report["imported"], state.report["dataset_id"]) == (1, "notes")


def test_a_table_is_called_after_its_own_name(tmp_path):
    _, state = ended_at_once(tmp_path, "date,place\n2024-01-31,Quetta\n", name="Field notes.csv")
    assert state.report["dataset_id"] == "field-notes"


def test_rows_read_under_a_corrected_mapping_are_revisions_and_no_duplicates(tmp_path):
    content = "id,date,place,Fallen\n1,2024-01-31,Quetta,3\n"
    columns = {"id": "id", "date": "date", "place": "place"}
    first = Mapping.model_validate({"dataset": "notes", "columns": columns})
    better = Mapping.model_validate(
        {
            "dataset": "notes",
            "columns": columns,
            "figures": [{"casualty_type": "killed", "count": "Fallen"}],
        }
    )
    _, state = ended_at_once(tmp_path, content, mapping=first)
    assert (state.report["added"], state.report["changed"]) == (1, 0)
    _, state = ended_at_once(tmp_path, content, mapping=better)
    assert (state.report["added"], state.report["changed"], state.report["duplicate"]) == (0, 1, 0)
    _, state = ended_at_once(tmp_path, content, mapping=better)
    assert (state.report["changed"], state.report["duplicate"]) == (0, 1)


def test_only_whoever_may_import_brings_files_starts_and_cancels(tmp_path):
    upload = keep(tmp_path, as_csv([ucdp()]))
    for attempt in (
        lambda: keep_upload(tmp_path, "a.csv", b"", by=SARA),
        lambda: start(tmp_path, upload, "ucdp", by=SARA),
        lambda: cancel(tmp_path, upload, by=SARA),
    ):
        with pytest.raises(
            NotAllowedError,
            match=r"may not (import a dataset|cancel an import); that takes the role admin",
        ):
            attempt()
    want(tmp_path, upload, "ucdp")
    path = folder_of(tmp_path, upload) / WANTED
    path.write_text(path.read_text().replace('"admin"', '"reviewer"'))
    running_apart.run(tmp_path, upload)
    assert "may not import a dataset" in state_of(tmp_path, upload).error
    assert list_datasets(tmp_path) == []


@pytest.mark.parametrize(
    ("name", "ending", "called"),
    [
        ("../../etc/passwd", "csv", "passwd"),
        ("C:\\data\\a.XLSX", "xlsx", "a.XLSX"),
        ("rows.csv; rm -rf", "csv", "rows.csv; rm -rf"),
        ("", "csv", "unnamed"),
        ("x" * 300 + ".tsv", "tsv", "x" * 116 + ".tsv"),
    ],
)
def test_a_files_name_is_never_a_path(tmp_path, name, ending, called):
    upload = keep_upload(tmp_path, name, b"id\n", by=AMNA)
    assert (upload.ending, upload.name) == (ending, called)
    inside = folder_of(tmp_path, upload)
    assert file_of(tmp_path, upload) == inside / f"upload.{ending}"
    assert [path.parent for path in tmp_path.rglob("*") if path.is_file()] == [inside] * 2


@pytest.mark.parametrize("upload_id", ["", "../etc", "0" * 15, "0" * 16, "z" * 16])
def test_an_upload_that_is_not_there_is_none(tmp_path, upload_id):
    with pytest.raises(DatasetError, match="choose the file again"):
        open_upload(tmp_path, upload_id)


def test_a_file_that_nobody_imports_is_swept_away_after_a_day(tmp_path, monkeypatch):
    old = keep(tmp_path, as_csv([ucdp()]))
    monkeypatch.setattr(uploads, "KEPT_FOR", timedelta(0))
    keep(tmp_path, as_csv([acled()]))
    with pytest.raises(DatasetError, match="is not there any more; choose the file again"):
        open_upload(tmp_path, old.upload_id)


def test_the_file_of_an_import_that_runs_is_not_swept_away(tmp_path, monkeypatch):
    waits = keep(tmp_path, as_csv([ucdp()]))
    runs = keep(tmp_path, as_csv([ucdp(id=str(i)) for i in range(3_000)]))
    monkeypatch.setattr(uploads, "KEPT_FOR", timedelta(0))
    start(tmp_path, runs, "ucdp", by=AMNA)
    os.kill(process_of(runs.upload_id), signal.SIGSTOP)
    try:
        keep(tmp_path, as_csv([acled()]))
        assert running(tmp_path) == runs
        assert not folder_of(tmp_path, waits).exists()
    finally:
        os.kill(process_of(runs.upload_id), signal.SIGCONT)
    state = until_ended(tmp_path, runs)
    assert (state.status, state.report["imported"]) == ("done", 3_000)


def test_a_lock_that_nobody_holds_means_that_nothing_runs(tmp_path):
    upload = keep(tmp_path, as_csv([ucdp()]))
    (tmp_path / "imports" / LOCK).write_text(upload.upload_id)
    assert running(tmp_path) is None


CANDIDATE = as_csv([ucdp(id="501")], header=False)
SEEMS = {
    "UCDP": (as_csv([ucdp()]), "ucdp"),
    "UCDP, a candidate release without a header": (CANDIDATE, "ucdp"),
    "ACLED": (as_csv([acled()]), "acled"),
    "ACLED with semicolons": (as_csv([acled()], separator=";"), "acled"),
    "49 columns of something else": (
        ",".join(f"c{i}" for i in range(49)) + "\n" + ",".join("1" * 49) + "\n",
        "table",
    ),
    "another table": ("id,date,killed\n1,2024-01-31,3\n", "table"),
}


@pytest.mark.parametrize(("content", "kind"), SEEMS.values(), ids=SEEMS)
def test_a_file_is_told_by_its_columns(tmp_path, content, kind):
    path = tmp_path / "file.csv"
    path.write_text(content)
    assert guess_kind(path) == kind


def test_the_process_of_an_import_needs_no_folder_to_start_in(tmp_path):
    upload = keep(tmp_path, as_csv([ucdp()]))
    code = (
        "import sys; from pathlib import Path; from incidents.access import Person;"
        "from incidents.datasets.running import start; from incidents.datasets.uploads import "
        "open_upload; p = Path(sys.argv[1]);"
        "start(p, open_upload(p, sys.argv[2]), 'ucdp', by=Person('amna'))"
    )
    # The starter ends at once, as a server that is stopped would.
    subprocess.run([sys.executable, "-c", code, str(tmp_path), upload.upload_id], check=True)
    assert until_ended(tmp_path, upload).status == "done"
