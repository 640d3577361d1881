"""From a text to drafts: one pass over its sentences, each rule module in turn."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from gazetteer.resolve import Gazetteer
from incidents.extraction.attribution import (
    UNATTRIBUTED,
    Memory,
    Saying,
    Speaker,
    sayings_of,
    speaker_of,
)
from incidents.extraction.copulas import read_copulas
from incidents.extraction.dating import Calendar
from incidents.extraction.discourse import Discourse
from incidents.extraction.draft import Draft, Tier
from incidents.extraction.fates import in_whose_hands, nearest_type, note_of
from incidents.extraction.happenings import find_happenings
from incidents.extraction.linking import Link
from incidents.extraction.locating import Locator, place_fields
from incidents.extraction.mention_reader import MentionReader
from incidents.extraction.numerals import NumberWords
from incidents.extraction.place_cues import CUES
from incidents.extraction.placing import Places
from incidents.extraction.quoting import quote_span
from incidents.extraction.reading import Reading, read_sentence
from incidents.extraction.sentence_pieces import paragraph_numbers, without_rows
from incidents.extraction.tables_said import Table
from incidents.extraction.time_words import When
from incidents.extraction.vocabulary import Vocabulary, load_vocabulary
from incidents.extraction.voice import (
    document_voice,
    first_full_date,
    first_line,
    has_dateline,
    is_periodic,
)
from incidents.model import CasualtyType, Scope
from incidents.sentences import Span, quoted_spans, split_sentences

_SPEAKS_ON = 2  # sentences of a paragraph after the one that names its speaker
_MAX_TITLE_WORDS = 18
_MAX_TERSE_WORDS = 24
_SPELLED_OUT = frozenset(
    {"a", "an", "the", "was", "were", "had", "has", "have", "been", "he", "she", "they", "we"}
)
_LEAD = 4  # figures of a text that a headline repeats
_TOTAL_REACH = 60  # figures back to the total of "three of the dead"


def extract(
    text: str,
    *,
    published_on: date | None = None,
    title: str | None = None,
    gazetteer: Gazetteer | None = None,
    vocabulary: Vocabulary | None = None,
) -> list[Draft]:
    """Return the claims that rules find in a report, in the order of the text.

    Parameters
    ----------
    text
        The report as read; positions are code points in it.
    published_on
        The day of publication; weekdays are told from it. A full date at the head of the text
        stands in where it is not given.
    title
        The headline, where it does not stand in `text`. Its drafts come first, marked
        `in_title`, with positions in `title`.
    gazetteer, vocabulary
        Whose places and words to use; the shipped ones by default.

    Examples
    --------
    >>> report = "Gunmen killed five coal miners and injured two others in Harnai on Friday."
    >>> for draft in extract(report, published_on=date(2025, 2, 15)):
    ...     print(draft.casualty_type, draft.count_low, draft.victim_group, draft.adm2_name)
    killed 5 civilians Harnai
    injured 2 civilians Harnai
    """
    words = vocabulary or load_vocabulary()
    published_on = published_on or first_full_date(text[:400])
    body = _Document(text, published_on, gazetteer, words, title)
    drafts = body.drafts()
    if title and title.strip():
        head = _Document(title, published_on, gazetteer, words, None, is_title=True)
        head.calendar.main_day = body.calendar.main_day
        if not has_dateline(text):
            head.default_speaker = body.default_speaker
        head.calendar.periodic = body.calendar.periodic
        head.calendar.main_span = body.calendar.main_span
        headline = [
            d | {"in_title": True, "paragraph": None} for d in head.drafts() if "happening" not in d
        ]
        _share_scopes(headline, drafts)
        drafts = [*headline, *drafts]
    return _numbered(drafts)


_Fields = dict[str, Any]
"""A draft in the making: its fields by name."""


def _share_scopes(headline: Sequence[_Fields], drafts: Sequence[_Fields]) -> None:
    """Let a headline's figure be the sum that the first words of the text say it is."""
    for fields in headline:
        for told in drafts[:_LEAD]:
            same = all(told.get(name) == fields[name] for name in ("casualty_type", "count_low"))
            if fields["scope"] == "event" and same and told["scope"] == "cumulative":
                fields["scope"] = "cumulative"


def _numbered(drafts: Sequence[_Fields]) -> list[Draft]:
    """Give the drafts their final ids, d1, d2, …"""
    ids = {
        (d.get("in_title", False), d["draft_id"]): f"d{n}" for n, d in enumerate(drafts, start=1)
    }
    for fields in drafts:
        where = fields.get("in_title", False)
        fields["part_of"] = ids.get((where, fields.get("part_of") or ""))
        fields["draft_id"] = ids[where, fields["draft_id"]]
    return [Draft(**fields) for fields in drafts]


def _asks(reading: Reading) -> bool:
    """Whether a sentence without figures names the hurt or the dead: "And the wounded?"."""
    return any("people" in w.senses for w in reading.words)


@dataclass(slots=True)
class _Found:
    """A draft in the making."""

    link: Link
    reading: Reading
    tier: Tier
    key: str


class _Document:
    def __init__(
        self,
        text: str,
        published_on: date | None,
        gazetteer: Gazetteer | None,
        vocabulary: Vocabulary,
        title: str | None,
        is_title: bool = False,
    ) -> None:
        self.text = text
        self.vocabulary = vocabulary
        self.is_title = is_title
        numbers = vocabulary.tables["numbers"]
        self.reader = MentionReader(
            NumberWords(**{k: numbers[k] for k in NumberWords._fields}),
            frozenset(vocabulary.tables["casualty"]["needs_people"]["verbs"]),
        )
        self.sentences = list(without_rows(text, split_sentences(text)))
        self.paragraphs = paragraph_numbers(text, self.sentences)
        self.places = Places(text, gazetteer)
        headline = title or ("" if is_title else first_line(text))
        self.calendar = Calendar(published_on, is_periodic(text, headline, vocabulary))
        self.calendar.learn(text, [*self.sentences[:4]])
        if self.calendar.main_day is None or self.calendar.periodic:
            last = self.sentences[:3][-1].char_end if self.sentences else 0
            self.calendar.learn_span(f"{headline}\n{text[:last]}")
        self.default_speaker = (
            UNATTRIBUTED if is_title else document_voice(text, headline, vocabulary)
        )
        self.quotes = quoted_spans(text) if not is_title else []
        self.readings: list[Reading] = []
        self.locator = Locator(
            text, self.sentences, self.paragraphs, self.readings, self.places, title or "",
            periodic=self.calendar.periodic, is_title=is_title, gazetteer=gazetteer,
            is_past=self._is_past,
        )  # fmt: skip
        self.sayings: list[list[Saying]] = []

    def drafts(self) -> list[_Fields]:
        self._read()
        found = list(self._found())
        drafts = [self._draft(f) for f in found]
        keys = {(id(f.link.mention), f.link.casualty_type): f.key for f in found}
        for at, fields in enumerate(drafts):
            fields["part_of"] = self._total(at, found, keys)
        if not self.is_title:
            drafts.extend(self._happenings(drafts))
        return sorted(drafts, key=lambda d: (d["char_start"], d["figure_start"], d["draft_id"]))

    # -- reading ------------------------------------------------------------------------

    def _read(self) -> None:
        table = Table()
        memory, discourse = Memory(), Discourse(periodic=self.calendar.periodic)
        for number, span in enumerate(self.sentences):
            title_like = self.is_title or (number == 0 and self._looks_like_title(span))
            reading = read_sentence(
                self.text, span.char_start, span.char_end, self.paragraphs[number],
                self.vocabulary, self.reader, title_like, terse=self._is_terse(span),
                follows=self._follows_figures(number),
            )  # fmt: skip
            if reading.mentions:
                read_copulas(reading, discourse.last_type, discourse.only_type)
            table.read(reading, self.text)
            discourse.settle(reading)
            if not reading.links:
                discourse.hear(reading)
            self.readings.append(reading)
            self.sayings.append(sayings_of(reading, memory))

    def _follows_figures(self, number: int) -> bool:
        """Whether one of the two sentences before told of casualties."""
        return any(
            (r.mentions and (r.links or r.loose)) or _asks(r)
            for r in self.readings[max(0, number - 2) : number]
        )

    def _is_past(self, number: int) -> bool:
        """Whether a sentence tells of history."""
        refs = self.calendar.refs(self.text, *self.sentences[number])
        return any(r.when.scope == "background" for r in refs)

    def _looks_like_title(self, span: Span) -> bool:
        sentence = self.text[span.char_start : span.char_end]
        return (
            len(sentence.split()) <= _MAX_TITLE_WORDS
            and sentence[-1:] not in '.!?”"'
            and len(self.sentences) > 1
        )

    def _is_terse(self, span: Span) -> bool:
        """Whether a sentence leaves out articles and auxiliaries, as tickers and notes do."""
        said = self.text[span.char_start : span.char_end].lower().split()
        return len(said) <= _MAX_TERSE_WORDS and _SPELLED_OUT.isdisjoint(said)

    def _found(self) -> Iterator[_Found]:
        count = 0
        for reading in self.readings:
            for link in reading.links:
                vague = link.mention.of_them and link.mention.low is None  # "many of them"
                unsure = link.doubtful or link.distant_past or link.mention.either or vague
                tier: Tier = "unclassified" if unsure else "linked"
                count += 1
                yield _Found(link, reading, tier, f"f{count}")
            linked = {id(link.mention) for link in reading.links}
            for mention in reading.loose:
                if id(mention) in linked:
                    continue
                count += 1
                guess = nearest_type(reading, mention)
                link = Link(
                    mention, guess, "figure beside a casualty word", 0.3, mention.start, mention.end
                )
                yield _Found(link, reading, "unclassified", f"f{count}")

    # -- one draft ----------------------------------------------------------------------

    def _draft(self, found: _Found) -> _Fields:
        link, reading, mention = found.link, found.reading, found.link.mention
        words = reading.words
        start, end = quote_span(reading, link)
        figure = words[
            mention.number if mention.number is not None else max(mention.head, mention.start)
        ]
        number = self._number_of(reading)
        when = self._when(number, figure.start, self._apart(found))
        speaker = self._speaker(number, figure.start, when.scope)
        if self._is_summed_form(found, number) and when.scope == "event":
            when = when._replace(scope="cumulative")
        if mention.low == 0 and when.scope == "cumulative":
            when = when._replace(scope="event")  # "no casualties so far"
        befell = in_whose_hands(link, reading, speaker, self.vocabulary)
        return _Fields(
            draft_id=found.key,
            tier=found.tier,
            rule=link.rule,
            score=round(link.score, 2),
            quote=self.text[start:end],
            char_start=start,
            char_end=end,
            figure_start=figure.start,
            figure_end=figure.end,
            paragraph=reading.paragraph,
            casualty_type=befell,
            victim_group=mention.group or "total",
            count_low=mention.low,
            count_high=mention.high,
            qualifier=mention.qualifier,
            date_start=when.start,
            date_end=when.end,
            date_prec=when.prec,
            scope=when.scope,
            claimant=speaker.claimant,
            claimant_id=speaker.claimant_id,
            claimant_type=speaker.claimant_type,
            note=note_of(link),
            **self.locator.fields(number, figure.start, when.scope),
        )

    def _number_of(self, reading: Reading) -> int:
        low, high = 0, len(self.readings) - 1
        while low < high:
            middle = (low + high) // 2
            if self.readings[middle].end <= reading.start:
                low = middle + 1
            else:
                high = middle
        return low

    @staticmethod
    def _apart(found: _Found) -> tuple[int, int]:
        """Where an earlier fate of the same people is told: "labourers kidnapped last month"."""
        link, words = found.link, found.reading.words
        if link.as_subject and any(
            k.mention is link.mention and k.start < link.start for k in found.reading.links
        ):
            return words[max(link.mention.head, 0)].start, words[link.start].start
        return 0, 0

    def _is_summed_form(self, found: _Found, number: int) -> bool:
        """Whether it is a line of sums in a list of incidents: "Deaths: 31"."""
        span = self.sentences[number]
        return (
            self.calendar.periodic
            and found.link.rule.startswith("form: count")
            and not self.calendar.refs(self.text, *span)
            and not self.places.within(*span)
            and self.paragraphs[number] <= _LEAD
        )

    def _speaker(self, number: int, at: int, scope: Scope = "event") -> Speaker:
        found = speaker_of(at, self.sayings[number], self.quotes)
        if found is not None:
            return found
        before = bisect_right(self.quotes, at, key=lambda span: span.char_start) - 1
        if before >= 0 and at < self.quotes[before].char_end:
            return self._quoted_speaker(number, self.quotes[before]) or self.default_speaker
        still = self._still_speaking(number) if scope != "background" else None
        return still or self.default_speaker

    def _still_speaking(self, number: int) -> Speaker | None:
        """The speaker of the sentence before, in a paragraph that goes on without naming one."""
        if self.default_speaker is not UNATTRIBUTED:
            return None
        for earlier in range(number, max(-1, number - _SPEAKS_ON - 1), -1):
            if self.readings[earlier].paragraph != self.readings[number].paragraph:
                return None
            if earlier < number and self.sayings[earlier]:
                speaker = self.sayings[earlier][-1].speaker
                return speaker if speaker.claimant_type != "unknown" else None
            span = self.sentences[earlier]
            if CUES["another_event"].match(self.text, span.char_start, span.char_end):
                return None
        return None

    def _quoted_speaker(self, number: int, quote: Span) -> Speaker | None:
        """The speaker of a quote that runs over sentences: named after it, in it, or before."""
        for later in range(number + 1, min(number + 5, len(self.sentences))):
            if self.sentences[later].char_start > quote.char_end + 2:
                break
            if self.sayings[later]:
                return self.sayings[later][0].speaker
        for earlier in range(number - 1, max(-1, number - 4), -1):
            if (
                self.sayings[earlier]
                and self.readings[earlier].paragraph == self.readings[number].paragraph
            ):
                return self.sayings[earlier][-1].speaker
        return None

    def _when(self, number: int, at: int, apart: tuple[int, int] = (0, 0)) -> When:
        sentence = self.sentences[number]
        carried = None
        if self.calendar.periodic:
            for earlier in range(number - 1, max(-1, number - 4), -1):
                if self.readings[earlier].paragraph != self.readings[number].paragraph:
                    break
                refs = [
                    r
                    for r in self.calendar.refs(self.text, *self.sentences[earlier])
                    if r.when.scope == "event"
                ]
                if refs:
                    carried = refs[-1].when
                    break
        span = (sentence.char_start, sentence.char_end)
        return self.calendar.when(self.text, span, at, carried, apart)

    # -- totals and parts ---------------------------------------------------------------

    @staticmethod
    def _total(
        at: int, found: Sequence[_Found], keys: Mapping[tuple[int, CasualtyType], str]
    ) -> str | None:
        """Key of the total that the figure at an index is a part of."""
        mention, befell = found[at].link.mention, found[at].link.casualty_type
        if not (mention.part or mention.of_them or mention.of_people is not None):
            return None
        if mention.parent is not None and (key := keys.get((id(mention.parent), befell))):
            return key
        if mention.parent is not None and mention.parent.low is not None and not mention.of_them:
            return None
        for other in reversed(found[max(0, at - _TOTAL_REACH) : at]):
            total = other.link.mention
            if total.part or other.link.casualty_type != befell or total.low is None:
                continue
            if mention.low is not None and total.low >= mention.low and total.of_people is None:
                return other.key
        return None

    # -- happenings ---------------------------------------------------------------------

    def _happenings(self, drafts: Sequence[_Fields]) -> Iterator[_Fields]:
        told = {d.get("adm2_pcode") for d in drafts if d["tier"] == "linked"}
        with_figure = {self._sentence_at(d["char_start"]) for d in drafts}
        seen: set[tuple[str, str]] = set()
        count = 0
        for number, reading in enumerate(self.readings):
            span = self.sentences[number]
            if number in with_figure:
                continue
            spots = self.places.within(span.char_start, span.char_end)
            for happening in find_happenings(reading, spots):
                word = reading.words[happening.word]
                is_service = happening.event_type == "Strategic developments"
                spot = happening.spot or (
                    None if is_service else self.locator.carried_close(number)
                )
                if spot is None and not is_service:
                    continue
                pcode = spot.place.adm2_pcode if spot is not None else None
                key = spot.place.place_id if spot is not None else f"{number}.{happening.word}"
                if (key, happening.sub_event_type) in seen:
                    continue
                seen.add((key, happening.sub_event_type))
                when = self._when(number, word.start)
                if when.scope == "background":
                    continue
                sure = happening.sure and pcode not in told
                if happening.sure and pcode is not None:
                    told.add(pcode)
                count += 1
                speaker = self._speaker(number, word.start)
                start, end = quote_span(reading, None, happening.word, happening.spot)
                yield _Fields(
                    draft_id=f"h{count}",
                    tier="linked" if sure else "unclassified",
                    rule="happening: event word with a place" if spot else "happening: event word",
                    score=0.75 if sure else 0.35,
                    quote=self.text[start:end],
                    char_start=start,
                    char_end=end,
                    figure_start=word.start,
                    figure_end=word.end,
                    paragraph=reading.paragraph,
                    happening=f"{happening.sub_event_type} reported: {word.text}",
                    date_start=when.start,
                    date_end=when.end,
                    date_prec=when.prec,
                    scope=when.scope,
                    claimant=speaker.claimant,
                    claimant_id=speaker.claimant_id,
                    claimant_type=speaker.claimant_type,
                    event_type=happening.event_type,
                    sub_event_type=happening.sub_event_type,
                    **(place_fields(spot) if spot else {}),
                )

    def _sentence_at(self, position: int) -> int:
        return bisect_right(self.sentences, position, key=lambda span: span.char_start) - 1
