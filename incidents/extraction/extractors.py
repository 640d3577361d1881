"""The hook for a user's own extractor, such as one around a model of their own."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from importlib.metadata import entry_points
from typing import Protocol

from incidents.extraction.draft import Draft
from incidents.extraction.pipeline import extract
from incidents.extraction.vocabulary import load_vocabulary

RULES, ALL = "rules", "all"
"""The names of the rules alone, and of the rules with everything installed beside them."""
GROUP = "incident_map.extractors"
"""Entry point group under which an installed package offers an extractor."""
VOCABULARY = "INCIDENT_MAP_VOCABULARY"
"""Environment variable that names a TOML file of a user's own words."""


class Extractor(Protocol):
    """What an extractor is: a text in, drafts out."""

    def __call__(
        self, text: str, *, published_on: date | None = None, title: str | None = None
    ) -> Sequence[Draft]:
        """Return the drafts found in a text."""


class ExtractorError(ValueError):
    """An installed extractor that cannot be used."""


def load_extractors() -> dict[str, Extractor]:
    """Return the extractors at hand by name: "rules", and what installed packages offer.

    A package offers one in its pyproject.toml::

        [project.entry-points."incident_map.extractors"]
        mine = "my_package:extract"

    The rules use the words of the file that INCIDENT_MAP_VOCABULARY names beside their own.

    Raises
    ------
    ExtractorError
        If one cannot be imported or called; the message names its package.
    VocabularyError
        If the file of words cannot be used.

    Examples
    --------
    >>> "rules" in load_extractors()
    True
    """
    found: dict[str, Extractor] = {RULES: _rules()}
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


def _rules() -> Extractor:
    own_words = os.environ.get(VOCABULARY)
    return partial(extract, vocabulary=load_vocabulary(own_words)) if own_words else extract


def named_extractor(name: str) -> Extractor:
    """Return an extractor that is at hand; what it finds is checked before it is believed.

    Parameters
    ----------
    name
        `ALL` for the rules and everything installed together, `RULES` for the rules alone.

    Raises
    ------
    ExtractorError
        If there is none of this name; the message names those that there are.

    Examples
    --------
    >>> named_extractor("none")
    Traceback (most recent call last):
    ...
    incidents.extraction.extractors.ExtractorError: There is no extractor 'none'; there are: all, rules...
    """
    if name == RULES:
        return _rules()
    found = load_extractors()
    if name == ALL:
        return partial(extract_with, found)
    if name not in found:
        raise ExtractorError(
            f"There is no extractor {name!r:.60}; there are: {', '.join(sorted([ALL, *found]))}. A "
            f"package offers one under the entry point {GROUP}."
        )
    return partial(extract_with, {name: found[name]})


def extract_with(
    extractors: Mapping[str, Extractor],
    text: str,
    *,
    published_on: date | None = None,
    title: str | None = None,
) -> list[Draft]:
    """Return what several extractors find in a text: of a figure found twice, the first's.

    Each draft of an extractor other than "rules" is told by the extractor's name, in `rule`.

    Parameters
    ----------
    extractors
        By name, as `load_extractors` returns them; the first has precedence.
    text, published_on, title
        As for `extract`.

    Raises
    ------
    ExtractorError
        If one fails, or returns a draft whose quote does not stand where it says.

    Examples
    --------
    >>> [d.rule for d in extract_with({"mine": extract}, "Five men were killed.")]
    ['mine: passive: people before auxiliary']
    """
    drafts: list[Draft] = []
    seen: set[tuple[bool, str | None, int, str | None]] = set()
    for name, extractor in extractors.items():
        try:
            found = list(extractor(text, published_on=published_on, title=title))
        except Exception as error:
            raise _wrong(name, f"failed: {type(error).__name__}: {error}") from error
        own = [_checked(draft, name, text, title or "") for draft in found]
        if len({draft.draft_id for draft in own}) < len(own):
            raise _wrong(name, "gives several drafts the same draft_id")
        new = [d for d in own if _figure(d) not in seen]
        seen.update(_figure(d) for d in own)
        ids = {d.draft_id: f"d{len(drafts) + n}" for n, d in enumerate(new, start=1)}
        told = "" if name == RULES else f"{name}: "
        drafts.extend(
            replace(
                d, draft_id=ids[d.draft_id], rule=told + d.rule, part_of=ids.get(d.part_of or "")
            )
            for d in new
        )
    return drafts


def _figure(draft: Draft) -> tuple[bool, str | None, int, str | None]:
    return draft.in_title, draft.casualty_type, draft.figure_start, draft.happening


def _checked(draft: object, name: str, text: str, title: str) -> Draft:
    if not isinstance(draft, Draft):
        raise _wrong(name, f"returned a {type(draft).__name__}, expected incidents' Draft")
    words = title if draft.in_title else text
    there = words[draft.char_start : draft.char_end]
    if not 0 <= draft.char_start < draft.char_end or there != draft.quote:
        raise _wrong(
            name,
            f"quotes {draft.quote[:80]!r} for the characters {draft.char_start} to "
            f"{draft.char_end}, where the text has {there[:80]!r}. Positions are code points in the "
            "text as given, end exclusive",
        )
    if not draft.char_start <= draft.figure_start < draft.figure_end <= draft.char_end:
        raise _wrong(
            name,
            f"says that the figure of {draft.quote[:80]!r} stands at {draft.figure_start} to "
            f"{draft.figure_end}, expected a place inside its quote",
        )
    return draft


def _wrong(name: str, what: str) -> ExtractorError:
    return ExtractorError(
        f"The extractor {name!r} {what}. Correct or uninstall the package that offers it, or choose "
        f"{RULES!r}."
    )
