"""Files that other people's programs open, with every number traced back to its claims."""

import csv
import io
import json
import subprocess
import sys

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
from shapely.geometry import shape

from incidents.atlas import load_atlas
from incidents.export.formats import FORMATS, FORMULA_STARTS, about_json, to_bytes
from incidents.export.layers import LAYERS, build_layer
from incidents.filters import make_filter
from incidents.model import Catalogue
from incidents.view import Atlas, View
from incidents.whole_files import write_whole

DAYS = ("date_start", "date_end", "published_on", "known_from")


@pytest.fixture(scope="module")
def atlas(seeds_folder):
    return load_atlas(seeds_folder)


def view_of(atlas, **words):
    return View(atlas, make_filter(atlas.catalogue, atlas.district_names, **words))


def districts_with(view, field):
    rows = build_layer("districts", view).rows
    return {row["adm2_name"] for row in rows if row[field] is not None}


def read_back(layer, file_format, folder):
    path = folder / f"layer.{file_format}"
    write_whole(path, to_bytes(layer, file_format))
    return gpd.read_parquet(path) if file_format == "parquet" else gpd.read_file(path)


def test_gwadars_killed_are_seventeen_and_quettas_two_to_four(atlas):
    rows = {r["adm2_name"]: r for r in build_layer("districts", view_of(atlas)).rows}
    assert [rows["Gwadar"][f"killed_{end}"] for end in ("low", "high", "high_open")] == [
        17,
        17,
        False,
    ]
    assert [rows["Quetta"][f"killed_{end}"] for end in ("low", "high", "high_open")] == [2, 4, True]


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("abducted", {"Nushki"}),
        ("freed", {"Mastung"}),
        ("killed", {"Quetta", "Gwadar"}),
        ("injured", set()),
    ],
)
def test_a_casualty_type_has_figures_only_where_a_claim_names_the_place(atlas, kind, names):
    assert districts_with(view_of(atlas, casualty_type=[kind]), f"{kind}_low") == names


def test_source_003_alone_reports_on_no_district_and_its_claims_are_not_lost(atlas):
    view = view_of(atlas, source=["003"])
    rows = build_layer("districts", view).rows
    assert {r["report_status"] for r in rows} == {"no_report"}
    assert len(view.not_placed) == len(view.claims) > 0


def test_six_districts_have_incidents_and_twenty_nine_have_none(atlas):
    rows = build_layer("districts", view_of(atlas)).rows
    assert {r["adm2_name"] for r in rows if r["incident_count"]} == {
        "Quetta", "Mastung", "Nushki", "Gwadar", "Kharan", "Chagai",
    }  # fmt: skip
    assert sum(r["incident_count"] == 0 for r in rows) == 29


def test_the_speakers_place_is_not_the_events(atlas):
    view = view_of(atlas, casualty_type=["abducted"], source=["001"])
    assert len(view.claims) == 1
    assert view.claims[0].adm2_pcode is None


def test_children_count_where_the_filter_leaves_their_total_out(atlas):
    view = view_of(atlas, victim_group=["children"])
    assert view.districts["PK205"].tolls["killed"].low == 3


def test_the_filter_security_forces_keeps_the_police(atlas):
    view = view_of(atlas, victim_group=["security_forces"])
    assert view.districts["PK226"].tolls["killed"].high == 4


@pytest.mark.parametrize("name", LAYERS)
@pytest.mark.parametrize("file_format", ["geojson", "gpkg", "parquet"])
def test_each_format_reads_back_with_the_same_rows_types_and_shapes(
    atlas, name, file_format, tmp_path
):
    layer = build_layer(name, view_of(atlas, scope=["all"]))
    frame = read_back(layer, file_format, tmp_path)
    assert len(frame) == len(layer.rows)
    assert frame.crs == "EPSG:4326"
    for field, kind in layer.fields.items():
        values = (
            [None if pd.isna(v) else v for v in frame[field].tolist()] if kind != "list" else []
        )
        if field in DAYS:
            # GDAL reads ISO days in GeoJSON as dates; the day must stay the same.
            values = [v and str(v)[:10] for v in values]
        if kind in ("text", "integer", "boolean"):
            assert values == [row[field] for row in layer.rows], field
        elif kind == "real":
            assert values == pytest.approx([row[field] for row in layer.rows], abs=1e-7)
    for written, read in zip((g for _, g in layer.features()), frame.geometry, strict=True):
        if written is None:
            assert read is None
        else:
            assert written.symmetric_difference(read).area < 1e-9
            assert written.distance(read) < 1e-7


@pytest.mark.parametrize("name", LAYERS)
def test_geojson_is_plain_json_with_filters_rule_and_attribution(atlas, name):
    view = view_of(atlas, casualty_type=["killed"])
    layer = build_layer(name, view)
    found = json.loads(to_bytes(layer, "geojson"))
    assert "crs" not in found
    assert found["about"]["filters"] == {"casualty_types": ["killed"], "scopes": ["event"]}
    assert found["about"]["rule"] == "range"
    assert "OCHA COD-AB" in found["about"]["attribution"]
    for feature in found["features"]:
        assert list(feature["properties"]) == list(layer.fields)
        assert feature["properties"]["boundary_vintage"]
        if feature["geometry"]:
            assert shape(feature["geometry"]).is_valid


def test_all_districts_are_always_present(atlas):
    for words in ({}, {"source": ["003"]}, {"district": ["Gwadar"]}, {"scope": ["background"]}):
        assert len(build_layer("districts", view_of(atlas, **words)).rows) == 35


def test_a_geopackage_and_a_parquet_file_carry_what_a_reader_must_know(atlas, tmp_path):
    layer = build_layer("incidents", view_of(atlas))
    write_whole(tmp_path / "a.gpkg", to_bytes(layer, "gpkg"))
    info = pyogrio.read_info(tmp_path / "a.gpkg")
    assert (
        json.loads(info["layer_metadata"]["incident_map"])["attribution"]
        == layer.about["attribution"]
    )
    import pyarrow.parquet as pq

    schema = pq.read_schema(io.BytesIO(to_bytes(layer, "parquet")))
    assert json.loads(schema.metadata[b"incident_map"])["rule"] == "range"


def test_csv_is_header_and_rows_and_its_about_stands_beside_it(atlas):
    layer = build_layer("claims", view_of(atlas))
    content = to_bytes(layer, "csv")
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert [r["claim_id"] for r in rows] == [c.claim_id for c in view_of(atlas).claims]
    assert list(rows[0]) == list(layer.fields)
    unknown = [r for r in rows if r["casualty_type"] == ""]
    assert unknown
    assert all(r["count_low"] == "" for r in unknown)
    assert json.loads(about_json(layer))["layer"] == "claims"


@pytest.mark.parametrize("start", FORMULA_STARTS)
def test_a_cell_that_a_spreadsheet_would_run_is_defused(atlas, start):
    claim = atlas.catalogue.claims[0]
    poisoned = claim.model_copy(update={"note": f"{start}cmd|' /C calc'!A0"})
    catalogue = Catalogue(atlas.catalogue.sources, atlas.catalogue.incidents, (poisoned,))
    view = view_of(Atlas(catalogue, atlas.boundaries, atlas.gazetteer, atlas.lineage))
    text = to_bytes(build_layer("claims", view), "csv").decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text, newline=""))
    assert row["note"] == f"'{poisoned.note}"


def test_no_format_leaves_threads_behind_that_could_abort_a_command_that_ends(seeds_folder):
    # A thread of pyarrow that is still there when the interpreter ends aborts the process.
    code = f"""
import os, pathlib
from incidents.atlas import load_atlas
from incidents.export.formats import FORMATS, to_bytes
from incidents.filters import make_filter
from incidents.export.layers import build_layer
from incidents.view import View
atlas = load_atlas(pathlib.Path({str(seeds_folder)!r}))
layer = build_layer("incidents", View(atlas, make_filter(atlas.catalogue, {{}})))
before = len(os.listdir("/proc/self/task"))
for file_format in FORMATS:
    to_bytes(layer, file_format)
    print(file_format, len(os.listdir("/proc/self/task")) - before)
"""
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert said.stdout.split("\n")[:-1] == [f"{name} 0" for name in FORMATS]


@pytest.mark.parametrize("file_format", FORMATS)
def test_an_empty_view_is_a_file_with_its_columns(atlas, file_format):
    view = view_of(atlas, casualty_type=["missing"])
    layer = build_layer("claims", view)
    assert layer.rows == ()
    assert to_bytes(layer, file_format)
