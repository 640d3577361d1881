"""Cells of a file as a table: every one is text, whatever it holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dashboard.markup import Element, element

MAX_CELL = 160
"""Characters of a cell that are shown."""


def data_table(
    head: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    meanings: Sequence[str] = (),
    css: str = "",
) -> Element:
    """Return a table.

    Parameters
    ----------
    head
        The columns' names as the file has them.
    meanings
        What each column is read as, shown under its name; empty for none.
    css
        Added to the class of a table.
    """
    named = [
        element("th", name, element("small", said) if said else None, scope="col")
        for name, said in zip(head, list(meanings) or [""] * len(head), strict=True)
    ]
    body = [element("tr", *(element("td", cut(cell), dir="auto") for cell in row)) for row in rows]
    table = element("table", element("thead", element("tr", *named)), element("tbody", *body))
    return element(
        "div", table, css=f"im-table im-cells {css}".strip(), tabindex="0", role="region",
        aria_label="Rows",
    )  # fmt: skip


def cut(text: str) -> str:
    """Return a cell's text, the end cut off where it is long.

    Examples
    --------
    >>> cut("a" * 200)[-3:], cut("short")
    ('aa…', 'short')
    """
    return text if len(text) <= MAX_CELL else text[:MAX_CELL] + "…"
