"""`incident-map import` and `incident-map datasets`: status, output, the list of refused rows."""

import csv
import json

import pytest
from command_line import run
from dataset_factory import acled, as_csv, ucdp, write


@pytest.fixture
def data(tmp_path):
    return str(tmp_path / "data")


def test_a_file_with_refused_rows_ends_well_and_lists_them_beside_it(tmp_path, data):
    rows = [ucdp(), ucdp(), ucdp(id="2", latitude="190")]
    path = write(tmp_path / "GEDEvent_v25_1.csv", as_csv(rows))
    done = run("import", str(path), "--as", "ucdp", "--json", "--data-dir", data)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert [said[k] for k in ("rows", "imported", "duplicate", "refused")] == [3, 1, 1, 1]
    assert said["refusals"] == [
        {
            "row": 3,
            "field": "latitude",
            "value": "190",
            "reason": "latitude 190 is not between -90 and 90; correct it",
        }
    ]
    assert "CC BY 4.0" in done.stderr.decode()
    refused = tmp_path / "GEDEvent_v25_1.csv.refused.csv"
    assert said["refused_file"] == str(refused)
    with refused.open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["file"], row["row"], row["field"]) == ("GEDEvent_v25_1.csv", "3", "latitude")


def test_a_file_that_cannot_be_read_ends_with_1_and_says_why(tmp_path, data):
    path = write(tmp_path / "a.csv", "")
    done = run("import", str(path), "--as", "acled", "--json", "--data-dir", data)
    assert done.returncode == 1
    said = json.loads(done.stdout)
    assert (said["rows"], said["imported"], said["refusals"]) == (0, 0, [])
    assert said["error"] == "a.csv is empty; expected a header and rows. Export it again."
    assert said["error"] in done.stderr.decode()


@pytest.mark.parametrize(
    ("content", "words", "error"),
    [
        (None, [], "is not there; expected a file. Check the name."),
        ("date,place\n2024-01-31,Café\n".encode("cp1252"), [], "a.csv is not UTF-8 (row 1, byte"),
        ("date\n2024-01-31\n", ["--map", "{folder}/m.toml"], "m.toml is no TOML ("),
    ],
    ids=["no file", "a code page", "no mapping"],
)
def test_where_nothing_can_be_read_there_is_one_object_too(tmp_path, data, content, words, error):
    path = tmp_path / "a.csv"
    if content is not None:
        write(path, content)
    write(tmp_path / "m.toml", "dataset = ")
    words = [word.format(folder=tmp_path) for word in words]
    done = run("import", str(path), "--as", "table", *words, "--json", "--data-dir", data)
    said = json.loads(done.stdout)
    assert done.returncode == 1
    assert list(said) == ["rows", "imported", "duplicate", "refused", "refusals", "error"]
    assert error in said["error"]


def test_a_table_is_shown_as_it_is_understood_and_its_mapping_can_be_used_again(tmp_path, data):
    path = write(tmp_path / "Field notes.csv", "Ref,When,Town,Dead\n007,31/01/2024,Turbat,3\n")
    shown = run("import", str(path), "--as", "table", "--preview", "--data-dir", data)
    assert shown.returncode == 0
    assert "'Dead' is killed total" in shown.stderr.decode()
    assert "refused When: 31/01/2024 needs a declared form" in shown.stderr.decode()
    mapping = tmp_path / "m.toml"
    mapping.write_bytes(shown.stdout + b'\n[reading]\ndate_format = "%d/%m/%Y"\n')
    done = run(
        "import", str(path), "--as", "table", "--map", str(mapping), "--json", "--data-dir", data
    )
    said = json.loads(done.stdout)
    assert (said["imported"], said["refused"], said["dataset_id"]) == (1, 0, "field-notes")
    assert "mapping saved in" in done.stderr.decode()


def test_datasets_are_listed_checked_and_removed(tmp_path, data):
    path = write(tmp_path / "a.csv", as_csv([acled()]))
    done = run("import", str(path), "--as", "acled", "--data-dir", data)
    assert "ACLED's rows are under ACLED's own terms" in done.stdout.decode()
    listed = json.loads(run("datasets", "list", "--json", "--data-dir", data).stdout)
    assert [(one["dataset_id"], one["licence_held"]) for one in listed] == [("acled", False)]
    checked = run("datasets", "verify", "--data-dir", data)
    assert checked.stdout.decode() == "1 datasets, every file as it was written\n"
    unknown = run("datasets", "remove", "../acled", "--data-dir", data)
    assert (unknown.returncode, unknown.stderr.decode()) == (
        1,
        "no dataset '../acled'; there are: acled\n",
    )
    assert run("datasets", "remove", "acled", "--data-dir", data).returncode == 0
    assert json.loads(run("datasets", "list", "--json", "--data-dir", data).stdout) == []
