"""Where it happened: the place of each claim, apart from the speaker's."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from gazetteer.places import Place
from gazetteer.recognise import find_toponyms
from gazetteer.resolve import Gazetteer
from incidents.extraction.place_cues import CUES

PROVINCE = "pcode:PK2"
_MANY_DATELINES = 3
# "ISLAMABAD/GWADAR, Pakistan —": two bureaus.
_SLASHED = re.compile(r"[A-Z]{3,}(?: [A-Z]+)?/")
_SLASHED_AFTER = re.compile(r"/[A-Z]{3,}(?: [A-Z]+)?\b")


@lru_cache(maxsize=8)
def _capital(gazetteer: Gazetteer) -> Place | None:
    return next(
        (p for p in gazetteer.places if p.name == "Quetta" and p.feature_class == "P"), None
    )


class Spot(NamedTuple):
    """A place named in the text, where it is named and how."""

    start: int
    end: int
    name: str
    place: Place
    where_prec: int
    is_event: bool
    """False for the speaker's place, an origin, a destination, a dateline."""
    is_dateline: bool = False


class Places:
    """The places of one text."""

    def __init__(self, text: str, gazetteer: Gazetteer | None = None) -> None:
        self._text = text
        self._gazetteer = gazetteer or Gazetteer.default()
        self._spread: dict[tuple[int, int], bool] = {}
        self.spots = self._spots()
        self._starts = [s.start for s in self.spots]

    def _spots(self) -> list[Spot]:
        spots = []
        text = self._text
        for toponym in find_toponyms(text, self._gazetteer):
            place = self._choose(toponym.place_ids, toponym.char_start, toponym.char_end)
            start, end = toponym.char_start, toponym.char_end
            if place.where_prec > 4:  # a country: nothing more to know
                spots.append(Spot(start, end, text[start:end], place, place.where_prec, True))
                continue
            line = text.rfind("\n", 0, start) + 1
            opens = start - line < 4 or _SLASHED.fullmatch(text, line, start) is not None
            slashed = _SLASHED_AFTER.match(text, end)
            is_dateline = (
                opens
                and CUES["dateline"].match(text, slashed.end() if slashed else end) is not None
                and text[start:end].isupper()
            )
            is_dateline |= start - line < 2 and CUES["dated_line"].match(text, end) is not None
            is_dateline |= (
                start < 200 and start == line and bool(CUES["agency_line"].match(text, end))
            )
            before = text[max(line, start - 90) : start]
            prec = place.where_prec
            is_event = not is_dateline and not self._elsewhere(before, end)
            if prec == 1 and CUES["near"].search(before):
                prec = 2
            kind = CUES["kind_after"].match(text, end)
            stop = kind.end() if kind is not None and kind["kind"].lower() != "area" else end
            spots.append(Spot(start, stop, text[start:stop], place, prec, is_event, is_dateline))
        capital = _capital(self._gazetteer)
        if capital is not None:
            for match in CUES["capital"].finditer(text):
                before = text[max(0, match.start() - 40) : match.start()]
                if not re.search(r",\s*$", before) and not CUES["not_event_before"].search(before):
                    spots.append(
                        Spot(
                            match.start(), match.end(), match[0], capital, capital.where_prec, True
                        )
                    )
            spots.sort(key=lambda s: s.start)
        return _in_their_districts(_of_lines(spots), text)

    def _choose(self, ids: Sequence[str], start: int, end: int) -> Place:
        kind = CUES["kind_after"].match(self._text, end)
        wanted = kind["kind"].lower() if kind else ""
        if not wanted and CUES["kind_before"].search(self._text[max(0, start - 14) : start]):
            wanted = "district"
        if not wanted and CUES["districts_before"].search(self._text[max(0, start - 100) : start]):
            wanted = "district"
        code = {"district": "ADM2", "tehsil": "ADM3"}.get(wanted)
        places = [self._gazetteer.place(i) for i in ids]
        if code is not None:
            for place in places:
                if place.feature_code == code:
                    return place
        districts = {p.adm2_pcode for p in places if p.in_province}
        if len(districts) > 1:
            return self._nearby(places, start, end)
        return places[0]

    def _nearby(self, places: Sequence[Place], start: int, end: int) -> Place:
        """Of places in different districts take the one whose district stands close by."""
        line = self._text.rfind("\n", 0, start) + 1
        stop = self._text.find("\n", end)
        stop = stop if stop >= 0 else len(self._text)
        for around in (
            self._text[max(line, start - 160) : start],
            self._text[end : min(stop, end + 80)],
            self._text[max(0, start - 160) : start],
        ):
            near = [
                (around.rfind(p.adm2_name), n)
                for n, p in enumerate(places)
                if p.adm2_name and p.adm2_name != p.name and p.adm2_name in around
            ]
            if near:
                return places[max(near)[1]]
        return places[0]

    def _elsewhere(self, before: str, end: int) -> bool:
        text = self._text
        if CUES["local_voices"].search(before) and CUES["told_by"].match(text, end):
            return False
        if CUES["office_of"].search(before) and CUES["tells"].match(text, end):
            return True
        if CUES["others_after"].match(text, end):
            return True
        if CUES["event_after"].match(text, end):
            return False
        if CUES["from_is_event"].search(before):
            return False
        return CUES["not_event_before"].search(before) is not None

    def within(self, start: int, end: int, event_only: bool = True) -> list[Spot]:
        """Return the places named in a stretch of the text."""
        low = bisect_left(self._starts, start)
        high = bisect_left(self._starts, end, low)
        return [s for s in self.spots[low:high] if s.is_event or not event_only]

    def is_locative(self, spot: Spot) -> bool:
        """Whether a wide place is where it happened: "in Balochistan", not "Balochistan's police"."""
        return CUES["in"].search(self._text[max(0, spot.start - 30) : spot.start]) is not None

    def is_spread(self, start: int, end: int) -> bool:
        """Whether a sentence speaks of the whole province or of several places without names."""
        key = (start, end)
        if key not in self._spread:
            self._spread[key] = CUES["spread"].search(self._text, start, end) is not None
        return self._spread[key]


def _of_lines(spots: Sequence[Spot]) -> list[Spot]:
    """Take the datelines of many lines for the places of what each line tells."""
    datelines = {s.place.place_id for s in spots if s.is_dateline}
    if len(datelines) < _MANY_DATELINES:
        return list(spots)
    return [s._replace(is_event=True, is_dateline=False) if s.is_dateline else s for s in spots]


def _in_their_districts(spots: Sequence[Spot], text: str) -> list[Spot]:
    """Read "Dasht tehsil of Mastung district" as a place of Mastung."""
    told = list(spots)
    for at in range(len(told) - 1):
        spot, following = told[at], told[at + 1]
        if following.place.name != following.place.adm2_name or spot.place.adm2_pcode in {
            None, following.place.adm2_pcode,
        }:  # fmt: skip
            continue
        kind = CUES["kind_after"].match(text, following.start + len(following.place.name))
        named = text[following.start : following.end].lower()
        if CUES["area_of"].fullmatch(text, spot.end, following.start):
            told[at] = spot._replace(place=following.place, where_prec=following.where_prec)
            continue
        if not (named.endswith("district") or (kind and kind["kind"].lower() == "district")):
            continue
        if CUES["of_district"].fullmatch(text, spot.end, following.start):
            told[at] = spot._replace(place=following.place, where_prec=following.where_prec)
    return told


def local(spots: Sequence[Spot]) -> list[Spot]:
    """Those of the places that lie below the province or outside it, but are no country."""
    return [s for s in spots if s.where_prec <= 3]


def together(spot: Spot, spots: Sequence[Spot], text: str) -> bool:
    """Whether a place is one of a list in several districts: "in Panjgur, Harnai and Kech"."""
    at = spots.index(spot)
    for first, second in zip(
        spots[max(0, at - 1) : at + 1], spots[max(1, at) : at + 2], strict=False
    ):
        if first.place.adm2_pcode != second.place.adm2_pcode and CUES["list_joint"].fullmatch(
            text, first.end, second.start
        ):
            return True
    return False


def nearest(spots: Sequence[Spot], at: int, text: str, figures: Sequence[int] = ()) -> Spot | None:
    """Return the place told with a claim.

    A place that opens the clause ("In Chaman, five people …") comes first, then one between the
    figure and the next figure, then the nearest that is not across the border of a clause.

    Parameters
    ----------
    spots
        The places of the sentence.
    at
        Position of the claim's figure in `text`.
    figures
        Positions of the sentence's other figures.
    """
    following = min((f for f in figures if f > at), default=len(text))
    direct = [s for s in spots if s.start > at and _IN.fullmatch(text[at : s.start])]
    if direct:
        return direct[0]
    opening = [s for s in spots if s.end <= at and _OPENS.fullmatch(text[s.end : at])]
    if opening:
        return opening[-1]
    after = [
        s
        for s in spots
        if at < s.start < following and not CUES["clause_break"].search(text, at, s.start)
    ]
    if after:
        earlier = [s for s in spots if s.end <= at and not any(s.end <= f < at for f in figures)]
        listed = bool(earlier) and _NEXT_ITEM.search(text, at, after[0].start) is not None
        close = listed and at - earlier[-1].end < _SAME_ITEM
        alone = close and "," not in text[earlier[-1].end : at]
        return earlier[-1] if alone else after[0]
    best: tuple[float, Spot] | None = None
    for spot in spots:
        before = spot.end <= at
        low, high = (spot.end, at) if before else (at, spot.start)
        distance = float(high - low) + 70 * len(CUES["clause_break"].findall(text, low, high))
        if not before and _TOLD.search(text, low, high):
            distance += 200
        if best is None or distance < best[0]:
            best = (distance, spot)
    return best[1] if best is not None else None


_SAME_ITEM = 60  # characters
_NEXT_ITEM = re.compile(
    r"(?:,\s*(?:and\s+|followed\s+by\s+|while\s+)?|\band\s+)(?=\W*$)|followed\s+by\s+$"
)
_IN = re.compile(r"[\w-]+\s+(?:in|at|from|near)\s+(?:the\s+)?")
_TOLD = re.compile(r"\b(?:said|told|according)\b")
_OPENS = re.compile(
    r"(?:\s+(?:district|area|city|town))?\s*[,:|]\s*(?:at least\s+|about\s+|more than\s+)?"
)
