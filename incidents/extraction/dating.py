"""When it happened: days, spans and history, against the day of the report."""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from datetime import date, timedelta

from incidents.extraction.time_words import (
    ANALYTIC,
    HISTORY,
    MONTHS,
    PATTERNS,
    SAID_ON,
    SUM_LINE,
    SUMMED,
    SUMMED_UP,
    TALLIED,
    Ref,
    When,
    governing,
    is_modal,
    joined,
    matches,
)
from incidents.extraction.words import plain
from incidents.model import Scope

_WEEKDAYS = {name.lower(): number for number, name in enumerate(calendar.day_name)}
_SMALL = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "twelve": 12, "couple of": 2,
}  # fmt: skip
_DATELINE = 60
_A_MONTH = 4  # date_prec
_RECENT = 93  # days
_MONTHS = frozenset({"month", "monthyear", "during", "lastunit"})
_DAYS = frozenset({"weekday", "daymonth", "monthday", "yesterday", "today", "night"})

_FEW_DAYS = 3
_OPENING = 12  # characters before a day that opens a sentence
_AS_OF = re.compile(r"\bas\s+(?:of|at)\s+$", re.IGNORECASE)  # the day of a count


class Calendar:
    """The days of one document.

    Parameters
    ----------
    published_on
        The day of publication, if known; weekdays and "yesterday" are told from it.
    periodic
        Whether the document lists many dated incidents, each of which is an event of its own.
    """

    def __init__(self, published_on: date | None, periodic: bool = False) -> None:
        self.published_on = published_on
        self.periodic = periodic
        self.main_day: date | None = None
        self.main_span: When | None = None
        """The month or week that a document sums up, where its event has no day."""
        self._seen: dict[tuple[int, int], list[Ref]] = {}

    def learn(self, text: str, spans: Sequence[tuple[int, int]]) -> None:
        """Set the day of the main event from the first sentences that name one."""
        self._learn(text, spans, also_said_on=False)
        if self.main_day is None:
            self._learn(text, spans, also_said_on=True)

    def learn_span(self, head: str) -> None:
        """Set the span that a document sums up, from its headline and first sentences."""
        if self.published_on is None or not ANALYTIC.search(head):
            return
        for ref in self.refs(head, 0, len(head)):
            when = ref.when
            if ref.kind in _DAYS and ref.when.start is not None and not self._is_dateline(ref):
                break
            if ref.kind in _MONTHS and when.end is not None and when.prec == _A_MONTH:
                if -1 < (self.published_on - when.end).days + 31 < _RECENT:
                    self.main_span = when._replace(scope="cumulative")
                break
        self._seen.clear()

    def _learn(self, text: str, spans: Sequence[tuple[int, int]], also_said_on: bool) -> None:
        for start, end in spans:
            for ref in self.refs(text, start, end):
                if not also_said_on and SAID_ON.search(text, max(start, ref.at - 40), ref.at):
                    continue
                if _AS_OF.search(text, max(start, ref.at - 12), ref.at):
                    continue
                if ref.kind in _DAYS and ref.when.start and not self._is_dateline(ref):
                    self.main_day = ref.when.start
                    self._seen.clear()
                    return
        self._seen.clear()

    def _is_dateline(self, ref: Ref) -> bool:
        """Whether it is the day of publication at the head of a text."""
        at_head = ref.at < _DATELINE and ref.kind not in {"weekday", "today"}
        return at_head and not self.periodic and ref.when.start == self.published_on

    def refs(self, text: str, start: int, end: int) -> list[Ref]:
        """Return the times that a stretch of text names, as positions in it."""
        key = (start, end)
        if key not in self._seen:
            self._seen[key] = self._find(text, start, end)
        return self._seen[key]

    def _find(self, text: str, start: int, end: int) -> list[Ref]:
        refs: list[Ref] = []
        for match in matches(plain(text[start:end])):
            if is_modal(match, text, start):
                continue
            name = next(n for n, _ in PATTERNS if match[n] is not None)
            when = self._read(name, match)
            if when is not None:
                refs.append(Ref(start + match.start(), start + match.end(), name, when))
        return joined(refs)

    def when(
        self, text: str, sentence: tuple[int, int], at: int, carried: When | None = None,
        apart: tuple[int, int] = (0, 0),
    ) -> When:  # fmt: skip
        """Return the days of a claim at a position of a sentence.

        Times in the stretch `apart` are told of something else that befell the same people.
        """
        start, end = sentence
        refs = self.refs(text, start, end)
        refs = [r for r in refs if not (self._is_dateline(r) or apart[0] <= r.at < apart[1])]
        best = governing(refs, text, at, sentence)
        if best is not None:
            when = self._tallied(best, text, sentence)
        elif self.main_span is not None:
            when = self.main_span
        elif carried is not None and self.periodic:
            when = carried
        else:
            day = self.main_day
            if day is None and self.published_on is not None:
                when = When(self.published_on, self.published_on, 2, "event")
            else:
                when = When(day, day, 1 if day else None, "event")
        if (when.scope == "event" and not self.periodic) or (
            when.scope == "event" and best is None
        ):
            history = HISTORY.search(text, start, at)
            if history is not None:
                return when._replace(scope="background")
        line = text.rfind("\n", 0, start) + 1
        if when.scope == "event" and (SUM_LINE.match(text, start) or SUM_LINE.match(text, line)):
            return when._replace(scope="cumulative")
        if when.scope == "event" and SUMMED_UP.search(text, start, end):
            when = when._replace(scope="cumulative")
        if when.scope == "event" and SUMMED.search(text, at, min(end, at + 160)):
            when = when._replace(scope="cumulative")
        return when

    def _tallied(self, ref: Ref, text: str, sentence: tuple[int, int]) -> When:
        """Take a past year or month for a sum where somebody counted, or a document sums up."""
        when = ref.when
        if when.scope == "background" and (
            (ref.kind in _MONTHS and self.main_span is not None)
            or (ref.kind == "year" and TALLIED.search(text, *sentence))
        ):
            return when._replace(scope="cumulative")
        opens = ref.at - sentence[0] <= _OPENING
        before = self.main_day - timedelta(days=1) if self.main_day else None
        named = when.scope == "event" and ref.kind == "weekday" and opens
        if named and not self.periodic and before is not None and when.start == before:
            return when._replace(scope="previous_day")
        return when

    # -- one pattern each ---------------------------------------------------------------

    def _read(self, name: str, match: re.Match[str]) -> When | None:  # noqa: PLR0911, PLR0912
        ref = self.main_day or self.published_on
        pub = self.published_on
        g = match.groupdict()
        if name == "iso":
            return self._day(g["i_d"], g["i_m"], g["i_y"], numeric=True)
        if name == "slash":
            return self._day(g["s_d"], g["s_m"], g["s_y"], numeric=True)
        if name == "daymonth":
            return self._day(g["d_d"], g["d_m"], g["d_y"])
        if name == "monthday":
            return self._day(g["m_d"], g["m_m"], g["m_y"])
        if name in {"between", "night", "monthdays"}:
            p = {"between": "b", "night": "n", "monthdays": "k"}[name]
            m2 = g.get(f"{p}_m2") or g.get(f"{p}_m")
            m1 = g.get(f"{p}_m1") or m2
            first = self._date(g[f"{p}_d1"], m1, g[f"{p}_y"])
            last = self._date(g[f"{p}_d2"], m2, g[f"{p}_y"])
            if first is None or last is None or last < first:
                return None
            days = (last - first).days
            if name != "between" and days <= 1:
                return self._placed(When(first, last, 2 if days else 1, "event"))
            spans = days > (_FEW_DAYS if self._holds_event(first, last) else 0)
            return When(first, last, _prec(days), "cumulative" if spans else "event")
        if name == "during":
            if pub is None and not g["v_y"]:
                return When(None, None, 4, "cumulative")
            number = MONTHS[g["v_m"].lower().rstrip(".")]
            told = int(g["v_y"] or 0) or (pub.year if number <= pub.month else pub.year - 1)  # type: ignore[union-attr]
            return self._month(number, told, whole=True)
        if name == "monthyear":
            return self._month(MONTHS[g["y_m"].lower().rstrip(".")], int(g["y_y"]))
        if name == "year":
            year = int(g["x_y"] or g["x_z"])
            scope: Scope = "cumulative" if pub is not None and year == pub.year else "background"
            return When(date(year, 1, 1), date(year, 12, 31), 5, scope) if year > 1 else None
        if name == "month":
            number = MONTHS[g["z_m"].lower().rstrip(".")]
            if pub is None:
                return When(None, None, 4, "background")
            year = pub.year if number <= pub.month else pub.year - 1
            return self._month(number, year, whole=match[0].startswith("during"))
        if name == "quarter":
            return When(None, None, 5, "cumulative")
        if name in {"lastspan", "period", "inspan"}:
            p = {"lastspan": "l", "period": "p", "inspan": "o"}[name]
            if g["o_h"]:
                return self._span(g["o_h"], g["o_v"], ref)
            return self._span(g[f"{p}_n"], g[f"{p}_u"], ref)
        if name == "ago":
            return self._ago(g["a_n"], g["a_u"], ref)
        if name == "lastunit":
            return self._unit(g["u_w"].lower(), g["u_u"].lower(), ref)
        if name in {"daybefore", "dayafter"}:
            day = ref - timedelta(days=1) if ref else None
            return When(day, day, 1 if day else None, "previous_day")
        if name == "since":
            if not (g["c_m"] or g["c_y"]):
                return None
            first = self._date(g["c_d"], g["c_m"], None) if g["c_d"] and g["c_m"] else None
            prec = _prec((pub - first).days) if pub and first else None
            return When(first, pub, prec, "cumulative")
        if name == "overyear":
            return When(None, None, None, "cumulative")
        if name == "recent":
            return When(None, None, None, "background")
        if name == "yesterday":
            day = pub - timedelta(days=1) if pub else None
            return When(day, day, 1 if day else None, "event")
        if name == "today":
            return When(pub, pub, 1 if pub else None, "event")
        if name == "weekday":
            day = _last_weekday(_WEEKDAYS[g["g_w"].lower()], pub)
            return self._placed(When(day, day, 1 if day else None, "event"))
        return None

    def _holds_event(self, first: date, last: date) -> bool:
        """Whether the day of the one event told of lies in a span."""
        return not self.periodic and self.main_day is not None and first <= self.main_day <= last

    def _date(
        self, day: str, month: str | None, year: str | None, numeric: bool = False
    ) -> date | None:
        number = int(re.sub(r"\D", "", day))
        if month is None:
            return None
        month_number = int(month) if numeric else MONTHS[month.lower().rstrip(".")]
        pub = self.published_on
        if year is None and pub is None:
            return None
        chosen = int(year) if year else pub.year if pub else 0
        try:
            found = date(chosen, month_number, number)
        except ValueError:
            return None
        if year is None and pub is not None and (found - pub).days > 60:
            found = found.replace(year=chosen - 1) if (month_number, number) != (2, 29) else found
        return found

    def _day(self, day: str, month: str, year: str | None, numeric: bool = False) -> When | None:
        found = self._date(day, month, year, numeric)
        if found is None:
            return None
        return self._placed(When(found, found, 1, "event"))

    def _placed(self, when: When) -> When:
        """Tell the day before and history from the event's day, in a report of one event."""
        if self.periodic or self.main_day is None or when.start is None:
            return when
        gap = (self.main_day - when.start).days
        if gap > 3:
            return when._replace(scope="background")
        return when

    def _month(self, number: int, year: int, whole: bool = False) -> When:
        last = calendar.monthrange(year, number)[1]
        first, final = date(year, number, 1), date(year, number, last)
        pub = self.published_on
        recent = pub is not None and (pub - final).days < 32
        scope: Scope = "cumulative" if recent and (self.periodic or whole) else "background"
        return When(first, final, 4, scope)

    def _span(self, count: str, unit: str, ref: date | None) -> When:
        number = _SMALL.get(count.lower(), int(count) if count.isdigit() else 3)
        days = number * {"h": 1 / 24, "d": 1, "w": 7, "m": 30.4, "y": 365.25}[unit[0].lower()]
        if ref is None:
            return When(None, None, _prec(round(days)), "cumulative")
        if unit.lower().startswith("month"):
            months = ref.year * 12 + ref.month - number
            first = date(months // 12, months % 12 + 1, 1)
        else:
            first = ref - timedelta(days=max(0, round(days) - 1))
        if unit.lower().startswith("year"):
            first = ref.replace(year=ref.year - number, day=min(ref.day, 28))
        return When(first, ref, _prec((ref - first).days), "cumulative")

    def _ago(self, count: str, unit: str, ref: date | None) -> When:
        number = (
            1
            if count.lower() in {"a", "an"}
            else _SMALL.get(count.lower(), int(count) if count.isdigit() else 3)
        )
        if unit[0].lower() == "h":
            return When(ref, ref, 1 if ref else None, "event")
        days = number * {"d": 1, "w": 7, "m": 30, "y": 365}[unit[0].lower()]
        scope: Scope = "previous_day" if days == 1 else "background"
        if ref is None:
            return When(None, None, None, scope)
        day = ref - timedelta(days=days)
        prec = {"d": 1, "w": 3, "m": 4, "y": 5}[unit[0].lower()]
        return When(day, day, prec, scope)

    def _unit(self, which: str, unit: str, ref: date | None) -> When | None:  # noqa: PLR0911
        pub = self.published_on
        if unit in _WEEKDAYS:
            day = _last_weekday(_WEEKDAYS[unit], pub - timedelta(days=1) if pub else None)
            return self._placed(When(day, day, 1 if day else None, "event"))
        if unit.rstrip(".") in MONTHS:
            if pub is None:
                return When(None, None, 4, "background")
            number = MONTHS[unit.rstrip(".")]
            year = pub.year if number < pub.month else pub.year - 1
            return self._month(number, year)._replace(scope="background")
        this = which in {"this", "the current", "earlier this"}
        if pub is None or ref is None:
            return When(
                None,
                None,
                {"year": 5, "month": 4}.get(unit, 3),
                "cumulative" if this else "background",
            )
        if unit == "year":
            year = pub.year if this else pub.year - 1
            scope: Scope = "cumulative" if this or which == "past" else "background"
            if which == "past":
                return When(ref - timedelta(days=364), ref, 5, "cumulative")
            return When(date(year, 1, 1), pub if this else date(year, 12, 31), 5, scope)
        if unit == "month":
            if this:
                return When(
                    pub.replace(day=1),
                    pub,
                    4,
                    "cumulative" if which != "earlier this" else "background",
                )
            if which == "past":
                return When(ref - timedelta(days=30), ref, 4, "cumulative")
            final = pub.replace(day=1) - timedelta(days=1)
            return When(final.replace(day=1), final, 4, "background")
        if which == "past":
            return When(ref - timedelta(days=6), ref, 2, "cumulative")
        first = pub - timedelta(days=pub.weekday() + (0 if this else 7))
        return When(
            first,
            pub if this else first + timedelta(days=6),
            3,
            "cumulative" if which != "earlier this" else "background",
        )


def _prec(days: int) -> int:
    if days <= 0:
        return 1
    if days <= 6:
        return 2
    return 3 if days <= 10 else 4 if days <= 45 else 5


def _last_weekday(number: int, pub: date | None) -> date | None:
    return None if pub is None else pub - timedelta(days=(pub.weekday() - number) % 7)
