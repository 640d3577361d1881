"""Which place a claim is told with: its own, one carried on, a heading's, the report's."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

from gazetteer.resolve import Gazetteer
from incidents.extraction.place_cues import CUES
from incidents.extraction.placing import PROVINCE, Places, Spot, local, nearest, together
from incidents.extraction.reading import Reading
from incidents.model import Scope
from incidents.sentences import Span

_LEAD = 8  # sentences in which a report says where its main event was
_BACK = 5  # sentences a place is carried
_SAME_PLACE = re.compile(
    r"\b(?:same|that|this) (?:area|district|place|town|city|region|road|spot|village)\b"
    r"|\bin the (?:district|town|city|area)\b|\bt?here\b"
)
_VAGUE, _COUNTRY = 5, 6  # where_prec


class Locator:
    """The places of the claims of one document.

    Parameters
    ----------
    text, sentences, paragraphs
        The text, its sentences and the paragraph of each.
    readings
        The sentences as read, one for each; may still be filled.
    places
        The places that the text names.
    title
        The headline that stands apart from the text.
    periodic
        Whether the document lists incidents, each with a place of its own.
    is_past
        Whether a sentence, by its number, tells of history: its place is not carried on.
    """

    def __init__(
        self, text: str, sentences: Sequence[Span], paragraphs: Sequence[int],
        readings: Sequence[Reading], places: Places, title: str,
        *, periodic: bool, is_title: bool, gazetteer: Gazetteer | None = None,
        is_past: Callable[[int], bool] | None = None,
    ) -> None:  # fmt: skip
        self._is_past = is_past
        self._told_here: dict[int, list[Spot]] = {}
        self._text, self._sentences, self._paragraphs = text, sentences, paragraphs
        self._readings, self._places, self._title = readings, places, title
        self._periodic, self._is_title = periodic, is_title
        self._gazetteer = gazetteer or Gazetteer.default()

    def fields(self, number: int, at: int, scope: Scope) -> dict[str, Any]:
        """Return the place fields of the claim at a position of a sentence."""
        spot = self.spot(number, at, scope)
        return place_fields(spot) if spot is not None else dict(self._nowhere)

    def spot(self, number: int, at: int, scope: Scope) -> Spot | None:  # noqa: PLR0911
        """Return the place told with a claim; None where the text leaves it open."""
        span = self._sentences[number]
        if (labelled := self._before_bracket(span, at)) is not None:
            return labelled
        here = self._places_told(number)
        below = local(here)
        if below:
            figures = [
                self._readings[number].words[k.mention.number].start
                for k in self._readings[number].links
                if k.mention.number is not None and not k.mention.part
            ]
            chosen = nearest(below, at, self._text, figures)
            shared = chosen is not None and together(chosen, below, self._text)
            return chosen if not shared else None
        wide = min(here, key=lambda s: (s.where_prec, s.start), default=None)
        if self._is_title or self._readings[number].is_title or self._is_spread(span):
            return wide  # a headline without a place takes none
        if any(s.where_prec >= 4 and self._places.is_locative(s) for s in here):
            return wide  # "in southwestern Pakistan": what the sentence says is not narrowed
        if CUES["sum_line"].match(self._text, span.char_start):
            return wide
        if heading := self._headings.get(number):
            return heading
        same = _SAME_PLACE.search(self._text, span.char_start, span.char_end)
        if scope in {"background", "cumulative"} and not same:
            return wide
        main = self._main(number, "event" if same else scope)
        return self._carried(number) or main or wide

    def _before_bracket(self, span: Span, at: int) -> Spot | None:
        """The place that a bracket with figures stands after: "Kohlu (4 killed, 6 injured)"."""
        opened = self._text.rfind("(", span.char_start, at)
        if opened < 0 or ")" in self._text[opened:at]:
            return None
        named = self._places.within(span.char_start, opened, event_only=False)
        last = named[-1] if named else None
        beside = last is not None and not self._text[last.end : opened].strip()
        return last if beside and last is not None and local([last]) else None

    def _places_told(self, number: int) -> list[Spot]:
        """The places of events in a sentence; also where the dead or hurt themselves were."""
        span = self._sentences[number]
        spots = self._places.within(span.char_start, span.char_end, event_only=False)
        if all(s.is_event for s in spots):
            return spots
        if not any(s.is_event and s.where_prec <= 3 for s in spots):
            spots = [self._distant(s) for s in spots]
        reading = self._readings[number]
        ends = [
            reading.words[k.mention.end - 1].end
            for k in reading.links
            if 0 < k.mention.end <= len(reading.words) and not k.rule.startswith("zero")
        ]
        return [
            s for s in spots
            if s.is_event or (
                not s.is_dateline
                and any(e < s.start and _AT.fullmatch(self._text, e, s.start) for e in ends)
            )
        ]  # fmt: skip

    def _distant(self, spot: Spot) -> Spot:
        """Take "22 km from Dalbandin" for the place where a sentence names no other."""
        before = self._text[max(0, spot.start - 60) : spot.start]
        if spot.is_event or not CUES["distance"].search(before):
            return spot
        return spot._replace(is_event=True, where_prec=max(spot.where_prec, 2))

    def carried_close(self, number: int) -> Spot | None:
        """Return a place of the same paragraph, or of the one before for "they also attacked"."""
        span = self._sentences[number]
        opening = self._text[span.char_start : span.char_start + 12].lower().lstrip("\"“'‘ ")
        same = number and self._paragraphs[number - 1] == self._paragraphs[number]
        return self._carried(number) if same or opening.startswith("they ") else None

    def _is_spread(self, span: Span) -> bool:
        return self._places.is_spread(span.char_start, span.char_end)

    def _here(self, number: int) -> list[Spot]:
        if number not in self._told_here:
            span = self._sentences[number]
            spots = self._places.within(span.char_start, span.char_end, event_only=False)
            told = local([s for s in spots if s.is_event])
            told = told or local([s for s in map(self._distant, spots) if s.is_event])
            self._told_here[number] = told
        return self._told_here[number]

    def _carried(self, number: int) -> Spot | None:
        """A place from the sentence before, the same paragraph, or the report's only one."""
        paragraph = self._paragraphs[number]
        for earlier in range(number - 1, max(-1, number - _BACK - 1), -1):
            elsewhere = self._paragraphs[earlier] != paragraph
            if elsewhere and (self._periodic or earlier < number - 1):
                break
            if self._is_spread(self._sentences[earlier]):
                break
            if elsewhere and self._is_past is not None and self._is_past(earlier):
                continue
            if spots := self._here(earlier):
                return spots[-1] if _one_district(spots) else None
        return self._only(number)

    def _only(self, number: int) -> Spot | None:
        """The one place told of so far, if there is only one and the report is not of many."""
        if self._periodic or self._many:
            return None
        so_far = self._sentences[number].char_start
        first, another_at = self._first_and_next
        if first is None or first.start >= so_far or another_at < so_far:
            return None
        return first if first.place.adm2_pcode else None

    @cached_property
    def _first_and_next(self) -> tuple[Spot | None, int]:
        """The first place of an event, and where the first one in another district is named."""
        spots = [s for s in local(self._places.spots) if s.is_event and s.place.in_province]
        first = spots[0] if spots else None
        others = (s.start for s in spots if s.place.adm2_pcode != spots[0].place.adm2_pcode)
        return first, next(others, len(self._text))

    @cached_property
    def _many(self) -> bool:
        """Whether the report speaks of many places at its head."""
        return bool(CUES["spread"].search(self._title)) or any(
            self._is_spread(s) for s in self._sentences[:3]
        )

    def _main(self, number: int, scope: Scope) -> Spot | None:
        """The place of the report's main event, named after its first sentences."""
        if scope not in {"event", "previous_day"} or self._many:
            return None
        if self._periodic:
            return self._title_place
        at, spot = self._main_place
        if spot is None:
            return None
        if number <= at:
            return spot
        between = {
            s.place.adm2_pcode
            for n in range(at, number)
            for s in self._here(n)
            if s.place.in_province
        }
        return spot if between <= {spot.place.adm2_pcode} else None

    @cached_property
    def _main_place(self) -> tuple[int, Spot | None]:
        """The sentence that says where the main event was, and the place."""
        last = min(_LEAD, len(self._sentences))
        for number in range(last):
            span = self._sentences[number]
            match = CUES["took_place"].search(self._text, span.char_start, span.char_end)
            if match and (spots := [s for s in self._here(number) if s.start >= match.end()]):
                return number, spots[0] if spots[0].place.in_province else None
            if CUES["another_event"].match(self._text, span.char_start, span.char_end):
                break
        datelines = [s for s in self._places.spots if s.is_dateline]
        if datelines and datelines[0].start < 200 and not _is_bureau(datelines[0]):
            return 0, datelines[0]
        if self._title_place is not None:
            return 0, self._title_place
        for number in range(min(3, last)):
            span = self._sentences[number]
            if CUES["another_event"].match(self._text, span.char_start, span.char_end):
                break
            if spots := self._here(number):
                one = _one_district(spots) and spots[0].place.in_province
                return number, spots[0] if one else None
        return 0, None

    @cached_property
    def _title_place(self) -> Spot | None:
        """The one district that a headline given apart from the text names."""
        spots = local(Places(self._title, self._gazetteer).spots) if self._title else []
        if not spots or not _one_district(spots) or not spots[0].place.in_province:
            return None
        return spots[0]._replace(name=spots[0].place.name)

    @cached_property
    def _headings(self) -> dict[int, Spot]:
        """The place of each sentence that stands under a line with only a place's name."""
        under: dict[int, Spot] = {}
        heading: Spot | None = None
        listed = 0
        for number, span in enumerate(self._sentences):
            own = self._places.within(span.char_start, span.char_end, event_only=False)
            rest = self._text[span.char_start : span.char_end]
            for spot in reversed(own):
                low, high = spot.start - span.char_start, spot.end - span.char_start
                rest = rest[: max(low, 0)] + rest[high:]
            if own and _HEADING.fullmatch(rest):
                heading = own[0] if local(own) else None
                listed += 1
            elif heading is not None:
                under[number] = heading
        return under if listed > 1 or self._first_is_item(under) else {}

    def _first_is_item(self, under: dict[int, Spot]) -> bool:
        first = min(under, default=None)
        if first is None:
            return False
        line = self._text.rfind("\n", 0, self._sentences[first].char_start) + 1
        return self._text[line : line + 4].lstrip()[:1] in {"-", "*", "•", "▪", "–"}

    @cached_property
    def _nowhere(self) -> dict[str, Any]:
        """What is known of a claim without a place: that of the text it stands in."""
        told = [*self._places.spots]
        if self._title:
            told += Places(self._title, self._gazetteer).spots
        if any(s.place.in_province for s in told):
            province = self._gazetteer.place(PROVINCE)
            return {"place_name": province.name, "place_id": PROVINCE, "where_prec": 4}
        return {"where_prec": _COUNTRY if told else _VAGUE}


def place_fields(spot: Spot) -> dict[str, Any]:
    """Return the fields of a claim that tell its place."""
    place = spot.place
    below = spot.where_prec <= 3 and place.in_province
    return {
        "place_name": spot.name,
        "place_id": place.place_id,
        "adm2_pcode": place.adm2_pcode if below else None,
        "adm2_name": place.adm2_name if below else None,
        "where_prec": spot.where_prec,
    }


def _one_district(spots: Sequence[Spot]) -> bool:
    return len({s.place.adm2_pcode for s in spots}) == 1


def _is_bureau(spot: Spot) -> bool:
    """Whether reports of the whole province are written there."""
    return not spot.place.in_province or spot.place.name == "Quetta"


_AT = re.compile(r"\s+(?:in|at|near)\s+(?:the\s+)?")
_HEADING = re.compile(r"[\s#*•(:–—-]*(?:[Dd]istricts?|DISTRICT)?[\s):–—*-]*")
