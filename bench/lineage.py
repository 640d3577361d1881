"""A new document against 20,000 stored ones, on one core.

    python -m bench.lineage [--documents 20000]
    python -m bench.lineage --margins [TEXTS_FOLDER]

Documents are generated: words by Zipf's law, 15 to 40 sentences, names and set phrases that
many share, every 50th a rewrite of an earlier one (half of its sentences, in another order,
one word in six changed). Beside it stands what a user would pick instead: rapidfuzz over
whole documents, which also says less. `--margins` prints the evidence that the thresholds
in incidents/data/lineage.toml were chosen from.
"""

from __future__ import annotations

import argparse
import gc
import itertools
import resource
import tomllib
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np
from rapidfuzz import fuzz, process

from incidents.origins.lineage import LineageIndex, PairEvidence, detect

TEXTS = Path(__file__).parents[1] / "tests" / "data" / "lineage"
SET_PHRASES = [
    "No group immediately claimed responsibility for the attack.",
    "The province borders two countries and has seen an insurgency for decades.",
    "The injured were taken to hospital, where an emergency was declared.",
]


class Generator:
    """Makes reports; the same seed makes the same ones."""

    def __init__(self, seed: int = 20260131) -> None:
        self.random = np.random.default_rng(seed)
        syllables = ["ba", "ke", "mi", "tor", "lan", "shu", "da", "ri", "gol", "ne", "za", "pu"]
        self.words = ["".join(p) for n in (2, 3, 4) for p in itertools.product(syllables, repeat=n)]
        self.random.shuffle(self.words)
        rank = np.arange(1, len(self.words) + 1)
        self.chances = np.cumsum(1 / rank / np.sum(1 / rank))

    def sentence(self) -> str:
        drawn = np.searchsorted(self.chances, self.random.random(self.random.integers(9, 26)))
        words = [self.words[min(i, len(self.words) - 1)] for i in drawn]
        text = " ".join(words).capitalize()
        return f"“{text},” {words[0]} said." if self.random.random() < 0.2 else f"{text}."

    def report(self) -> list[str]:
        sentences = [self.sentence() for _ in range(self.random.integers(15, 41))]
        return [*sentences, SET_PHRASES[self.random.integers(len(SET_PHRASES))]]

    def rewrite(self, report: list[str]) -> list[str]:
        kept = self.random.permutation(report)[: max(4, len(report) // 2)]
        return [
            " ".join(
                self.words[self.random.integers(500)] if self.random.random() < 1 / 6 else word
                for word in str(sentence).split()
            )
            for sentence in kept
        ]

    def corpus(self, count: int) -> Iterator[str]:
        earlier: list[list[str]] = []
        for number in range(count):
            if number % 50 == 49:
                yield " ".join(self.rewrite(earlier[int(self.random.integers(len(earlier)))]))
            else:
                earlier.append(self.report())
                yield "\n".join(earlier[-1])


def measure(documents: int = 20_000, new_documents: int = 15) -> dict[str, float]:
    """Return seconds, bytes and shares found, for an index of so many documents."""
    generator = Generator()
    texts = list(generator.corpus(documents))
    gc.collect()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    index = LineageIndex()
    start = perf_counter()
    for number, text in enumerate(texts):
        index.add(f"{number:06}", text)
    built = perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    seconds, found = [], 0
    originals = generator.random.choice(
        [n for n in range(documents) if n % 50 != 49], new_documents, replace=False
    )
    for number in originals:
        new = " ".join(generator.rewrite(texts[number].split("\n")))
        start = perf_counter()
        pairs = index.compare(new)
        seconds.append(perf_counter() - start)
        found += any(p.is_copy and p.b == f"{number:06}" for p in pairs)
    sample = texts[: min(500, documents)]
    start = perf_counter()
    process.cdist([new], sample, scorer=fuzz.token_set_ratio)
    whole = (perf_counter() - start) * documents / len(sample)
    return {
        "documents": documents,
        "index_seconds": built,
        "hash_megabytes": index.hash_bytes / 1e6,
        "peak_growth_megabytes": (after - before) / 1e3,
        "compare_seconds_median": median(seconds),
        "compare_seconds_worst": max(seconds),
        "originals_found_share": found / new_documents,
        "whole_documents_rapidfuzz_seconds": whole,
    }


def margins(texts_folder: Path | None) -> list[tuple[bool, PairEvidence]]:
    """Return every pair of the written texts (and the seeds) with whether it is a family."""
    labels = tomllib.loads((TEXTS / "families.toml").read_text("utf-8"))
    texts = {path.stem: path.read_text("utf-8") for path in TEXTS.glob("*.txt")}
    family = {name: number for number, names in enumerate(labels["families"]) for name in names}
    if texts_folder is not None:
        for path in texts_folder.glob("*.txt"):
            texts[path.stem[:3]] = path.read_bytes().decode("utf-8")
        family |= dict.fromkeys(("000", "001", "002", "003"), -1)
    together = [(p.a in family and family[p.a] == family.get(p.b), p) for p in detect(texts).pairs]
    return sorted(together, key=lambda entry: (entry[0], entry[1].evidence))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--documents", type=int, default=20_000)
    parser.add_argument("--margins", nargs="?", const="", metavar="TEXTS_FOLDER")
    arguments = parser.parse_args()
    if arguments.margins is not None:
        for same, pair in margins(Path(arguments.margins) if arguments.margins else None):
            print(
                f"{'family' if same else 'apart '}  evidence {pair.evidence:5.2f} of "
                f"{pair.threshold:.2f}  score {pair.score:.2f}  {pair.rule:11}  {pair.a}  {pair.b}"
            )
        return
    for name, value in measure(arguments.documents).items():
        print(f"{name:36}{value:12.3f}")


if __name__ == "__main__":
    main()
