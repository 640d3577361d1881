"""Datasets handed out: every row with its claims, its point and its terms, in every format."""

import csv
import dataclasses
import io
import json
from datetime import date

import geopandas as gpd
import pytest
from dataset_factory import acled, import_rows, ucdp

from dashboard.brief.page import brief
from dashboard.filter_words import command_words
from dashboard.wording import range_text
from incidents.atlas import existing_datasets, load_atlas
from incidents.datasets.columns import Columns
from incidents.datasets.dataset import LicenceError, open_dataset
from incidents.datasets.library import DatasetError
from incidents.export.formats import FORMATS, to_bytes
from incidents.export.layers import build_layer
from incidents.export.sealed import seal, verify
from incidents.filters import Filter, make_filter
from incidents.view import View


@pytest.fixture(scope="module")
def atlas(tmp_path_factory):
    folder = tmp_path_factory.mktemp("datasets")
    rows = [
        ucdp(id="1"),
        ucdp(id="2", where_prec="3"),
        ucdp(id="3", where_prec="4"),
        ucdp(id="4", longitude="73.1", latitude="33.7"),
        ucdp(id="=5", source_headline='=HYPERLINK("x")', low="", best="", high=""),
    ]
    import_rows(folder, rows, "ucdp")
    import_rows(folder, [acled()], "acled")
    return load_atlas().with_datasets(existing_datasets(folder / "library"))


def of_ucdp(atlas, **words):
    return View(atlas, make_filter(atlas.catalogue, atlas.district_names, source=["ucdp"], **words))


@pytest.mark.parametrize("file_format", FORMATS)
@pytest.mark.parametrize("name", ["incidents", "claims"])
def test_every_row_comes_out_with_its_point_and_reads_back(atlas, tmp_path, name, file_format):
    view = of_ucdp(atlas)
    layer = build_layer(name, view)
    content = to_bytes(layer, file_format)
    if file_format == "csv":
        read = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
        assert len(read) == len(layer.rows)
        return
    path = tmp_path / f"layer.{file_format}"
    path.write_bytes(content)
    frame = gpd.read_parquet(path) if file_format == "parquet" else gpd.read_file(path)
    assert len(frame) == len(layer.rows)
    ids = frame["incident_id"].str.split(".").str[1]
    with_point = set(ids[~frame.geometry.is_empty & frame.geometry.notna()])
    # A district's or a province's row has a point in the dataset, which stands for no place.
    assert {"1", "4"} <= with_point
    assert not {"2", "3"} & with_point


def test_what_stands_in_a_row_is_defused_for_spreadsheets(atlas):
    text = to_bytes(build_layer("incidents", of_ucdp(atlas)), "csv").decode("utf-8-sig")
    titles = [row["title"] for row in csv.DictReader(io.StringIO(text))]
    assert '\'=HYPERLINK("x")' in titles


def test_a_file_names_the_dataset_its_version_and_its_licence(atlas):
    written = json.loads(to_bytes(build_layer("claims", of_ucdp(atlas)), "geojson"))
    [dataset] = written["about"]["datasets"]
    assert (dataset["dataset_id"], dataset["rows"], dataset["licence"]) == (
        "ucdp-ged", 5, "CC BY 4.0",
    )  # fmt: skip
    assert written["about"]["claims_not_placed"] == 5
    assert written["about"]["claims_outside_the_boundaries"] == 5


def test_rows_under_acleds_terms_leave_only_with_a_licence(atlas):
    view = View(atlas, Filter())
    for name in ("incidents", "claims"):
        with pytest.raises(LicenceError, match="--i-hold-a-licence"):
            build_layer(name, view)
    with pytest.raises(LicenceError, match="ACLED"):
        seal(view)
    assert len(build_layer("districts", view).rows) == 35
    view.rows["acled"].dataset.licence_is_held()
    assert len(build_layer("incidents", view).rows) == len(view.incidents) + 6


def test_a_sealed_export_holds_the_rows_and_opens_to_the_same_districts(atlas):
    view = of_ucdp(atlas, casualty_type=["killed"])
    verdict = verify(seal(view))
    assert verdict.differences == ()
    assert verdict.made_again
    assert verdict.manifest["contents"]["claims"] == view.figure_count


def test_a_brief_lists_no_row_that_may_not_leave_and_says_so(atlas):
    kept_back = dataclasses.replace(
        atlas, datasets=tuple(Columns(open_dataset(c.dataset.folder)) for c in atlas.datasets)
    )
    page = brief(View(kept_back, Filter()), "killed")
    assert "Uppsala Conflict Data Program" in page
    assert "acled.XXX1" not in page
    assert "Its rows are not listed here: ACLED Terms and Conditions" in page
    assert "1 claim more of datasets, not listed here." in page


def test_a_districts_toll_in_a_brief_is_the_maps_however_many_rows_are_listed(
    atlas, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("dashboard.brief.page.ROWS_IN_BRIEF", 1)
    view = of_ucdp(atlas)
    quetta = view.districts["PK226"].tolls["killed"]
    page = brief(view, "killed")
    assert f"killed {range_text(quetta)}" in page
    assert "claims more of datasets, not listed here." in page


def test_a_dataset_of_other_districts_is_refused_not_painted(atlas, monkeypatch):
    dataset = open_dataset(atlas.datasets[0].dataset.folder)
    dataset.__dict__["pcodes"] = tuple(reversed(dataset.pcodes))
    with pytest.raises(DatasetError, match=r"other districts than these .* import its files again"):
        Columns(dataset)


def test_no_best_figure_of_a_dataset_is_official(atlas):
    view = View(atlas, of_ucdp(atlas).filter, "official")
    assert {t.best for t in view.row_tolls} == {None}
    assert view.districts["PK226"].tolls["killed"].best is None


def test_a_file_too_large_for_the_page_is_written_by_a_command_with_the_same_filters(
    atlas, tmp_path, monkeypatch
):
    monkeypatch.setenv("INCIDENT_MAP_DATA_DIR", str(tmp_path / "my library"))
    view = View(
        atlas,
        make_filter(
            atlas.catalogue, atlas.district_names, casualty_type=["killed"], district=["Quetta"],
            event_type=["Battles"], date_from=date(2024, 1, 1), scope=["all"],
        ),
        "lowest",
    )  # fmt: skip
    words = command_words(view)
    assert words[words.index("--event-type") + 1] == "Battles"
    assert words[words.index("--district") + 1] == "PK226"
    assert words[words.index("--from") + 1] == "2024-01-01"
    assert words[words.index("--rule") + 1] == "lowest"
    assert words[words.index("--data-dir") + 1] == str(tmp_path / "my library")
    assert words.count("--scope") == 4
