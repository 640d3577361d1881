"""A library through the command line: added, removed, brought back, backed up, checked."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

import pytest
from command_line import run
from dataset_factory import as_csv, ucdp, write
from typer.testing import CliRunner

from dashboard.command_line.main import app
from incidents.atlas import load_atlas
from incidents.reading import read_document
from incidents.review.addition import accept_linked, prepare_addition
from incidents.store import StoreFullError, open_store

REPORT = """Four labourers kidnapped near Turbat
Published March 3, 2026
TURBAT: Gunmen abducted four labourers from a camp near Turbat on Monday, police said.
At least two of them were later freed, an official said.
"""
SOURCE = "005-unknown-2026-03-03"
COMMANDS = [
    ("serve",), ("export",), ("brief",), ("seal",), ("verify",), ("locate",), ("sources",),
    ("add",), ("import",), ("datasets", "list"), ("datasets", "verify"), ("datasets", "remove"),
    ("origins", "list"), ("origins", "split"), ("backup",), ("restore",), ("remove",),
    ("history",), ("undo",), ("redo",),
]  # fmt: skip


@pytest.fixture
def data(tmp_path):
    return tmp_path / "data"


@pytest.fixture
def with_report(tmp_path, data):
    """A data folder whose library holds an accepted report."""
    path = tmp_path / "report.txt"
    path.write_text(REPORT, encoding="utf-8")
    done = at(data, "add", path, "--accept", "--by", "amna")
    assert done.returncode == 0, done.stderr
    return data


def at(data, *words, **environment):
    return run(*map(str, words), "--data-dir", str(data), **environment)


def said(done):
    """What a command that went well printed."""
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def refused(done, status=1):
    """What a command that was refused said, without a trace of the program."""
    message = done.stderr.decode()
    assert done.returncode == status, message
    assert "Traceback" not in message
    return message


def sources(data):
    return {row["source_id"] for row in json.loads(said(at(data, "sources", "--json")))}


def in_export(data):
    layer = said(at(data, "export", "--layer", "claims", "--format", "geojson", "--output", "-"))
    return {feature["properties"]["source_id"] for feature in json.loads(layer)["features"]}


def entries(data):
    return json.loads(said(at(data, "history", "--json")))


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_takes_the_data_folder_and_says_so(command):
    assert "--data-dir DIR" in CliRunner().invoke(app, [*command, "--help"]).stdout


@pytest.mark.parametrize("command", ["backup", "restore", "remove", "history", "undo", "redo"])
def test_each_command_of_the_library_has_an_example(command):
    help_text = CliRunner().invoke(app, [command, "--help"]).stdout
    assert f"Example:  incident-map {command}" in help_text


def test_a_report_is_there_after_add_gone_after_remove_and_back_after_undo(with_report, tmp_path):
    data = with_report
    assert SOURCE in sources(data) & in_export(data)
    removed = said(at(data, "remove", "005", "--reason", "a hoax", "--by", "sara"))
    assert f"incident-map undo 4 --data-dir {data}" in removed
    assert SOURCE not in sources(data) | in_export(data)
    assert f"incident-map redo 4 --data-dir {data}" in said(at(data, "undo", "4"))
    assert SOURCE in sources(data) & in_export(data)
    said(at(data, "redo", "4"))
    assert SOURCE not in sources(data)
    brief = tmp_path / "brief.html"
    said(at(data, "undo", "6"))
    said(at(data, "brief", "--output", brief))
    assert SOURCE in brief.read_text(encoding="utf-8")


def test_the_history_tells_who_did_what_and_why(with_report):
    said(at(with_report, "remove", SOURCE, "--reason", "a hoax", "--by", "sara"))
    newest = entries(with_report)[0]
    assert (newest["by"], newest["action"], newest["reason"]) == ("sara", "remove", "a hoax")
    gone = {c["object_id"] for c in newest["changes"] if c["outcome"] == "taken out"}
    assert {SOURCE, f"{SOURCE}.01"} <= gone
    lines = said(at(with_report, "history", "--limit", "1"))
    assert "sara: removed" in lines
    assert "a hoax" in lines
    assert "amna" not in lines


def test_a_coded_source_is_removed_too_and_comes_back(data):
    before = sources(data)
    said(at(data, "remove", "004", "--reason", "superseded"))
    assert {s[:3] for s in before - sources(data)} == {"004"}
    said(at(data, "undo", "1"))
    assert sources(data) == before


def test_a_dataset_is_removed_with_its_files_and_comes_back_with_them(tmp_path, data):
    path = write(tmp_path / "ged.csv", as_csv([ucdp(), ucdp(id="2")]))
    said(at(data, "import", path, "--as", "ucdp"))
    (dataset,) = json.loads(said(at(data, "datasets", "list", "--json")))
    dataset_id = dataset["dataset_id"]
    said(at(data, "remove", dataset_id, "--reason", "another version is out"))
    assert json.loads(said(at(data, "datasets", "list", "--json"))) == []
    said(at(data, "undo", "1"))
    assert json.loads(said(at(data, "datasets", "list", "--json"))) == [dataset]
    assert "1 datasets" in said(at(data, "verify"))
    said(at(data, "redo", "1"))
    said(at(data, "import", path, "--as", "ucdp"))
    assert "imported since" in refused(at(data, "undo", "3"))
    assert len(entries(data)) == 3


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("remove", "999", "--reason", "x"), "no source or dataset '999'"),
        (("remove", "00", "--reason", "x"), "the beginning of several"),
        (("remove", "004", "--reason", " "), "needs a reason"),
        (("undo", "1"), "There is no library"),
        (("redo", "1"), "There is no library"),
        (("backup", "--output", "backup.sqlite"), "There is no library"),
        (("verify",), "There is no library"),
        (("restore", "none.sqlite", "--reason", "x"), "there is no such file"),
        (("export", "--layer", "seeds", "--output", "-"), "name a folder"),
        (("export", "--layer", "seeds", "--source", "004", "--output", "o"), "leave out"),
    ],
)
def test_what_cannot_be_done_is_said_and_makes_no_library(data, words, expected):
    assert expected in refused(at(data, *words))
    assert not data.exists()


def test_looking_makes_no_library(data, tmp_path):
    assert json.loads(said(at(data, "history", "--json"))) == []
    said(at(data, "export", "--layer", "seeds", "--output", tmp_path / "coded"))
    assert len(sources(data)) == 5
    assert not data.exists()


def test_what_is_not_in_the_history_or_not_undone_is_refused(with_report):
    assert "no entry 99" in refused(at(with_report, "undo", "99"))
    assert "not undone" in refused(at(with_report, "redo", "3"))
    assert "rest on this" in refused(at(with_report, "undo", "1"))
    assert SOURCE in sources(with_report)


def test_a_backup_restores_what_was_there_over_a_damaged_library(with_report, tmp_path):
    data, backup = with_report, tmp_path / "backup.sqlite"
    said(at(data, "backup", "--output", backup))
    assert "there is a file of this name" in refused(at(data, "backup", "--output", backup))
    said(at(data, "backup", "--output", backup, "--overwrite"))
    (data / "library.sqlite").write_bytes(b"no library at all" * 1000)
    for words in (
        ("sources",), ("verify",), ("history",), ("remove", "004", "--reason", "x"), ("serve",),
        ("export", "--layer", "claims", "--format", "csv", "--output", "-"),
        ("origins", "list"), ("backup", "--output", tmp_path / "second.sqlite"),
    ):  # fmt: skip
        assert "incident-map restore" in refused(at(data, *words))
    told = said(at(data, "restore", backup, "--by", "amna", "--reason", "the disk failed"))
    assert "former state is kept in" in told
    assert SOURCE in sources(data)
    assert "holds" in said(at(data, "verify"))
    assert entries(data)[0]["reason"] == "the disk failed"


def test_a_changed_record_is_found_by_verify(with_report):
    with sqlite3.connect(with_report / "library.sqlite") as connection:
        connection.execute("UPDATE records SET revision = 9 WHERE kind = 'source'")
    connection.close()
    assert "does not hold" in refused(at(with_report, "verify"))
    done = at(with_report, "verify", "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["differences"]


def test_accepted_sources_are_written_as_coded_documents_that_can_be_read_again(
    with_report, tmp_path, seeds_folder
):
    coded = tmp_path / "coded"
    shutil.copytree(seeds_folder, coded)
    said(at(with_report, "export", "--layer", "seeds", "--output", coded))
    with (coded / f"{SOURCE}.toml").open("rb") as file:
        assert tomllib.load(file)
    listed = json.loads(
        said(at(tmp_path / "empty", "sources", "--json", INCIDENT_MAP_SEEDS=str(coded)))
    )
    assert SOURCE in {row["source_id"] for row in listed}


def test_the_option_goes_before_the_variables(with_report, tmp_path):
    variables = {
        "INCIDENT_MAP_DATABASE_URL": f"sqlite:///{tmp_path}/other.sqlite",
        "INCIDENT_MAP_DATA_DIR": str(tmp_path / "other"),
    }
    assert SOURCE in said(at(with_report, "sources", **variables))
    assert SOURCE not in said(run("sources", **variables))
    by_address = {"INCIDENT_MAP_DATABASE_URL": f"sqlite:///{with_report}/library.sqlite"}
    assert SOURCE in said(run("sources", **by_address))


_AS_NOBODY = """
import os, sys
from dashboard.command_line.main import app
def run(*words):
    try:
        app([*words, "--data-dir", sys.argv[1]])
    except SystemExit as end:
        return end.code
assert run("undo", "1") == 1
if os.getuid() == 0:
    # Nothing is forbidden to root; "nobody" may not even read our Python, which is loaded by now.
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
print("now", file=sys.stderr)
sys.exit(run("undo", "3"))
"""


@pytest.mark.skipif(os.name != "posix", reason="rights of a folder are POSIX's")
def test_a_folder_that_may_not_be_written_to_is_told_and_still_read(with_report):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copy(with_report / "library.sqlite", folder)
        (folder / "library.sqlite").chmod(0o444)
        folder.chmod(0o555)
        command = [sys.executable, "-c", _AS_NOBODY, name]
        done = subprocess.run(command, capture_output=True, check=False, timeout=120)
        message = refused(done).partition("now\n")[2]
        assert message.startswith(f"{folder / 'library.sqlite'}: it may be read but not written")
        assert "--data-dir" in message
        assert SOURCE in sources(folder)
        folder.chmod(0o755)


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").write_text("a file, where a folder should be", encoding="utf-8")
    report = tmp_path / "report.txt"
    report.write_text(REPORT, encoding="utf-8")
    message = refused(at(tmp_path / "file" / "data", "add", report, "--accept"))
    assert "--data-dir" in message


def test_a_report_that_cannot_be_accepted_whole_leaves_nothing_in_the_library(
    tmp_path, monkeypatch
):
    store = open_store(tmp_path / "library.sqlite")
    atlas = load_atlas(store=store)
    addition = prepare_addition(read_document(REPORT.encode()), atlas, store=store)

    def full(*_given, **_named):
        raise StoreFullError("library.sqlite", "the disk is full", "Make room.")

    monkeypatch.setattr("incidents.store.reviewing.accept", full)
    with pytest.raises(StoreFullError):
        accept_linked(addition, store, atlas, by="amna")
    assert store.history() == []
    assert store.documents() == []
