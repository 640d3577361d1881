"""The text of a report with its claims beside it, as an element of the page.

Streamlit has no text with marks that can be chosen, so this is a small frame of our own: all
files are served from a folder beside the map's, and every text enters it by ``textContent``.
It sends back what a reviewer did; `new_action` believes none of it but what can be checked.
"""

from __future__ import annotations

import base64
import hashlib
import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal, cast, get_args

import font_source_sans_pro
import streamlit as st
from streamlit.components.v1 import declare_component

from dashboard.map_layer.map_folder import served_folder
from incidents.model import MAX_QUOTE_WORDS
from incidents.sentences import split_paragraphs

Status = Literal["linked", "unclassified", "accepted", "rejected"]
ActionKind = Literal["select", "accept", "reject", "edit", "add"]

SCRIPTS = ("text_parts.js", "text_frame.js")
STYLE = "text_frame.css"
# The page's own letters; a frame does not share those that Streamlit loads.
FONTS = ("SourceSansPro-Regular", "SourceSansPro-Semibold")
MAX_REASON = 300

_MARK = re.compile(r"[0-9a-z-]{1,64}")
# Controls, and what turns the reading direction of other text; each becomes one space, so
# that positions stay. The joiners and the plain direction marks stay: Urdu needs them.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff]")


@dataclass(frozen=True)
class Marked:
    """A claim as the frame shows it; positions are code points in the text, None for none."""

    id: str
    status: Status
    title: str
    said: str
    """Its status in words: "waits", "on the map", …"""
    quote: str
    meta: str = ""
    incident: str = ""
    problem: str = ""
    stops: bool = False
    start: int | None = None
    end: int | None = None
    figStart: int | None = None  # noqa: N815 - the name that the frame reads
    figEnd: int | None = None  # noqa: N815


@dataclass(frozen=True)
class Action:
    """What a reviewer did in the frame."""

    kind: ActionKind
    nonce: str
    draft_id: str = ""
    reason: str = ""
    start: int = 0
    end: int = 0
    """Code points in the text."""


class Positions:
    """Turns positions in code points into those in UTF-16, which browsers count, and back.

    Examples
    --------
    >>> positions = Positions("a😀b")
    >>> positions.in_browser(2), positions.in_text(3)
    (3, 2)
    """

    def __init__(self, text: str) -> None:
        self._wide = [at for at, character in enumerate(text) if ord(character) > 0xFFFF]
        self._wide_there = [at + number for number, at in enumerate(self._wide)]

    def in_browser(self, position: int) -> int:
        """Return a position in UTF-16 code units."""
        return position + bisect_left(self._wide, position)

    def in_text(self, position: int) -> int:
        """Return a position in code points."""
        return position - bisect_left(self._wide_there, position)


def text_review(
    text: str,
    marks: Sequence[Marked],
    *,
    selected: str | None,
    dark: bool,
    can: bool = True,
    language: str = "en",
    rtl: bool = False,
    reasons: Sequence[str] = (),
    empty: str = "",
    height: int = 430,
    key: str,
) -> None:
    """Show a text with its claims; ask `new_action` at the top of the page what was done.

    Parameters
    ----------
    text
        As stored; positions count its code points.
    marks
        The claims in the order in which they are walked through.
    can
        Whether anything can be decided here.
    rtl
        Whether the text reads from right to left.
    reasons
        What is offered as a reason for rejecting.
    empty
        Said where there is no claim.
    height
        In CSS pixels; on a narrow screen the claims stand below and it is more.
    """
    positions = Positions(text)
    _frame()(
        text=plain(text),
        joined=joined_lines(text),
        drafts=[_sent(mark, positions) for mark in marks],
        selected=selected,
        echo=st.session_state.get(f"{key}/seen"),
        dark=dark,
        can=can,
        language=language,
        rtl=rtl,
        reasons=list(reasons),
        empty=empty,
        words=MAX_QUOTE_WORDS,
        height=height,
        key=key,
        default=None,
    )


def joined_lines(text: str) -> list[int]:
    r"""Return the numbers, from 0, of the lines that go on a paragraph, as those of a PDF do.

    Examples
    --------
    >>> joined_lines("Headline\nTwo men were\nhurt.")
    [2]
    """
    joined = []
    for start, end in split_paragraphs(text):
        first = text.count("\n", 0, start)
        joined += range(first + 1, first + 1 + text.count("\n", start, end))
    return joined


def new_action(key: str, text: str, known: Sequence[str]) -> Action | None:
    """Return what was done in the frame since the last run, once."""
    action = read_action(
        st.session_state.get(key), st.session_state.get(f"{key}/seen"), text, known
    )
    if action is not None:
        st.session_state[f"{key}/seen"] = action.nonce
    return action


def read_action(value: object, seen: object, text: str, known: Sequence[str]) -> Action | None:
    """Return what the browser sent if it can be, and was not seen before.

    Examples
    --------
    >>> read_action({"kind": "accept", "id": "d1", "nonce": "a1"}, None, "", ["d1"]).kind
    'accept'
    >>> read_action({"kind": "accept", "id": "d9", "nonce": "a1"}, None, "", ["d1"])
    >>> read_action({"kind": "accept", "id": "d1", "nonce": "a1"}, "a1", "", ["d1"])
    """
    match value:
        case {"kind": str(kind), "nonce": str(nonce)} if (
            kind in get_args(ActionKind) and nonce != seen and _MARK.fullmatch(nonce)
        ):
            told = cast("ActionKind", kind)
        case _:
            return None
    match value:
        case {"kind": "add", "start": int(start), "end": int(end)}:
            positions = Positions(text)
            first, last = positions.in_text(start), positions.in_text(end)
            if 0 <= first < last <= len(text):
                return Action(told, nonce, start=first, end=last)
        case {"id": str(draft_id)} if told != "add" and draft_id in known:
            reason = value.get("reason")
            said = plain(reason)[:MAX_REASON].strip() if isinstance(reason, str) else ""
            return Action(told, nonce, draft_id, said)
    return None


def plain(text: str) -> str:
    """Return a text of the same length in which nothing unseen turns or hides other text."""
    return _UNSEEN.sub(" ", text)


def text_files() -> dict[str, bytes]:
    """Return the files that the frame is made of; nothing in them points outside."""
    assets = {name: _packaged(name) for name in (*SCRIPTS, STYLE)}
    fonts = {f"{name}.ttf": _font(name) for name in FONTS}
    # The server lets browsers keep scripts: another content needs another address.
    version = {name: hashlib.sha256(data).hexdigest()[:12] for name, data in assets.items()}
    hashes = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(assets[name]).digest()).decode()}'"
        for name in SCRIPTS
    )
    policy = (
        f"default-src 'none'; script-src 'self' {hashes}; style-src 'self' 'unsafe-inline'; "
        "font-src 'self'; base-uri 'none'; form-action 'none'"
    )
    scripts = "".join(f'<script src="{name}?v={version[name]}"></script>\n' for name in SCRIPTS)
    page = (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<link rel="stylesheet" href="{STYLE}?v={version[STYLE]}">\n</head>\n'
        f"<body>\n{scripts}</body>\n</html>\n"
    )
    return {"index.html": page.encode(), **assets, **fonts}


def _sent(mark: Marked, positions: Positions) -> dict[str, Any]:
    fields = asdict(mark)
    for name in ("start", "end", "figStart", "figEnd"):
        if fields[name] is not None:
            fields[name] = positions.in_browser(fields[name])
    return {k: plain(v) if isinstance(v, str) else v for k, v in fields.items()}


def _font(name: str) -> bytes:
    folder = resources.files(font_source_sans_pro)
    return folder.joinpath("files", f"{name}.ttf").read_bytes()


def _packaged(name: str) -> bytes:
    return resources.files("dashboard.adding").joinpath("text_component", name).read_bytes()


@cache
def _frame() -> Any:  # noqa: ANN401 - what Streamlit returns is not typed further
    # Not at import: Streamlit serves a frame's folder only if it is declared in a run.
    return declare_component("text_review", path=served_folder(text_files()))
