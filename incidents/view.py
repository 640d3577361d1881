"""One view: everything loaded, narrowed by a filter, reconciled under a rule.

The page, the exports and the brief all show the same `View`, so that a number can
never differ between them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from incidents.atlas import Atlas
from incidents.claim_areas import Standing
from incidents.figures.arithmetic import Notice, notices_of
from incidents.figures.reconcile import DEFAULT_RULE, Rule
from incidents.figures.tolls import (
    Counts,
    DistrictSummary,
    Toll,
    by_district,
    count_voices,
    toll,
)
from incidents.filters import Filter, known_by, select
from incidents.model import (
    CASUALTY_TYPES,
    VICTIM_GROUPS,
    CasualtyType,
    Catalogue,
    Claim,
    Incident,
    VictimGroup,
)

if TYPE_CHECKING:  # a dataset's columns are opened only where there is one
    from incidents.datasets.row_sums import GroupSums, RowSums, Sum

# What counts everybody first, then the groups as the codebook lists them.
TILE_ORDER: tuple[VictimGroup, ...] = ("total", *(g for g in VICTIM_GROUPS if g != "total"))


@dataclass(frozen=True)
class ProvinceToll:
    """One tile of the toll strip: what is said of the whole, beside what districts add up to.

    Neither is ever subtracted from the other: the province's figure may or may not
    hold the districts'.
    """

    casualty_type: CasualtyType
    victim_group: VictimGroup
    province: Toll
    districts: Toll
    outside: Toll
    """Claims of places outside the boundaries: beside the others, never among them."""

    @property
    def shown(self) -> Toll:
        """The province's claim where there is one, else the districts' sum, else what is outside."""
        if self.province.claims:
            return self.province
        return self.districts if self.districts.claims else self.outside

    @property
    def is_districts_sum(self) -> bool:
        """Whether `shown` is a sum of the districts' claims."""
        return not self.province.claims and bool(self.districts.claims)

    @property
    def is_outside(self) -> bool:
        """Whether `shown` speaks only of places outside the boundaries."""
        return not self.province.claims and not self.districts.claims


@dataclass(frozen=True)
class RowsToll:
    """What the rows of one dataset add up to for one casualty type and group."""

    dataset_id: str
    casualty_type: CasualtyType
    victim_group: VictimGroup
    rule: Rule
    by_place: GroupSums

    @property
    def best(self) -> int | None:
        """The sum of the best figures; None under "official", for a dataset is no state's side."""
        return None if self.rule == "official" else self.whole.best

    @property
    def whole(self) -> Sum:
        """The sum over all rows: each is an incident of its own, wherever it is known to be."""
        from incidents.datasets.row_sums import together  # noqa: PLC0415 - as above

        return together(self.by_place)


class View:
    """The claims that a filter leaves, with what they say of districts and province.

    `claims` and `tolls` are those of documents. The rows of datasets are summed as columns
    (`rows`, `row_tolls`), are in every district's summary, and become claims in `opened`, for as
    many as are to be read.
    """

    def __init__(self, atlas: Atlas, chosen: Filter, rule: Rule = DEFAULT_RULE) -> None:
        self.atlas = atlas
        self.filter = chosen
        self.rule = rule

    @cached_property
    def claims(self) -> tuple[Claim, ...]:
        """Claims that the filter leaves."""
        return select(self.atlas.catalogue, self.filter, self.atlas.codes_of)

    @cached_property
    def figures(self) -> tuple[Claim, ...]:
        """Claims with a casualty type."""
        return tuple(c for c in self.claims if c.is_figure)

    @cached_property
    def happenings(self) -> tuple[Claim, ...]:
        """Claims of something that happened, without casualties."""
        return tuple(c for c in self.claims if not c.is_figure)

    @cached_property
    def not_placed(self) -> tuple[Claim, ...]:
        """Claims known only to the province, which colour no area."""
        return self._standing("province")

    @cached_property
    def known_wider(self) -> tuple[Claim, ...]:
        """Claims known only to something wider than an area, as to a district among tehsils."""
        return self._standing("wider")

    @cached_property
    def outside(self) -> tuple[Claim, ...]:
        """Claims of an exact place outside the boundaries; kept and counted."""
        return self._standing("outside")

    def _standing(self, standing: Standing) -> tuple[Claim, ...]:
        areas = self.atlas.claim_areas
        return tuple(c for c in self.claims if areas[c.claim_id].standing == standing)

    def known_wider_around(self, code: str) -> tuple[Claim, ...]:
        """Return the claims known only to something wider that may lie in an area."""
        areas = self.atlas.claim_areas
        return tuple(c for c in self.known_wider if code in areas[c.claim_id].among)

    @cached_property
    def rows(self) -> dict[str, RowSums]:
        """What the filter leaves of each dataset, by its id; a dataset without a row left is not here."""
        summed = (columns.sums(self.filter) for columns in self.atlas.datasets)
        return {sums.dataset.dataset_id: sums for sums in summed if sums.rows}

    @property
    def row_count(self) -> int:
        """How many rows of datasets are left."""
        return sum(sums.rows for sums in self.rows.values())

    @property
    def is_empty(self) -> bool:
        """Whether the filter leaves nothing at all."""
        return not self.claims and not self.rows

    @property
    def figure_count(self) -> int:
        """How many figures are left, those of datasets' rows among them."""
        return len(self.figures) + sum(sums.figures for sums in self.rows.values())

    @property
    def happening_count(self) -> int:
        """How many happenings without a figure are left, those of rows among them."""
        return len(self.happenings) + sum(sums.happenings for sums in self.rows.values())

    @property
    def not_placed_count(self) -> int:
        """How many claims belong to no district, those of datasets' rows among them."""
        return len(self.not_placed) + sum(s.not_placed.claims for s in self.rows.values())

    @property
    def known_wider_count(self) -> int:
        """How many claims are known only to something wider than an area, rows' among them."""
        return len(self.known_wider) + sum(s.wider.claims for s in self.rows.values())

    def wider_count_around(self, code: str) -> int:
        """How many claims known only to something wider may lie in an area, rows' among them."""
        around = (sums.wider_around.get(code, 0) for sums in self.rows.values())
        return len(self.known_wider_around(code)) + sum(around)

    @property
    def outside_count(self) -> int:
        """How many claims lie outside the boundaries, those of datasets' rows among them."""
        return len(self.outside) + sum(s.outside.claims for s in self.rows.values())

    @cached_property
    def days(self) -> tuple[date, date] | None:
        """First and last day of what is left."""
        firsts = [c.date_start for c in self.claims]
        lasts = [c.date_end for c in self.claims]
        firsts += [sums.first_day for sums in self.rows.values() if sums.first_day]
        lasts += [sums.last_day for sums in self.rows.values() if sums.last_day]
        return (min(firsts), max(lasts)) if firsts else None

    @cached_property
    def source_ids(self) -> tuple[str, ...]:
        """Sources of what is left, sorted; a dataset's release is one."""
        areas = [
            area
            for sums in self.rows.values()
            for area in (*sums.districts.values(), *sums.beside.values())
        ]
        return tuple(
            sorted({c.source_id for c in self.claims}.union(*(a.source_ids for a in areas)))
        )

    @cached_property
    def districts(self) -> dict[str, DistrictSummary]:
        """A summary for every district by P-code, also where nothing is reported."""
        documents = by_district(
            self.claims,
            list(self.atlas.district_names),
            self.rule,
            self.atlas.reporting,
            self.atlas.area_of,
        )
        return {
            pcode: summary.with_rows(
                {name: sums.districts[pcode] for name, sums in self.rows.items()}
            )
            for pcode, summary in documents.items()
        }

    def report_status(self, code: str) -> str:
        """Return an area's status; a tehsil may be silent while its district is not.

        It is that of the area's summary, or reported_for_a_wider_area where only claims of
        something wider, in which the area lies, are there.
        """
        summary = self.districts[code]
        if not summary.is_reported and self.wider_count_around(code):
            return "reported_for_a_wider_area"
        return summary.report_status

    @cached_property
    def incidents(self) -> tuple[Incident, ...]:
        """Incidents that still have a claim, in the catalogue's order."""
        left = {c.incident_id for c in self.claims}
        return tuple(i for i in self.atlas.catalogue.incidents if i.incident_id in left)

    @cached_property
    def voices(self) -> Counts:
        """Sources, origins and claimants behind all claims that are left."""
        return count_voices(self.claims, self.atlas.reporting)

    @cached_property
    def notices(self) -> tuple[Notice, ...]:
        """What does not add up in the sources known at the moment of the view.

        The other filters do not matter: a report adds up, or not, as a whole.
        """
        atlas, moment = self.atlas, self.filter.known_at
        if moment is None:
            return atlas.notices
        known = {s.source_id for s in atlas.catalogue.sources if known_by(s, moment)}
        return notices_of(atlas.catalogue, atlas.reporting, atlas.notices, known)

    def notices_about(self, claim_ids: set[str]) -> tuple[Notice, ...]:
        """Return the notices that speak of some claims, each once, sums before repetitions."""
        about = [n for n in self.notices if not claim_ids.isdisjoint(n.claim_ids)]
        once = {(n.kind, n.message): n for n in about}
        return tuple(sorted(once.values(), key=lambda n: n.kind == "same_figure"))

    @cached_property
    def tolls(self) -> tuple[ProvinceToll, ...]:
        """Tiles of the toll strip, for each casualty type and group that has a figure."""
        # What is known only to a district counts there, whether or not tehsils are shown.
        areas = self.atlas.claim_areas
        placed = [c for c in self.figures if areas[c.claim_id].standing in ("area", "wider")]
        pairs = {(c.casualty_type, c.victim_group) for c in self.figures}
        order = [(t, g) for t in CASUALTY_TYPES for g in TILE_ORDER if (t, g) in pairs]
        return tuple(
            ProvinceToll(
                casualty_type,
                victim_group,
                self._toll(self.not_placed, casualty_type, victim_group),
                self._toll(placed, casualty_type, victim_group),
                self._toll(self.outside, casualty_type, victim_group),
            )
            for casualty_type, victim_group in order
        )

    def _toll(
        self, claims: Sequence[Claim], casualty_type: CasualtyType, group: VictimGroup
    ) -> Toll:
        ours = [c for c in claims if c.victim_group == group]
        return toll(ours, casualty_type, self.rule, self.atlas.reporting)

    @cached_property
    def row_tolls(self) -> tuple[RowsToll, ...]:
        """What the rows of each dataset add up to, for each casualty type and group.

        A dataset stands by itself: its years and a report's day are not one toll, and both may
        count the same people. Groups that only are parts of a total are left out.
        """
        order = [(t, g) for t in CASUALTY_TYPES for g in TILE_ORDER]
        return tuple(
            RowsToll(name, *pair, self.rule, sums.groups[pair])
            for name, sums in self.rows.items()
            for pair in order
            if pair in sums.groups and pair not in sums.parts
        )

    def is_only_parts(self, toll: Toll) -> bool:
        """Whether everything behind a toll is a part of another figure that is left as well.

        "Including three women" is not a toll of its own, unless the filter leaves out its total.
        """
        left = {c.claim_id for c in self.figures}
        return all(c.part_of in left for c in toll.claims)

    def opened(self, area: str | None = None, part: slice = slice(None)) -> View:
        """Return the same view with rows of datasets as claims, and no dataset beside them.

        Parameters
        ----------
        area
            An area's code, "not_placed", "outside" or "wider": rows of that area only; all if not
            given.
        part
            Which rows of each dataset, counted from those with the most people; all if not given.
        """
        atlas = replace(self.atlas, datasets=())
        for columns in self.atlas.datasets:
            if columns.dataset.dataset_id in self.rows:
                atlas = atlas.with_records(columns.records(self.filter, area, part))
        return View(atlas, self.filter, self.rule)

    def with_rows_that_may_leave(self) -> View:
        """Return the view without the datasets whose terms keep their rows back."""
        free = tuple(c for c in self.atlas.datasets if c.dataset.rows_may_leave)
        return View(replace(self.atlas, datasets=free), self.filter, self.rule)

    def check_rows_may_leave(self) -> None:
        """Refuse to hand out rows of a dataset whose terms need a licence that nobody holds.

        Raises
        ------
        incidents.datasets.dataset.LicenceError
            Naming the dataset and its terms.
        """
        for sums in self.rows.values():
            sums.dataset.may_pass_on_rows()

    def rows_in(self, dataset_id: str, area: str | None) -> int:
        """Return how many rows of a dataset are left in an area, as `opened` takes it."""
        sums = self.rows[dataset_id]
        if area is None:
            return sums.rows
        return (sums.beside.get(area) or sums.districts[area]).incidents

    def in_parts(self, rows: int = 2_000) -> Iterator[View]:
        """Yield the view in parts without datasets: documents, then their rows as claims.

        Parameters
        ----------
        rows
            At most so many rows in a part, in the order in which they are stored.
        """
        yield View(replace(self.atlas, datasets=()), self.filter, self.rule)
        sources = Catalogue(self.atlas.catalogue.sources, (), ())
        empty = replace(self.atlas, datasets=(), catalogue=sources)
        for columns in self.atlas.datasets:
            for records in columns.records_in_parts(self.filter, rows):
                yield View(empty.with_records(records), self.filter, self.rule)

    def opening(self, claim_id: str) -> View | None:
        """Return the view in which a claim can be read, made from its row if need be, or None."""
        if claim_id in self.atlas.catalogue.claim:
            return self
        for columns in self.atlas.datasets:
            if records := columns.records_of_claim(claim_id):
                return View(self.atlas.with_records(records), self.filter, self.rule)
        return None

    def claims_of_incident(self, incident_id: str) -> tuple[Claim, ...]:
        """Claims left that point to one incident."""
        return self._by_incident.get(incident_id, ())

    @cached_property
    def _by_incident(self) -> dict[str, tuple[Claim, ...]]:
        found: dict[str, list[Claim]] = {}
        for claim in self.claims:
            found.setdefault(claim.incident_id, []).append(claim)
        return {incident: tuple(claims) for incident, claims in found.items()}
