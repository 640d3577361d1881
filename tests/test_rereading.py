"""A report whose day is corrected is read again, and what a person corrected stays."""

from datetime import date, timedelta

import pytest

from incidents.atlas import load_atlas
from incidents.reading import read_document
from incidents.review.addition import acceptable, add_for_review, prepare_addition
from incidents.review.corrections import corrected, split
from incidents.review.described_source import corrected_source
from incidents.review.document import (
    accept_drafts,
    add_draft,
    correct_drafts,
    correct_source,
    free_ids,
    open_review,
    undo_entry,
)
from incidents.review.drafting import draft_by_hand
from incidents.review.rereading import reread
from incidents.store import open_store

REPORT = """Bomb kills five on Kalat road
Published March 12, 2026
KALAT: A roadside bomb killed five people and wounded eleven others near Kalat on Wednesday, police said.
Gunmen later abducted a driver in Khuzdar, officials said.
"""
LATER = date(2026, 3, 19)
WEDNESDAY, NEXT = date(2026, 3, 11), date(2026, 3, 18)


@pytest.fixture(scope="module")
def seeds(seeds_folder):
    return load_atlas(seeds_folder)


@pytest.fixture
def library(tmp_path):
    return open_store(tmp_path)


@pytest.fixture
def review(seeds, library):
    addition = prepare_addition(read_document(REPORT.encode()), seeds, store=library)
    return open_review(library, add_for_review(addition, library, seeds, by="amna"))


def correct(library, review, atlas, **changes):
    source = corrected_source(review.source, changes, date(2026, 4, 1))
    again = reread(review, source, atlas)
    entry = correct_source(
        library,
        review,
        source,
        by="amna",
        drafts=again.drafts,
        gone=again.gone,
        reason=again.told,
    )
    return entry, again, open_review(library, review.source_id)


def one(review, casualty_type, paragraph=3):
    return next(
        d for d in review.drafts if d.casualty_type == casualty_type and d.paragraph == paragraph
    )


def test_the_days_and_the_new_incidents_follow_the_day_of_the_report(seeds, library, review):
    assert one(review, "killed").date_start == WEDNESDAY
    entry, again, after = correct(library, review, seeds, published_on=LATER)
    assert one(after, "killed").date_start == one(after, "injured").date_start == NEXT
    assert str(NEXT) in one(after, "killed").incident_id
    assert one(after, "killed").incident_id == one(after, "injured").incident_id
    assert [d.draft_id for d in after.drafts] == [d.draft_id for d in review.drafts]
    assert "changed their days" in again.told
    undo_entry(library, library.entry(entry), by="amna")
    assert open_review(library, review.source_id).drafts == review.drafts


def test_what_a_person_corrected_stays(seeds, library, review):
    day = date(2026, 3, 2)
    killed = corrected(one(review, "killed"), {"date_start": day, "date_end": day, "count_low": 6})
    injured = corrected(one(review, "injured"), {"count_low": 12})
    correct_drafts(library, review, [killed, injured], by="amna")
    _, again, after = correct(
        library, open_review(library, review.source_id), seeds, published_on=LATER
    )
    assert (one(after, "killed").date_start, one(after, "killed").count_low) == (day, 6)
    assert (one(after, "injured").date_start, one(after, "injured").count_low) == (NEXT, 12)
    assert "1 claim keeps the day that a person chose." in again.told


def test_claims_split_or_selected_by_a_person_follow_too(seeds, library, review):
    (split_id, hand_id) = free_ids(review, 2)
    correct_drafts(
        library, review, split(one(review, "injured"), split_id, 4), by="amna", action="split"
    )
    start = REPORT.index("near Kalat on Wednesday")
    review = open_review(library, review.source_id)
    by_hand = draft_by_hand(
        REPORT, start, start + 23, hand_id, review.drafts, published_on=review.source.published_on
    )
    add_draft(library, review, by_hand, by="amna")
    _, _, after = correct(
        library, open_review(library, review.source_id), seeds, published_on=LATER
    )
    assert after.draft[split_id].date_start == after.draft[hand_id].date_start == NEXT
    assert after.draft[split_id].count_low == 7


def test_accepted_claims_keep_their_days_and_that_is_said(seeds, library, review):
    chosen = [d.draft_id for d in acceptable(review.drafts, review.source) if d.paragraph == 3]
    accept_drafts(library, review, chosen, seeds, by="amna")
    _, again, after = correct(
        library,
        open_review(library, review.source_id),
        seeds.under(library.overlay(seeds.catalogue)),
        published_on=LATER,
    )
    assert {c.date_start for c in after.accepted} == {WEDNESDAY}
    assert f"{len(chosen)} claims on the map keep their days" in again.told


def test_another_headline_is_read_and_another_outlet_changes_nothing(seeds, library, review):
    _, same, after = correct(library, review, seeds, outlet="The Daily")
    assert (same.drafts, same.gone, same.told) == ((), (), "")
    _, again, after = correct(library, after, seeds, title="Nine die in Kalat, officials say")
    headline = next(d for d in after.drafts if d.in_title)
    assert (headline.count_low, headline.casualty_type) == (9, "killed")
    assert "1 claim was newly found." in again.told
    _, again, last = correct(library, after, seeds, title="A bomb goes off in Kalat")
    assert not [d for d in last.drafts if d.in_title]
    assert "1 claim is no longer found." in again.told


HEADLINE, WITH_PART = (
    "Nine killed in Kalat blast",
    "Nine killed, including three women, in Kalat blast",
)


@pytest.fixture
def headline(seeds, library):
    given = {"title": HEADLINE}
    addition = prepare_addition(read_document(REPORT.encode()), seeds, given=given, store=library)
    return open_review(library, add_for_review(addition, library, seeds, by="amna"))


def women(review):
    return next(d for d in review.drafts if d.victim_group == "women")


def test_a_part_newly_found_belongs_to_the_total_that_is_there(seeds, library, headline):
    total = next(d for d in headline.drafts if d.in_title)
    _, again, after = correct(library, headline, seeds, title=WITH_PART)
    assert (women(after).count_low, women(after).part_of) == (3, total.draft_id)
    assert women(after).draft_id not in headline.draft
    assert [d.draft_id for d in again.drafts] == [women(after).draft_id]


def test_a_part_newly_found_belongs_to_the_total_on_the_map(seeds, library, headline):
    total = next(d for d in headline.drafts if d.in_title)
    accept_drafts(library, headline, [total.draft_id], seeds, by="amna")
    _, _, after = correct(
        library,
        open_review(library, headline.source_id),
        seeds.under(library.overlay(seeds.catalogue)),
        title=WITH_PART,
    )
    assert women(after).part_of == total.draft_id
    assert total.draft_id in after.claim


def test_a_part_newly_found_is_no_part_of_what_a_person_made_count_others(seeds, library, headline):
    total = next(d for d in headline.drafts if d.in_title)
    injured = corrected(total, {"casualty_type": "injured"})
    correct_drafts(library, headline, [injured], by="amna")
    _, _, after = correct(library, open_review(library, headline.source_id), seeds, title=WITH_PART)
    assert women(after).part_of is None


def test_without_a_day_the_weekdays_become_unknown_not_wrong(seeds, library):
    dateless = REPORT.replace("Published March 12, 2026\n", "")
    addition = prepare_addition(
        read_document(dateless.encode()), seeds, given={"published_on": WEDNESDAY + timedelta(1)}
    )
    first = open_review(library, add_for_review(addition, library, seeds, by="amna"))
    assert one(first, "killed", 2).date_start == WEDNESDAY
    _, _, after = correct(library, first, seeds, published_on=None)
    assert one(after, "killed", 2).date_start is None
    _, _, back = correct(library, after, seeds, published_on=WEDNESDAY + timedelta(1))
    assert one(back, "killed", 2).date_start == WEDNESDAY
