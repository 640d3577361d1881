"""Turns an entry of a coded document into a claim: what can be derived is not typed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from gazetteer.errors import AmbiguousPlaceError, PlaceNotFoundError, UnknownPlaceIdError
from gazetteer.places import Place
from gazetteer.resolve import Gazetteer
from incidents.coding.seed_errors import SeedError
from incidents.coding.seed_tables import Table, build, check_fields, perhaps
from incidents.model import QUALIFIERS, VAGUE_QUALIFIERS, Claim

CLAIMANTS_FILE = "claimants.toml"

DOZENS = 12
"""What "dozens" counts as at least: ACLED's rule for a vague report."""

# The longest span in days of each date_prec of UCDP: a day, 2-6 days, a week, a month; 5 is longer.
_LONGEST = {1: 1, 2: 6, 3: 7, 4: 31}
_LOCATE = "`incident-map locate NAME` prints ids; write the one that is meant as place_id."


class ClaimReader:
    """Turns the entries of one document into claims."""

    def __init__(
        self, path: Path, defaults: Table, claimants: Mapping[str, Table], gazetteer: Gazetteer
    ) -> None:
        self.path = path
        self.defaults = defaults
        self.claimants = claimants
        self.gazetteer = gazetteer

    def read(self, given: Table) -> Claim:
        """Return the claim that an entry means."""
        entry = dict(given)
        local_id = entry.pop("id", None)
        name = f"claim {local_id}" if local_id else f"claim with quote {entry.get('quote')!r:.50}"
        if not isinstance(local_id, str) or not local_id:
            raise SeedError(
                self.path.name,
                "a claim needs an id in quotation marks",
                'Number the claims: id = "01".',
                entry=name,
                field="id",
                value=local_id,
            )
        check_fields(self.path, "claim", name, entry)
        entry["claim_id"] = f"{self.path.stem}.{local_id}"
        entry["source_id"] = self.path.stem
        entry["incident_id"] = entry.pop("incident", None)
        if "part_of" in entry:
            entry["part_of"] = f"{self.path.stem}.{entry['part_of']}"
        self._add_counts(name, entry)
        self._add_days(name, entry)
        self._add_place(name, entry)
        self._add_claimant(name, entry)
        return build(Claim, self.path, name, entry)

    def _add_counts(self, name: str, entry: Table) -> None:
        qualifier, count = str(entry.get("qualifier")), entry.pop("count", None)
        if qualifier in VAGUE_QUALIFIERS and count is not None:
            problem = f"qualifier {qualifier!r} is for a figure without a number"
            remedy = "Leave count out, or choose the qualifier that goes with the number."
        elif qualifier in QUALIFIERS and qualifier not in VAGUE_QUALIFIERS and count is None:
            problem = f"qualifier {qualifier!r} needs the printed number"
            remedy = "Add count; a figure without a number is dozens or few."
        else:
            entry["count_low"] = DOZENS if qualifier == "dozens" else count
            entry["count_high"] = count if qualifier in {"exact", "about"} else None
            return
        raise SeedError(self.path.name, problem, remedy, entry=name, field="count", value=count)

    def _add_days(self, name: str, entry: Table) -> None:
        if "date_start" not in entry:
            entry |= {
                field: self.defaults[field]
                for field in ("date_start", "date_end", "date_prec")
                if field in self.defaults and field not in entry
            }
        derive_dates(self.path, name, entry)
        if "scope" in self.defaults:
            entry.setdefault("scope", self.defaults["scope"])

    def _add_place(self, name: str, entry: Table) -> None:
        toponym = entry.pop("place", None)
        if toponym is not None and "place_id" not in entry:
            place = self._place_named(name, toponym, str(entry.get("quote", "")))
        elif "place_id" in entry or "place_id" in self.defaults:
            place_id = entry.get("place_id", self.defaults.get("place_id"))
            place = place_by_id(self.path, name, place_id, self.gazetteer)
        else:
            raise SeedError(
                self.path.name,
                "the claim names no place, and the document says none for such claims",
                'For the province write place_id = "pcode:PK2" under [defaults].',
                entry=name,
                field="place",
            )
        entry["place_name"] = toponym
        entry["place_id"] = place.place_id
        entry["adm2_pcode"], entry["adm2_name"] = place.adm2_pcode, place.adm2_name
        entry.setdefault("where_prec", place.where_prec)

    def _place_named(self, name: str, toponym: object, quote: str) -> Place:
        try:
            return self.gazetteer.locate(str(toponym), context=quote).place
        except (PlaceNotFoundError, AmbiguousPlaceError) as error:
            raise SeedError(
                self.path.name, str(error), _LOCATE, entry=name, field="place", value=toponym
            ) from error

    def _add_claimant(self, name: str, entry: Table) -> None:
        if "claimant_id" not in entry and (made := id_of(str(entry.get("claimant", "")))):
            entry["claimant_id"] = made
        claimant_id = entry.get("claimant_id")
        listed = self.claimants.get(str(claimant_id), {})
        for field in ("claimant", "claimant_type", "claimant_kind"):
            if field not in entry and field not in listed:
                raise SeedError(
                    self.path.name,
                    f"nothing says the {field}{perhaps(str(claimant_id), self.claimants)}",
                    f"Add the claimant to {CLAIMANTS_FILE}, or write {field} in the claim.",
                    entry=name,
                    field="claimant_id",
                    value=claimant_id,
                )
            entry.setdefault(field, listed.get(field))


def id_of(claimant: str) -> str:
    """Make an id for a claimant who is in no list: the words, joined by hyphens.

    Examples
    --------
    >>> id_of("Abdul Hameed, police chief of Khuzdar")
    'abdul-hameed-police-chief-of-khuzdar'
    """
    return re.sub(r"[^a-z0-9]+", "-", claimant.casefold()).strip("-")[:100]


def derive_dates(path: Path, name: str, entry: Table) -> None:
    """Fill in the last day (the first) and UCDP's precision (from the length of the span)."""
    start = entry.get("date_start")
    end = entry.setdefault("date_end", start)
    for field, day in (("date_start", start), ("date_end", end)):
        if type(day) is not date:
            raise SeedError(
                path.name,
                "a day was expected",
                "Write it without quotation marks or time: 2026-01-31.",
                entry=name,
                field=field,
                value=day,
            )
    if "date_prec" not in entry:
        days = (end - entry["date_start"]).days + 1
        entry["date_prec"] = next((prec for prec, most in _LONGEST.items() if days <= most), 5)


def place_by_id(path: Path, name: str, place_id: object, gazetteer: Gazetteer) -> Place:
    """Return the place with an id, or say where the id is wrong."""
    try:
        return gazetteer.place(str(place_id))
    except UnknownPlaceIdError as error:
        raise SeedError(
            path.name, str(error), _LOCATE, entry=name, field="place_id", value=place_id
        ) from error


def check_part(path: Path, claim: Claim, claims: Mapping[str, Claim]) -> None:
    """Refuse a part whose total is not there, or speaks of something else."""
    if claim.part_of is None:
        return
    total = claims.get(claim.part_of)
    if total is None:
        problem = "no claim of this document has this id"
        remedy = "Name the claim that gives the total."
    elif (total.incident_id, total.casualty_type) != (claim.incident_id, claim.casualty_type):
        problem = "the total speaks of another incident or casualty type"
        remedy = "A part has the incident and the casualty type of its total."
    else:
        return
    raise SeedError(
        path.name,
        problem,
        remedy,
        entry=f"claim {claim.claim_id.removeprefix(path.stem + '.')}",
        field="part_of",
        value=claim.part_of.removeprefix(path.stem + "."),
    )
