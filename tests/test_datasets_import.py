"""Import: what rows become, duplicates and releases, licences, and that nothing is half there."""

import json
import os
import signal
import subprocess
import sys
import time

import pyarrow.parquet as pq
import pytest
from dataset_factory import (
    TODAY,
    acled,
    as_csv,
    dataset_folder,
    import_rows,
    import_text,
    ucdp,
    write,
)

from gazetteer.resolve import Gazetteer
from incidents.datasets.as_claims import rows_as_claims
from incidents.datasets.dataset import LicenceError, open_dataset
from incidents.datasets.importing import ImportCancelledError, import_files
from incidents.datasets.library import DatasetError, list_datasets, remove_dataset, verify, writing
from incidents.datasets.mapping import Mapping, Reading
from incidents.datasets.refusals import FileRefusedError
from incidents.datasets.schema import HAS_POINT, NO_FIGURE, NOT_PLACED, OUTSIDE, PROVINCE_ONLY
from incidents.place_notes import place_note


def opened(tmp_path, dataset_id="ucdp-ged"):
    return open_dataset(dataset_folder(tmp_path, dataset_id))


def claims_of(tmp_path, row=0, dataset_id="ucdp-ged"):
    return rows_as_claims(opened(tmp_path, dataset_id), [row])


def test_rows_add_up_to_imported_duplicate_and_refused(tmp_path):
    rows = [
        ucdp(),
        ucdp(id="2", low="9"),
        ucdp(id="3", latitude="190"),
        ucdp(id="4", year="0025"),
        ucdp(id="5"),
        ucdp(id="5"),
        ucdp(id="6", where_coordinates="Islamabad", latitude="33.7", longitude="73.1"),
    ]
    report = import_rows(tmp_path, rows, "ucdp").as_json()
    assert [report[k] for k in ("rows", "imported", "duplicate", "refused")] == [7, 3, 1, 3]
    assert [(r["row"], r["field"]) for r in report["refusals"]] == [
        (2, "low"),
        (3, "latitude"),
        (4, "year"),
    ]
    assert set(report["refusals"][0]) == {"row", "field", "value", "reason"}
    stored = pq.read_table(dataset_folder(tmp_path, "ucdp-ged") / "releases/0001/rows.parquet")
    assert stored["row_id"].to_pylist() == ["1", "5", "6"]


def test_a_ucdp_row_becomes_a_total_with_its_parts(tmp_path):
    import_rows(tmp_path, [ucdp()], "ucdp")
    claims = claims_of(tmp_path).claims
    total = claims[0]
    assert (total.count_low, total.count_best, total.count_high) == (3, 4, 6)
    assert (total.casualty_type, total.victim_group, total.part_of) == ("killed", "total", None)
    parts = {c.victim_group: c.count_low for c in claims[1:]}
    assert parts == {"security_forces": 1, "militants": 2, "civilians": 0, "total": 1}
    assert {c.part_of for c in claims[1:]} == {total.claim_id}
    assert claims[-1].note.startswith("Victims whose side is not known.")


def test_the_dead_of_two_armed_groups_are_one_figure(tmp_path):
    import_rows(tmp_path, [ucdp(type_of_violence="2", side_a="Group A")], "ucdp")
    claims = claims_of(tmp_path).claims
    assert [c.count_low for c in claims if c.victim_group == "militants"] == [3]


def test_in_one_sided_violence_the_second_side_are_civilians(tmp_path):
    import_rows(tmp_path, [ucdp(type_of_violence="3", side_b="Civilians")], "ucdp")
    catalogue = claims_of(tmp_path)
    assert not [c for c in catalogue.claims if c.victim_group == "militants"]
    assert [c.count_low for c in catalogue.claims if c.victim_group == "civilians"] == [2]
    assert catalogue.incidents[0].event_type == "Violence against civilians"


def test_what_ucdp_cites_and_quotes_is_kept_with_the_claim_and_in_the_row(tmp_path):
    import_rows(tmp_path, [ucdp()], "ucdp", name="GEDEvent_v25_1.csv")
    catalogue = claims_of(tmp_path)
    assert catalogue.claims[0].note == (
        "Reported by: Agency One;Daily Two. Original source: police. Headline: A made-up headline"
    )
    (row,) = opened(tmp_path).text([0])
    assert len(row["given"]) == 49
    assert row["given"]["source_original"] == "police"
    source = catalogue.sources[0]
    assert source.source_id == "ucdp-ged-25.1-r1"
    assert source.title == "UCDP Georeferenced Event Dataset, version 25.1"
    assert "CC BY 4.0" in source.note


@pytest.mark.parametrize(
    ("geo", "where_prec", "district"), [("1", 1, "PK226"), ("2", 2, "PK226"), ("3", 4, None)]
)
@pytest.mark.parametrize(("when", "date_prec"), [("1", 1), ("2", 3), ("3", 4)])
def test_acleds_precisions_become_ucdps(tmp_path, geo, where_prec, district, when, date_prec):
    import_rows(tmp_path, [acled(geo_precision=geo, time_precision=when)], "acled")
    (claim,) = claims_of(tmp_path, dataset_id="acled").claims
    assert (claim.where_prec, claim.adm2_pcode, claim.date_prec) == (
        where_prec,
        district,
        date_prec,
    )
    assert (claim.count_low, claim.count_best, claim.count_high) == (4, 4, 4)
    assert claim.note == "Reported by: Daily Two (Pakistan); Agency One"


def test_an_acled_export_with_semicolons_keeps_its_lists(tmp_path):
    path = write(tmp_path / "a.csv", as_csv([acled()], separator=";"))
    import_files([path], "acled", library=tmp_path / "library", today=TODAY)
    dataset = opened(tmp_path, "acled")
    assert dataset.codes["cited"].tolist() == [2]
    assert dataset.text([0])[0]["given"]["source"] == "Daily Two (Pakistan); Agency One"


def test_a_candidate_release_without_a_header_is_read_by_its_order(tmp_path):
    path = write(tmp_path / "GEDEvent_v26_0_3.csv", as_csv([ucdp(), ucdp(id="2")], header=False))
    report = import_files([path], "ucdp", library=tmp_path / "library", today=TODAY)
    assert (report.rows, report.imported, report.version) == (2, 2, "26.0.3")


def test_a_header_in_capitals_is_the_same_header(tmp_path):
    content = as_csv([ucdp()])
    head, _, rest = content.partition("\n")
    path = write(tmp_path / "u.csv", head.upper() + "\n" + rest)
    report = import_files([path], "ucdp", library=tmp_path / "library", today=TODAY)
    assert report.imported == 1


def test_two_columns_that_are_one_of_the_format_are_refused(tmp_path):
    path = write(tmp_path / "a.csv", "Event_ID_cnty," + as_csv([acled()]).replace("\n", "\nX,"))
    with pytest.raises(FileRefusedError, match="whose header names 'event_id_cnty' twice"):
        import_files([path], "acled", library=tmp_path / "library", today=TODAY)


def test_a_file_that_is_not_what_it_is_said_to_be_is_refused(tmp_path):
    with pytest.raises(FileRefusedError, match="without the columns event_id_cnty, event_date,"):
        import_rows(tmp_path, [ucdp()], "acled")


PLACES = {
    "a point in a district": ({}, "PK226", HAS_POINT),
    "known to the province only": ({"where_prec": "4"}, None, HAS_POINT | PROVINCE_ONLY),
    "a point abroad": ({"latitude": "33.7", "longitude": "73.1"}, None, HAS_POINT | OUTSIDE),
    "a place without a point": (
        {"latitude": "", "longitude": "", "where_coordinates": "Turbat town"},
        "PK211",
        16,
    ),
    "a district without a point": (
        {"latitude": "", "longitude": "", "where_coordinates": "", "adm_2": "Gwadar district"},
        "PK205",
        16,
    ),
    "a place nobody knows": (
        {"latitude": "", "longitude": "", "where_coordinates": "Atlantis"},
        None,
        NOT_PLACED | PROVINCE_ONLY,
    ),
    "no figure": (
        dict.fromkeys(
            ("best", "low", "high", "deaths_a", "deaths_b", "deaths_civilians", "deaths_unknown"),
            "",
        ),
        "PK226",
        HAS_POINT | NO_FIGURE,
    ),
}


@pytest.mark.parametrize(("cells", "pcode", "flags"), PLACES.values(), ids=PLACES)
def test_a_row_is_kept_as_what_it_is(tmp_path, cells, pcode, flags):
    assert import_rows(tmp_path, [ucdp(**cells)], "ucdp").imported == 1
    dataset = opened(tmp_path)
    code = int(dataset.codes["district"][0])
    assert (dataset.pcodes[code] if code >= 0 else None) == pcode
    assert int(dataset.codes["flags"][0]) == flags


@pytest.mark.parametrize("admin2", ["Hub", "Hub district"])
def test_a_row_in_a_district_newer_than_the_boundaries_is_shown_in_its_parent_and_says_so(
    tmp_path, admin2
):
    where = {"admin2": admin2, "location": "Hub", "latitude": "25.0333", "longitude": "66.8833"}
    import_rows(tmp_path, [acled(**where)], "acled")
    (claim,) = claims_of(tmp_path, dataset_id="acled").claims
    assert (claim.adm2_name, claim.place_name) == ("Lasbela", "Hub, Hub district")
    note = place_note(claim.place_id, claim.place_name, Gazetteer.default())
    assert note == "Hub district is newer than these boundaries; shown in Lasbela."


def test_a_row_without_a_figure_is_a_happening(tmp_path):
    import_rows(tmp_path, [acled(fatalities="")], "acled")
    (claim,) = claims_of(tmp_path, dataset_id="acled").claims
    assert (claim.casualty_type, claim.happening) == (None, "Armed clash")
    assert claim.quote == "Armed clash"


def test_cells_with_control_characters_become_claims(tmp_path):
    cells = {"source_office": "Agency\r\nOne", "side_a": "Group\x07A", "source_headline": ""}
    import_rows(tmp_path, [ucdp(**cells)], "ucdp")
    assert "Agency \nOne" in claims_of(tmp_path).claims[0].note


def test_the_same_file_again_adds_nothing(tmp_path):
    rows = [ucdp(), ucdp(id="2"), ucdp(id="3", low="9")]
    import_rows(tmp_path, rows, "ucdp")
    again = import_rows(tmp_path, rows, "ucdp")
    assert (again.rows, again.imported, again.duplicate, again.refused) == (3, 0, 2, 1)
    assert (again.added, again.changed, again.gone) == (0, 0, 0)
    assert len(opened(tmp_path).manifest.releases) == 1


def test_the_same_file_again_adds_nothing_though_one_id_stands_in_it_twice(tmp_path):
    rows = [ucdp(), ucdp(best="5"), ucdp(id="2")]
    first = import_rows(tmp_path, rows, "ucdp")
    assert (first.imported, first.changed) == (3, 1)
    again = import_rows(tmp_path, rows, "ucdp")
    assert (again.imported, again.duplicate, again.changed, again.gone) == (0, 3, 0, 0)


def test_an_older_release_again_takes_nothing_back(tmp_path):
    older, newer = [ucdp(id=i) for i in "123"], [ucdp(id="1", best="5"), ucdp(id="2"), ucdp(id="4")]
    import_rows(tmp_path, older, "ucdp", name="GEDEvent_v25_1.csv")
    import_rows(tmp_path, newer, "ucdp", name="GEDEvent_v26_1.csv")
    again = import_rows(tmp_path, older, "ucdp", name="GEDEvent_v25_1.csv")
    assert (again.imported, again.duplicate, again.changed, again.gone) == (0, 3, 0, 0)
    dataset = opened(tmp_path)
    assert [row["row_id"] for row in dataset.text(range(dataset.size))] == ["2", "1", "4"]


def test_a_file_that_goes_back_to_what_an_older_one_said_is_a_revision(tmp_path):
    import_rows(tmp_path, [ucdp(), ucdp(id="2")], "ucdp", name="one.csv")
    import_rows(tmp_path, [ucdp(best="5"), ucdp(id="2")], "ucdp", name="two.csv")
    back = import_rows(tmp_path, [ucdp(), ucdp(id="2"), ucdp(id="3")], "ucdp", name="three.csv")
    assert (back.imported, back.duplicate, back.changed) == (2, 1, 1)


def test_a_mapping_that_is_taken_back_reads_the_rows_as_before(tmp_path):
    rows = [{"id": "1", "date": "01/02/2024", "killed": "3"}]
    forms = ("%d/%m/%Y", "%m/%d/%Y", "%d/%m/%Y")
    made = []
    for form in forms:
        mapping = Mapping(
            dataset="notes",
            columns={"id": "id", "date": "date"},
            reading=Reading(date_format=form),
        )
        made.append(import_rows(tmp_path, rows, "table", mapping=mapping))
    assert [report.changed for report in made] == [0, 1, 1]


def test_rows_of_one_kind_do_not_go_into_a_dataset_of_another(tmp_path):
    import_rows(tmp_path, [ucdp()], "ucdp")
    rows = [{"id": "1", "date": "2024-01-02", "killed": "3"}]
    with pytest.raises(DatasetError, match=r"ucdp-ged holds .* Give them a dataset of their own"):
        import_rows(tmp_path, rows, "table", dataset="ucdp-ged")


def test_rows_of_acled_stay_acleds_when_they_come_as_a_table(tmp_path):
    report = import_rows(tmp_path, [acled()], "table", name="notes.csv")
    assert "ACLED's own terms" in report.licence.notice
    with pytest.raises(LicenceError, match="--i-hold-a-licence"):
        opened(tmp_path, "notes").may_pass_on_rows()


def test_a_table_that_takes_in_rows_of_acled_is_under_its_terms(tmp_path):
    import_rows(tmp_path, [{"id": "1", "date": "2024-01-02"}], "table", name="notes.csv")
    opened(tmp_path, "notes").may_pass_on_rows()
    import_rows(tmp_path, [acled()], "table", name="more.csv", dataset="notes")
    with pytest.raises(LicenceError, match="--i-hold-a-licence"):
        opened(tmp_path, "notes").may_pass_on_rows()


def test_a_newer_release_says_what_is_added_changed_and_gone_and_keeps_the_older_rows(tmp_path):
    import_rows(tmp_path, [ucdp(id=i) for i in "1234"], "ucdp", name="GEDEvent_v25_1.csv")
    newer = [ucdp(id="1"), ucdp(id="2", best="5"), ucdp(id="3"), ucdp(id="5")]
    report = import_rows(tmp_path, newer, "ucdp", name="GEDEvent_v26_1.csv")
    assert (report.imported, report.duplicate) == (2, 2)
    assert (report.added, report.changed, report.gone) == (1, 1, 1)
    dataset = opened(tmp_path)
    ids = [row["row_id"] for row in dataset.text(range(dataset.size))]
    assert ids == ["1", "3", "2", "5"]
    assert [r["revision"] for r in dataset.text(range(dataset.size))] == [1, 1, 2, 1]
    older = pq.read_table(dataset.folder / "releases/0001/rows.parquet")
    assert older["row_id"].to_pylist() == ["1", "2", "3", "4"]
    assert [r.version for r in dataset.manifest.releases] == ["25.1", "26.1"]


def test_files_of_other_months_add_to_a_dataset_and_take_nothing_away(tmp_path):
    import_rows(tmp_path, [ucdp(id="1"), ucdp(id="2")], "ucdp")
    february = {"date_start": "2024-02-01", "date_end": "2024-02-01"}
    report = import_rows(tmp_path, [ucdp(id="3", **february)], "ucdp")
    assert (report.added, report.gone) == (1, 0)
    assert opened(tmp_path).size == 3


def test_a_release_that_overlaps_a_little_is_compared_over_its_own_days(tmp_path):
    def day(number):
        text = f"2024-01-{number:02}"
        return ucdp(id=str(number), date_start=text, date_end=text)

    import_rows(tmp_path, [day(n) for n in range(1, 11)], "ucdp")
    report = import_rows(tmp_path, [day(8), day(10), day(11)], "ucdp")
    assert (report.added, report.gone) == (1, 1)
    ids = {row["row_id"] for row in opened(tmp_path).text(range(10))}
    assert ids == {str(n) for n in range(1, 12)} - {"9"}


def test_a_row_that_is_refused_in_a_newer_release_is_not_gone(tmp_path):
    import_rows(tmp_path, [ucdp(id="1"), ucdp(id="2")], "ucdp")
    report = import_rows(tmp_path, [ucdp(id="1"), ucdp(id="2", low="9")], "ucdp")
    assert (report.refused, report.gone) == (1, 0)


def test_one_id_with_two_contents_in_a_file_is_a_revision_and_both_are_kept(tmp_path):
    report = import_rows(tmp_path, [ucdp(), ucdp(best="5"), ucdp(best="5")], "ucdp")
    assert (report.imported, report.duplicate) == (2, 1)
    assert (report.added, report.changed) == (1, 1)
    dataset = opened(tmp_path)
    assert dataset.size == 1
    assert dataset.figures["killed", "total"][1].tolist() == [5]


def test_rows_without_ids_are_the_same_where_all_their_cells_are(tmp_path):
    content = "date,place,killed\n2024-01-31,Quetta,3\n2024-01-31,Quetta,3\n2024-01-31,Quetta,4\n"
    report = import_text(tmp_path, content)
    assert (report.imported, report.duplicate) == (2, 1)


def test_columns_in_another_order_are_the_same_rows(tmp_path):
    rows = [ucdp(), ucdp(id="2")]
    import_rows(tmp_path, rows, "ucdp")
    turned = [dict(reversed(row.items())) for row in rows]
    assert import_rows(tmp_path, turned, "ucdp").duplicate == 2


def test_several_files_are_one_release_or_none(tmp_path):
    good = write(tmp_path / "a.csv", as_csv([ucdp(id="1"), ucdp(id="2", low="9")]))
    other = write(tmp_path / "b.csv", as_csv([ucdp(id="2"), ucdp(id="1")]))
    bad = write(tmp_path / "c.csv", "")
    library = tmp_path / "library"
    with pytest.raises(FileRefusedError, match=r"c\.csv is empty"):
        import_files([good, bad], "ucdp", library=library, today=TODAY)
    assert list_datasets(library) == []
    report = import_files([good, other], "ucdp", library=library, today=TODAY)
    assert (report.rows, report.imported, report.duplicate, report.refused) == (4, 2, 1, 1)
    assert report.as_json()["refusals"][0]["file"] == "a.csv"


def test_licences_are_named_and_acleds_rows_stay_here_without_one(tmp_path):
    assert import_rows(tmp_path, [ucdp()], "ucdp").licence.name == "CC BY 4.0"
    opened(tmp_path).may_pass_on_rows()
    report = import_rows(tmp_path, [acled()], "acled")
    assert "ACLED's own terms" in report.licence.notice
    with pytest.raises(LicenceError, match="--i-hold-a-licence"):
        opened(tmp_path, "acled").may_pass_on_rows()
    import_rows(tmp_path, [acled()], "acled", i_hold_a_licence=True)
    opened(tmp_path, "acled").may_pass_on_rows()


def test_progress_counts_rows_up_to_the_end(tmp_path):
    seen = []
    import_rows(tmp_path, [ucdp(id=str(i)) for i in range(20)], "ucdp", progress=seen.append)
    assert (seen[-1].rows, seen[-1].share, seen[-1].seconds_left) == (20, 1.0, 0.0)


def test_a_cancelled_import_leaves_nothing(tmp_path):
    with pytest.raises(ImportCancelledError):
        import_rows(tmp_path, [ucdp()], "ucdp", cancel=lambda: True)
    assert not dataset_folder(tmp_path, "ucdp-ged").exists()


def test_two_imports_into_one_dataset_do_not_run_at_once(tmp_path):
    with (
        writing(dataset_folder(tmp_path, "ucdp-ged")),
        pytest.raises(
            DatasetError, match="another import is writing to ucdp-ged; wait until it is done"
        ),
    ):
        import_rows(tmp_path, [ucdp()], "ucdp")


def test_what_a_killed_import_left_is_swept_away_by_the_next(tmp_path):
    import_rows(tmp_path, [ucdp()], "ucdp")
    releases = dataset_folder(tmp_path, "ucdp-ged") / "releases"
    for name in (".importing-1", "0002"):
        (releases / name).mkdir()
        (releases / name / "rows.parquet").write_bytes(b"half")
    import_rows(tmp_path, [ucdp(), ucdp(id="2")], "ucdp")
    assert sorted(path.name for path in releases.iterdir()) == ["0001", "0002"]
    assert verify(releases.parent) == []


_KILLED = """
import sys
from datetime import date
from pathlib import Path
from incidents.datasets.importing import import_files
print("ready", flush=True)
import_files([Path(sys.argv[1])], "ucdp", library=Path(sys.argv[2]), today=date(2026, 6, 30))
print("done", flush=True)
"""


def test_kill_9_at_any_moment_leaves_all_or_nothing(tmp_path):
    rows = [ucdp(id=str(i), where_description="x" * 400) for i in range(20_000)]
    path = write(tmp_path / "u.csv", as_csv(rows))
    outcomes = set()
    for number, delay in enumerate((0.0, 0.15, 0.3, 0.45, 0.6, 0.8, 1.1, 1.5)):
        library = tmp_path / f"library-{number % 2}"
        process = subprocess.Popen(
            [sys.executable, "-c", _KILLED, str(path), str(library)], stdout=subprocess.PIPE
        )
        process.stdout.readline()
        time.sleep(delay)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()
        found = list_datasets(library)
        outcomes.add(len(found))
        if found:
            folder = library / "datasets" / "ucdp-ged"
            assert open_dataset(folder).size == 20_000
            assert verify(folder) == []
    report = import_files([path], "ucdp", library=tmp_path / "library-0", today=TODAY)
    assert report.imported + report.duplicate == 20_000
    left = {p.name for p in (tmp_path / "library-0/datasets/ucdp-ged/releases").iterdir()}
    assert left == {"0001"}
    assert 0 in outcomes


def test_a_changed_byte_is_found(tmp_path):
    import_rows(tmp_path, [ucdp()], "ucdp")
    folder = dataset_folder(tmp_path, "ucdp-ged")
    path = folder / "releases/0001/codes/district.int16"
    path.write_bytes(b"\1\0")
    assert verify(folder) == [f"{path} has changed since it was written; import the release again"]
    path.unlink()
    assert verify(folder) == [f"{path} is missing; import the release again"]


def test_a_removed_dataset_is_gone(tmp_path):
    import_rows(tmp_path, [ucdp()], "ucdp")
    remove_dataset(dataset_folder(tmp_path, "ucdp-ged"))
    assert list_datasets(tmp_path / "library") == []
    assert not dataset_folder(tmp_path, "ucdp-ged").exists()
    with pytest.raises(DatasetError, match="no dataset at"):
        opened(tmp_path)


def test_the_stored_table_is_geoparquet_that_geopandas_reads(tmp_path):
    import geopandas

    rows = [ucdp(), ucdp(id="2", latitude="", longitude="", where_coordinates="Turbat")]
    import_rows(tmp_path, rows, "ucdp")
    frame = geopandas.read_parquet(
        dataset_folder(tmp_path, "ucdp-ged") / "releases/0001/rows.parquet"
    )
    assert (frame.geometry.iloc[0].x, frame.geometry.iloc[0].y) == (67.0, 30.19)
    assert frame.geometry.iloc[1] is None
    assert frame["adm2_pcode"].tolist() == ["PK226", "PK211"]
    assert frame["killed_total_best"].tolist() == [4, 4]


def test_the_manifest_names_files_hashes_boundaries_and_licence(tmp_path):
    import_rows(tmp_path, [ucdp()], "ucdp")
    manifest = json.loads((dataset_folder(tmp_path, "ucdp-ged") / "manifest.json").read_text())
    (release,) = manifest["releases"]
    assert manifest["licence"] == "CC BY 4.0"
    assert len(release["files"][0]["sha256"]) == 64
    assert release["boundary_vintage"]
    assert len(release["districts"]) == len(set(release["districts"])) > 30
