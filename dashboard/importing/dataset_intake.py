"""A dataset comes in: a file, what it is, under which licence, and how its first rows are read."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path, PurePath
from typing import Literal, TypeVar

import streamlit as st

from dashboard.importing.data_table import data_table
from dashboard.importing.import_result import COLUMNS, say_why
from dashboard.importing.mapping_editor import ask_mapping
from dashboard.markup import Element, element, escape_markdown, show
from dashboard.wording import count
from incidents.access import Person
from incidents.datasets.encodings import DECLARABLE
from incidents.datasets.formats import KINDS, Kind, Licence, dataset_name
from incidents.datasets.guessing import guess_kind
from incidents.datasets.library import DatasetError
from incidents.datasets.mapping import Mapping, to_toml
from incidents.datasets.preview import Preview, preview_table
from incidents.datasets.refusals import EncodingUnknownError, FileRefusedError
from incidents.datasets.running import State, start, wanted_of
from incidents.datasets.uploads import ENDINGS, Upload, file_of, keep_upload
from incidents.model import KARACHI
from incidents.store import own_data_dir

KIND_WORDS: dict[Kind, str] = {
    "ucdp": "UCDP GED",
    "acled": "ACLED",
    "table": "another table",
}
CODE_PAGES = {"cp1252": "Western European (cp1252)", "cp1256": "Arabic and Urdu (cp1256)"}
REFUSED_SHOWN = 3
_MADE, _READINGS = "datasets/made", "datasets/readings"

T = TypeVar("T")
Begun = Literal["begun", "another"]


def show_upload(data_dir: Path, by: Person) -> Upload | None:
    """Show where a file comes in; keep and return the one that did."""
    file = st.file_uploader(
        "Drop a file here: UCDP GED, ACLED, or any table of incidents as CSV, TSV, Excel, "
        "Parquet, GeoJSON or GeoPackage of points; at most 25 MB",
        type=list(ENDINGS),
        key="dataset-file",
    )
    show(
        element(
            "p",
            "Larger files are imported by the command, of any size; the dataset is shown here too. "
            "Give the file's name for FILE, and acled or table instead of ucdp if it is that.",
            css="im-hint",
        )
    )
    st.code(import_command(), language=None)
    if file is None:
        return None
    with st.spinner("Keeping the file"):
        return keep_upload(data_dir, file.name, file.getvalue(), by=by)


def import_command() -> str:
    """Return the command that imports into this page's library."""
    here = own_data_dir()
    named = "" if here is None else f" --data-dir {shlex.quote(str(here))}"
    return f"incident-map import FILE --as ucdp{named}"


def show_description(
    data_dir: Path, upload: Upload, state: State | None, by: Person
) -> Begun | None:
    """Ask what an upload is; return what was chosen: begin to import it, or another file."""
    title, tools = st.columns([3, 2], vertical_alignment="center")
    with title:
        show(
            element("p", element("strong", upload.name), f" · {_size(upload.size)}", css="im-line")
        )
    with tools, st.container(horizontal=True, horizontal_alignment="right"):
        another = st.button("Another file", key="another")
        go = st.empty()
    if another:
        return "another"
    try:
        wanted = _ask_all(data_dir, upload, state)
        if wanted is None or not go.button("Import it", type="primary", key="import"):
            return None
        kind, mapping, encoding, held = wanted
        start(data_dir, upload, kind, mapping, encoding=encoding, i_hold_a_licence=held, by=by)
    except FileRefusedError as error:
        say_why(error.renamed(file_of(data_dir, upload).name, upload.name))
        return None
    except (DatasetError, ValueError, OSError) as error:
        st.error(escape_markdown(str(error)), icon=":material/block:")
        return None
    return "begun"


def _ask_all(
    data_dir: Path, upload: Upload, state: State | None
) -> tuple[Kind, Mapping | None, str, bool] | None:
    path, before = file_of(data_dir, upload), wanted_of(data_dir, upload)
    readings = _readings(upload, state)
    told = st.container()
    left, right = st.columns([3, 4], gap="medium")
    with left:
        first = st.container()
        encoding = _ask_encoding(upload, readings, before.encoding if before else "")
        if encoding is None:
            return None
        try:
            guess = _made("kind", (upload.upload_id, encoding), lambda: guess_kind(path, encoding))
        except EncodingUnknownError as error:
            _ask_again(upload, error)
        kind: Kind = first.radio(
            "What is it?",
            KINDS,
            KINDS.index(before.kind if before else guess),
            format_func=lambda one: KIND_WORDS[one] + (" (it seems)" if one == guess else ""),
            horizontal=True,
            key=f"kind-{upload.upload_id}",
        )
    mapping = None
    if kind == "table":
        mapping = before.mapping if before and before.kind == "table" else None
        preview = _preview(path, upload, mapping, encoding, kind, "begun")
        begun = preview.mapping if mapping else _named(preview.mapping, upload)

        def strange_words(mapping: Mapping) -> Sequence[str]:
            return _preview(path, upload, mapping, encoding, kind, "words").strange_words

        mapping = ask_mapping(begun, preview.header, upload.upload_id, strange_words)
    preview = _preview(path, upload, mapping, encoding, kind)
    with right:
        held = _ask_licence(preview.licence, upload)
    _show_preview(preview)
    # Beside the button, though it is known last.
    with told:
        _say_what_would_come(preview)
    return kind, mapping, encoding, held


def _named(mapping: Mapping, upload: Upload) -> Mapping:
    """Return a guessed mapping named after the file as its owner calls it."""
    return mapping.model_copy(update={"dataset": dataset_name(PurePath(upload.name).stem)})


def _readings(upload: Upload, state: State | None) -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, tuple[str, ...]]] = st.session_state.setdefault(_READINGS, {})
    if state is not None and state.readings:
        found[upload.upload_id] = state.readings
    return found.get(upload.upload_id, {})


def _ask_again(upload: Upload, error: EncodingUnknownError) -> None:
    """Remember what the doubtful cells may say, and draw the page with the question."""
    st.session_state[_READINGS][upload.upload_id] = error.readings
    st.rerun()


def _ask_encoding(upload: Upload, readings: dict[str, tuple[str, ...]], before: str) -> str | None:
    """Return the encoding, empty where the file tells; None while the user has to choose."""
    if readings:
        names = list(readings)
        chosen: str | None = st.radio(
            "It is not UTF-8. Which of these reads right?",
            names,
            names.index(before) if before in names else None,
            format_func=lambda name: CODE_PAGES.get(name, name),
            captions=[escape_markdown("  |  ".join(readings[name])) for name in names],
            key=f"code-page-{upload.upload_id}",
        )
        return chosen
    if upload.ending not in ("csv", "tsv", "txt"):
        return ""
    options = ["", *DECLARABLE]
    return str(
        st.selectbox(
            "Encoding",
            options,
            options.index(before) if before in options else 0,
            format_func=lambda name: CODE_PAGES.get(name, name) or "as the file tells",
            key=f"encoding-{upload.upload_id}",
        )
    )


def _ask_licence(licence: Licence, upload: Upload) -> bool:
    name: Element | str = (
        element("a", licence.name, href=licence.url) if licence.url else licence.name
    )
    show(
        element(
            "div",
            element("h4", "Licence: ", name),
            element("p", licence.notice, css="im-who"),
            css="im-licence",
        )
    )
    if not licence.rows_need_a_licence:
        return False
    return st.checkbox(
        "I hold a licence to pass rows on",
        key=f"licence-{upload.upload_id}",
        help="Without it the rows are shown here and never exported.",
    )


def _preview(
    path: Path,
    upload: Upload,
    mapping: Mapping | None,
    encoding: str,
    kind: Kind,
    name: str = "preview",
) -> Preview:
    """Return how the first rows would be read, made anew only where something changed."""
    today = datetime.now(KARACHI).date()
    said = to_toml(mapping) if mapping else ""
    try:
        return _made(
            name,
            (upload.upload_id, said, encoding, kind, today),
            lambda: preview_table(path, mapping, encoding, today, kind),
        )
    except EncodingUnknownError as error:
        _ask_again(upload, error)
        raise


def _made(name: str, key: object, make: Callable[[], T]) -> T:
    """Return what was made of the same key in the last run, or make it."""
    made = st.session_state.setdefault(_MADE, {})
    if name not in made or made[name][0] != key:
        made[name] = (key, make())
    result: T = made[name][1]
    return result


def _show_preview(preview: Preview) -> None:
    named = preview.mapping.named
    shown = [i for i, name in enumerate(preview.header) if _meaning(name, named)]
    head = [preview.header[i] for i in shown]
    kept = len(preview.header) - len(shown)
    show(
        element("h3", "The first rows as they stand"),
        data_table(
            head,
            [[row[i] for i in shown] for row in preview.cells],
            meanings=[_meaning(name, named) for name in head],
        ),
        element(
            "p",
            f"{count(kept, 'more column')} {'is' if kept == 1 else 'are'} not read, and kept as "
            f"{'it is' if kept == 1 else 'they are'}."
            if kept
            else "",
            css="im-hint",
        ),
        _as_read(preview),
    )
    if preview.doubts:
        with st.expander(f"{len(preview.doubts):,} cells would be kept, but doubtful"):
            lines = [tuple(map(str, one[:4])) for one in preview.doubts[:REFUSED_SHOWN]]
            show(data_table(COLUMNS, lines, css="im-reasons"))


def _say_what_would_come(preview: Preview) -> None:
    said = f"Of the first {preview.checked:,} rows" if preview.checked > 1 else "Of the one row"
    if preview.refused:
        st.warning(f"{said}, {len(preview.refused):,} would be refused.")
        lines = [tuple(map(str, one[:4])) for one in preview.refused[:REFUSED_SHOWN]]
        show(data_table(COLUMNS, lines, css="im-reasons"))
    elif preview.checked:
        show(element("p", f"{said}, none would be refused.", css="im-hint"))


def _meaning(column: str, named: dict[str, str]) -> str:
    return named.get(column) or named.get(column.strip().casefold().replace(" ", "_"), "")


def _as_read(preview: Preview) -> Element | None:
    names = list(dict.fromkeys(name for row in preview.read for name in row))
    if not names:
        return None
    rows = [
        ["" if (v := row.get(name)) is None else str(v) for name in names] for row in preview.read
    ]
    return element(
        "div",
        element("h3", "… and as they are read"),
        data_table([name.replace("_", " ") for name in names], rows),
    )


def _size(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB" if size >= 100_000 else f"{max(size / 1_000, 0.1):.1f} kB"
