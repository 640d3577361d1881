"""Write geo/data's boundary files from the publisher's tables of polygons.

The same tables give the same bytes. The receipt beside them holds origin, licence and sha256.

Example: python scripts/build_boundaries.py balochistan_adm2.csv --tehsils balochistan_adm3.csv
"""

from __future__ import annotations

import argparse
import csv
import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

import shapely

from geo.coverage import check_coverage
from geo.geojson import dumps, feature, feature_collection
from geo.measures import area_km2

ADM1_PCODE, ADM1_NAME = "PK2", "Balochistan"
SOURCE = "OCHA COD-AB Pakistan"
# The publisher's table bears no date; the youngest and the missing districts say how old it is.
VINTAGE = "COD-AB before Hub and Usta Muhammad districts"
LICENCE = "CC BY-IGO"
ATTRIBUTION = f"Boundaries: {SOURCE}, {LICENCE}"
ORIGIN = (
    "OCHA Common Operational Datasets, Pakistan subnational administrative boundaries (COD-AB),\n"
    "        figures with 4 decimals of a degree; areas measured on the WGS 84 ellipsoid"
)
DISTRICTS_FILE = "balochistan_districts.geojson"
TEHSILS_FILE = "balochistan_tehsils.geojson"
RECEIPT_FILE = "boundaries_receipt.txt"

Row = Mapping[str, str]


def main() -> None:
    """Read the command line and write the files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("districts", type=Path, help="table: adm2_pcode, adm2_name, wkt")
    parser.add_argument("--tehsils", type=Path, help="table: adm3_pcode, adm3_name, adm2_name, wkt")
    parser.add_argument("--output", type=Path, default=Path("geo/data"), help="folder to write to")
    given = parser.parse_args()
    for path in build(given.districts, given.tehsils, given.output):
        print(path)


def build(districts: Path, tehsils: Path | None, output: Path) -> list[Path]:
    """Write the boundary files and their receipt; return the paths written."""
    adm2 = read_table(districts, ("adm2_pcode", "adm2_name", "wkt"))
    texts = {DISTRICTS_FILE: collection(adm2, level=2)}
    if tehsils is not None:
        adm3 = read_table(tehsils, ("adm3_pcode", "adm3_name", "adm2_name", "wkt"))
        texts[TEHSILS_FILE] = collection(with_district_codes(adm3, adm2), level=3)
    tables = [districts] if tehsils is None else [districts, tehsils]
    texts[RECEIPT_FILE] = receipt(tables, texts)
    output.mkdir(parents=True, exist_ok=True)
    written = []
    for name, text in texts.items():
        path = output / name
        path.write_text(text, encoding="utf-8", newline="\n")
        written.append(path)
    return written


def read_table(path: Path, columns: Iterable[str]) -> list[dict[str, str]]:
    """Return the table's rows; refuse a table that lacks a column."""
    csv.field_size_limit(10_000_000)
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    missing = [name for name in columns if not rows or name not in rows[0]]
    if missing:
        message = f"{path}: no column {', '.join(missing)}; expected {', '.join(columns)}."
        raise SystemExit(message)
    return rows


def with_district_codes(tehsils: Iterable[Row], districts: Iterable[Row]) -> list[dict[str, str]]:
    """Return the tehsils with their district's P-code, which their own begins with."""
    names = {row["adm2_pcode"]: row["adm2_name"] for row in districts}
    rows = []
    for row in tehsils:
        adm2_pcode = row["adm3_pcode"][:-2]
        if names.get(adm2_pcode) != row["adm2_name"]:
            message = (
                f"{row['adm3_pcode']} {row['adm3_name']}: its district is {row['adm2_name']}, but "
                f"{adm2_pcode} is {names.get(adm2_pcode)}. Correct the table."
            )
            raise SystemExit(message)
        rows.append({**row, "adm2_pcode": adm2_pcode})
    return rows


def collection(rows: Iterable[Row], level: int) -> str:
    """Return the rows as GeoJSON text, in the order of their P-codes."""
    code = f"adm{level}_pcode"
    ordered = sorted(rows, key=lambda row: row[code])
    polygons = [shapely.from_wkt(row["wkt"]) for row in ordered]
    report = check_coverage([row[code] for row in ordered], polygons)
    if not report.is_valid:
        raise SystemExit(str(report))
    levels = range(level, 0, -1)
    features = []
    for row, polygon in zip(ordered, polygons, strict=True):
        named = {**row, "adm1_pcode": ADM1_PCODE, "adm1_name": ADM1_NAME}
        properties: dict[str, object] = {
            name: named[name] for n in levels for name in (f"adm{n}_pcode", f"adm{n}_name")
        }
        properties["area_km2"] = round(area_km2(polygon), 2)
        properties["boundary_source"] = SOURCE
        properties["boundary_vintage"] = VINTAGE
        features.append(feature(polygon, properties, feature_id=row[code]))
    made = feature_collection(
        features,
        bbox=True,
        attribution=ATTRIBUTION,
        licence=LICENCE,
        boundary_source=SOURCE,
        boundary_vintage=VINTAGE,
    )
    return dumps(made)


def receipt(tables: Iterable[Path], texts: Mapping[str, str]) -> str:
    """Return the text that says what was made of what."""
    lines = [f"origin: {ORIGIN}", f"licence: {LICENCE}", f"attribution: {ATTRIBUTION}"]
    lines += [f"vintage: {VINTAGE}", "made by: scripts/build_boundaries.py", "", "sha256"]
    lines += [f"{_sha256(path.read_bytes())}  {path.name} (read)" for path in tables]
    lines += [f"{_sha256(text.encode())}  {name} (written)" for name, text in texts.items()]
    return "\n".join(lines) + "\n"


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


if __name__ == "__main__":
    main()
