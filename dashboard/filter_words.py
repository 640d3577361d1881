"""What is filtered, in words, for whatever leaves the page: a brief, a picture of the map."""

from __future__ import annotations

from dashboard.wording import day, words
from incidents.model import SCOPES
from incidents.view import View


def filter_words(view: View) -> list[tuple[str, str]]:
    """Return what each filter leaves in, as a name and its words; empty where none is set.

    The scope is named only where it is not the usual one, the event itself.
    """
    chosen = view.filter
    names = view.atlas.filter_names
    said = [
        ("Source", sorted(chosen.sources)),
        ("Casualty type", sorted(map(words, chosen.casualty_types))),
        ("Victim group", sorted(map(words, chosen.victim_groups))),
        ("Event type", sorted(chosen.event_types)),
        ("District", sorted(names[p] for p in chosen.districts)),
    ]
    if chosen.scopes != frozenset({"event"}):
        left = [words(s) for s in SCOPES if s in chosen.scopes or not chosen.scopes]
        said.append(("Scope", left))
    if chosen.date_from:
        said.append(("From", [day(chosen.date_from)]))
    if chosen.date_to:
        said.append(("To", [day(chosen.date_to)]))
    if chosen.known_at:
        moment = chosen.known_at
        said.append(("As known at", [f"{day(moment.date())}, {moment:%H:%M} ({moment:UTC%z})"]))
    return [(name, ", ".join(values)) for name, values in said if values]
