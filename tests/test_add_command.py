"""`incident-map add` prints the claims of a report, and stores them only when told to."""

import json

import pytest
from command_line import run

from incidents.export.layers import CLAIM_FIELDS

REPORT = """Four labourers kidnapped near Turbat
Published March 3, 2026
TURBAT: Gunmen abducted four labourers from a camp near Turbat on Monday, police said.
At least two of them were later freed, an official said.
"""


@pytest.fixture
def report(tmp_path):
    path = tmp_path / "report.txt"
    path.write_text(REPORT, encoding="utf-8")
    return path


@pytest.fixture
def data(tmp_path):
    return tmp_path / "data"


def add(*words, data):
    return run("add", *map(str, words), INCIDENT_MAP_DATA_DIR=str(data))


def test_the_json_has_the_fields_of_the_claims_export_and_stores_nothing(report, data):
    done = add(report, "--json", data=data)
    assert done.returncode == 0, done.stderr
    printed = json.loads(done.stdout)
    assert set(printed) == {"source", "claims"}
    assert printed["source"]["published_on"] == "2026-03-03"
    for claim in printed["claims"]:
        assert set(claim) == set(CLAIM_FIELDS) | {"tier", "rule", "score"}
        assert REPORT[claim["char_start"] : claim["char_end"]] == claim["quote"]
    abducted = next(c for c in printed["claims"] if c["casualty_type"] == "abducted")
    assert (abducted["count_low"], abducted["adm2_name"], abducted["tier"]) == (4, "Kech", "linked")
    assert not data.exists()


def test_accepting_stores_it_once_and_the_second_time_is_refused(report, data):
    done = add(report, "--accept", "--by", "amna", "--outlet", "The Daily", data=data)
    assert done.returncode == 0, done.stderr
    assert b"005-the-daily-2026-03-03" in done.stdout
    listed = run("sources", "--json", INCIDENT_MAP_DATA_DIR=str(data))
    (row,) = [r for r in json.loads(listed.stdout) if r["outlet"] == "The Daily"]
    assert row["figures"] >= 2
    again = add(report, "--accept", data=data)
    assert again.returncode == 1
    assert b"here already" in again.stderr


def test_what_was_accepted_is_in_the_export(report, data):
    add(report, "--accept", data=data)
    words = ["export", "--layer", "claims", "--format", "geojson", "--output", "-"]
    done = run(*words, "--district", "Kech", INCIDENT_MAP_DATA_DIR=str(data))
    properties = [f["properties"] for f in json.loads(done.stdout)["features"]]
    assert {p["source_id"] for p in properties} == {"005-unknown-2026-03-03"}
    assert {p["count_low"] for p in properties} >= {4}


@pytest.mark.parametrize(
    ("content", "words", "said"),
    [
        (b"", (), "empty file"),
        (b"\x00\x01\x02\xff\xfe\x00binary", (), "expected"),
        (REPORT.encode(), ("--published-on", "31/01/2026"), "is not a day"),
    ],
)
def test_what_cannot_be_read_is_said_and_nothing_is_stored(tmp_path, data, content, words, said):
    path = tmp_path / "given.txt"
    path.write_bytes(content)
    done = add(path, "--accept", *words, data=data)
    assert done.returncode == 1
    assert said in done.stderr.decode()
    assert done.stdout == b""
    assert not data.exists()


def test_a_missing_file_and_an_address_say_what_to_do(tmp_path, data):
    assert "Name a .txt" in add(tmp_path / "none.pdf", data=data).stderr.decode()
    assert "--online" in add("https://example.org/report", data=data).stderr.decode()
    inward = add("http://127.0.0.1/report", "--online", data=data)
    assert inward.returncode == 1
    assert "not public" in inward.stderr.decode()


def test_a_report_without_any_day_is_not_accepted_until_one_is_given(tmp_path, data):
    path = tmp_path / "undated.txt"
    path.write_text("Gunmen killed three miners in Harnai, police said.", encoding="utf-8")
    done = add(path, "--accept", data=data)
    assert done.returncode == 1
    assert "Give the day" in done.stderr.decode()
    assert not data.exists()
    given = add(path, "--accept", "--published-on", "2026-03-04", data=data)
    assert given.returncode == 0, given.stderr


EXTRACTOR = """
from dataclasses import replace
from incidents.extraction import extract

def find(text, *, published_on=None, title=None):
    (draft,) = extract("Two were killed")
    at = text.index("At least two")
    return [
        replace(
            draft, casualty_type="missing", rule="whoever is freed", quote="At least two",
            char_start=at, char_end=at + 12, figure_start=at, figure_end=at + 12,
        )
    ]
"""


@pytest.fixture
def installed(tmp_path):
    """A folder as pip leaves it, of a package that offers an extractor."""
    folder = tmp_path / "site"
    (folder / "watch-1.0.dist-info").mkdir(parents=True)
    (folder / "watch.py").write_text(EXTRACTOR, encoding="utf-8")
    (folder / "watch-1.0.dist-info" / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: watch\nVersion: 1.0\n", encoding="utf-8"
    )
    (folder / "watch-1.0.dist-info" / "entry_points.txt").write_text(
        "[incident_map.extractors]\nwatch = watch:find\n", encoding="utf-8"
    )
    return folder


def test_an_installed_extractor_finds_claims_beside_the_rules(report, data, installed):
    env = {"INCIDENT_MAP_DATA_DIR": str(data), "PYTHONPATH": str(installed)}
    done = run("add", str(report), "--json", **env)
    assert done.returncode == 0, done.stderr
    rules = {c["rule"]: c["casualty_type"] for c in json.loads(done.stdout)["claims"]}
    assert rules["watch: whoever is freed"] == "missing"
    assert "abducted" in rules.values()


def test_an_installed_extractor_that_fails_is_named_and_nothing_is_stored(report, data, installed):
    (installed / "watch.py").write_text("def find(text, **_): return text.find", encoding="utf-8")
    env = {"INCIDENT_MAP_DATA_DIR": str(data), "PYTHONPATH": str(installed)}
    done = run("add", str(report), "--accept", **env)
    assert done.returncode == 1
    assert b"The extractor 'watch' failed" in done.stderr
    assert not data.exists()


def test_a_report_without_a_headline_has_each_figure_once(tmp_path, data):
    path = tmp_path / "short.txt"
    path.write_text(
        "Eleven soldiers and 23 militants were killed near Turbat on Monday, police said.\n\n"
        "The road was closed and a search began, residents told reporters in the evening.\n"
    )
    said = json.loads(add(path, "--json", data=data).stdout)
    assert said["source"]["title"].startswith("[")
    assert [c["count_low"] for c in said["claims"] if c["tier"] == "linked"] == [11, 23]
