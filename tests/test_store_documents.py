"""Documents under review: kept with their bytes, noticed when they come twice, accepted."""

import json

import pytest
from claim_factory import make_catalogue, make_claim
from store_factory import EMPTY, TEXT, Read, about, accepted, add, claim_in, incident, sha256

from incidents.extraction.draft import Draft
from incidents.model import Catalogue
from incidents.reading import read_document
from incidents.store import (
    Change,
    ConflictError,
    Decision,
    DecisionError,
    DuplicateDocumentError,
    UnknownObjectError,
    claim_ids,
    open_store,
)


def test_a_document_is_kept_with_its_text_and_its_original_bytes(store):
    text, original = "Quetta کوئٹہ\n“Five”…", b"\x00\xff any bytes"
    source_id = add(store, text, original, outlet="Dawn", url="https://dawn.example/1")
    document = store.document(source_id)
    assert store.text(source_id) == text
    assert store.original(source_id) == original
    assert document.text_sha256 == document.source.sha256 == sha256(text)
    assert document.source.outlet == "Dawn"
    assert document.source.source_id == source_id
    assert document.notices == ("The outlet is not named.",)
    assert (document.media_type, document.readable) == ("text/html", True)
    assert (document.accepted, document.drafts, document.changed_by) == (False, 0, "amna")


def test_what_the_reader_reads_can_be_stored_as_it_is(store):
    read = read_document(b"Blast kills five\n\nQUETTA: Five people were killed in a blast.")
    source_id = store.add_document(read, about(title=read.title, language="en"), by="amna")
    assert store.text(source_id) == read.text
    assert store.document(source_id).original_sha256 == read.original_sha256


def test_documents_are_numbered_after_the_seeds_and_each_other(store):
    taken = ["003-afp-2026-01-31", "004-unknown-2026-02-01"]
    fields = {"outlet": "Daily Jang (Urdu)", "published_on": "2026-02-02"}
    first = store.add_document(Read("One."), about(**fields), by="amna", taken=taken)
    second = store.add_document(Read("Two.", b"two"), about(agency="AFP"), by="amna", taken=taken)
    assert first == "005-daily-jang-urdu-2026-02-02"
    assert second == "006-afp-undated"
    with pytest.raises(DecisionError, match="belongs to a coded document"):
        store.add_document(Read("Three.", b"3"), about(taken[0]), by="amna", taken=taken)
    assert claim_ids(first, [f"{first}.03", f"{second}.09"], 2) == [f"{first}.04", f"{first}.05"]


def test_the_same_document_twice_is_noticed_by_its_file_and_by_its_text(store):
    source_id = add(store, TEXT, b"first file")
    with pytest.raises(DuplicateDocumentError) as caught:
        add(store, "Read otherwise.", b"first file", by="sara")
    assert (caught.value.source_id, caught.value.same) == (source_id, "file")
    with pytest.raises(DuplicateDocumentError) as caught:
        add(store, TEXT, b"second file", by="sara")
    assert (caught.value.source_id, caught.value.same) == (source_id, "text")
    assert "amna" in str(caught.value)
    assert [d.source_id for d in store.documents()] == [source_id]
    assert store.find_document(TEXT) == source_id
    assert store.find_document("Something else.") is None


def test_a_document_that_was_removed_may_come_again_under_its_own_id(store):
    source_id, _ = accepted(store)
    store.remove_source(source_id, by="amna")
    assert store.find_document(TEXT) is None
    with pytest.raises(UnknownObjectError, match="may have been removed"):
        store.text(source_id)
    assert add(store, by="sara") == source_id
    assert not store.document(source_id).accepted
    assert store.overlay(EMPTY).catalogue.claims == ()
    other = add(store, "Another text.")
    assert other != source_id


def test_drafts_survive_a_reload_in_the_order_of_the_text(library_url):
    store = open_store(library_url)
    source_id = add(store)
    spans = {"quote": "Five soldiers were killed", "figure_start": 24, "figure_end": 28}
    draft = Draft(
        draft_id="d9",
        tier="linked",
        rule="passive",
        score=0.9,
        char_start=24,
        char_end=49,
        paragraph=2,
        casualty_type="killed",
        **spans,
    )
    by_hand = {"draft_id": "d1", "char_start": 54, "note": "added by selecting words"}
    store.save_drafts(source_id, [by_hand, draft], by="amna")
    again = open_store(library_url)
    assert [(r, d["draft_id"]) for r, d in again.drafts(source_id)] == [(1, "d9"), (1, "d1")]
    assert again.drafts(source_id)[0][1]["casualty_type"] == "killed"
    assert again.document(source_id).drafts == 2


def test_drafts_are_not_saved_over_what_another_reviewer_saved(store):
    source_id = add(store)
    store.save_drafts(source_id, [{"draft_id": "d1", "count_low": 3}], by="amna")
    store.save_drafts(
        source_id,
        [{"draft_id": "d1", "count_low": 4}],
        by="amna",
        seen={("draft", f"{source_id}/d1"): 1},
    )
    for attempt in ([{"draft_id": "d1", "count_low": 5}], []):
        with pytest.raises(ConflictError, match="amna"):
            store.save_drafts(source_id, attempt, by="sara", seen={("draft", f"{source_id}/d1"): 1})
    assert store.drafts(source_id)[0][1]["count_low"] == 4


def test_what_a_reviewer_types_survives_a_reload_and_is_theirs_alone(library_url):
    store = open_store(library_url)
    source_id = add(store)
    store.keep_unsaved(source_id, {"d1": {"count_low": "6"}}, by="amna")
    store.keep_unsaved(source_id, {"d1": {"count_low": "7"}}, by="amna")
    store.keep_unsaved(source_id, ["sara's"], by="sara")
    again = open_store(library_url)
    assert again.unsaved(source_id, by="amna") == {"d1": {"count_low": "7"}}
    again.drop_unsaved(source_id, by="amna")
    assert again.unsaved(source_id, by="amna") is None
    assert again.unsaved(source_id, by="sara") == ["sara's"]


def test_an_accepted_claim_is_on_the_map_and_its_draft_no_longer_waits(store):
    source_id = add(store)
    store.save_drafts(source_id, [{"draft_id": "d1"}, {"draft_id": "d2"}], by="amna")
    claim = claim_in(source_id)
    store.accept(source_id, [claim], [incident()], by="amna", drafts=["d1"])
    overlay = store.overlay(EMPTY)
    assert overlay.catalogue.claims == (claim,)
    assert overlay.catalogue.incidents == (incident(),)
    assert [s.source_id for s in overlay.catalogue.sources] == [source_id]
    assert [d["draft_id"] for _, d in store.drafts(source_id)] == ["d2"]
    assert store.document(source_id).accepted
    store.accept(source_id, [claim_in(source_id, 2, low=2)], by="amna")
    assert store.drafts(source_id) == []
    assert len(store.overlay(EMPTY).catalogue.claims) == 2


def test_a_draft_that_another_accepted_is_not_accepted_again(store):
    source_id = add(store)
    store.save_drafts(source_id, [{"draft_id": "d1"}, {"draft_id": "d2"}], by="amna")
    store.accept(source_id, [claim_in(source_id)], [incident()], by="amna", drafts=["d1"])
    with pytest.raises(ConflictError, match="amna"):
        store.accept(source_id, [claim_in(source_id, 2)], by="sara", drafts=["d1"])
    with pytest.raises(ConflictError, match="amna"):
        store.accept(source_id, [claim_in(source_id, low=7)], by="sara", drafts=["d2"])
    assert len(store.overlay(EMPTY).catalogue.claims) == 1


def test_the_same_drafts_may_be_saved_again_and_only_what_is_new_is_written(store):
    source_id = add(store)
    drafts = [{"draft_id": "d1", "count_low": 3}]
    store.save_drafts(source_id, drafts, by="amna")
    entry_id = store.save_drafts(source_id, [*drafts, {"draft_id": "d2"}], by="sara")
    assert [c.object_id for c in store.entry(entry_id).changes] == [f"{source_id}/d2"]


def test_an_incident_that_two_documents_tell_of_is_there_once(store):
    accepted(store)
    accepted(store, "Another report of it.")
    shown = store.overlay(EMPTY).catalogue
    assert shown.incidents == (incident(),)
    assert {c.incident_id for c in shown.claims} == {incident().incident_id}
    source_id = add(store, "A third report of it.")
    with pytest.raises(ConflictError, match="amna"):
        store.accept(source_id, [claim_in(source_id)], [incident(title="Mine")], by="sara")


def test_claims_of_another_document_are_not_accepted_with_this_one(store):
    source_id = add(store)
    with pytest.raises(DecisionError, match="s1 cannot be accepted"):
        store.accept(source_id, [make_claim()], by="amna")


def test_what_a_person_corrects_about_the_document_is_what_the_map_says(store):
    source_id = add(store)
    source = store.document(source_id).source.model_copy(update={"outlet": "Dawn"})
    store.accept(source_id, [claim_in(source_id)], [incident()], by="amna", source=source)
    assert store.overlay(EMPTY).catalogue.source[source_id].outlet == "Dawn"


def test_a_source_is_removed_with_all_that_hangs_on_it_and_comes_back(store):
    other, _ = accepted(store, "Another text.")
    kept = store.overlay(EMPTY).catalogue
    source_id = add(store)
    store.accept(
        source_id,
        [claim_in(source_id, incident_id="own")],
        [incident("own")],
        by="amna",
    )
    store.save_drafts(source_id, [{"draft_id": "d1"}], by="amna")
    full = store.overlay(EMPTY).catalogue
    entry_id = store.remove_source(source_id, by="amna", reason="a hoax")
    left = store.overlay(EMPTY)
    assert (left.catalogue.claims, left.catalogue.sources) == (kept.claims, kept.sources)
    assert left.catalogue.incidents == kept.incidents
    assert left.conflicts == ()
    assert store.drafts(source_id) == []
    store.undo(entry_id, by="amna")
    back = store.overlay(EMPTY).catalogue
    assert (back.claims, back.incidents) == (full.claims, full.incidents)
    assert len(store.drafts(source_id)) == 1
    assert {d.source_id for d in store.documents()} == {other, source_id}


def test_a_dataset_is_removed_and_comes_back(store):
    manifest = {"rows": 3, "file": "ged.parquet"}
    store.decide(Decision("import", (Change("dataset", "ucdp-ged-25", manifest),), "amna"))
    entry_id = store.remove_source("ucdp-ged-25", by="amna")
    assert store.objects("dataset") == {}
    store.undo(entry_id, by="amna")
    assert store.objects("dataset")["ucdp-ged-25"][1].value == manifest
    with pytest.raises(UnknownObjectError, match="no source or dataset nothing"):
        store.remove_source("nothing", by="amna")


def test_a_quote_has_what_is_needed_to_find_it_again(store):
    source_id = add(store)
    quote = "Five soldiers were killed"
    start = TEXT.index(quote)
    claim = claim_in(source_id, quote=quote, char_start=start, char_end=start + len(quote))
    store.accept(source_id, [claim], [incident()], by="amna")
    found = store.anchor(claim)
    assert (found["exact"], found["start"], found["end"]) == (quote, start, start + len(quote))
    assert str(found["prefix"]).endswith("QUETTA: ")
    assert str(found["suffix"]).startswith(" and two")
    assert store.anchor(claim_in(source_id, 2)) is None


def test_text_with_half_a_character_is_refused_and_nothing_stored(store):
    with pytest.raises(DecisionError, match="half a character"):
        add(store, "Quetta \ud800", b"x")
    assert store.documents() == []
    assert store.history() == []


def test_a_catalogue_with_accepted_documents_serves_the_filters(store):
    source_id, _ = accepted(store)
    seeds = make_catalogue(make_claim())
    catalogue = store.overlay(seeds).catalogue
    assert isinstance(catalogue, Catalogue)
    assert [c.source_id for c in catalogue.claims] == ["s1", source_id]
    assert (
        json.loads(catalogue.claims[1].model_dump_json())["incident_id"] == incident().incident_id
    )
