"""Records of CSV, seen rows, numbers, days and mappings: laws that hold for any input."""

import csv
import io
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.datasets.days import day_number, read_day, read_iso_days
from incidents.datasets.mapping import Mapping, guess_mapping, load_mapping, to_toml
from incidents.datasets.numerals import read_count, read_degrees
from incidents.datasets.records import read_strictly, scan
from incidents.datasets.refusals import BadValueError, FileRefusedError
from incidents.datasets.seen import CHANGED, NEW, SAME, SeenRows, checksums, hash_ids

CELLS = st.text(st.sampled_from('ab,"\n ;é'), max_size=6)
ROWS = st.lists(st.lists(CELLS, min_size=2, max_size=4), min_size=1, max_size=6)


def written(rows):
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


@given(ROWS)
def test_well_formed_records_are_read_as_they_were_written(rows):
    text = written(rows)
    assert [list(line.cells) for line, _ in read_strictly(text, ",", last=True)] == rows


@given(ROWS)
def test_the_ends_of_well_formed_records_are_found_in_their_bytes(rows):
    block = written(rows).encode()
    scanned = scan(block, ",")
    ends = np.cumsum([len(written([row]).encode()) for row in rows])
    assert scanned.clean
    assert scanned.ends.tolist() == ends.tolist()


@given(st.text(st.sampled_from('a,"\n'), max_size=40))
def test_a_strict_reading_loses_no_line_of_any_text(text):
    read = "".join(line.text for line, _ in read_strictly(text, ",", last=True))
    assert read.replace("\n", "") == text.replace("\n", "")


@given(st.lists(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 2)), max_size=8), max_size=6))
def test_seen_rows_judge_as_a_dictionary_would(batches):
    seen = SeenRows()
    newest, revisions, position, expected_next = {}, {}, {}, 0
    for batch in batches:
        keys = np.array([key for key, _ in batch], np.uint64)
        digests = np.array([digest for _, digest in batch], np.uint64)
        verdict = seen.judge(keys, digests)
        for row, (key, digest) in enumerate(batch):
            kind = NEW if key not in newest else SAME if newest[key] == digest else CHANGED
            assert verdict.kind[row] == kind
            assert verdict.previous[row] == (position[key] if key in newest else -1)
            if kind != SAME:
                revisions[key] = revisions.get(key, 0) + 1
                assert verdict.revision[row] == revisions[key]
                assert verdict.position[row] == expected_next
                newest[key], position[key] = digest, expected_next
                expected_next += 1


@given(st.lists(st.text(max_size=60)))
def test_hashes_of_ids_are_equal_only_for_equal_ids(ids):
    hashed = hash_ids(pa.array(ids, pa.string())).tolist()
    assert len(set(hashed)) == len(set(ids))
    assert hashed == [int(hash_ids(pa.array([one], pa.string()))[0]) for one in ids]


def test_checksums_tell_contents_apart():
    contents = [f"row {i} low {i % 7}" for i in range(2_000)]
    assert len(set(checksums(pa.array(contents)).tolist())) == 2_000


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)))
def test_a_plain_day_reads_the_same_alone_and_together(day):
    assert read_iso_days(pa.array([day.isoformat()])).tolist() == [day_number(day)]
    assert read_day(day.isoformat()).first == day_number(day)
    timed = pa.array([f"{day} 00:00:00.000"] * 2)
    assert read_iso_days(timed).tolist() == [day_number(day)] * 2


@given(st.text(st.sampled_from("0123456789-"), min_size=10, max_size=10))
def test_days_read_together_are_days_of_the_calendar(text):
    together = read_iso_days(pa.array([text]))
    if together is not None:
        assert date(1970, 1, 1) + timedelta(days=int(together[0])) == date.fromisoformat(text)


@given(st.integers(0, 10_000_000))
def test_a_count_is_read_back(number):
    assert read_count(str(number)) == number


@given(st.text(max_size=12))
def test_no_text_is_read_as_a_number_that_it_is_not(text):
    try:
        count = read_count(text)
    except BadValueError:
        return
    assert count == -1 or int(float(text.strip())) == count


@given(st.floats(-180, 180))
def test_decimal_degrees_are_read_as_they_are(degrees):
    text = f"{degrees:.7f}"
    assert read_degrees(text) == float(text)


NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12)


@given(st.lists(NAMES, min_size=1, max_size=6, unique=True))
def test_a_guessed_mapping_is_read_back_from_its_toml(tmp_path_factory, header):
    mapping = guess_mapping("t", ["Date", *header, "Killed (min)", "Killed"])
    path = tmp_path_factory.mktemp("mapping") / "m.toml"
    path.write_text(to_toml(mapping), encoding="utf-8")
    assert load_mapping(path) == mapping


@pytest.mark.parametrize(
    ("name", "meaning"),
    [
        ("Event Date", "date"),
        ("LATITUDE", "latitude"),
        ("lng", "longitude"),
        ("District", "district"),
        ("Fatalities", "killed total"),
        ("No. of people wounded", "injured total"),
        ("killed_civilians", "killed civilians"),
        ("Security forces killed", "killed security_forces"),
        ("deaths high", "killed total high"),
        ("Date of the incident", "date"),
        ("_location_latitude", "latitude"),
        ("nkill", "killed total"),
        ("killed_by", None),
        ("Target", None),
    ],
)
def test_a_column_is_guessed_by_its_name_alone(name, meaning):
    assert guess_mapping("t", [name]).named.get(name) == meaning


def test_of_several_columns_that_fit_the_plainest_is_taken_and_pieces_of_a_day_go_together():
    header = [
        "country",
        "country_txt",
        "location",
        "city",
        "Year",
        "Month",
        "Day",
        "X",
        "Longitude",
    ]
    assert guess_mapping("t", header).columns == {
        "year": "Year",
        "month": "Month",
        "day": "Day",
        "longitude": "Longitude",
        "place": "city",
        "country": "country_txt",
    }


def test_a_day_by_itself_is_the_date():
    assert guess_mapping("t", ["Day", "Killed"]).columns == {"date": "Day"}


def test_two_columns_that_may_both_be_the_latitude_are_left_to_whoever_knows():
    assert guess_mapping("t", ["from_lat", "to_lat"]).columns == {}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("dataset = ", "is no TOML"),
        ('title = "x"', "is no mapping: dataset: Field required"),
        ('dataset = "t"\n[columns]\nwhen = "x"', "is no mapping: columns.when"),
        ('dataset = "T x"', "is no mapping: dataset"),
    ],
)
def test_a_mapping_that_is_none_says_what_is_wrong(tmp_path, text, message):
    path = tmp_path / "m.toml"
    path.write_text(text)
    with pytest.raises(FileRefusedError, match=message):
        load_mapping(path)


def test_a_mapping_may_hold_everything(tmp_path):
    mapping = Mapping.model_validate(
        {
            "dataset": "t",
            "title": "A “table”",
            "columns": {"date": "Day \\ 1"},
            "figures": [{"casualty_type": "killed", "low": "a", "high": 'b"'}],
            "reading": {"thousands": " ", "empty": ["NA", "-"], "decimal_comma": True},
            "event_types": {"bomb blast": "Remote explosive/landmine/IED"},
            "where_prec": {"town": 1},
        }
    )
    path = tmp_path / "m.toml"
    path.write_text(to_toml(mapping), encoding="utf-8")
    assert load_mapping(path) == mapping
