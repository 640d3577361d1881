"""Which column of a table means what: guessed, and corrected field by field."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

import streamlit as st

from dashboard.importing.data_table import cut
from dashboard.markup import element, escape_markdown, show
from dashboard.wording import count, words
from incidents.datasets.days import EXCEL
from incidents.datasets.mapping import (
    FIELDS,
    SUB_EVENT_TYPES,
    FieldName,
    Figure,
    Mapping,
    Reading,
    missing_columns,
    parse_mapping,
    remade,
    to_toml,
)
from incidents.datasets.refusals import FileRefusedError
from incidents.model import CASUALTY_TYPES, VICTIM_GROUPS

# The fields that most tables have; the others stand folded.
MAIN: tuple[FieldName, ...] = (
    "date", "date_start", "date_end", "id", "event_type",
    "place", "district", "province", "latitude", "longitude",
)  # fmt: skip
FIELD_WORDS: dict[FieldName, str] = {
    "id": "Row id",
    "date": "Day",
    "date_start": "First day",
    "date_end": "Last day",
    "month": "Month, beside a year",
    "day": "Day of the month, beside both",
    "date_prec": "Precision of the day (1 to 5)",
    "where_prec": "Precision of the place (1 to 7)",
    "sub_event_type": "Sub-event type",
    "side_a": "First side",
    "side_b": "Second side",
    "cited": "Sources named",
    "said_by": "Who says it",
}
DATE_FORMS = {
    "": "2024-01-31 or 31 Jan 2024",
    "%d/%m/%Y": "31/01/2024, day first",
    "%m/%d/%Y": "01/31/2024, month first",
    "%d.%m.%Y": "31.01.2024",
    "%d-%m-%Y": "31-01-2024",
    "%d/%m/%y": "31/01/24, day first",
    EXCEL: "45322, an Excel serial number",
}
THOUSANDS = {"": "none", ",": "comma: 1,234", ".": "point: 1.234", " ": "space: 1 234",
             "'": "apostrophe: 1'234"}  # fmt: skip
SEPARATORS = {"": "as the file tells", ",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_WAYS = ("one number", "low, best, high")
_STATE = "datasets/mapping"


WORDS_ASKED = 12


def ask_mapping(
    begun: Mapping,
    header: Sequence[str],
    upload_id: str,
    strange_words: Callable[[Mapping], Sequence[str]],
) -> Mapping:
    """Show a mapping and return it as corrected.

    Parameters
    ----------
    begun
        The one to start from: guessed, or as last imported.
    strange_words
        Returns the words for the kind of event whose meaning a mapping does not say.

    Raises
    ------
    ValueError
        If what was entered is no mapping.
    """
    given, generation = st.session_state.get(_STATE, {}).get(upload_id, (begun, 0))
    key = f"map-{upload_id}-{generation}"
    with st.container(border=True, key="mapping"):
        head, tools = st.columns([3, 2], vertical_alignment="center")
        with head:
            show(
                element("h3", "What its columns mean"),
                element(
                    "p",
                    "Guessed from the names alone. Columns that mean nothing here are kept too.",
                    css="im-hint",
                ),
            )
        if absent := missing_columns(given, header):
            named = ", ".join(escape_markdown(name) for name in absent[:8])
            st.warning(f"The mapping names columns that this file has not: {named}")
        mapping = _ask(given, header, key)
        mapping = _ask_words(mapping, strange_words(mapping), key)
        with tools, st.container(horizontal=True, horizontal_alignment="right"):
            _ask_file(mapping, upload_id, generation)
    return mapping


def _ask(given: Mapping, header: Sequence[str], key: str) -> Mapping:
    columns = _ask_columns(given, header, key)
    figures = _ask_figures(given, header, key)
    reading = _ask_reading(given.reading, key)
    left, right = st.columns(2)
    dataset = left.text_input(
        "Id of the dataset", given.dataset, key=f"{key}-dataset", max_chars=60,
        help="Small letters, digits, - and _. Files under one id are releases of one dataset.",
    )  # fmt: skip
    title = right.text_input(
        "Its title", given.title, key=f"{key}-title", max_chars=120, placeholder=given.dataset
    )
    return remade(
        given,
        dataset=dataset.strip(),
        title=title.strip(),
        columns=columns,
        figures=figures,
        reading=reading.model_dump(),
    )


def _ask_columns(given: Mapping, header: Sequence[str], key: str) -> dict[FieldName, str]:
    said: dict[FieldName, str] = {}

    def ask(fields: Sequence[FieldName]) -> None:
        places = st.columns(5)
        for number, field in enumerate(fields):
            with places[number % 5]:
                chosen = _ask_column(
                    FIELD_WORDS.get(field, words(field).capitalize()),
                    header,
                    given.columns.get(field),
                    f"{key}-{field}",
                )
            if chosen:
                said[field] = chosen

    ask(MAIN[:5])
    ask(MAIN[5:])
    rest: tuple[FieldName, ...] = tuple(field for field in FIELDS if field not in MAIN)
    read = [FIELD_WORDS.get(f, words(f)).lower() for f in rest if given.columns.get(f) in header]
    with st.expander("More fields" + (f": {', '.join(read)}" if read else "")):
        ask(rest[:5])
        ask(rest[5:10])
        ask(rest[10:])
    return said


def _ask_column(label: str, header: Sequence[str], given: str | None, key: str) -> str:
    options = ["", *header]
    return str(
        st.selectbox(
            label,
            options,
            options.index(given) if given in options else 0,
            format_func=lambda name: name or "—",
            key=key,
        )
    )


def _ask_figures(given: Mapping, header: Sequence[str], key: str) -> list[dict[str, str]]:
    figures = list(given.figures)
    more = f"{key}-more"
    figures += [Figure(casualty_type="killed")] * (
        st.session_state.get(more, 0) + (0 if figures else 1)
    )
    said = []
    for number, figure in enumerate(figures):
        if one := _ask_figure(figure, header, f"{key}-figure-{number}", first=number == 0):
            said.append(one)
    if st.button("Another figure", key=f"{key}-add", type="tertiary", icon=":material/add:"):
        st.session_state[more] = st.session_state.get(more, 0) + 1
        st.rerun()
    return said


def _ask_figure(
    figure: Figure, header: Sequence[str], key: str, *, first: bool
) -> dict[str, str] | None:
    """Return one figure as asked, None where it has no column."""
    seen = "visible" if first else "collapsed"
    places = st.columns(6, vertical_alignment="bottom")
    casualty_type = places[0].selectbox(
        "Figures: what happened", CASUALTY_TYPES, CASUALTY_TYPES.index(figure.casualty_type),
        key=f"{key}-type", label_visibility=seen,
    )  # fmt: skip
    victim_group = places[1].selectbox(
        "to whom", VICTIM_GROUPS, VICTIM_GROUPS.index(figure.victim_group), format_func=words,
        key=f"{key}-group", label_visibility=seen,
    )  # fmt: skip
    ranged = figure.count is None and bool(figure.columns)
    with places[2]:
        way = st.selectbox(
            "written as", _WAYS, int(ranged), key=f"{key}-way", label_visibility=seen
        )
    bounds = ("count",) if way == _WAYS[0] else ("low", "best", "high")
    columns = {}
    for place, bound in zip(places[3:], bounds, strict=False):
        with place:
            columns[bound] = _ask_column(
                "Column" if bound == "count" else bound, header, getattr(figure, bound),
                f"{key}-{bound}",
            )  # fmt: skip
    said = {bound: column for bound, column in columns.items() if column}
    if not said:
        return None
    return {"casualty_type": casualty_type, "victim_group": victim_group} | said


def _ask_reading(given: Reading, key: str) -> Reading:
    places = st.columns(5)
    forms = list(dict.fromkeys([*DATE_FORMS, given.date_format]))
    form = places[0].selectbox(
        "Days are written", forms, forms.index(given.date_format),
        format_func=lambda form: DATE_FORMS.get(form, form), accept_new_options=True,
        key=f"{key}-form",
        help="Choose one, or type a form as for strptime, such as %d %B %Y.",
    )  # fmt: skip
    marks = ("30.19, a point", "30,19, a comma")
    comma = places[1].selectbox("Decimals", marks, int(given.decimal_comma), key=f"{key}-decimal")
    thousands = _ask_one_of(places[2], "Thousands", THOUSANDS, given.thousands, f"{key}-thousands")
    empty = places[3].text_input(
        "Words for an empty cell", ", ".join(given.empty), key=f"{key}-empty",
        placeholder="NA, unknown", max_chars=200,
    )  # fmt: skip
    separator = _ask_one_of(places[4], "Separator", SEPARATORS, given.separator, f"{key}-separator")
    return given.model_copy(
        update={
            "date_format": form or "",
            "decimal_comma": comma == marks[1],
            "thousands": thousands,
            "empty": tuple(word.strip() for word in empty.split(",") if word.strip()),
            "separator": separator,
        }
    )


def _ask_words(mapping: Mapping, strange: Sequence[str], key: str) -> Mapping:
    """Ask what the table's own words for the kind of event mean, in ACLED's."""
    if not strange:
        return mapping
    said = {}
    with st.expander(f"{count(len(strange), 'word')} for the kind of event to be explained"):
        places = st.columns(3)
        for number, word in enumerate(strange[:WORDS_ASKED]):
            with places[number % 3]:
                show(element("p", cut(word), css="im-line", dir="auto"))
                said[word] = st.selectbox(
                    f"What word {number + 1} means",
                    ["", *SUB_EVENT_TYPES],
                    format_func=lambda name: name or "not said",
                    label_visibility="collapsed",
                    key=f"{key}-word-{number}-{word}",
                )
        if len(strange) > WORDS_ASKED:
            st.caption("Name the others in the saved mapping, under [event_types].")
    chosen = {word.strip(): meaning for word, meaning in said.items() if meaning}
    return remade(mapping, event_types=mapping.event_types | chosen) if chosen else mapping


def _ask_one_of(place: object, label: str, options: dict[str, str], given: str, key: str) -> str:
    known = list(dict.fromkeys([*options, given]))
    with place:  # type: ignore[attr-defined]
        return str(
            st.selectbox(
                label, known, known.index(given), format_func=lambda o: options.get(o, o), key=key
            )
        )


def _ask_file(mapping: Mapping, upload_id: str, generation: int) -> None:
    content = to_toml(mapping).encode()
    digest = hashlib.sha256(content).hexdigest()[:8]
    st.download_button(
        "Save the mapping",
        content,
        f"{mapping.dataset}-mapping-{digest}.toml",
        "application/toml",
        on_click="ignore",
        key="save-mapping",
    )
    with st.popover("Use a saved one"):
        file = st.file_uploader(
            "A mapping as TOML", type=["toml"], key=f"mapping-file-{upload_id}-{generation}"
        )
        if file is None:
            return
        try:
            found = parse_mapping(file.getvalue(), file.name)
        except FileRefusedError as error:
            st.error(escape_markdown(str(error)), icon=":material/block:")
            return
        # The next generation of widgets shows it.
        st.session_state.setdefault(_STATE, {})[upload_id] = (found, generation + 1)
        st.rerun()
