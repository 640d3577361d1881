"""A user's own extractor: found by its name, and what it returns checked before it is believed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from incidents.extraction import Draft
from incidents.extraction.extractors import Extractor, ExtractorError, load_extractors
from incidents.store.documents import RULES


def named_extractor(name: str) -> Extractor:
    """Return an extractor that is at hand.

    Raises
    ------
    incidents.extraction.extractors.ExtractorError
        If there is none of this name; the message names those that there are.

    Examples
    --------
    >>> named_extractor("none")
    Traceback (most recent call last):
    ...
    incidents.extraction.extractors.ExtractorError: There is no extractor 'none'; there are: rules...
    """
    found = load_extractors()
    if name not in found:
        raise ExtractorError(
            f"There is no extractor {name!r:.60}; there are: {', '.join(sorted(found))}. A package "
            "offers one under the entry point incident_map.extractors."
        )
    return found[name] if name == RULES else _Checked(name, found[name])


class _Checked:
    """An extractor whose drafts are checked against the text, and numbered d1, d2, …"""

    def __init__(self, name: str, extractor: Extractor) -> None:
        self._name, self._extractor = name, extractor

    def __call__(
        self, text: str, *, published_on: date | None = None, title: str | None = None
    ) -> list[Draft]:
        try:
            found = list(self._extractor(text, published_on=published_on, title=title))
        except Exception as error:
            raise self._wrong(f"failed: {type(error).__name__}: {error}") from error
        for draft in found:
            self._check(draft, text, title)
        return self._numbered(found)

    def _check(self, draft: object, text: str, title: str | None) -> None:
        if not isinstance(draft, Draft):
            raise self._wrong(f"returned a {type(draft).__name__}, expected incidents' Draft")
        words = (title or "") if draft.in_title else text
        there = words[draft.char_start : draft.char_end]
        if not 0 <= draft.char_start < draft.char_end or there != draft.quote:
            raise self._wrong(
                f"quotes “{draft.quote:.80}” for the characters {draft.char_start} to "
                f"{draft.char_end}, where “{there:.80}” stands"
            )
        if not draft.char_start <= draft.figure_start < draft.figure_end <= draft.char_end:
            raise self._wrong(
                f"says that the figure of “{draft.quote:.80}” stands at {draft.figure_start} to "
                f"{draft.figure_end}, expected a place inside its quote"
            )

    def _numbered(self, found: Sequence[Draft]) -> list[Draft]:
        ids = {draft.draft_id: f"d{number}" for number, draft in enumerate(found, 1)}
        if len(ids) < len(found):
            raise self._wrong("gives several drafts the same draft_id")
        return [
            replace(d, draft_id=ids[d.draft_id], part_of=ids.get(d.part_of or "")) for d in found
        ]

    def _wrong(self, what: str) -> ExtractorError:
        return ExtractorError(
            f"The extractor {self._name!r} {what}. Correct or uninstall the package that offers "
            f"it, or choose {RULES!r}."
        )
