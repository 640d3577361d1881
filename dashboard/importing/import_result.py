"""What became of every row of an import, and the imports of the last day."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path, PurePath
from typing import Any, Literal

import streamlit as st

from dashboard.importing.data_table import data_table
from dashboard.markup import element, escape_markdown, show
from dashboard.wording import count
from incidents.datasets.refusals import safe_name
from incidents.datasets.running import State, ended, refused_file, wanted_of
from incidents.datasets.uploads import Upload
from incidents.model import KARACHI

RECENT = 5
COLUMNS = ("row", "field", "value", "reason")
_ENDS = {"done": "imported", "refused": "not read", "cancelled": "cancelled", "failed": "failed"}

Chosen = Literal["another", "again"]


def show_result(data_dir: Path, upload: Upload, state: State, map_page: st.Page) -> Chosen | None:
    """Show what became of an upload's rows; return what is wanted next."""
    report = state.report or {}
    show(_counts(report))
    show(element("p", _against_before(report), css="im-line"))
    show(element("p", str(report["licence"]["notice"]), css="im-hint"))
    chosen: Chosen | None = None
    with st.container(horizontal=True, vertical_alignment="center", key="result-tools"):
        _ask_download(data_dir, upload, report)
        is_table = (wanted := wanted_of(data_dir, upload)) is None or wanted.kind == "table"
        if report["refused"] and is_table and st.button("Correct how it is read", key="again"):
            chosen = "again"
        if st.button("Import another file", key="another"):
            chosen = "another"
        st.page_link(map_page, label="To the map", icon=":material/map:")
    if report["refused"]:
        shown = report["refusals"]
        head = f"Refused: {report['refused']:,}"
        if len(shown) < report["refused"]:
            head += f", the first {len(shown)} here"
        show(element("h3", head), data_table(COLUMNS, _lines(shown), css="im-reasons"))
    if report["doubt_count"]:
        with st.expander(f"{report['doubt_count']:,} cells kept, but doubtful"):
            show(data_table(COLUMNS, _lines(report["doubts"]), css="im-reasons"))
    return chosen


def _counts(report: dict[str, Any]) -> Any:  # noqa: ANN401 (an element of the page)
    parts = [
        ("rows", report["rows"], "="),
        ("imported", report["imported"], "+"),
        ("duplicate", report["duplicate"], "+"),
        ("refused", report["refused"], ""),
    ]
    return element(
        "div",
        *(
            element(
                "span",
                element("strong", f"{number:,}"),
                f" {name}",
                element("span", f" {sign} ", css="im-sign") if sign else None,
                css="im-count",
            )
            for name, number, sign in parts
        ),
        css="im-counts",
        role="status",
    )


def _against_before(report: dict[str, Any]) -> str:
    name = f"{report['title']}, version {report['version']}"
    if not (report["imported"] or report["gone"]):
        return f"{name}: nothing is new; it holds what it held before."
    return (
        f"{name}: {report['added']:,} added, {report['changed']:,} changed, "
        f"{report['gone']:,} gone against what it held before."
    )


def _lines(refusals: Sequence[dict[str, Any]]) -> list[tuple[str, ...]]:
    return [tuple(str(one[name]) for name in COLUMNS) for one in refusals]


def _ask_download(data_dir: Path, upload: Upload, report: dict[str, Any]) -> None:
    path = refused_file(data_dir, upload)
    if path is None:
        return
    content = path.read_bytes()
    # A browser must never be handed an older list under the same name.
    digest = hashlib.sha256(content).hexdigest()[:8]
    listed = report["listed"]
    st.download_button(
        f"Download the refused rows ({listed:,} of {report['refused']:,})"
        if listed < report["refused"]
        else f"Download the {count(listed, 'refused row')}",
        content,
        f"{safe_name(PurePath(upload.name).stem)}-refused-{digest}.csv",
        "text/csv",
        on_click="ignore",
        key=f"refused-{digest}",
    )


def show_recent(data_dir: Path) -> None:
    """List the imports of the last day with a link to each result."""
    lines = []
    for upload, state in ended(data_dir)[:RECENT]:
        rows = f" · {state.report['imported']:,} of {state.rows:,} rows" if state.report else ""
        lines.append(
            element(
                "li",
                element("a", upload.name, href=f"?upload={upload.upload_id}"),
                f" · {_ENDS[state.status]}{rows} · {upload.by}, "
                f"{upload.at.astimezone(KARACHI):%-d %b %H:%M}",
            )
        )
    if lines:
        show(element("h3", "Imports of the last day"), element("ul", *lines, css="im-waiting"))


def say_why(error: Exception) -> None:
    """Show why a file cannot be read."""
    st.error(f"Nothing was stored. {escape_markdown(str(error))}", icon=":material/block:")
