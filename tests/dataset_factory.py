"""Small made-up datasets for tests: rows in UCDP's and ACLED's columns, and plain tables."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path
from typing import Any

from incidents.datasets.formats import published_format
from incidents.datasets.importing import import_files

TODAY = date(2026, 6, 30)

UCDP_ROW = {
    "id": "1",
    "year": "2024",
    "type_of_violence": "1",
    "side_a": "Government of Pakistan",
    "side_b": "An armed group",
    "source_office": "Agency One;Daily Two",
    "source_original": "police",
    "source_headline": "A made-up headline",
    "where_prec": "1",
    "where_coordinates": "Quetta town",
    "latitude": "30.19",
    "longitude": "67.0",
    "country": "Pakistan",
    "date_prec": "1",
    "date_start": "2024-01-31 00:00:00.000",
    "date_end": "2024-01-31 00:00:00.000",
    "deaths_a": "1",
    "deaths_b": "2",
    "deaths_civilians": "0",
    "deaths_unknown": "1",
    "best": "4",
    "low": "3",
    "high": "6",
}
ACLED_ROW = {
    "event_id_cnty": "XXX1",
    "event_date": "31 January 2024",
    "year": "2024",
    "time_precision": "1",
    "event_type": "Battles",
    "sub_event_type": "Armed clash",
    "actor1": "Group A",
    "actor2": "Group B",
    "country": "Pakistan",
    "admin1": "Balochistan",
    "location": "Quetta",
    "latitude": "30.19",
    "longitude": "67.0",
    "geo_precision": "1",
    "source": "Daily Two (Pakistan); Agency One",
    "notes": "Made up, for a test.",
    "fatalities": "4",
}


def ucdp(**cells: str) -> dict[str, str]:
    return dict.fromkeys(published_format("ucdp").header, "") | UCDP_ROW | cells


def acled(**cells: str) -> dict[str, str]:
    return dict.fromkeys(published_format("acled").header, "") | ACLED_ROW | cells


def as_csv(rows: list[dict[str, str]], *, separator: str = ",", header: bool = True) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), delimiter=separator, lineterminator="\n")
    if header:
        writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def write(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def import_rows(folder: Path, rows: list[dict[str, str]], as_: Any, name: str = "", **more: Any):
    path = write(folder / (name or f"{as_}.csv"), as_csv(rows))
    return import_files([path], as_, library=folder / "library", today=TODAY, **more)


def import_text(folder: Path, content: str | bytes, name: str = "table.csv", **more: Any):
    path = write(folder / name, content)
    return import_files([path], "table", library=folder / "library", today=TODAY, **more)


def dataset_folder(folder: Path, dataset_id: str) -> Path:
    return folder / "library" / "datasets" / dataset_id
