"""What every field of every layer means: read from `data/data_dictionary.csv`."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from importlib.resources import files

from incidents.export.layers import EXPORTED_TYPES

_PLACEHOLDER = "<casualty_type>"


@dataclass(frozen=True)
class FieldMeaning:
    """One field of one layer."""

    layer: str
    field: str
    type: str
    """text, integer, real, boolean or list (in CSV joined with "; ", or JSON)."""
    unit: str
    meaning: str
    ucdp: str
    """UCDP's column of that meaning, where there is one."""


def data_dictionary() -> tuple[FieldMeaning, ...]:
    """Return the meaning of every field, by layer, in the order of the table.

    Examples
    --------
    >>> [f.meaning for f in data_dictionary() if f.field == "killed_high_open"]
    ['Whether a figure such as "at least 30" leaves the upper end of killed open.']
    """
    table = (files("incidents") / "data" / "data_dictionary.csv").read_text(encoding="utf-8")
    rows = []
    for row in csv.DictReader(io.StringIO(table)):
        for layer in row.pop("layers").split():
            for one in _expanded(row):
                rows.append(FieldMeaning(layer=layer, **one))
    return tuple(sorted(rows, key=lambda f: f.layer))


def data_dictionary_csv() -> bytes:
    """Return the dictionary as a CSV file, one line for every field of every layer."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(["layer", "field", "type", "unit", "ucdp", "meaning"])
    for f in data_dictionary():
        writer.writerow([f.layer, f.field, f.type, f.unit, f.ucdp, f.meaning])
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _expanded(row: dict[str, str]) -> list[dict[str, str]]:
    if _PLACEHOLDER not in row["field"]:
        return [row]
    return [
        {name: value.replace(_PLACEHOLDER, kind) for name, value in row.items()}
        for kind in EXPORTED_TYPES
    ]
