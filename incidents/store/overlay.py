"""Lays what people decided over the seeds: the catalogue that the map shows.

Seeds are read from their files each time and never copied; a decision on a seed's record
remembers the record that it was made on. So a changed seed comes through wherever nobody
decided, a decision stays in force where somebody did, and where both happened that is listed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeVar

from incidents.model import Catalogue, Claim, Incident, Record, Source
from incidents.origins.families import Decision as LineageDecision
from incidents.store.naming import lineage_entry
from incidents.store.states import Fields, Kind, State, differences

RecordT = TypeVar("RecordT", Source, Incident, Claim)

Problem = Literal["changed", "gone", "same id", "nowhere"]


@dataclass(frozen=True)
class Conflict:
    """A decision that no longer fits what it was made on; it is kept, and a person is asked."""

    kind: Kind
    object_id: str
    problem: Problem
    """changed: the seed changed after the decision; gone: the seed is no longer there; same
    id: a seed with this id came later and says something else; nowhere: what the record
    points to is not there, so it is not shown."""
    told: str
    """The problem in a sentence."""
    decided: Fields | None
    """What was decided, None for taken out."""
    base: Fields | None = None
    """The seed's record when it was decided."""
    seed: Fields | None = None
    """The seed's record now."""


@dataclass(frozen=True)
class Overlay:
    """What the map shows, and what a person should look at."""

    catalogue: Catalogue
    conflicts: tuple[Conflict, ...]
    lineage: tuple[LineageDecision, ...]
    """Decisions about families of sources, to be applied after those of the seeds' folder."""
    lineage_entries: tuple[int, ...]
    """The entry of the history that made each of them."""
    revisions: Mapping[tuple[str, str], int]
    """By kind and id, of every object that something is decided on."""
    version: str

    def seen(self, kind: Kind, object_id: str) -> int | None:
        """Return what to state as `seen` in a decision on an object shown here."""
        return self.revisions.get((kind, object_id))


def lay_over(
    seeds: Catalogue,
    decided: Mapping[str, Mapping[str, tuple[int, State]]],
    version: str,
) -> Overlay:
    """Return the seeds with decisions applied.

    Parameters
    ----------
    decided
        Revision and state by kind and id, as `reviewing.read_kind` returns them.
    version
        Of the library; with the seeds' digest it makes the catalogue's.
    """
    conflicts: list[Conflict] = []
    sources = _merged("source", Source, seeds.source, decided, conflicts)
    incidents = _merged("incident", Incident, seeds.incident, decided, conflicts)
    claims = _merged("claim", Claim, seeds.claim, decided, conflicts)
    shown: dict[str, Claim] = {}
    taken_out = {
        object_id
        for object_id, (_, state) in decided.get("source", {}).items()
        if state.value is None
    }
    for claim in claims.values():
        lacking = _lacking(claim, sources, incidents)
        if not lacking:
            shown[claim.claim_id] = claim
        elif claim.source_id not in taken_out:
            told = f"claim {claim.claim_id} is not shown: {lacking} is nowhere"
            conflicts.append(_nowhere("claim", claim.claim_id, told, claim))
    lineage = _lineage(decided.get("lineage", {}))
    catalogue = Catalogue(
        tuple(sources.values()),
        _used(incidents.values(), seeds.incident, shown.values()),
        tuple(_without_lost_total(claim, shown) for claim in shown.values()),
        f"{seeds.digest}+{version}",
    )
    return Overlay(
        catalogue,
        tuple(conflicts),
        tuple(decision for _, decision in lineage),
        tuple(entry_id for entry_id, _ in lineage),
        {
            (kind, object_id): revision
            for kind, states in decided.items()
            for object_id, (revision, _) in states.items()
        },
        version,
    )


def _merged(
    kind: Kind,
    record_type: type[RecordT],
    seeds: Mapping[str, RecordT],
    decided: Mapping[str, Mapping[str, tuple[int, State]]],
    conflicts: list[Conflict],
) -> dict[str, RecordT]:
    """Return the records of a kind: seeds in their order, then what came in, by id."""
    ours = {object_id: state for object_id, (_, state) in decided.get(kind, {}).items()}
    result: dict[str, RecordT] = {}
    for object_id, seed in seeds.items():
        state = ours.get(object_id)
        if state is None:
            result[object_id] = seed
            continue
        found = _conflict(kind, object_id, state, seed)
        if found is not None:
            conflicts.append(found)
        if state.value is not None:
            result[object_id] = record_type.model_validate(state.value)
    for object_id, state in sorted(ours.items()):
        if object_id in seeds:
            continue
        if state.base is not None:
            conflicts.append(
                Conflict(
                    kind,
                    object_id,
                    "gone",
                    f"{kind} {object_id} was decided on, and its seed is no longer there",
                    state.value,
                    state.base,
                )
            )
        if state.value is not None:
            result[object_id] = record_type.model_validate(state.value)
    return result


def _conflict(kind: Kind, object_id: str, state: State, seed: Record) -> Conflict | None:
    now = seed.model_dump(mode="json", exclude_none=True)
    if now in (state.value, state.base):
        return None
    problem: Problem = "changed" if state.base else "same id"
    changed = ", ".join(differences(state.base or state.value, now))
    told = (
        f"{kind} {object_id} was decided on, and its seed has changed since: {changed}"
        if state.base
        else f"{kind} {object_id} stands in the seeds too, with another {changed}"
    )
    return Conflict(kind, object_id, problem, told, state.value, state.base, now)


def _lacking(
    claim: Claim, sources: Mapping[str, Source], incidents: Mapping[str, Incident]
) -> str | None:
    if claim.source_id not in sources:
        return f"its source {claim.source_id}"
    if claim.incident_id not in incidents:
        return f"its incident {claim.incident_id}"
    return None


def _nowhere(kind: Kind, object_id: str, told: str, record: Record) -> Conflict:
    return Conflict(kind, object_id, "nowhere", told, record.model_dump(mode="json"))


def _used(
    incidents: Iterable[Incident], seeds: Mapping[str, Incident], claims: Iterable[Claim]
) -> tuple[Incident, ...]:
    """Leave out incidents that came in with a source which is gone again."""
    used = {claim.incident_id for claim in claims}
    return tuple(i for i in incidents if i.incident_id in seeds or i.incident_id in used)


def _without_lost_total(claim: Claim, shown: Mapping[str, Claim]) -> Claim:
    """A part whose total was taken out counts by itself."""
    if claim.part_of is None or claim.part_of in shown:
        return claim
    return claim.model_copy(update={"part_of": None})


def _lineage(
    states: Mapping[str, tuple[int, State]],
) -> list[tuple[int, LineageDecision]]:
    """Return the decisions with the entries that made them, in the order of the history."""
    return sorted(
        (
            (lineage_entry(name), LineageDecision.model_validate(state.value))
            for name, (_, state) in states.items()
            if state.value is not None
        ),
        key=lambda made: made[0],
    )
