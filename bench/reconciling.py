"""How fast figures that disagree are reconciled, beside pandas' groupby of the same columns.

pandas answers less (low and high alone, no best, no reasons, no parts or scopes kept
apart): it is what a user would otherwise write.
"""

from __future__ import annotations

import random
import statistics
import time
from collections import defaultdict
from datetime import date, datetime, timedelta

import pandas as pd

from incidents.figures.reconcile import Reporting, reconcile
from incidents.figures.tolls import toll
from incidents.model import CLAIMANT_KINDS, CLAIMANT_TYPES, KARACHI, QUALIFIERS, SCOPES, Claim

CLAIMS, INCIDENTS, SOURCES = 100_000, 10_000, 500
DAY = date(2026, 1, 31)


def made_up_claims(number: int = CLAIMS, incidents: int = INCIDENTS) -> list[Claim]:
    """Return claims of every qualifier, scope and claimant, evenly spread over incidents."""
    rng = random.Random(7)
    claims = []
    for i in range(number):
        qualifier = rng.choice(QUALIFIERS)
        low = None if qualifier == "few" else 12 if qualifier == "dozens" else rng.randrange(200)
        claims.append(
            # Made without validation: reading is not what is measured here.
            Claim.model_construct(
                claim_id=f"c{i}",
                source_id=f"s{rng.randrange(SOURCES)}",
                incident_id=f"i{i % incidents}",
                quote="five soldiers were killed",
                casualty_type="killed",
                victim_group=rng.choice(("militants", "civilians")),
                count_low=low,
                count_high=low if qualifier in ("exact", "about") else None,
                qualifier=qualifier,
                where_prec=3,
                adm2_pcode="PK205",
                date_start=DAY,
                date_end=DAY,
                date_prec=1,
                scope=rng.choice(SCOPES),
                claimant="an official",
                claimant_id=f"p{rng.randrange(50)}",
                claimant_type=rng.choice(CLAIMANT_TYPES),
                claimant_kind=rng.choice(CLAIMANT_KINDS),
            )
        )
    return claims


def measure(rounds: int = 5) -> list[tuple[str, float]]:
    """Return medians in seconds, of our rules and of pandas, measured in turn."""
    claims = made_up_claims()
    start = datetime(2026, 1, 1, tzinfo=KARACHI)
    reporting = Reporting(
        {f"s{n}": start + timedelta(hours=n) for n in range(SOURCES)},
        {f"s{n}": f"o{n % 200}" for n in range(SOURCES)},
    )
    frame = pd.DataFrame(
        {
            "incident": [c.incident_id for c in claims],
            "group": [c.victim_group for c in claims],
            "count": [c.count_low for c in claims],
        }
    )
    ours, tolls, pandas = [], [], []
    for _ in range(rounds):
        begun = time.perf_counter()
        groups: dict[tuple[str, str | None], list[Claim]] = defaultdict(list)
        for claim in claims:
            groups[claim.incident_id, claim.victim_group].append(claim)
        for members in groups.values():
            reconcile(members, "range", reporting)
        ours.append(time.perf_counter() - begun)
        begun = time.perf_counter()
        toll(claims, "killed", "range", reporting)
        tolls.append(time.perf_counter() - begun)
        begun = time.perf_counter()
        frame.groupby(["incident", "group"])["count"].agg(["min", "max"])
        pandas.append(time.perf_counter() - begun)
    return [
        (f"reconcile {CLAIMS:,} claims in {INCIDENTS:,} incidents, s", statistics.median(ours)),
        ("one toll of them all, s", statistics.median(tolls)),
        ("pandas groupby, minimum and maximum alone, s", statistics.median(pandas)),
    ]


if __name__ == "__main__":
    for name, value in measure():
        print(f"{name:<60} {value:8.3f}")
