"""Files in the publishers' own columns, with the dirt that such files come with."""

import json
from itertools import count

import pytest
from command_line import run
from dataset_factory import TODAY, as_csv, dataset_folder, write

from geo.join import district_index
from incidents.datasets.dataset import open_dataset
from incidents.datasets.formats import published_format
from incidents.datasets.guessing import guess_kind
from incidents.datasets.importing import import_files
from incidents.datasets.mapping import Mapping, Reading
from incidents.datasets.numerals import UNKNOWN
from incidents.datasets.refusals import FileRefusedError
from incidents.datasets.schema import EVENT_TYPE_WORDS, OUTSIDE, PROVINCE_ONLY

UCDP_COLUMNS = """id relid year active_year code_status type_of_violence conflict_dset_id
conflict_new_id conflict_name dyad_dset_id dyad_new_id dyad_name side_a_dset_id side_a_new_id side_a
side_b_dset_id side_b_new_id side_b number_of_sources source_article source_office source_date
source_headline source_original where_prec where_coordinates where_description adm_1 adm_2 latitude
longitude geom_wkt priogrid_gid country country_id region event_clarity date_prec date_start date_end
deaths_a deaths_b deaths_civilians deaths_unknown best high low gwnoa gwnob""".split()
ACLED_COLUMNS = """event_id_cnty event_date year time_precision disorder_type event_type
sub_event_type actor1 assoc_actor_1 inter1 actor2 assoc_actor_2 inter2 interaction
civilian_targeting iso region country admin1 admin2 admin3 location latitude longitude geo_precision
source source_scale notes fatalities tags timestamp""".split()

_PLACES = (
    ("Quetta town", "Balochistan province", "Quetta district", "30.183330", "67.000000", "1"),
    ("Turbat town", "Balochistan province", "Kech district", "26.001220", "63.048490", "1"),
    ("near Mach town", "Balochistan province", "Kachhi district", "29.863710", "67.330180", "2"),
    ("Khuzdar district", "Balochistan province", "Khuzdar district", "27.8", "66.61", "3"),
    ("Balochistan province", "Balochistan province", "", "28.5", "65.5", "4"),
    ("Islamabad city", "Islamabad Capital Territory", "", "33.721480", "73.043290", "1"),
)


def ucdp_row(number: int, **cells: str) -> dict[str, str]:
    where, adm_1, adm_2, latitude, longitude, prec = _PLACES[number % len(_PLACES)]
    day = f"2025-{number % 12 + 1:02}-{number % 27 + 1:02} 00:00:00.000"
    dead = number % 5
    return dict.fromkeys(UCDP_COLUMNS, "") | {
        "id": str(540_000 + number),
        "relid": f"PAK-2025-1-404-{number}",
        "year": "2025",
        "active_year": "TRUE",
        "code_status": "Clear",
        "type_of_violence": "1",
        "conflict_dset_id": "325",
        "conflict_new_id": "325",
        "conflict_name": "Pakistan: Balochistan",
        "dyad_new_id": "852",
        "dyad_name": "Government of Pakistan - BLA",
        "side_a_new_id": "146",
        "side_a": "Government of Pakistan",
        "side_b_new_id": "303",
        "side_b": "BLA",
        "number_of_sources": "2",
        "source_article": f'"Agency One,2025-01-0{number % 9 + 1},Made-up ""headline"", no. {number}"',
        "source_office": "Agency One;Daily Two",
        "source_headline": "Made-up; with, separators",
        "source_original": "police\u00a0official",
        "where_prec": prec,
        "where_coordinates": where,
        "where_description": "On the road,\nsouth of the town",
        "adm_1": adm_1,
        "adm_2": adm_2,
        "latitude": latitude,
        "longitude": longitude,
        "geom_wkt": f"POINT ({longitude} {latitude})",
        "priogrid_gid": "172935",
        "country": "Pakistan",
        "country_id": "770",
        "region": "Asia",
        "event_clarity": "1",
        "date_prec": "1",
        "date_start": day,
        "date_end": day,
        "deaths_a": str(dead),
        "deaths_b": "1",
        "deaths_civilians": "0",
        "deaths_unknown": "0",
        "best": str(dead + 1),
        "high": str(dead + 3),
        "low": str(dead),
        "gwnoa": "770",
    } | cells  # fmt: skip


# What is wrong with a row, which field the refusal names, and how its reason begins.
UCDP_DIRT = (
    ({"low": "9", "best": "3"}, "low", "low 9 is more than best 3"),
    ({"latitude": "190"}, "latitude", "latitude 190 is not between -90 and 90"),
    ({"date_start": "0025-01-02 00:00:00.000"}, "date_start", "0025-01-02 00:00:00.000 lies in"),
    ({"best": "1,200"}, "best", "1,200 has thousands separators"),
    ({"where_prec": "9"}, "where_prec", "9 is no code here"),
    ({"id": ""}, "id", "the row's id is empty"),
    (
        {"latitude": "67.0", "longitude": "30.18"},
        "latitude",
        "latitude 67 and longitude 30.18 look",
    ),
)


def ucdp_file(*, header: bool = True) -> str:
    rows = [ucdp_row(number) for number in range(36)]
    rows += [ucdp_row(100 + n, **cells) for n, (cells, *_) in enumerate(UCDP_DIRT)]
    rows += [ucdp_row(3)]
    return as_csv(rows, header=header)


def test_the_columns_are_those_of_the_publishers():
    assert list(published_format("ucdp").header) == UCDP_COLUMNS
    assert list(published_format("acled").header) == ACLED_COLUMNS


@pytest.mark.parametrize("header", [True, False], ids=["a yearly release", "without a header"])
def test_a_ucdp_file_goes_in_by_one_command_and_every_refused_row_says_why(tmp_path, header):
    path = write(tmp_path / "GEDEvent_v25_0_3.csv", ucdp_file(header=header))
    assert guess_kind(path) == "ucdp"
    data = str(tmp_path / "library")
    done = run("import", str(path), "--as", "ucdp", "--json", "--data-dir", data)
    said = json.loads(done.stdout)
    assert done.returncode == 0, done.stderr
    assert {k: said[k] for k in ("rows", "imported", "duplicate", "refused")} == {
        "rows": 44, "imported": 36, "duplicate": 1, "refused": 7,
    }  # fmt: skip
    assert said["version"] == "25.0.3"
    assert [sorted(one) for one in said["refusals"]] == [["field", "reason", "row", "value"]] * 7
    for one, (_, field, reason), row in zip(said["refusals"], UCDP_DIRT, count(37), strict=False):
        assert (one["row"], one["field"]) == (row, field)
        assert one["reason"].startswith(reason)


def test_a_ucdp_files_rows_are_placed_as_exactly_as_they_say(tmp_path):
    path = write(tmp_path / "GEDEvent_v25_1.csv", ucdp_file())
    import_files([path], "ucdp", library=tmp_path / "library", today=TODAY)
    dataset = open_dataset(dataset_folder(tmp_path, "ucdp-ged"))
    names = {area.pcode: area.name for area in district_index().boundaries.areas}
    placed = [names.get(row["adm2_pcode"]) for row in dataset.text(range(6))]
    # The province has no district, and Islamabad lies outside.
    assert placed == ["Quetta", "Kech", "Kachhi", "Khuzdar", None, None]
    assert dataset.codes["flags"][4] & PROVINCE_ONLY
    assert dataset.codes["flags"][5] & OUTSIDE


def acled_row(number: int, **cells: str) -> dict[str, str]:
    return dict.fromkeys(ACLED_COLUMNS, "") | {
        "event_id_cnty": f"PAK{90_000 + number}",
        "event_date": f"{number % 27 + 1:02} {('January', 'June', 'November')[number % 3]} 2024",
        "year": "2024",
        "time_precision": "1",
        "disorder_type": "Political violence",
        "event_type": "Explosions/Remote violence",
        "sub_event_type": "Remote explosive/landmine/IED",
        "actor1": "Unidentified Armed Group (Pakistan)",
        "inter1": "Political militia",
        "actor2": "Police Forces of Pakistan (2024-)",
        "assoc_actor_2": "Government of Pakistan (2024-); Labor Group (Pakistan)",
        "inter2": "State forces",
        "interaction": "State forces-Political militia",
        "iso": "586",
        "region": "South Asia",
        "country": "Pakistan",
        "admin1": "Balochistan",
        "admin2": "Kech",
        "admin3": "Turbat",
        "location": "Turbat",
        "latitude": "26.0012",
        "longitude": "63.0485",
        "geo_precision": "1",
        "source": "Daily Two (Pakistan); Agency One",
        "source_scale": "National-International",
        "notes": f"Made up; no. {number}: \u201cquoted\u201d, with a \u2013 dash.",
        "fatalities": str(number % 4),
        "tags": "crowd size=no report",
        "timestamp": "1735689600",
    } | cells  # fmt: skip


ACLED_DIRT = (
    ({"event_date": "31/06/2024"}, "event_date", "31/06/2024 needs a declared form"),
    ({"fatalities": "unknown"}, "fatalities", "'unknown' is no number"),
    ({"sub_event_type": "IED"}, "sub_event_type", "'IED' is none of ACLED's"),
    ({"geo_precision": "5"}, "geo_precision", "5 is no code here"),
    ({"longitude": ""}, "longitude", "there is no longitude beside the latitude"),
    ({"latitude": "26,0012"}, "latitude", "26,0012 has a decimal comma"),
)


@pytest.mark.parametrize("separator", [",", ";"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_an_acled_file_goes_in_and_every_refused_row_says_why(tmp_path, separator, encoding):
    rows = [acled_row(number) for number in range(40)]
    rows += [acled_row(100 + n, **cells) for n, (cells, *_) in enumerate(ACLED_DIRT)]
    rows += [acled_row(7), acled_row(8, fatalities="30", notes="Corrected.")]
    # As a spreadsheet saves it: every line ends with CR and LF, and a note stands below.
    content = as_csv(rows, separator=separator).replace("\n", "\r\n")
    content += "Data exported on 2025-01-02; see the terms of use\r\n".replace(";", " -")
    path = write(tmp_path / "2024-01-01-2024-12-31-Pakistan.csv", content.encode(encoding))
    declared = "cp1252" if encoding == "cp1252" else ""
    report = import_files(
        [path], "acled", library=tmp_path / "library", today=TODAY, encoding=declared
    )
    assert (report.rows, report.imported, report.duplicate, report.refused) == (49, 41, 1, 7)
    assert (report.added, report.changed, report.gone) == (40, 1, 0)
    for one, (_, field, reason) in zip(report.refusals, ACLED_DIRT, strict=False):
        assert one.field == field
        assert one.reason.startswith(reason)
    assert report.refusals[-1].reason.startswith("1 cell where the header has 31; it looks like")


def import_named(tmp_path, name, content, as_, **more):
    path = write(tmp_path / name, content)
    return import_files([path], as_, library=tmp_path / "library", today=TODAY, **more)


def test_a_row_of_hxl_tags_is_refused_as_that_and_the_rest_goes_in(tmp_path):
    rows = [ucdp_row(number) | {"iso3": "PAK"} for number in range(5)]
    tags = dict.fromkeys(rows[0], "") | {
        "year": "#date+year",
        "side_a": "#group+name+first",
        "latitude": "#geo+lat",
        "best": "#affected+killed",
    }
    report = import_named(tmp_path, "conflict_data_pak.csv", as_csv([tags, *rows]), "ucdp")
    assert (report.rows, report.imported, report.refused) == (6, 5, 1)
    (refused,) = report.refusals
    assert (refused.row, refused.field, refused.value) == (1, "year", "#date+year")
    assert refused.reason.startswith("the row holds HXL tags")


def test_the_names_of_ucdps_earlier_columns_are_known(tmp_path):
    earlier = {"best": "best_est", "high": "high_est", "low": "low_est"}
    lacking = ("relid", "code_status", "conflict_dset_id", "dyad_dset_id", "where_description")
    rows = [
        {earlier.get(name, name): cell for name, cell in ucdp_row(n).items() if name not in lacking}
        for n in range(6)
    ]
    path = write(tmp_path / "ged50.csv", as_csv(rows))
    assert guess_kind(path) == "ucdp"
    report = import_files([path], "ucdp", library=tmp_path / "library", today=TODAY)
    assert (report.imported, report.refused) == (6, 0)


EARLIER_ACLED = {
    "Battle-No change of territory": "Battles",
    "Battle-Government regains territory": "Battles",
    "Remote violence": "Explosions/Remote violence",
    "Violence against civilians": "Violence against civilians",
    "Headquarters or base established": "Strategic developments",
    "Riots/Protests": "Strategic developments",
}


def test_acleds_exports_from_before_its_sub_event_types_go_in(tmp_path):
    columns = """GWNO EVENT_ID_CNTY EVENT_ID_NO_CNTY EVENT_DATE YEAR TIME_PRECISION EVENT_TYPE ACTOR1
    ALLY_ACTOR_1 INTER1 ACTOR2 ALLY_ACTOR_2 INTER2 INTERACTION COUNTRY ADMIN1 ADMIN2 ADMIN3 LOCATION
    LATITUDE LONGITUDE GEO_PRECISION SOURCE NOTES FATALITIES""".split()
    rows = [
        {name: acled_row(n, event_type=word).get(name.lower(), "") for name in columns}
        for n, word in enumerate([*EARLIER_ACLED, "Quarrel"])
    ]
    path = write(tmp_path / "acled-2016.csv", as_csv(rows))
    assert guess_kind(path) == "acled"
    report = import_files([path], "acled", library=tmp_path / "library", today=TODAY)
    assert (report.imported, report.refused) == (6, 1)
    assert report.refusals[0].value == "Quarrel"
    (doubt,) = report.doubts
    assert doubt.value == "Riots/Protests"
    dataset = open_dataset(dataset_folder(tmp_path, "acled"))
    words = [EVENT_TYPE_WORDS[code] for code in dataset.codes["event_type"].tolist()]
    assert words == list(EARLIER_ACLED.values())


def test_how_a_publishers_file_is_written_can_be_declared(tmp_path):
    rows = [
        acled_row(1, event_date="23-Mar-24", fatalities="NA", geo_precision="NA"),
        acled_row(2, event_date="2-Aug-24", time_precision="NA", fatalities="1,200"),
    ]
    refused = import_named(tmp_path, "acled.csv", as_csv(rows), "acled")
    assert refused.refusals[0].reason.startswith("23-Mar-24 has a year of two digits; declare")
    reading = Reading(date_format="%d-%b-%y", empty=("NA",), thousands=",")
    mapping = Mapping(dataset="acled", reading=reading)
    report = import_named(tmp_path, "acled.csv", as_csv(rows), "acled", mapping=mapping)
    assert (report.imported, report.refused) == (2, 0)
    dataset = open_dataset(dataset_folder(tmp_path, "acled"))
    assert dataset.figures["killed", "total"][1].tolist() == [UNKNOWN, 1200]


def test_what_a_publishers_columns_mean_cannot_be_declared(tmp_path):
    mapping = Mapping(dataset="ucdp-ged", columns={"id": "relid"})
    with pytest.raises(FileRefusedError, match=r"\[reading\] alone"):
        import_named(tmp_path, "ged.csv", ucdp_file(), "ucdp", mapping=mapping)
