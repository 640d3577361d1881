"""One view: everything loaded, narrowed by a filter, reconciled under a rule.

The page, the exports and the brief all show the same `View`, so that a number can
never differ between them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from incidents.arithmetic import Notice, notices_of
from incidents.atlas import Atlas
from incidents.claim_areas import Standing
from incidents.filters import Filter, known_by, select
from incidents.model import (
    CASUALTY_TYPES,
    VICTIM_GROUPS,
    CasualtyType,
    Claim,
    Incident,
    VictimGroup,
)
from incidents.reconcile import DEFAULT_RULE, Rule
from incidents.tolls import Counts, DistrictSummary, Toll, by_district, count_voices, toll

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


class View:
    """The claims that a filter leaves, with what they say of districts and province."""

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
    def districts(self) -> dict[str, DistrictSummary]:
        """A summary for every district by P-code, also where nothing is reported."""
        return by_district(
            self.claims,
            list(self.atlas.district_names),
            self.rule,
            self.atlas.reporting,
            self.atlas.area_of,
        )

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
        self, claims: tuple[Claim, ...] | list[Claim], casualty_type: CasualtyType, group: str
    ) -> Toll:
        ours = [c for c in claims if c.victim_group == group]
        return toll(ours, casualty_type, self.rule, self.atlas.reporting)

    def claims_of_incident(self, incident_id: str) -> tuple[Claim, ...]:
        """Claims left that point to one incident."""
        return tuple(c for c in self.claims if c.incident_id == incident_id)
