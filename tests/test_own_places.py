"""A user's lists of places: every row accounted for, every place in the district of its point."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazetteer.own_place_files import GEONAMES_FIELDS, PlaceFileError, read_place_file
from gazetteer.own_places import OwnPlace, from_csv, to_csv
from geo.join import district_index
from incidents.regions.region import load_region
from incidents.regions.writing import About, add_places, remove_places

# GeoNames' own rows of Balochistan look like this; the names are made up.
GEONAMES = {
    "id": "99000001", "name": "Killi Aziz", "asciiname": "Killi Aziz",
    "alternate_names": "Kili Aziz,Killī Azīz", "latitude": "30.25", "longitude": "66.98",
    "feature_class": "P", "feature_code": "PPL", "country_code": "PK", "cc2": "", "admin1": "02",
    "admin2": "7418900", "admin3": "", "admin4": "", "population": "0", "elevation": "",
    "dem": "1680", "timezone": "Asia/Karachi", "modified": "2024-01-31",
}  # fmt: skip
DISTRICT = GEONAMES | {
    "id": "7418900", "name": "Kech District", "feature_class": "A", "feature_code": "ADM2",
    "latitude": "26.2", "longitude": "63.0", "alternate_names": "",
}  # fmt: skip


def geonames(*rows):
    return "".join("\t".join(row[f] for f in GEONAMES_FIELDS) + "\n" for row in rows).encode()


def read(content, known=None):
    return read_place_file(
        "places.csv", content, district_index(), "Balochistan", (known or {}).get
    )


def table(*rows, header="name,latitude,longitude"):
    return "\n".join([header, *rows, ""]).encode()


def reason(row, header="name,latitude,longitude"):
    found = read(table(row, header=header))
    assert found.reconciled
    [one] = found.refusals
    return one.field, one.reason


def test_a_geonames_country_file_is_read_by_its_nineteen_columns():
    found = read(geonames(GEONAMES, DISTRICT))
    assert found.rows == len(found.places) == 2
    place = found.places[0]
    assert (place.place_id, place.name) == ("geonames:99000001", "Killi Aziz")
    assert (place.latitude, place.longitude) == (30.25, 66.98)
    assert place.alternate_names == ("Kili Aziz", "Killī Azīz")
    assert place.population is None
    assert place.stated_district == "Kech District"


def test_a_csv_is_read_by_its_header_in_any_order_and_with_any_separator():
    for separator in (",", ";", "\t"):
        header = separator.join(("LON", "Lat", "id", "Name", "alternate_names"))
        row = separator.join(("66.98", "30.25", "a1", "Killi Aziz", "Kili Aziz|کلی عزیز"))
        [place] = read(table(row, header=header)).places
        assert (place.place_id, place.latitude) == ("own:a1", 30.25)
        assert place.alternate_names == ("Kili Aziz", "کلی عزیز")


@pytest.mark.parametrize(
    ("row", "field", "why"),
    [
        (",30.25,66.98", "name", "expected a name of 1 to 200 printable characters"),
        ("…,30.25,66.98", "name", "expected a name"),
        ("A,,66.98", "latitude", "empty; a place needs its point"),
        ("A,30.25,nan", "longitude", "expected degrees as a number such as 29.86"),
        ("A,inf,66.98", "latitude", "expected degrees"),
        ('A,"30,25",66.98', "latitude", "write a point, not a comma"),
        ("A,30°15′,66.98", "latitude", "expected degrees"),
        ("A,130.25,66.98", "latitude", "out of range; expected -90 to 90 degrees"),
        ("A,1e999,66.98", "latitude", "out of range"),
        ("A,0,0", "latitude", "stands for unknown"),
        ("A,66.98,30.25", "latitude", "look swapped; try latitude 30.25, longitude 66.98"),
        ("A,33.68,73.05", "latitude", "outside the boundaries of Balochistan"),
        ("A,30.25", "row", "2 cells where the header has 3"),
        ("A,30.25,66.98,more", "row", "4 cells where the header has 3"),
        ('"A"x,30.25,66.98', "row", "a stray or missing quote"),
    ],
)
def test_a_bad_row_is_refused_with_its_field_and_reason(row, field, why):
    said = reason(row)
    assert said[0] == field
    assert why in said[1]


def test_a_geonames_row_with_another_number_of_columns_is_refused_and_the_rest_added():
    found = read(geonames(GEONAMES) + b"1\tshort\n")
    assert (found.rows, len(found.places)) == (2, 1)
    assert found.refusals[0].reason == "2 columns; expected GeoNames' 19"


def test_a_row_that_stands_twice_is_one_duplicate_and_another_content_is_refused():
    header = "id,name,latitude,longitude"
    rows = ("a,Town,30.2,67.0", "a,Town,30.2,67.0", "a,Town,30.3,67.0")
    found = read(table(*rows, header=header))
    assert (found.rows, len(found.places), found.duplicate) == (3, 1, 1)
    assert found.refusals[0].row == 3
    assert "stands earlier in the file with other content: Town" in found.refusals[0].reason


def test_a_place_that_ships_is_a_duplicate():
    assert read(geonames(GEONAMES), {"geonames:99000001": "Killi Aziz"}).duplicate == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty; expected a GeoNames country file or a CSV with a header"),
        (b"PK\x03\x04zip", "a zip archive; take the text file out of it"),
        (b"name,latitude\nA,1\n", "has no column longitude; expected a GeoNames country file"),
        ("name,latitude,longitude\nQuettà,1,1\n".encode("cp1252"), "is no UTF-8 at byte 29"),
        (b"name,latitude,longitude\nA\0,1,1\n", "has a NUL character at position 25"),
    ],
)
def test_a_file_that_is_none_of_places_is_refused_whole(content, message):
    with pytest.raises(PlaceFileError, match=message):
        read(content)


cells = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)
numbers = st.floats(allow_nan=True).map(str) | st.sampled_from(["30.2", "67.0", "", "x"])


@given(st.lists(st.tuples(cells, numbers, numbers), max_size=12))
def test_rows_are_added_duplicates_or_refused_and_nothing_else(rows):
    lines = [",".join(f'"{c.replace(chr(34), chr(34) * 2)}"' for c in row) for row in rows]
    found = read(table(*lines))
    # An empty line is no row.
    assert found.rows == sum(any(cell.strip() for cell in row) for row in rows)
    assert found.reconciled


@given(
    name=st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1),
    latitude=st.floats(-90, 90), longitude=st.floats(-180, 180),
    population=st.none() | st.integers(0, 10**9),
)  # fmt: skip
def test_a_kept_place_reads_back_as_it_was(name, latitude, longitude, population):
    place = OwnPlace("own:1", name, latitude, longitude, population=population)
    assert list(from_csv(to_csv([place]))) == [place]


@pytest.fixture
def region(tmp_path):
    content = table(
        "Killi Aziz,30.25,66.98,Quetta", "Killi Bhai,30.25,66.97,Kech",
        "Killi Noor,25.06,66.91,Hub District", "Killi Shah,29.55,66.02,Noshki",
        header="name,latitude,longitude,district",
    )  # fmt: skip
    add_places(tmp_path, load_region("balochistan", tmp_path), content, About("killis.csv"))
    return load_region("balochistan", tmp_path)


def test_an_added_place_is_found_in_the_district_of_its_point(region):
    found = region.gazetteer().locate("Killi Aziz")
    assert (found.place.adm2_name, found.place.adm2_pcode) == ("Quetta", "PK226")
    assert (found.match, found.note) == ("exact", None)


def test_a_place_whose_list_names_another_district_says_so(region):
    assert region.gazetteer().locate("Killi Bhai").note == (
        "Its list says the district 'Kech', but its point lies in Quetta (PK226)."
    )


def test_a_place_in_a_district_newer_than_the_boundaries_is_shown_in_its_parent(region):
    found = region.gazetteer().locate("Killi Noor")
    assert found.place.adm2_name == "Lasbela"
    assert found.note == "Hub district is newer than these boundaries; shown in Lasbela."


def test_another_spelling_of_the_district_is_no_disagreement(region):
    found = region.gazetteer().locate("Killi Shah")
    assert (found.place.adm2_name, found.note) == ("Nushki", None)


def test_the_places_that_ship_are_found_as_before(region):
    assert region.gazetteer().locate("Pasni").place.place_id == "geonames:1168312"
    assert region.gazetteer().locate("Quetta district").place.place_id == "pcode:PK226"


def test_what_was_removed_is_found_no_more(region, tmp_path):
    remove_places(tmp_path, region, "killis")
    after = load_region("balochistan", tmp_path)
    assert after.own_places() == ()
    assert all(p.name != "Killi Aziz" for p in after.gazetteer().places)
