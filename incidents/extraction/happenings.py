"""Attacks, explosions, blocked roads: what is reported of a place without a figure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from incidents.extraction.placing import Spot, local
from incidents.extraction.reading import Reading

_ELSEWHERE = frozenset(
    {
        "after",
        "since",
        "following",
        "amid",
        "against",
        "condemned",
        "condemn",
        "responsibility",
        "despite",
    }
)
_UNREAL = frozenset(
    {
        "could",
        "would",
        "may",
        "might",
        "foil",
        "prevent",
        "threatened",
        "if",
        "feared",
    }
)
_SERVICES = frozenset(
    {
        "suspended",
        "jammed",
        "disrupted",
        "blocked",
        "shut down",
        "highways were blocked",
        "damaged tracks",
    }
)


class Happening(NamedTuple):
    """What happened without a figure, where; word indices of its sentence."""

    word: int
    spot: Spot | None
    event_type: str
    sub_event_type: str
    sure: bool


def find_happenings(reading: Reading, spots: Sequence[Spot]) -> Iterator[Happening]:
    """Yield the happenings of a sentence, one for each place it names.

    `spots` are the places of the sentence where events are told.
    """
    words = reading.words
    events = [
        at for at, w in enumerate(words)
        if "event" in w.senses and not (at and words[at - 1].low in _ELSEWHERE)
    ]  # fmt: skip
    if not events or any(w.low in _UNREAL for w in words):
        return
    below = [s for s in local(spots) if s.place.in_province]
    for spot in below:
        at = min(events, key=lambda i: abs(words[i].start - spot.start))
        event_type, sub_event_type = words[at].senses["event"]
        yield Happening(at, spot, event_type, sub_event_type, spot.place.adm2_pcode is not None)
    if not below:
        services = [
            i for i in events if words[i].low in _SERVICES or words[i].senses["event"][1] == "Other"
        ]
        for at in services or events[:1]:
            event_type, sub_event_type = words[at].senses["event"]
            yield Happening(at, None, event_type, sub_event_type, False)
