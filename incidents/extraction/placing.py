"""Where it happened: the place of each claim, apart from the speaker's."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from gazetteer.places import Place
from gazetteer.recognise import find_toponyms
from gazetteer.resolve import Gazetteer

PROVINCE = "pcode:PK2"
_KIND_AFTER = re.compile(r"(?:[’']s)?\s+(?P<kind>district|tehsil|city|town|area|division)", re.IGNORECASE)
_KIND_BEFORE = re.compile(r"\bdistrict\s+(?:of\s+)?$", re.IGNORECASE)
# Words right before a name that make it a speaker's place, an origin, a way or a destination.
_NOT_EVENT_BEFORE = re.compile(
    r"(?:\b(?:official|officials|officer|officers|officials? based|based|spokesm[ae]n|spokesperson|reporters?|journalists?|sources|"
    r"correspondent|briefing|conference|analysts?|residents?|resident of|hail(?:ing|ed|s)?|belong(?:ing|ed|s)?|native|natives|heading|headed|bound|going|way|"
    r"travell?ing|return(?:ing|ed)?|en route|coming|shifted|taken|moved|airlifted|evacuated|referred|rushed|transferred|brought|flown|treated|hospitals?|"
    r"bordering|borders|parts? of|trains?|traffic|route|border with|closing|linking|connecting|link|passengers?|CMH|km|kilomet(?:er|re)s?(?: (?:east|west|north|south))?|miles?)"
    r"\s+(?:in|at|from|to|for|of|with|into|towards?|between|near|were|are|is|was)?\s*(?:the\s+)?(?:district\s+|city\s+of\s+)?$)"
    r"|(?:\b(?:from|to|towards|for|with|between|between \w+ and)\s+(?:the\s+)?$)|\bCMH\s+$|\bin (?:a )?hospitals? (?:in|of) $",
    re.IGNORECASE,
)
_FROM_IS_EVENT = re.compile(
    r"\b(?:abducted|kidnapped|whisked|taken away|picked up|arrested|recovered|found|rescued|released|seized|freed|captured|held|apprehended|detained|reported|offloaded|snatched|away|bodies|spot|site|point|area|bazaar)\b[^.;]{0,60}\bfrom\s+(?:the\s+)?(?:\w+\s+){0,3}$",
    re.IGNORECASE,
)
_OTHERS_AFTER = re.compile(r"[’']?s?[- ](?:based|bound|born)\b|\s+(?:Hospital|Teaching|Civil Hospital|Combined|High Court|University|Press Club|hospital|police chief|deputy commissioner said|spokesman|spokesperson)\b|-(?!\w*\s*(?:city|area))\w+\s+(?:highway|road|national|train|coach|bus|passenger|Express)", re.IGNORECASE)
_OFFICE_BEFORE = re.compile(r"\b(?:deputy commissioner|commissioner|district police officer|SSP|DIG|police chief|administrator|DC|DPO|assistant commissioner)(?:\s+\([^)]*\))?\s+(?:of\s+)?$|\b(?:deputy commissioner|commissioner|district police officer|administrator)\s+of\s+$", re.IGNORECASE)
_DATELINE = re.compile(r"\s*(?:\([^()\n]{1,40}\)\s*)?(?:,\s*(?:Pakistan|[A-Z][a-z]+\.?\s+\d{1,2})[^:—–\n-]{0,20})?(?:\([^()\n]{1,40}\)\s*)?\s*[:—–]|,?\s*[A-Z][a-z]+\.?\s+\d{1,2}\s*(?:\([^()\n]{1,30}\)\s*)?[-—–:]|,\s+\d{1,2}\s+[A-Z][a-z]+\s+\d{4}|\s+\([^()\n]{1,40}\)\s*[-—–]|,\s*Pakistan\s*\([^()\n]{1,40}\)\s*[-—–]")
_DISTRICTS_BEFORE = re.compile(r"\bdistricts\s+(?:including|such as|of|like|namely)\s+[\w\s,]*$")
_SPREAD = re.compile(r"\b(?:across|throughout|all over|over)\s+(?:the\s+)?(?:\w+[’']?s?\s+){0,2}(?:province|Balochistan|country)\b|\b(?:\d+|twelve|nine|several|various|different|many|multiple|affected|14|12)\s+(?:locations|districts|places|areas|cities|towns)\b", re.IGNORECASE)
_CAPITAL = re.compile(r"\b(?:the\s+)?(?:provincial\s+capital|capital of (?:the\s+)?(?:province|Balochistan)|Balochistan[’']s\s+capital)\b", re.IGNORECASE)
_EVENT_AFTER = re.compile(r"(?:[’']s)?\s+(?:[\w-]+\s+){0,3}(?:blast|attack|bombing|explosion|shooting|firing|siege|ambush|clash|clashes|raid|attacks|encounter)\b")
_IN = re.compile(r"\b(?:in|across|throughout|over|inside)\s+(?:the\s+)?(?:[\w’']+\s+){0,2}$")
_NEAR = re.compile(r"\b(?:near|outskirts of|close to|vicinity of|km from|off)\s+(?:the\s+)?$", re.IGNORECASE)
_PROVINCE_NAME = re.compile(r"\bprovince\b")
_BALOCHISTAN_IS_SPEAKER = re.compile(r"\b(?:ethnic|government|Chief Minister|chief minister|CTD|Liberation|governor|minister of|police)\s*(?:of\s*)?$", re.IGNORECASE)


@lru_cache(maxsize=8)
def _capital(gazetteer: Gazetteer) -> Place | None:
    return next((p for p in gazetteer.places if p.name == "Quetta" and p.feature_class == "P"), None)


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


class Placed(NamedTuple):
    """A claim's place, and how far it was carried: 0 the sentence itself."""

    spot: Spot
    carried: int


class Places:
    """The places of one text."""

    def __init__(self, text: str, gazetteer: Gazetteer | None = None) -> None:
        self._text = text
        self._gazetteer = gazetteer or Gazetteer.default()
        self.spots = self._spots()

    def _spots(self) -> list[Spot]:
        spots = []
        text = self._text
        for toponym in find_toponyms(text, self._gazetteer):
            place = self._choose(toponym.place_ids, toponym.char_start, toponym.char_end)
            start, end = toponym.char_start, toponym.char_end
            line = text.rfind("\n", 0, start) + 1
            is_dateline = start - line < 4 and _DATELINE.match(text, end) is not None and text[start:end].isupper()
            is_dateline |= start - line < 2 and re.match(r",\s*\d{1,2}\s+\w+\s+\d{4}|,\s+\w+\s+\d{1,2}\s+\(", text[end : end + 40]) is not None
            before = text[max(line, start - 90) : start]
            is_event = not is_dateline and not self._elsewhere(before, end)
            prec = place.where_prec
            if prec == 1 and _NEAR.search(before):
                prec = 2
            kind = _KIND_AFTER.match(text, end)
            stop = kind.end() if kind is not None and kind["kind"].lower() != "area" else end
            spots.append(Spot(start, stop, text[start:stop], place, prec, is_event, is_dateline))
        capital = _capital(self._gazetteer)
        if capital is not None:
            for match in _CAPITAL.finditer(text):
                before = text[max(0, match.start() - 40) : match.start()]
                if not re.search(r",\s*$", before) and not _NOT_EVENT_BEFORE.search(before):
                    spots.append(Spot(match.start(), match.end(), match[0], capital, capital.where_prec, True))
            spots.sort(key=lambda s: s.start)
        return spots

    def _choose(self, ids: Sequence[str], start: int, end: int) -> Place:
        kind = _KIND_AFTER.match(self._text, end)
        wanted = kind["kind"].lower() if kind else ""
        if not wanted and _KIND_BEFORE.search(self._text[max(0, start - 14) : start]):
            wanted = "district"
        if not wanted and _DISTRICTS_BEFORE.search(self._text[max(0, start - 100) : start]):
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
        around = self._text[max(0, start - 120) : end + 80]
        for place in places:
            if place.adm2_name and place.adm2_name != place.name and place.adm2_name in around:
                return place
        return places[0]

    def _elsewhere(self, before: str, end: int) -> bool:
        text = self._text
        if _OTHERS_AFTER.match(text, end):
            return True
        if _EVENT_AFTER.match(text, end):
            return False
        if _FROM_IS_EVENT.search(before):
            return False
        return _NOT_EVENT_BEFORE.search(before) is not None

    def within(self, start: int, end: int, event_only: bool = True) -> list[Spot]:
        """Return the places named in a stretch of the text."""
        return [s for s in self.spots if start <= s.start < end and (s.is_event or not event_only)]

    def is_locative(self, spot: Spot) -> bool:
        """Whether a wide place is where it happened: "in Balochistan", not "Balochistan's police"."""
        return _IN.search(self._text[max(0, spot.start - 30) : spot.start]) is not None

    def is_spread(self, start: int, end: int) -> bool:
        """Whether a sentence speaks of the whole province or of several places without names."""
        return _SPREAD.search(self._text, start, end) is not None


def local(spots: Sequence[Spot]) -> list[Spot]:
    """Those of the places that lie below the province or outside it, but are no country."""
    return [s for s in spots if s.where_prec <= 3]


_CLAUSE_BREAK = re.compile(r"[;]|,?\s+(?:while|whereas)\b|\bsaid\b|\bSeparately\b")


def nearest(spots: Sequence[Spot], at: int, text: str) -> Spot | None:
    """Return the place told with a claim: the nearest, not across the border of a clause."""
    best: tuple[float, Spot] | None = None
    for spot in spots:
        before = spot.end <= at
        low, high = (spot.end, at) if before else (at, spot.start)
        distance = float(high - low) + 70 * len(_CLAUSE_BREAK.findall(text, low, high))
        if not before and re.search(r"\b(?:said|told|according)\b", text[low:high]):
            distance += 200
        if best is None or distance < best[0]:
            best = (distance, spot)
    return best[1] if best is not None else None
