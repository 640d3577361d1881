"""What the reader chooses: the widgets, and the address that brings the choice back.

Each widget's key is its name in the address (`?casualty_type=killed`), so a copied link
opens the same view.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NoReturn
from urllib.parse import urlencode

import streamlit as st

from dashboard.map_layer.district_map import chosen_district
from dashboard.map_layer.painting import DEFAULT_MEASURE, MEASURES
from dashboard.markup import element, show
from dashboard.wording import words
from incidents.atlas import Atlas
from incidents.figures.reconcile import DEFAULT_RULE, RULE_MEANINGS, RULES, Rule
from incidents.filters import Filter, FilterError, make_filter, moment_text, parse_moment
from incidents.model import CASUALTY_TYPES, EVENT_TYPES, SCOPES, VICTIM_GROUPS
from incidents.regions.region import DISTRICTS

LATEST = "all reports"
MAP_KEY = "map"
FIRST_DAY, LAST_DAY = date(1947, 1, 1), date(2100, 1, 1)

# Keys of the widgets, which are the names in the address.
MANY = ("source", "casualty_type", "victim_group", "event_type", "district", "scope")
SINGLE = (
    "from",
    "to",
    "measure",
    "rule",
    "known",
    "at",
    "claim",
    "chart",
    "section",
    "region",
    "level",
    "points",
)
# The widgets that a view cannot do without; that of the moment is shown where there are several.
_KEYS = (*MANY, "from", "to", "measure", "rule", "points", "basemap", "at")
_ASKED = "asked"


@dataclass(frozen=True)
class Choices:
    """One reader's choices in one run of the page."""

    filter: Filter
    rule: Rule
    measure: str
    selected: str | None
    basemap: bool
    points: bool = False


def accept_spellings(atlas: Atlas, query: Mapping[str, Sequence[str]]) -> None:
    """Take the command line's words from an address: ?source=003, ?district=PK205.

    A widget knows its own labels only and strikes anything else from the address. So the
    address is written anew before the first widget is made, and the page begins again:
    what was opened stays what a reload or a copied link opens.
    """
    if "spellings" in st.session_state:
        return
    st.session_state["spellings"] = True
    if meant := spelled(atlas, query):
        for name, found in meant.items():
            strange = [v for v in query[name] if v not in found and not spelled(atlas, {name: [v]})]
            st.query_params[name] = [*found, *strange]
        st.rerun()


def spelled(atlas: Atlas, query: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Return the labels that an address means where it does not use the labels themselves."""
    labels: dict[str, Callable[[Filter], list[str]]] = {
        "source": lambda f: sorted(f.sources),
        "casualty_type": lambda f: [words(t) for t in sorted(f.casualty_types)],
        "victim_group": lambda f: [words(g) for g in sorted(f.victim_groups)],
        "event_type": lambda f: sorted(f.event_types),
        "district": lambda f: [area_labels(atlas)[p] for p in sorted(f.districts)],
        "scope": lambda f: [words(s) for s in SCOPES if s in f.scopes],
    }
    meant: dict[str, list[str]] = {}
    for name, label in labels.items():
        found: list[str] = []
        for value in query.get(name, ()):
            with suppress(FilterError):
                one = make_filter(atlas.catalogue, atlas.filter_names, **{name: [value]})
                found += [text for text in label(one) if text not in found]
        if found and set(found) != set(query[name]):
            meant[name] = found
    for text in query.get("known", ())[:1]:
        moment = _moment(text)
        if moment and moment_text(moment) != text:
            meant["known"] = [moment_text(moment)]
    return meant


def ask(atlas: Atlas, query: Mapping[str, Sequence[str]]) -> Choices:
    """Show the sidebar and return what is chosen."""
    accept_spellings(atlas, query)
    with st.sidebar:
        st.selectbox(
            "Colour by",
            MEASURES,
            MEASURES.index(DEFAULT_MEASURE),
            key="measure",
            bind="query-params",
        )
        show(element("h2", "Filters", css="im-side"))
        _many("Source", [s.source_id for s in atlas.catalogue.sources], "source")
        _many("Casualty type", [words(t) for t in CASUALTY_TYPES], "casualty_type")
        _many("Victim group", [words(g) for g in VICTIM_GROUPS], "victim_group")
        _many("Event type", list(EVENT_TYPES), "event_type")
        _many(atlas.area_word.capitalize(), list(area_labels(atlas).values()), "district")
        _days()
        _many(
            "Scope",
            [words(s) for s in SCOPES],
            "scope",
            default=["event"],
            help="The event itself, the day before, sums over several days, history.",
        )
        _known(atlas, query.get("known", ()))
        show(element("h2", "More of the map", css="im-side"))
        st.selectbox(
            "Rule for the best figure",
            RULES,
            RULES.index(DEFAULT_RULE),
            key="rule",
            bind="query-params",
            help="The range stays; the rule only chooses which figure is called best. "
            + " ".join(f"**{name}**: {meaning}." for name, meaning in RULE_MEANINGS.items()),
        )
        st.toggle(
            "Points",
            key="points",
            bind="query-params",
            help="A circle for each place that incidents are known to, its area by their number; "
            "of more than 2,000 places, for the places of a square. What is known only to a "
            "district or less exactly has no circle.",
        )
        # Not in the address: a link must not make the reader's browser ask another machine.
        st.checkbox(
            "Background map from the internet",
            key="basemap",
            help="Off: nothing leaves this machine. On: your browser asks OpenStreetMap for "
            "pictures of the area you look at.",
        )
        show(element("p", element("a", "Reset everything", href="?"), css="im-reset"))
    st.session_state[_ASKED] = _asked_over(atlas)
    return _chosen(atlas)


def asked_before(atlas: Atlas) -> Choices | None:
    """Return what is chosen before anything is shown, None where the widgets must tell it first.

    What somebody just chose is known when a run begins, where the same widgets were shown in the
    last run over the same atlas. So the map can be on its way before the sidebar is drawn again.
    """
    state = st.session_state
    if state.get(_ASKED) != _asked_over(atlas) or not all(key in state for key in _KEYS):
        return None
    return dataclasses.replace(_chosen(atlas), selected=_selected(atlas))


def ask_anew() -> NoReturn:
    """Run the page again from its beginning, and let the widgets tell what is chosen."""
    del st.session_state[_ASKED]
    st.rerun()


def _asked_over(atlas: Atlas) -> tuple[str, str, str]:
    """Return what the options of the widgets depend on."""
    return (atlas.catalogue.digest, atlas.region, atlas.level)


def _chosen(atlas: Atlas) -> Choices:
    """Return what the widgets say; each is kept under its key."""
    said = st.session_state
    labels = set(said["district"])
    known = said.get("known", LATEST)
    return Choices(
        filter=Filter(
            sources=frozenset(said["source"]),
            casualty_types=frozenset(_unworded(said["casualty_type"])),
            victim_groups=frozenset(_unworded(said["victim_group"])),
            event_types=frozenset(said["event_type"]),
            districts=frozenset(p for p, name in area_labels(atlas).items() if name in labels),
            date_from=said["from"],
            date_to=said["to"],
            scopes=frozenset(_unworded(said["scope"])) or frozenset(SCOPES),
            known_at=None if known == LATEST else parse_moment(known),
        ),
        rule=said["rule"],
        measure=said["measure"],
        selected=None,
        basemap=said["basemap"],
        points=said["points"],
    )


def take_click(atlas: Atlas) -> None:
    """Put a click on the map into the choice of an area, before its widget is made.

    So the widget alone holds what is selected.
    """
    current = _selected(atlas)
    clicked = chosen_district(MAP_KEY, atlas.boundaries, selected=current)
    if clicked != current:
        st.session_state["at"] = atlas.district_names[clicked] if clicked else whole(atlas)


def ask_area(atlas: Atlas) -> str | None:
    """Show which area the panel speaks of and return its P-code; None is the province."""
    st.selectbox(
        "Area",
        [whole(atlas), *atlas.district_names.values()],
        key="at",
        bind="query-params",
        label_visibility="collapsed",
    )
    return _selected(atlas)


def _selected(atlas: Atlas) -> str | None:
    by_name = {name: pcode for pcode, name in atlas.district_names.items()}
    return by_name.get(st.session_state.get("at", ""))


def area_labels(atlas: Atlas) -> dict[str, str]:
    """Return what the filter by area calls each area, by code; no two are called the same.

    Among tehsils a whole district can be chosen as well.
    """
    own = atlas.district_names
    wider = {p: name for p, name in atlas.filter_names.items() if p not in own}
    return own | {p: f"{name} (district)" for p, name in wider.items()}


def whole(atlas: Atlas) -> str:
    """Return what the choice of an area calls all of them together."""
    return f"{atlas.region_title} (the whole {'province' if atlas.is_home else 'region'})"


def address(atlas: Atlas, choices: Choices, **also: str) -> str:
    """Return the query string that opens this view, with further parameters.

    Only what differs from the page's start stands in it.
    """
    chosen = choices.filter
    names = area_labels(atlas)
    parameters: list[tuple[str, str]] = [
        *([] if atlas.is_home else [("region", atlas.region)]),
        *([] if atlas.is_home and atlas.level == DISTRICTS else [("level", atlas.level)]),
        *(("source", s) for s in sorted(chosen.sources)),
        *(("casualty_type", words(t)) for t in sorted(chosen.casualty_types)),
        *(("victim_group", words(g)) for g in sorted(chosen.victim_groups)),
        *(("event_type", e) for e in sorted(chosen.event_types)),
        *(("district", names[p]) for p in sorted(chosen.districts)),
    ]
    if chosen.scopes != frozenset({"event"}):
        parameters += [("scope", words(s)) for s in SCOPES if s in chosen.scopes]
    if chosen.date_from:
        parameters.append(("from", chosen.date_from.isoformat()))
    if chosen.date_to:
        parameters.append(("to", chosen.date_to.isoformat()))
    if chosen.known_at:
        parameters.append(("known", moment_text(chosen.known_at)))
    if choices.measure != DEFAULT_MEASURE:
        parameters.append(("measure", choices.measure))
    if choices.rule != DEFAULT_RULE:
        parameters.append(("rule", choices.rule))
    if choices.points:
        parameters.append(("points", "true"))
    if choices.selected:
        parameters.append(("at", names[choices.selected]))
    return "?" + urlencode([*parameters, *also.items()])


def unknown_parameters(atlas: Atlas, query: Mapping[str, Sequence[str]]) -> list[str]:
    """Return what in an address means nothing here, to be said and otherwise ignored."""
    allowed: dict[str, set[str] | None] = {
        "source": {s.source_id for s in atlas.catalogue.sources},
        "casualty_type": {words(t) for t in CASUALTY_TYPES},
        "victim_group": {words(g) for g in VICTIM_GROUPS},
        "event_type": set(EVENT_TYPES),
        "district": set(area_labels(atlas).values()),
        "scope": {words(s) for s in SCOPES},
        "measure": set(MEASURES),
        "points": {"true", "false"},
        "rule": set(RULES),
        "at": {whole(atlas), *atlas.district_names.values()},
        "claim": None,
        "region": None,
        "level": None,
        "known": {LATEST, *(text for text in query.get("known", ()) if _moment(text))},
        "chart": None,
        "section": None,
        "from": None,
        "to": None,
    }
    strange = [name for name in query if name not in allowed]
    for name, known in allowed.items():
        values = query.get(name, ())
        strange += [
            f"{name}={value}"
            for value in values
            if known is not None
            and value
            and value not in known
            and not spelled(atlas, {name: [value]})
        ]
        if name in SINGLE and len(values) > 1:
            strange.append(f"{name} (given {len(values)} times)")
        if name in ("from", "to"):
            strange += [f"{name}={value}" for value in values if value and not _is_day(value)]
    return strange


def _is_day(text: str) -> bool:
    """Whether the widget takes it: 2026-01-31 and within its bounds."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return False
    try:
        return FIRST_DAY <= date.fromisoformat(text) <= LAST_DAY
    except ValueError:
        return False


def _many(label: str, options: list[str], key: str, **more: Any) -> None:  # noqa: ANN401
    st.multiselect(label, options, key=key, bind="query-params", placeholder="all", **more)


def _days() -> None:
    # Without bounds Streamlit offers ten years around today only; reports go further back.
    # One below the other: side by side a chosen day is cut off.
    bounds: dict[str, Any] = {"min_value": FIRST_DAY, "max_value": LAST_DAY}
    st.date_input("From", None, key="from", bind="query-params", **bounds)
    st.date_input("To", None, key="to", bind="query-params", **bounds)


def _days_of_reports(atlas: Atlas) -> set[str]:
    return {s.reported_on.isoformat() for s in atlas.catalogue.sources if s.reported_on}


def _moment(text: str) -> datetime | None:
    with suppress(ValueError):
        return parse_moment(text)
    return None


def _known(atlas: Atlas, asked: Sequence[str]) -> None:
    """Show the slider over the days of reports, and over the moment that the address names."""
    moments = st.session_state.setdefault("moments", _days_of_reports(atlas))
    for text in asked:
        if text != LATEST and (moment := _moment(text)):
            moments.add(moment_text(moment))
    if len(moments) < 2:
        return
    st.select_slider(
        "As known at",
        [*sorted(moments, key=parse_moment), LATEST],
        LATEST,
        key="known",
        bind="query-params",
        help="Only what had been reported by then, or by the end of that day (Asia/Karachi).",
    )


def _unworded(labels: Sequence[str]) -> list[str]:
    return [label.replace(" ", "_") for label in labels]
