"""What a reviewer decides on a document is stored, shown on the map, and can be taken back."""

import pytest

from incidents.atlas import load_atlas
from incidents.library_texts import LibraryTexts
from incidents.model import KARACHI
from incidents.origins.near_copies import joins
from incidents.reading import read_document
from incidents.review.addition import accept_linked, acceptable, add_for_review, prepare_addition
from incidents.review.claim import NotPossibleError
from incidents.review.corrections import corrected, merge, split
from incidents.review.described_source import corrected_source
from incidents.review.document import (
    accept_drafts,
    add_draft,
    correct_drafts,
    correct_source,
    free_ids,
    open_review,
    reject_draft,
    reopen_claim,
    undo_entry,
)
from incidents.store import ConflictError, DuplicateDocumentError, open_store

REPORT = """Bomb kills five on Kalat road
Published March 12, 2026
KALAT: A roadside bomb killed five people and wounded eleven others near Kalat on Wednesday, police said.
“Two of the wounded are women,” said a doctor at the district hospital.
Gunmen later abducted a driver in Khuzdar, officials said.
"""
OTHER = REPORT.replace("Bomb kills five on Kalat road", "Five dead near Kalat").replace(
    "Gunmen later abducted a driver in Khuzdar, officials said.",
    "The road was closed for hours, and lorries waited in long rows on both of its sides.",
)


@pytest.fixture(scope="module")
def seeds(seeds_folder):
    return load_atlas(seeds_folder)


@pytest.fixture
def library(tmp_path):
    return open_store(tmp_path)


def prepared(seeds, library, text=REPORT, **given):
    document = read_document(text.encode())
    return prepare_addition(
        document, seeds, given=given, store=library, texts=LibraryTexts(library)
    )


@pytest.fixture
def review(seeds, library):
    source_id = add_for_review(prepared(seeds, library), library, seeds, by="amna")
    return open_review(library, source_id)


def on_the_map(seeds, library):
    return seeds.under(library.overlay(seeds.catalogue))


def killed(review):
    return next(d for d in review.drafts if d.casualty_type == "killed" and d.paragraph == 3)


def test_looking_at_an_addition_stores_nothing(seeds, library):
    before = library.version()
    addition = prepared(seeds, library)
    assert addition.source.source_id == "005-unknown-2026-03-12"
    assert len(addition.linked) >= 4
    assert library.version() == before


def test_accepting_all_changes_the_district_and_the_sources_and_undo_takes_it_back(
    seeds, library, review
):
    chosen = acceptable(review.drafts, review.source)
    entry = accept_drafts(library, review, [d.draft_id for d in chosen], seeds, by="amna")
    shown = on_the_map(seeds, library)
    assert review.source_id in shown.catalogue.source
    claims = [c for c in shown.catalogue.claims if c.source_id == review.source_id]
    assert {c.adm2_name for c in claims} >= {"Kalat", "Khuzdar"}
    assert shown.reporting.origin_of[review.source_id] == review.source_id
    assert LibraryTexts(library).text_of(shown.catalogue.source[review.source_id]).text == REPORT
    undo_entry(library, library.entry(entry), by="amna")
    assert review.source_id not in on_the_map(seeds, library).catalogue.source
    assert open_review(library, review.source_id).drafts == review.drafts


def test_a_corrected_draft_is_the_claim_that_is_shown(seeds, library, review):
    draft = corrected(killed(review), {"count_low": 6, "qualifier": "at_least"})
    correct_drafts(library, review, [draft], by="amna")
    again = open_review(library, review.source_id)
    assert again.draft[draft.draft_id] == draft
    accept_drafts(library, again, [draft.draft_id], seeds, by="amna")
    claim = open_review(library, review.source_id).claim[draft.draft_id]
    assert (claim.count_low, claim.count_high) == (6, None)
    changed = next(e for e in again.history if e.action == "edit").changes[0].fields
    assert changed["count_low"] == (5, 6)


def test_one_claim_after_the_other_and_the_first_is_not_undone_under_the_second(
    seeds, library, review
):
    first, second = [d.draft_id for d in acceptable(review.drafts, review.source)][:2]
    one = accept_drafts(library, review, [first], seeds, by="amna")
    again = open_review(library, review.source_id)
    two = accept_drafts(library, again, [second], on_the_map(seeds, library), by="amna")
    with pytest.raises(NotPossibleError, match="Undo the later ones first"):
        undo_entry(library, library.entry(one), by="amna")
    undo_entry(library, library.entry(two), by="amna")
    undo_entry(library, library.entry(one), by="amna")
    assert open_review(library, review.source_id).accepted == ()


def test_a_rejected_draft_keeps_its_reason_and_comes_back_by_undo(library, review):
    draft = killed(review)
    entry = reject_draft(library, review, draft.draft_id, "counts vehicles", by="amna")
    again = open_review(library, review.source_id)
    assert draft.draft_id not in again.draft
    assert [(r.draft, r.reason, r.by) for r in again.rejected] == [
        (draft, "counts vehicles", "amna")
    ]
    undo_entry(library, library.entry(entry), by="amna")
    assert draft.draft_id in open_review(library, review.source_id).draft


def test_adding_a_document_is_not_undone_while_its_drafts_wait(library, review):
    added = next(e for e in review.history if e.action == "add")
    found = next(e for e in review.history if e.action == "drafts")
    with pytest.raises(NotPossibleError, match="Undo the later ones first"):
        undo_entry(library, added, by="amna")
    undo_entry(library, found, by="amna")
    undo_entry(library, added, by="amna")
    assert library.documents() == []


def test_two_reviewers_on_the_same_draft_and_the_second_is_told(seeds, library, review):
    draft = killed(review)
    correct_drafts(library, review, [corrected(draft, {"count_low": 6})], by="amna")
    with pytest.raises(ConflictError, match="amna"):
        correct_drafts(library, review, [corrected(draft, {"count_low": 7})], by="sara")
    accept_drafts(
        library, open_review(library, review.source_id), [draft.draft_id], seeds, by="amna"
    )
    with pytest.raises(ConflictError):
        accept_drafts(library, review, [draft.draft_id], seeds, by="sara")


def test_a_split_and_a_merge_are_each_one_entry(library, review):
    hurt = next(d for d in review.drafts if d.casualty_type == "injured" and d.count_low == 11)
    (new,) = free_ids(review)
    first, second = split(hurt, new, 4)
    correct_drafts(library, review, [first, second], by="amna", action="split")
    parted = open_review(library, review.source_id)
    assert sorted(parted.draft[i].count_low for i in (hurt.draft_id, new)) == [4, 7]
    whole = merge(review.text, parted.draft[hurt.draft_id], parted.draft[new])
    correct_drafts(library, parted, [whole], by="amna", action="merge", gone=[new])
    merged = open_review(library, review.source_id)
    assert new not in merged.draft
    assert [e.action for e in merged.history[:2]] == ["merge", "split"]
    assert free_ids(merged) != [new]  # an id is never given twice


def test_an_accepted_claim_can_be_taken_back_into_review(seeds, library, review):
    draft = killed(review)
    accept_drafts(library, review, [draft.draft_id], seeds, by="amna")
    reopen_claim(library, open_review(library, review.source_id), draft.draft_id, by="amna")
    again = open_review(library, review.source_id)
    assert again.draft[draft.draft_id].count_low == draft.count_low
    assert again.accepted == ()


def test_a_selected_figure_waits_like_the_others(library, review):
    (new,) = free_ids(review)
    draft = killed(review).model_copy(update={"draft_id": new, "rule": "by hand"})
    add_draft(library, review, draft, by="amna")
    assert new in open_review(library, review.source_id).draft


def test_what_is_known_of_the_document_can_be_corrected_before_and_after(seeds, library, review):
    today = review.document.changed_at.astimezone(KARACHI).date()
    better = corrected_source(review.source, {"outlet": "Kalat Times"}, today)
    correct_source(library, review, better, by="amna")
    again = open_review(library, review.source_id)
    assert again.source.outlet == "Kalat Times"
    accept_drafts(library, again, [killed(again).draft_id], seeds, by="amna")
    last = open_review(library, review.source_id)
    correct_source(library, last, corrected_source(last.source, {"agency": "INP"}, today), by="x")
    shown = on_the_map(seeds, library).catalogue.source[review.source_id]
    assert (shown.outlet, shown.agency) == ("Kalat Times", "INP")
    assert correct_source(library, open_review(library, review.source_id), shown, by="x") is None


def test_the_same_document_twice_is_noticed(seeds, library, review):
    again = prepared(seeds, library)
    assert again.same.source_id == review.source_id
    with pytest.raises(DuplicateDocumentError, match=review.source_id):
        add_for_review(again, library, seeds, by="amna")
    with pytest.raises(NotPossibleError, match="here already"):
        accept_linked(again, library, seeds, by="amna")


def test_a_near_copy_is_offered_with_its_family_and_joins_it_when_told(seeds, library, review):
    accept_drafts(library, review, [killed(review).draft_id], seeds, by="amna")
    atlas = on_the_map(seeds, library)
    addition = prepare_addition(
        read_document(OTHER.encode()), atlas, store=library, texts=LibraryTexts(library)
    )
    (copy,) = addition.copies
    assert copy.source.source_id == review.source_id
    assert copy.family == (review.source_id,)
    assert "sentences shared" in copy.told
    other = add_for_review(addition, library, atlas, by="amna")
    library.decide_lineage(joins(copy, other, "amna"), by="amna")
    waiting = open_review(library, other)
    accept_drafts(library, waiting, [waiting.drafts[0].draft_id], atlas, by="amna")
    assert on_the_map(seeds, library).reporting.origin_of[other] == review.source_id


def test_the_next_claim_that_waits_follows_in_the_text_and_then_from_the_top(review):
    ids = [d.draft_id for d in review.drafts]
    assert review.next_waiting(None) == ids[0]
    assert review.next_waiting(ids[0]) == ids[1]
    assert review.next_waiting(ids[-1]) == ids[0]
