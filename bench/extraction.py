"""How well and how fast claims are found: `python -m bench extraction`.

Quality is measured on reports that were written and coded for it (`tests/data/reports`): those
that the rules were written on, those on which they were improved later, and, apart, those that
were put away before the first rule.
Speed is measured on the texts that INCIDENT_MAP_TEXTS names, or on the reports joined to the
length of an article where it names none.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from pathlib import Path

from incidents.extraction import extract
from incidents.extraction.scoring import FIELDS, CodedReport, Score, load_reports, score_reports

REPORTS = Path(__file__).parents[1] / "tests" / "data" / "reports"
READ = ("development", "second", "third", "fourth", "fifth", "sixth")
HELD_OUT = ("held_out", "held_out_two")
ARTICLE_CHARACTERS = 4000
ROUNDS = 15


def main() -> None:
    """Print both figures, each field, and the speed; with --details what was missed.

    Of the sets that are held out no details are printed: they would no longer be unseen.
    """
    details = "--details" in sys.argv
    for name in READ:
        _print_score(name, load_reports(REPORTS / name), details)
    for name in HELD_OUT:
        _print_score(f"{name}, never looked at", load_reports(REPORTS / name), details=False)
    _print_speed(_articles(load_reports(REPORTS / "development")))


def _print_score(name: str, reports: list[CodedReport], details: bool) -> None:
    score = score_reports(reports, extract)
    print(f"{name}: {len(reports)} reports, {score.coded} coded claims")
    print(f"  precision of linked claims      {_percent(score.precision)}")
    print(f"  recall, linked                  {_percent(score.recall_linked)}")
    print(f"  recall, both tiers              {_percent(score.recall)}")
    for field in FIELDS:
        print(f"  {field:<31} {_percent(score.accuracy(field))}")
    for style in sorted({r.style for r in reports}):
        part = score_reports([r for r in reports if r.style == style], extract)
        print(f"  {style:<20} precision {_percent(part.precision)}, recall {_percent(part.recall)}")
    if details:
        _print_details(score)


def _print_details(score: Score) -> None:
    for label in ("missed", "extra", "wrong"):
        for line in getattr(score, label):
            print(f"    {label}: {line}")


def _percent(share: float | None) -> str:
    return "none" if share is None else f"{share:.1%}"


def _articles(reports: list[CodedReport]) -> list[str]:
    folder = os.environ.get("INCIDENT_MAP_TEXTS")
    if folder:
        return [p.read_text("utf-8") for p in sorted(Path(folder).glob("*.txt"))]
    joined = "\n\n".join(r.text for r in reports)
    starts = range(0, len(joined) - ARTICLE_CHARACTERS, ARTICLE_CHARACTERS)
    return [joined[s : s + ARTICLE_CHARACTERS] for s in starts]


def _print_speed(articles: list[str]) -> None:
    for article in articles:
        extract(article)
    rates = []
    for _ in range(ROUNDS):
        start = time.process_time()
        for article in articles:
            extract(article)
        rates.append(len(articles) / (time.process_time() - start))
    size = statistics.mean(len(a) for a in articles)
    print(f"speed: {statistics.median(rates):.0f} articles a second on one core")
    print(f"  median of {ROUNDS} rounds over {len(articles)} articles of {size:.0f} characters")


if __name__ == "__main__":
    main()
