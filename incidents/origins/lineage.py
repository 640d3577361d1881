"""Which sources go back to one text: evidence, families, and reviewers' decisions on top.

`detect` reads texts; `seeds/lineage/lineage.toml` keeps what it found, positions and scores only,
so that the families of the seeds are known where their texts are not.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path

from incidents.model import Source
from incidents.origins.copies import Match, PairEvidence, compare_prepared
from incidents.origins.families import (
    DECISIONS_FILE,
    LINEAGE_FILE,
    Decision,
    Family,
    connected,
    decide,
    load_decisions,
)
from incidents.origins.lineage_index import LineageIndex
from incidents.origins.prepared import PreparedText, prepare

__all__ = [
    "DECISIONS_FILE",
    "LINEAGE_FILE",
    "Decision",
    "Family",
    "Lineage",
    "LineageIndex",
    "Match",
    "PairEvidence",
    "detect",
    "lineage_as_toml",
    "load_lineage",
]


@dataclass(frozen=True)
class Lineage:
    """What is known of the origins of some sources.

    Everything follows from the pairs and the decisions, so that taking a decision away gives
    back exactly what was there before.
    """

    sha256: Mapping[str, str | None]
    """Of the text that was compared, by source; None where no text was."""
    pairs: tuple[PairEvidence, ...]
    """Pairs that share a sentence, copies or not, sorted by their ids."""
    decisions: tuple[Decision, ...] = ()
    stale: frozenset[str] = frozenset()
    """Sources whose text is not the one that was compared."""

    @cached_property
    def detected(self) -> tuple[Family, ...]:
        """Families as detected, before any decision."""
        return connected(self.sha256, ((p.a, p.b) for p in self.pairs if p.is_copy))

    @cached_property
    def families(self) -> tuple[Family, ...]:
        """Families with the decisions applied, sorted by `origin_id`."""
        return decide(self.detected, self.decisions)

    @cached_property
    def origin_of(self) -> dict[str, str]:
        """`origin_id` by source."""
        return {s: family.origin_id for family in self.families for s in family.sources}

    def evidence(self, a: str, b: str) -> PairEvidence | None:
        """Return what speaks for two sources being copies, seen from a; None for nothing."""
        for pair in self.pairs:
            if {pair.a, pair.b} == {a, b}:
                return pair if pair.a == a else pair.mirrored()
        return None

    def with_decisions(self, decisions: Iterable[Decision]) -> Lineage:
        """Return the same evidence under other decisions."""
        return replace(self, decisions=tuple(decisions))

    def with_text(self, source_id: str, text: str, pairs: Iterable[PairEvidence]) -> Lineage:
        """Return the lineage with one more text, given `LineageIndex.compare`'s evidence."""
        kept = [p for p in self.pairs if source_id not in {p.a, p.b}]
        return replace(
            self,
            sha256={**self.sha256, source_id: _sha256(text)},
            pairs=_in_order([*kept, *pairs]),
            stale=self.stale - {source_id},
        )

    def with_sources(self, sources: Iterable[Source]) -> Lineage:
        """Return the lineage of a catalogue's sources.

        A source that was never compared stands alone; one whose text has another sha256
        than the compared one keeps its family and is named in `stale`.
        """
        given = {s.source_id: s.sha256 for s in sources}
        compared = {s: sha for s, sha in self.sha256.items() if sha is not None}
        return replace(
            self,
            sha256={**dict.fromkeys(given), **self.sha256},
            stale=frozenset(s for s, sha in given.items() if compared.get(s, sha) != sha),
        )


def detect(texts: Mapping[str, str]) -> Lineage:
    """Compare texts with each other and return their families with the evidence.

    Up to some forty texts are compared each with each; of more, each with those it
    shares most rare words with (`LineageIndex.candidates`).

    Parameters
    ----------
    texts
        Text as read, by `source_id`; its order makes no difference.

    Examples
    --------
    >>> found = detect({
    ...     "1": "The ferry sank at noon off the long pier. “I held on to a door,” a cook said.",
    ...     "2": "“I held on to a door,” a cook said. The ferry sank off the long pier at noon.",
    ...     "3": "Rain delayed the harvest of apricots in the upper valley again this week.",
    ... })
    >>> found.origin_of
    {'1': '1', '2': '1', '3': '3'}
    """
    index = LineageIndex()
    for source_id in sorted(texts):
        index.add(source_id, texts[source_id])

    @lru_cache(maxsize=1024)
    def read(source_id: str) -> PreparedText:
        return prepare(texts[source_id])

    close = {
        (min(one, other), max(one, other))
        for one in texts
        for other in index.candidates(texts[one])
        if one != other
    }
    pairs = (compare_prepared(a, read(a), b, read(b)) for a, b in sorted(close))
    return Lineage(
        {source_id: _sha256(texts[source_id]) for source_id in sorted(texts)},
        _in_order(p for p in pairs if p.matches or p.is_copy),
    )


def load_lineage(folder: Path, sources: Iterable[Source] = ()) -> Lineage:
    """Read the recorded lineage of a folder, and reviewers' decisions.

    Parameters
    ----------
    folder
        Holds `lineage/lineage.toml` (written by scripts/build_lineage.py) and perhaps
        `lineage/decisions.toml`; without the first, nothing was compared.
    sources
        Those of the catalogue; see `Lineage.with_sources`.

    Raises
    ------
    ValueError
        If a file cannot be read as such; it names the file and what to do.
    """
    path = folder / LINEAGE_FILE
    tables = tomllib.loads(path.read_text("utf-8")) if path.exists() else {}
    try:
        sha256 = {entry["source_id"]: entry["sha256"] for entry in tables.get("sources", [])}
        pairs = _in_order(_pair(entry) for entry in tables.get("pairs", []))
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(
            f"{path.name}: an entry is not as scripts/build_lineage.py writes it ({error}); "
            "build the file again from the texts"
        ) from error
    lineage = Lineage(sha256, pairs, load_decisions(folder / DECISIONS_FILE))
    return lineage.with_sources(sources)


def lineage_as_toml(lineage: Lineage) -> str:
    """Return the detected lineage as the TOML that `load_lineage` reads: no text in it."""
    lines = [
        "# Which documents go back to one text, and the sentences that say so: positions and",
        "# scores, no text. Written by scripts/build_lineage.py; do not edit: a reviewer's",
        "# decisions stand beside it, in decisions.toml.",
        "# a, b of a match: number of the sentence from 0, char_start, char_end.",
    ]
    for source_id, sha in lineage.sha256.items():
        lines += ["", "[[sources]]", f'source_id = "{source_id}"', f'sha256 = "{sha}"']
    for family in lineage.detected:
        members = ", ".join(f'"{source}"' for source in family.sources)
        lines += [
            "",
            "[[families]]",
            f'origin_id = "{family.origin_id}"',
            f"sources = [{members}]",
        ]
    for pair in lineage.pairs:
        lines += ["", "[[pairs]]"]
        for name, value in asdict(pair).items():
            if name != "matches":
                lines.append(f"{name} = {_toml(value)}")
        lines += ["matches = [", *(f"  {_match_as_toml(m)}," for m in pair.matches), "]"]
    return "\n".join(lines) + "\n"


def _match_as_toml(match: Match) -> str:
    return (
        f"{{ a = [{match.index_a}, {match.start_a}, {match.end_a}], "
        f"b = [{match.index_b}, {match.start_b}, {match.end_b}], score = {match.score}, "
        f"direct_quote = {_toml(match.direct_quote)}, kind = {_toml(match.kind)}, "
        f"weight = {match.weight}, evidence = {match.evidence} }}"
    )


def _pair(entry: dict[str, object]) -> PairEvidence:
    matches = entry["matches"]
    if not isinstance(matches, list):
        raise TypeError(f"matches of {entry['a']} and {entry['b']} is no list")
    fields = {name: value for name, value in entry.items() if name != "matches"}
    return PairEvidence(**fields, matches=tuple(_match(m) for m in matches))  # type: ignore[arg-type]


def _match(entry: dict[str, object]) -> Match:
    fields = dict(entry)
    for side in "ab":
        place = fields.pop(side)
        names = (f"index_{side}", f"start_{side}", f"end_{side}")
        fields.update(zip(names, place, strict=True))  # type: ignore[call-overload]
    return Match(**fields)  # type: ignore[arg-type]


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f'"{value}"' if isinstance(value, str) else str(value)


def _in_order(pairs: Iterable[PairEvidence]) -> tuple[PairEvidence, ...]:
    one_way = (p if p.a <= p.b else p.mirrored() for p in pairs)
    return tuple(sorted(one_way, key=lambda p: (p.a, p.b)))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
