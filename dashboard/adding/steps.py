"""The steps of a task, with the one that it stands at."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.markup import Element, element


def steps(names: Sequence[str], now: int) -> Element:
    """Return the steps as a list; `now` counts from 1."""
    return element(
        "ol",
        *(
            element("li", f"{number} {name}", css="im-now" if number == now else "")
            for number, name in enumerate(names, 1)
        ),
        css="im-steps",
        aria_label="Steps",
    )
