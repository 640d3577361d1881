"""What is filtered, in words, for whatever leaves the page: a brief, a picture of the map."""

from __future__ import annotations

from dashboard.wording import day, words
from incidents.figures.reconcile import DEFAULT_RULE
from incidents.filters import moment_text
from incidents.model import SCOPES
from incidents.regions.region import DISTRICTS
from incidents.store import own_data_dir
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
        (view.atlas.area_word.capitalize(), sorted(names[p] for p in chosen.districts)),
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


def command_words(view: View) -> list[str]:
    """Return a view's filters, rule, region, level and library as the command line takes them."""
    chosen, atlas = view.filter, view.atlas
    given: list[tuple[str, object]] = [
        *(("--source", s) for s in sorted(chosen.sources)),
        *(("--casualty-type", t) for t in sorted(chosen.casualty_types)),
        *(("--victim-group", g) for g in sorted(chosen.victim_groups)),
        *(("--event-type", e) for e in sorted(chosen.event_types)),
        *(("--district", p) for p in sorted(chosen.districts)),
        *(("--scope", s) for s in sorted(chosen.scopes) if chosen.scopes != {"event"}),
    ]
    single = {
        "--from": chosen.date_from,
        "--to": chosen.date_to,
        "--as-known-at": moment_text(chosen.known_at) if chosen.known_at else None,
        "--rule": view.rule if view.rule != DEFAULT_RULE else None,
        "--region": None if atlas.is_home else atlas.region,
        "--level": None if atlas.is_home and atlas.level == DISTRICTS else atlas.level,
        "--data-dir": own_data_dir(),
    }
    given += [(option, value) for option, value in single.items() if value is not None]
    return [word for option, value in given for word in (option, str(value))]
