"""Workbooks, Parquet, GeoJSON and GeoPackage as tables, and what hostile ones come to."""

import json
import re
import sqlite3
import zipfile
from datetime import date, datetime

import geopandas
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from dataset_factory import TODAY, write
from shapely import LineString, Point

from incidents.datasets.dataset import open_dataset
from incidents.datasets.importing import import_files
from incidents.datasets.refusals import FileRefusedError


def import_path(path, **more):
    library = path.parent / "library"
    return import_files([path], "table", library=library, today=TODAY, dataset="t", **more)


def rows_of(path):
    dataset = open_dataset(path.parent / "library" / "datasets" / "t")
    return [row["given"] for row in dataset.text(range(dataset.size))]


def point(coordinates=(67.0, 30.19), **properties):
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": coordinates},
        "properties": {"id": "007", "date": "2024-01-31", "killed": 3} | properties,
    }


def geojson(*features, **members):
    return json.dumps({"type": "FeatureCollection", "features": list(features)} | members)


def test_a_workbook_is_read_as_text_with_its_days_as_days(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["id", "date", "place", "killed", "share"])
    sheet.append(["007", date(2024, 1, 31), "Turbat", 3, 0.25])
    moment = datetime(2024, 2, 1, 14, 30)  # noqa: DTZ001 (a workbook has no zones)
    sheet.append(["008", moment, "Gwadar", 4.0, None])
    sheet.append([])
    sheet.append(["009", "soon", "Gwadar", 4, None])
    path = tmp_path / "b.xlsx"
    book.save(path)
    report = import_path(path)
    assert (report.rows, report.imported, report.refused) == (3, 2, 1)
    assert report.refusals[0].row == 3
    assert rows_of(path) == [
        {"id": "007", "date": "2024-01-31", "place": "Turbat", "killed": "3", "share": "0.25"},
        {"id": "008", "date": "2024-02-01 14:30:00", "place": "Gwadar", "killed": "4", "share": ""},
    ]


def test_a_cell_beyond_the_header_of_a_workbook_refuses_its_row(tmp_path):
    book = openpyxl.Workbook()
    for row in (["id", "date"], ["1", "2024-01-31"], ["2", "2024-01-31", "more"]):
        book.active.append(row)
    path = tmp_path / "b.xlsx"
    book.save(path)
    report = import_path(path)
    assert [one.reason for one in report.refusals] == ["3 cells where the header has 2"]


def test_a_title_above_the_names_of_a_workbook_is_noted_and_the_names_are_found(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    rows = (["Attacks of 2024"], [], ["as of June"], ["id", "date", "killed"], ["1", "2024", 3])
    for row in rows:
        sheet.append(row)
    sheet.merge_cells("A1:C1")
    path = tmp_path / "b.xlsx"
    book.save(path)
    report = import_path(path)
    assert (report.rows, report.imported) == (1, 1)
    assert [doubt.value for doubt in report.doubts] == ["Attacks of 2024", "as of June"]


def test_a_sheet_that_is_not_read_is_noted(tmp_path):
    book = openpyxl.Workbook()
    for row in (["id", "date"], ["1", "2024-01-31"]):
        book.active.append(row)
    book.create_sheet("Empty")
    book.create_sheet("2023").append(["id", "date"])
    path = tmp_path / "b.xlsx"
    book.save(path)
    report = import_path(path)
    assert (report.imported, report.refused) == (1, 0)
    (doubt,) = report.doubts
    assert (doubt.row, doubt.value) == (0, "2023")
    assert doubt.reason == (
        "this sheet of the workbook holds cells and is not read, the first one is; "
        "export it as CSV, or put it first"
    )


@pytest.mark.parametrize(
    ("ending", "message"),
    [
        ("xlsx", "is no Excel workbook; expected an Excel workbook"),
        ("parquet", "is no Parquet file"),
        ("geojson", "is no JSON"),
        ("gpkg", "is no GeoPackage"),
    ],
)
def test_a_csv_under_another_formats_name_is_refused(tmp_path, ending, message):
    path = tmp_path / f"b.{ending}"
    path.write_text("id,date\n1,2024-01-31\n" * 50)
    with pytest.raises(FileRefusedError, match=re.escape(f"b.{ending} {message}")):
        import_path(path)


def test_a_workbook_that_is_none_or_unpacks_to_too_much_is_refused(tmp_path):
    with pytest.raises(FileRefusedError, match=r"b\.xlsx is no Excel workbook"):
        import_path(write(tmp_path / "b.xlsx", b"not a zip"))
    with zipfile.ZipFile(tmp_path / "z.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 5_000_000)
    with pytest.raises(
        FileRefusedError, match=r"z\.xlsx is a workbook that unpacks to far too much"
    ):
        import_path(tmp_path / "z.xlsx")


def test_parquet_keeps_ids_counts_and_days_as_they_are(tmp_path):
    table = pa.table(
        {
            "id": pa.array([12345678901234567, 2]),
            "date": pa.array([date(2024, 1, 31), date(2024, 2, 1)]),
            "killed": pa.array([3.0, None]),
            "lat": [30.19, 25.13],
            "lon": [67.0, 62.33],
        }
    )
    path = tmp_path / "p.parquet"
    pq.write_table(table, path)
    assert import_path(path).imported == 2
    assert rows_of(path)[0] == {
        "id": "12345678901234567",
        "date": "2024-01-31",
        "killed": "3",
        "lat": "30.19",
        "lon": "67",
    }
    assert rows_of(path)[1]["killed"] == ""


def test_a_file_named_parquet_that_is_none_is_refused(tmp_path):
    with pytest.raises(FileRefusedError, match=r"p\.parquet is no Parquet file"):
        import_path(write(tmp_path / "p.parquet", b"PAR0 no"))


@pytest.mark.parametrize("ending", ["parquet", "gpkg", "geojson"])
def test_points_of_geopandas_come_in_alike_from_every_format(tmp_path, ending):
    frame = geopandas.GeoDataFrame(
        {"ref": ["007", "008"], "date": ["2024-01-31"] * 2, "killed": [3, 4]},
        geometry=[Point(67.0, 30.19), None],
        crs=4326,
    )
    path = tmp_path / f"g.{ending}"
    if ending == "parquet":
        frame.to_parquet(path)
    else:
        frame.to_file(path, engine="pyogrio")
    report = import_path(path)
    assert (report.rows, report.imported, report.refused) == (2, 2, 0)
    dataset = open_dataset(tmp_path / "library" / "datasets" / "t")
    assert dataset.codes["longitude"][0] == 67.0
    assert dataset.codes["latitude"][0] == 30.19
    assert dataset.pcodes[dataset.codes["district"][0]] == "PK226"
    assert [row["ref"] for row in rows_of(path)] == ["007", "008"]
    assert dataset.figures["killed", "total"][0].tolist() == [3, 4]


@pytest.mark.parametrize("ending", ["parquet", "gpkg"])
def test_a_line_among_points_refuses_its_row(tmp_path, ending):
    frame = geopandas.GeoDataFrame(
        {"ref": ["1", "2"], "date": ["2024-01-31"] * 2},
        geometry=[Point(67.0, 30.19), LineString([(67, 30), (68, 31)])],
        crs=4326,
    )
    path = tmp_path / f"g.{ending}"
    frame.to_parquet(path) if ending == "parquet" else frame.to_file(path, engine="pyogrio")
    report = import_path(path)
    assert (report.imported, report.refused) == (1, 1)
    assert report.refusals[0].row == 2
    assert report.refusals[0].reason == "the geometry is a LineString; expected a Point, or none"


@pytest.mark.parametrize("ending", ["parquet", "gpkg"])
def test_points_in_metres_are_refused(tmp_path, ending):
    frame = geopandas.GeoDataFrame(
        {"date": ["2024-01-31"]}, geometry=[Point(500_000, 3_300_000)], crs=32642
    )
    path = tmp_path / f"g.{ending}"
    frame.to_parquet(path) if ending == "parquet" else frame.to_file(path, engine="pyogrio")
    with pytest.raises(FileRefusedError, match="reference system 32642"):
        import_path(path)


def test_geojson_numbers_stay_as_they_are_written(tmp_path):
    content = geojson(point()).replace('"007"', "12345678901234567890").replace("30.19", "30.190")
    path = write(tmp_path / "g.geojson", content)
    assert import_path(path).imported == 1
    assert rows_of(path)[0]["id"] == "12345678901234567890"
    assert rows_of(path)[0]["latitude"] == "30.190"


HOSTILE_GEOJSON = {
    "no JSON": ("{", "is no JSON"),
    "no features": (
        '{"type": "Point", "coordinates": [1, 2]}',
        "is JSON, but no feature collection",
    ),
    "a key twice": (
        geojson(point()).replace('"date"', '"id"'),
        "is GeoJSON whose key 'id' stands twice in one object",
    ),
    "infinity": (
        geojson(point(killed=float("inf"))),
        "is GeoJSON with Infinity, which JSON has not",
    ),
    "deep nesting": (
        geojson(point()) + "[" * 50,
        "is GeoJSON nested more than 32 deep",
    ),
    "nested beside a text of brackets": (
        geojson(point(), name="]" * 3_000, more=0).replace(
            '"more": 0', '"more": ' + "[" * 2_000 + "]" * 2_000
        ),
        "is GeoJSON nested more than 32 deep",
    ),
    "a link": (
        geojson(point(), crs={"type": "link", "properties": {"href": "http://example.org/"}}),
        "is GeoJSON with the reference system",
    ),
    "metres": (
        geojson(point(), crs={"type": "name", "properties": {"name": "EPSG:32642"}}),
        "is GeoJSON with the reference system",
    ),
}


@pytest.mark.parametrize(("content", "message"), HOSTILE_GEOJSON.values(), ids=HOSTILE_GEOJSON)
def test_geojson_that_is_not_strict_is_refused(tmp_path, content, message):
    with pytest.raises(FileRefusedError, match=re.escape(f"g.geojson {message}")):
        import_path(write(tmp_path / "g.geojson", content))


def test_a_feature_that_is_no_point_refuses_its_row(tmp_path):
    polygon = point() | {"geometry": {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [0, 0]]]}}
    words = point(coordinates=["67", "30"])
    report = import_path(write(tmp_path / "g.geojson", geojson(point(), polygon, words)))
    assert [one.reason for one in report.refusals] == [
        "the geometry is a Polygon; expected a Point, or null",
        "the point's coordinates are not two or three numbers",
    ]


def hostile_geopackage(path, statement):
    frame = geopandas.GeoDataFrame(
        {"date": ["2024-01-31"]}, geometry=[Point(67.0, 30.19)], crs=4326
    )
    frame.to_file(path, engine="pyogrio", layer="events")
    connection = sqlite3.connect(path)
    connection.execute(statement)
    connection.commit()
    connection.close()


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("CREATE VIEW more AS SELECT * FROM events", "the view 'more', which would run"),
        (
            "CREATE TRIGGER t AFTER INSERT ON events BEGIN DELETE FROM events; END",
            "the trigger 't', which would run",
        ),
        ("CREATE VIRTUAL TABLE v USING fts5(x)", "the table 'v', which would run"),
        ("DELETE FROM gpkg_contents", "a GeoPackage with 0 layers"),
        ("DROP TABLE gpkg_geometry_columns", "a database, but no GeoPackage"),
    ],
)
def test_a_geopackage_that_could_run_something_is_refused(tmp_path, statement, message):
    hostile_geopackage(tmp_path / "g.gpkg", statement)
    with pytest.raises(FileRefusedError, match=re.escape(message)):
        import_path(tmp_path / "g.gpkg")


def test_a_geopackage_that_is_no_database_is_refused(tmp_path):
    with pytest.raises(FileRefusedError, match=r"g\.gpkg is no GeoPackage"):
        import_path(write(tmp_path / "g.gpkg", b"SQLite format 3\0" + b"x" * 200))


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(FileRefusedError, match=r"nowhere\.csv is not there; expected a file"):
        import_path(tmp_path / "nowhere.csv")
