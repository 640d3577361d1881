"""The hook for a user's own extractor, such as one around a model of their own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from importlib.metadata import entry_points
from typing import Protocol

from incidents.extraction.draft import Draft
from incidents.extraction.pipeline import extract

GROUP = "incident_map.extractors"
"""Entry point group under which an installed package offers an extractor."""


class Extractor(Protocol):
    """What an extractor is: a text in, drafts out."""

    def __call__(
        self, text: str, *, published_on: date | None = None, title: str | None = None
    ) -> Sequence[Draft]:
        """Return the drafts found in a text."""


class ExtractorError(RuntimeError):
    """An installed extractor that cannot be used."""


def load_extractors() -> dict[str, Extractor]:
    """Return the extractors at hand by name: "rules", and what installed packages offer.

    A package offers one in its pyproject.toml::

        [project.entry-points."incident_map.extractors"]
        mine = "my_package:extract"

    Raises
    ------
    ExtractorError
        If one cannot be imported or called; the message names its package.

    Examples
    --------
    >>> "rules" in load_extractors()
    True
    """
    found: dict[str, Extractor] = {"rules": extract}
    for point in entry_points(group=GROUP):
        try:
            extractor = point.load()
        except Exception as error:
            raise ExtractorError(
                f"The extractor {point.name!r} ({point.value}) cannot be loaded: {error}. "
                "Correct or uninstall the package that offers it."
            ) from error
        if not callable(extractor):
            raise ExtractorError(
                f"The extractor {point.name!r} ({point.value}) is a {type(extractor).__name__}, "
                "expected a function that takes a text and returns drafts."
            )
        found[point.name] = extractor
    return found
