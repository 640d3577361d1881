"""Whether one text is a copy or rewrite of another, from the sentences they share.

Sentences are aligned, not whole documents: a rewrite changes the order, the length and the
headline, and keeps what was heard. What anyone may print (an office's statement, history,
set phrases) weighs little, and no decision rests on one quote. Weights, thresholds and
where they come from are in `data/lineage.toml`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from rapidfuzz import fuzz, process

from incidents.origins.prepared import Kind, PreparedText, ReadSentence, prepare, settings

Rule = Literal["identical", "whole_text", "sentences", "quote_alone", "too_little"]


@dataclass(frozen=True, slots=True)
class Match:
    """A sentence of one text and the sentence of the other that says the same.

    `index_a` counts the sentences of text a from 0; offsets are code points, end
    exclusive; `score` runs from 0 to 100; `evidence` is weight times strength.
    """

    index_a: int
    start_a: int
    end_a: int
    index_b: int
    start_b: int
    end_b: int
    score: float
    direct_quote: bool
    kind: Kind
    weight: float
    evidence: float

    def mirrored(self) -> Match:
        """Return the match seen from the other text."""
        return replace(
            self,
            index_a=self.index_b,
            start_a=self.start_b,
            end_a=self.end_b,
            index_b=self.index_a,
            start_b=self.start_a,
            end_b=self.end_a,
        )


@dataclass(frozen=True, slots=True)
class PairEvidence:
    """What speaks for two texts going back to one.

    `share_a` is the part of text a's characters (white space between sentences left out)
    that lies in matched sentences; `score` the matched part of the lighter text's weight,
    0 to 1; `evidence` is held against `threshold` (see `data/lineage.toml`).
    """

    a: str
    b: str
    matches: tuple[Match, ...]
    share_a: float
    share_b: float
    score: float
    evidence: float
    threshold: float
    rule: Rule

    @property
    def is_copy(self) -> bool:
        """Whether the two belong to one family."""
        return self.rule in {"identical", "whole_text", "sentences"}

    def mirrored(self) -> PairEvidence:
        """Return the evidence with the two texts changed about."""
        return replace(
            self,
            a=self.b,
            b=self.a,
            share_a=self.share_b,
            share_b=self.share_a,
            matches=tuple(sorted((m.mirrored() for m in self.matches), key=_by_place)),
        )


def compare_texts(a: str, text_a: str, b: str, text_b: str) -> PairEvidence:
    """Return the evidence that two texts go back to one.

    Parameters
    ----------
    a, b
        Ids of the two texts.
    text_a, text_b
        The texts themselves.

    Examples
    --------
    >>> text = "“I ran until the road was only dust,” the driver told the agency by phone."
    >>> pair = compare_texts("x", text, "y", text)
    >>> pair.is_copy, pair.rule, pair.score
    (True, 'identical', 1.0)
    """
    return compare_prepared(a, prepare(text_a), b, prepare(text_b))


def compare_prepared(a: str, text_a: PreparedText, b: str, text_b: PreparedText) -> PairEvidence:
    """Return the evidence that two prepared texts go back to one."""
    if text_b.text < text_a.text:  # one order, so that ties fall the same from either side
        return compare_prepared(b, text_b, a, text_a).mirrored()
    matches = _align(text_a.sentences, text_b.sentences)
    weight_a, weight_b = (sum(_potential(s) for s in t.sentences) for t in (text_a, text_b))
    found = sum(m.evidence for m in matches)
    shortest = min(len(text_a.sentences), len(text_b.sentences))
    decision = settings()["decision"]
    threshold = max(decision["min_evidence"], decision["min_evidence_per_sentence"] * shortest)
    evidence = _evidence(matches)
    identical = text_a.words == text_b.words and len(text_a.words) > 0
    share_found = found / max(weight_a, weight_b) if matches else 0.0
    rule: Rule = "too_little"
    if identical:
        rule = "identical"
    elif share_found >= decision["whole_text"]:
        rule = "whole_text"
    elif evidence >= threshold:
        rule = "sentences"
    elif found >= threshold:
        rule = "quote_alone"
    score = min(1.0, found / min(weight_a, weight_b)) if matches else 0.0
    return PairEvidence(
        a=a,
        b=b,
        matches=matches,
        share_a=_share(((m.start_a, m.end_a) for m in matches), text_a.length),
        share_b=_share(((m.start_b, m.end_b) for m in matches), text_b.length),
        score=1.0 if identical else round(score, 4),
        evidence=round(evidence, 4),
        threshold=round(threshold, 4),
        rule=rule,
    )


def _potential(sentence: ReadSentence) -> float:
    weights = settings()["weights"]
    factor = weights["closing_factor"] if sentence.closing and sentence.kind == "plain" else 1.0
    return weights[sentence.kind] * sentence.size * factor


def _align(left: tuple[ReadSentence, ...], right: tuple[ReadSentence, ...]) -> tuple[Match, ...]:
    """Pair sentences one to one, the closest first."""
    if not left or not right:
        return ()
    a, b = [s.content for s in left], [s.content for s in right]
    # The mean of two views: the same words in any order, and one within the other.
    sorted_words = process.cdist(a, b, scorer=fuzz.token_sort_ratio, dtype=np.float32)
    contained = process.cdist(a, b, scorer=fuzz.token_set_ratio, dtype=np.float32)
    scores = (sorted_words + contained) / 2
    limits = settings()["similarity"]
    quoted: set[tuple[int, int]] = set()
    for i, sentence in enumerate(left):
        for j, other in enumerate(right):
            if sentence.quotes and other.quotes:
                same = _same_quote(sentence.quotes, other.quotes)
                if same >= limits["min_quote"]:
                    quoted.add((i, j))
                    scores[i, j] = max(scores[i, j], same)
    rows, columns = np.nonzero(scores >= limits["min_sentence"])
    ranked = sorted(
        zip(rows.tolist(), columns.tolist(), strict=True),
        key=lambda pair: (pair not in quoted, -float(scores[pair]), *pair),
    )
    matches: list[Match] = []
    taken_left, taken_right = set[int](), set[int]()
    for i, j in ranked:
        if i not in taken_left and j not in taken_right:
            taken_left.add(i)
            taken_right.add(j)
            matches.append(_match(left[i], right[j], float(scores[i, j]), (i, j) in quoted))
    return tuple(sorted(matches, key=_by_place))


def _same_quote(quotes: tuple[str, ...], others: tuple[str, ...]) -> float:
    best = 0.0
    for one in quotes:
        for other in others:
            whole = (fuzz.ratio(one, other) + fuzz.token_sort_ratio(one, other)) / 2
            shorter = min(len(one.split()), len(other.split()))
            # A part of a quote is the quote, if it is long enough not to be a phrase.
            part = fuzz.partial_ratio(one, other, score_cutoff=92) if shorter >= 6 else 0.0
            best = max(best, whole, part)
    return best


def _match(left: ReadSentence, right: ReadSentence, score: float, quoted: bool) -> Match:
    weights = settings()["weights"]
    kinds = (left.kind, right.kind) if quoted else (left.kind_unquoted, right.kind_unquoted)
    # The more guarded reading, but who spoke in confidence may be said in one text only.
    kind: Kind = min(kinds, key=lambda k: weights[k])
    if set(kinds) == {"exclusive", "quote"}:
        kind = "exclusive"
    weight = weights[kind] * min(left.size, right.size)
    if kind == "plain" and left.closing and right.closing:
        weight *= weights["closing_factor"]
    zero = settings()["similarity"]["zero"]
    strength = (score - zero) / (100 - zero)
    return Match(
        left.number,
        *left.span,
        right.number,
        *right.span,
        round(score, 2),
        quoted,
        kind,
        round(weight, 4),
        round(weight * strength, 4),
    )


def _by_place(match: Match) -> tuple[int, int]:
    return match.index_a, match.index_b


def _evidence(matches: tuple[Match, ...]) -> float:
    """Sum what is matched; a run of quotes counts once, the heaviest run only in part."""
    runs: list[list[Match]] = []
    total = 0.0
    for match in matches:
        if not match.direct_quote and match.kind != "statement":
            total += match.evidence
        elif (
            runs
            and match.index_a - runs[-1][-1].index_a <= 1
            and abs(match.index_b - runs[-1][-1].index_b) <= 1
        ):
            runs[-1].append(match)
        else:
            runs.append([match])
    tops = [max(run, key=lambda m: m.evidence) for run in runs]
    tops.sort(key=lambda m: (-m.evidence, m.kind))
    total += sum(top.evidence for top in tops[1:])
    return total + (tops[0].evidence * settings()["lone_run"][tops[0].kind] if tops else 0.0)


def _share(spans: Iterable[tuple[int, int]], length: int) -> float:
    return round(sum(end - start for start, end in spans) / length, 4) if length else 0.0
