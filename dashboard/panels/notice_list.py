"""Notices as people see them: what does not add up, in small print, never a correction."""

from __future__ import annotations

from collections.abc import Iterable

from dashboard.markup import Element, element
from incidents.figures.arithmetic import Notice, NoticeKind

HEADS: dict[NoticeKind, str] = {
    "parts_exceed_total": "Does not add up",
    "total_differs": "Does not add up",
    "sum_differs": "Does not add up",
    "same_figure": "Often repeated",
}


def notice_list(notices: Iterable[Notice], *, with_source: bool = False) -> Element | None:
    """Return a list of notices, nothing where there are none."""
    lines = [
        element(
            "li",
            element("strong", HEADS[notice.kind]),
            f" (source {notice.source_id})" if with_source and notice.kind != "same_figure" else "",
            f": {notice.message}",
        )
        for notice in notices
    ]
    return element("ul", *lines, css="im-notices", aria_label="Notices") if lines else None
