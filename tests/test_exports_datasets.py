"""Datasets handed out: every row with its claims, its point and its terms, in every format."""

import csv
import io
import json

import geopandas as gpd
import pytest
from dataset_factory import acled, import_rows, ucdp

from incidents.atlas import existing_datasets, load_atlas
from incidents.datasets.dataset import LicenceError
from incidents.exports import FORMATS, to_bytes
from incidents.filters import Filter, make_filter
from incidents.layers import build_layer
from incidents.sealed import seal, verify
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
