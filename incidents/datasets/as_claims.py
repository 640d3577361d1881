"""Rows of a dataset as the records of the subject: a source, an incident each, and its claims."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from geo.boundaries import load_districts, newer_district
from incidents.datasets.dataset import Dataset
from incidents.datasets.days import day_of
from incidents.datasets.formats import published_format
from incidents.datasets.library import MAPPING, Release, release_folder
from incidents.datasets.mapping import Mapping, load_mapping
from incidents.datasets.numerals import UNKNOWN
from incidents.datasets.schema import (
    EVENT_TYPE_WORDS,
    HAS_POINT,
    NO_SUB,
    NO_TYPE,
    PLACED_BY_NAME,
    SUB_EVENT_TYPE_WORDS,
    UNKNOWN_SIDE,
)
from incidents.model import (
    EVENT_TYPES,
    KARACHI,
    MAX_QUOTE_WORDS,
    Catalogue,
    Claim,
    Incident,
    Source,
    word_count,
)

_IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")
_HASHED = re.compile("x[0-9a-f]{20}")
_MAX_TEXT = 3_900
# Of a dataset's id in the ids of its records.
_STEM = 40
_MAX_QUOTE = 400
# What the records refuse in a text; a cell of a dataset may hold it.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f]+")


def rows_as_claims(dataset: Dataset, rows: Sequence[int] | NDArray[np.int64]) -> Catalogue:
    """Return some rows as sources, incidents and claims.

    The source is the dataset's release; with the row's id in the claim's own id it is the
    evidence. Who the dataset cites stands in the claims' notes: the dataset does not say
    which of them gave which figure.

    Parameters
    ----------
    dataset
        An opened dataset.
    rows
        Numbers of its rows, from 0; as many as are to be shown, not a million.
    """
    wanted = np.asarray(rows, np.int64)
    releases = np.unique(dataset.codes["release"][wanted]).tolist()
    mappings = {number: _mapping(dataset, number) for number in releases}
    read = {column for mapping in mappings.values() for column in mapping.columns.values()}
    texts = dataset.text(wanted, read)
    incidents, claims = [], []
    for row, text in zip(wanted.tolist(), texts, strict=True):
        one = _Row(dataset, row, text, mappings[int(dataset.codes["release"][row])])
        incidents.append(one.incident())
        claims += one.claims()
    sources = tuple(release_source(dataset, number) for number in releases)
    return Catalogue(sources, tuple(incidents), tuple(claims))


def release_sources(dataset: Dataset) -> tuple[Source, ...]:
    """Return the source of each release, the oldest first."""
    return tuple(release_source(dataset, i) for i in range(len(dataset.manifest.releases)))


def row_of_claim(dataset: Dataset, claim_id: str) -> int | None:
    """Return the number of the row that a claim's id names; None where it names none here."""
    stem = f"{dataset.dataset_id[:_STEM]}."
    slug, dot, number = claim_id.removeprefix(stem).rpartition(".")
    if not (claim_id.startswith(stem) and dot and slug and number.isdecimal()):
        return None

    def matches(ids: Any) -> NDArray[np.bool_]:  # noqa: ANN401 - pyarrow has no types
        found: NDArray[np.bool_] = pc.equal(ids, slug).to_numpy(zero_copy_only=False)
        if not found.any() and _HASHED.fullmatch(slug):
            odd = ~pc.match_substring_regex(ids, f"^{_IDENTIFIER.pattern}$").to_numpy(
                zero_copy_only=False
            )
            found[odd] = [_slug(str(ids[i])) == slug for i in np.flatnonzero(odd).tolist()]
        return found

    return dataset.row_with_id(matches)


def release_source(dataset: Dataset, number: int) -> Source:
    """Return the source that a release's rows are claims of; `number` is its place from 0."""
    manifest = dataset.manifest
    release: Release = manifest.releases[number]
    digest = hashlib.sha256("\n".join(f.sha256 for f in release.files).encode()).hexdigest()
    one_file = len(release.files) == 1
    return Source(
        source_id=dataset.source_ids[number],
        title=f"{manifest.title}, version {release.version}",
        outlet=manifest.publisher or "unknown",
        known_from=release.imported_at.astimezone(KARACHI).date(),
        known_from_reason="the day of its import here",
        retrieved_on=release.imported_at.astimezone(KARACHI).date(),
        sha256=release.files[0].sha256 if one_file else digest,
        note=f"{manifest.attribution}. {manifest.licence}"
        + (f" ({manifest.licence_url})" if manifest.licence_url else ""),
    )


def _mapping(dataset: Dataset, number: int) -> Mapping:
    if dataset.manifest.kind != "table":
        return published_format(dataset.manifest.kind).mapping
    release = dataset.manifest.releases[number]
    return load_mapping(release_folder(dataset.folder, release.number) / MAPPING)


class _Row:
    """One row, as its codes and its text."""

    def __init__(self, dataset: Dataset, row: int, text: dict[str, Any], mapping: Mapping) -> None:
        self.dataset, self.row, self.text, self.mapping = dataset, row, text, mapping
        self.code = {name: column[row] for name, column in dataset.codes.items()}
        self.row_id = _CONTROLS.sub(" ", text["row_id"])
        slug = _slug(text["row_id"])
        self.incident_id = f"{dataset.dataset_id[:_STEM]}.{slug}"
        self.district = int(self.code["district"])

    def cell(self, field: str) -> str:
        """Return one of the row's own cells, by what it means."""
        column = self.mapping.columns.get(field, "")  # type: ignore[call-overload]
        return _CONTROLS.sub(" ", str(self.text["given"].get(column) or "")).strip()

    def incident(self) -> Incident:
        kind, sub = int(self.code["event_type"]), int(self.code["sub_event_type"])
        notes = []
        if sub == NO_SUB:
            notes.append("The dataset does not say what kind of event it was in ACLED's words.")
            word = "Other" if kind == NO_TYPE else EVENT_TYPES[EVENT_TYPE_WORDS[kind]][0]
        else:
            word = SUB_EVENT_TYPE_WORDS[sub]
        if self.dataset.manifest.kind == "ucdp":
            notes.append("UCDP gives the type of violence, not how it was done.")
        return Incident(
            incident_id=self.incident_id,
            title=self._title(),
            event_type=EVENT_TYPE_WORDS[kind],
            sub_event_type=word,
            note=" ".join(notes) or None,
            place_id=self.text.get("place_id"),
            **self._when_and_where(),
        )

    def claims(self) -> list[Claim]:
        made: list[Claim] = []
        total_of: dict[str, str] = {}
        for (casualty_type, group), columns in self.dataset.figures.items():
            low, best, high = (int(column[self.row]) for column in columns)
            if low == best == high == UNKNOWN:
                continue
            if group == UNKNOWN_SIDE and casualty_type not in total_of:
                continue
            claim = self._figure(len(made) + 1, casualty_type, group, (low, best, high))
            is_part = group != "total" and casualty_type in total_of
            if is_part:
                claim = claim.model_copy(update={"part_of": total_of[casualty_type]})
            elif group == "total":
                total_of[casualty_type] = claim.claim_id
            made.append(claim)
        return made or [self._happening()]

    def _figure(
        self, number: int, casualty_type: str, group: str, bounds: tuple[int, int, int]
    ) -> Claim:
        known = [count for count in bounds if count != UNKNOWN]
        low, best, high = bounds
        least = known[0]
        only_low = low != UNKNOWN and best == UNKNOWN and high == UNKNOWN
        qualifier = "exact" if min(known) == max(known) else "about"
        if only_low:
            qualifier = "at_least"
        elif low == best == UNKNOWN:
            qualifier = "up_to"
        words = [
            f"{name} {n}" for name, n in zip(("low", "best", "high"), bounds, strict=True) if n >= 0
        ]
        note = self._cited()
        if group == UNKNOWN_SIDE:
            note = f"Victims whose side is not known. {note}".strip()
        return Claim.model_validate(
            self._common(number)
            | {
                "quote": f"{casualty_type} {', '.join(words) if least != max(known) else least}",
                "casualty_type": casualty_type,
                "victim_group": "total" if group == UNKNOWN_SIDE else group,
                "count_low": least,
                "count_best": best if best != UNKNOWN else None,
                "count_high": None if only_low else max(known),
                "qualifier": qualifier,
                "note": note or None,
            }
        )

    def _happening(self) -> Claim:
        kind = self.cell("sub_event_type") or self.cell("event_type")
        is_ucdp = self.dataset.manifest.kind == "ucdp"
        return Claim.model_validate(
            self._common(1)
            | {
                "quote": self._row_named(kind if not is_ucdp else ""),
                "happening": (kind if kind and not is_ucdp else "an event without a figure")[
                    :_MAX_TEXT
                ],
                "note": self._cited() or None,
            }
        )

    def _row_named(self, kind: str) -> str:
        """Return the few words of a row that says no figure: its kind of event, or its id."""
        said = (kind, f"row {self.row_id}", "one row")
        return next(
            s for s in said if 0 < word_count(s) <= MAX_QUOTE_WORDS and len(s) <= _MAX_QUOTE
        )

    def _common(self, number: int) -> dict[str, Any]:
        area = load_districts().areas[self.district] if self.district >= 0 else None
        manifest = self.dataset.manifest
        publisher = manifest.publisher or manifest.title
        return {
            "claim_id": f"{self.incident_id}.{number}",
            "source_id": self.dataset.source_ids[int(self.code["release"])],
            "incident_id": self.incident_id,
            "place_name": self._place_name()[:_MAX_TEXT] or None,
            "place_id": self.text.get("place_id") if self.code["flags"] & PLACED_BY_NAME else None,
            "adm2_pcode": area.adm2_pcode if area else None,
            "adm2_name": area.adm2_name if area else None,
            "claimant": publisher,
            "claimant_id": _slug(manifest.dataset_id),
            "claimant_type": "un_ngo" if manifest.kind != "table" else "unknown",
            "claimant_kind": "institution" if manifest.kind != "table" else "nobody",
            **self._when_and_where(),
        }

    def _place_name(self) -> str:
        """Return the place as the row names it, and a district that the boundaries do not have."""
        place, district = self.cell("place"), self.cell("district")
        if not place or newer_district(district) is None:
            return place or district
        named = district if "district" in district.casefold() else f"{district} district"
        return f"{place}, {named}"

    def _when_and_where(self) -> dict[str, Any]:
        return {
            "where_prec": int(self.code["where_prec"]),
            **self._point(),
            "date_start": day_of(self.code["day_first"]),
            "date_end": day_of(self.code["day_last"]),
            "date_prec": int(self.code["date_prec"]),
        }

    def _point(self) -> dict[str, float]:
        if not self.code["flags"] & HAS_POINT:
            return {}
        return {
            "latitude": float(self.code["latitude"]),
            "longitude": float(self.code["longitude"]),
        }

    def _title(self) -> str:
        place = self.cell("place") or self.cell("district") or self.cell("province")
        sides = " – ".join(filter(None, (self.cell("side_a"), self.cell("side_b"))))
        said = self.cell("headline") or ": ".join(filter(None, (place, sides)))
        return (said or f"Row {self.row_id}")[:_MAX_TEXT]

    def _cited(self) -> str:
        parts = {
            "Reported by": self.cell("cited"),
            "Original source": self.cell("said_by"),
            "Headline": self.cell("headline"),
        }
        said = ". ".join(f"{label}: {text}" for label, text in parts.items() if text)
        return said[: _MAX_TEXT - 100]


def _slug(text: str) -> str:
    """Return an id's text where the records' ids may hold it, else a hash of it."""
    if _IDENTIFIER.fullmatch(text):
        return text
    return "x" + hashlib.blake2b(text.encode(), digest_size=10).hexdigest()
