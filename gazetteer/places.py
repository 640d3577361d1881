"""The list of places: Balochistan's province, districts, tehsils, towns, and places elsewhere."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data"
PROVINCE_PCODE = "PK2"
NAMES_SEPARATOR = "|"

# How exactly a place of a kind says where something happened, in UCDP's words (UCDP GED Codebook,
# `where_prec`): 1 exact, 2 near, 3 second-order division, 4 first-order division, 6 country. UCDP
# has no finer code for a part of a second-order division, so a tehsil's is 3 as well.
WHERE_PREC = {"ADM3": 3, "ADM2": 3, "ADM1": 4, "RGN": 5, "PCLI": 6}


@dataclass(frozen=True, slots=True)
class Place:
    """One place of the gazetteer. What is not known is None.

    The point of a town stands for the town. The point of a district, tehsil or province is a
    representative point somewhere inside its polygon: it stands for the area and marks no event.
    """

    place_id: str
    """`geonames:<id>`, `pcode:<P-code>`, or `local:<slug>` for a place added by hand."""
    name: str
    latitude: float
    """Degrees north, EPSG:4326."""
    longitude: float
    """Degrees east, EPSG:4326."""
    feature_class: str
    """GeoNames' class: A area, P populated place, R road, S spot, T mountain or pass, L region."""
    feature_code: str
    """GeoNames' code, as far as known: PPL for a populated place of whatever rank."""
    country_code: str
    """ISO 3166 alpha-2."""
    adm1_pcode: str | None
    adm1_name: str | None
    adm2_pcode: str | None
    adm2_name: str | None
    adm3_pcode: str | None
    population: int | None
    alternate_names: tuple[str, ...]
    where_prec: int
    """UCDP: 1 exact place, 2 near a place, 3 district or tehsil, 4 province, 5 vague, 6 country."""
    note: str | None = None
    """What a reader must know, such as a district newer than the boundaries."""

    @property
    def in_province(self) -> bool:
        """Whether the place is Balochistan or lies in it."""
        return self.adm1_pcode == PROVINCE_PCODE

    def describe(self) -> str:
        """Return the name with what tells it apart, for messages.

        Examples
        --------
        >>> next(p for p in load_places() if p.place_id == "geonames:1168312").describe()
        'Pasni, Gwadar district (geonames:1168312)'
        """
        kind = {"ADM3": " tehsil", "ADM2": " district"}.get(self.feature_code, "")
        inside = self.adm1_name or self.country_code
        if self.adm2_name and self.feature_code != "ADM2":
            inside = f"{self.adm2_name} district"
        within = "" if inside == self.name else f", {inside}"
        return f"{self.name}{kind}{within} ({self.place_id})"


@cache
def load_places() -> tuple[Place, ...]:
    """Return every place that ships with the gazetteer, in the order of its files.

    Balochistan's come first (`places.csv`, `added_places.csv`), then places elsewhere that
    reports name (`neighbours.csv`, `elsewhere.csv`), which must not be taken for Balochistan's.

    Examples
    --------
    >>> places = load_places()
    >>> places[0].name, places[0].where_prec
    ('Balochistan', 4)
    >>> sum(p.feature_code == "ADM2" and p.in_province for p in places)
    35
    """
    spellings: defaultdict[str, list[str]] = defaultdict(list)
    for row in read_rows("alternate_names.csv"):
        spellings[row["place_id"]].append(row["name"])
    return tuple(
        _place(row, spellings.get(row["place_id"], []))
        for name in ("places.csv", "added_places.csv", "neighbours.csv", "elsewhere.csv")
        for row in read_rows(name)
    )


def read_rows(name: str) -> Iterator[dict[str, str]]:
    """Yield the rows of one of the gazetteer's own tables, a dictionary each."""
    with (DATA / name).open("r", encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def _place(row: dict[str, str], spellings: list[str]) -> Place:
    given = row.get("alternate_names", "").split(NAMES_SEPARATOR)
    names = dict.fromkeys(name for name in (*given, *spellings) if name and name != row["name"])
    population = row.get("population")
    return Place(
        place_id=row["place_id"],
        name=row["name"],
        latitude=float(row["latitude"]),
        longitude=float(row["longitude"]),
        feature_class=row["feature_class"],
        feature_code=row["feature_code"],
        country_code=row["country_code"],
        adm1_pcode=row.get("adm1_pcode") or None,
        adm1_name=row.get("adm1_name") or None,
        adm2_pcode=row.get("adm2_pcode") or None,
        adm2_name=row.get("adm2_name") or None,
        adm3_pcode=row.get("adm3_pcode") or None,
        population=int(population) if population else None,
        alternate_names=tuple(names),
        where_prec=int(row["where_prec"]),
        note=row.get("note") or None,
    )
