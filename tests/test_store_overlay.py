"""People's decisions lie over the seeds, whatever becomes of the seeds."""

import shutil

import pytest
from claim_factory import make_claim, make_incident, make_source
from store_factory import EMPTY, TEXT, Read, about, accepted, add, claim_in, incident

from incidents.coding import seeds
from incidents.model import Catalogue
from incidents.store import Change, Decision, open_store

FIVE = make_claim(5, claim_id="s1.01")
PART = make_claim(2, claim_id="s1.02", part_of="s1.01", victim_group="women")


def catalogue(*claims, sources=None, incidents=None, digest="d"):
    claims = claims or (FIVE, PART)
    return Catalogue(
        sources if sources is not None else (make_source(),),
        incidents if incidents is not None else (make_incident(),),
        claims,
        digest,
    )


def changed(claim, **fields):
    return claim.model_copy(update=fields)


def edit(store, seed, seen=None, **fields):
    change = Change("claim", seed.claim_id, changed(seed, **fields), seen, base=seed)
    return store.decide(Decision("edit", (change,), "amna"))


@pytest.fixture
def store(tmp_path):
    return open_store(tmp_path / "library.sqlite")


def test_without_decisions_the_seeds_are_shown_as_they_are(store, seeds_folder):
    coded = seeds.load(seeds_folder)
    shown = store.overlay(coded)
    assert shown.catalogue.sources == coded.sources
    assert shown.catalogue.claims == coded.claims
    assert shown.catalogue.incidents == coded.incidents
    assert shown.conflicts == ()


def test_an_edited_seed_claim_keeps_its_place_and_the_others_their_text(store):
    edit(store, FIVE, count_low=6, count_high=6)
    shown = store.overlay(catalogue()).catalogue
    assert [(c.claim_id, c.count_low) for c in shown.claims] == [("s1.01", 6), ("s1.02", 2)]


def test_a_changed_seed_comes_through_wherever_nobody_decided(store):
    edit(store, FIVE, count_low=6, count_high=6)
    now = catalogue(FIVE, changed(PART, note="mended"))
    shown = store.overlay(now)
    assert shown.catalogue.claim["s1.02"].note == "mended"
    assert shown.catalogue.claim["s1.01"].count_low == 6
    assert shown.conflicts == ()


def test_a_decision_on_a_seed_that_changed_since_is_kept_and_listed(store):
    entry_id = edit(store, FIVE, count_low=6, count_high=6)
    now = changed(FIVE, count_low=7, count_high=7)
    shown = store.overlay(catalogue(now, PART))
    assert shown.catalogue.claim["s1.01"].count_low == 6
    (conflict,) = shown.conflicts
    assert (conflict.kind, conflict.object_id, conflict.problem) == ("claim", "s1.01", "changed")
    assert (conflict.base["count_low"], conflict.decided["count_low"]) == (5, 6)
    assert conflict.seed["count_low"] == 7
    assert "count_low" in conflict.told
    settle = Change("claim", "s1.01", changed(now, note="checked"), 1, base=now)
    store.decide(Decision("settle", (settle,), "amna"))
    assert store.overlay(catalogue(now, PART)).conflicts == ()
    assert store.entry(entry_id).changes[0].fields == {"count_low": (5, 6), "count_high": (5, 6)}


def test_a_seed_that_came_to_say_what_was_decided_is_no_conflict(store):
    edit(store, FIVE, count_low=6, count_high=6)
    now = catalogue(changed(FIVE, count_low=6, count_high=6), PART)
    assert store.overlay(now).conflicts == ()


def test_a_rejected_seed_claim_stays_away_until_that_is_undone(store):
    change = Change("claim", "s1.01", None, base=FIVE)
    entry_id = store.decide(Decision("reject", (change,), "amna", "an age"))
    shown = store.overlay(catalogue())
    assert [c.claim_id for c in shown.catalogue.claims] == ["s1.02"]
    assert shown.catalogue.claims[0].part_of is None, "a part without its total counts by itself"
    assert shown.seen("claim", "s1.01") == 1
    assert store.entry(entry_id).changes[0].outcome == "taken out"
    store.undo(entry_id, by="amna")
    assert store.overlay(catalogue()).catalogue.claims == (FIVE, PART)
    assert store.overlay(catalogue()).seen("claim", "s1.01") is None


def test_a_removed_seed_source_takes_its_claims_along_and_brings_them_back(store):
    edit(store, FIVE, count_low=6, count_high=6)
    entry_id = store.remove_source("s1", by="amna", reason="a hoax", seeds=catalogue())
    gone = store.overlay(catalogue())
    assert (gone.catalogue.sources, gone.catalogue.claims) == ((), ())
    assert gone.conflicts == ()
    changed_file = catalogue(FIVE, PART, make_claim(9, claim_id="s1.03"))
    assert store.overlay(changed_file).catalogue.claims == ()
    store.undo(entry_id, by="amna")
    assert [c.count_low for c in store.overlay(catalogue()).catalogue.claims] == [6, 2]


def test_a_decision_outlives_its_seed(store):
    edit(store, FIVE, count_low=6, count_high=6)
    no_such_claim = store.overlay(catalogue(changed(PART, part_of=None)))
    assert no_such_claim.catalogue.claim["s1.01"].count_low == 6
    assert [c.problem for c in no_such_claim.conflicts] == ["gone"]
    no_source = store.overlay(EMPTY)
    assert no_source.catalogue.claims == ()
    assert {c.problem for c in no_source.conflicts} == {"gone", "nowhere"}
    assert store.overlay(catalogue()).catalogue.claim["s1.01"].count_low == 6


def test_a_claim_whose_incident_is_gone_is_listed_and_not_lost(store):
    source_id = add(store)
    seeded = catalogue()
    store.accept(source_id, [claim_in(source_id, incident_id="i1")], by="amna")
    assert len(store.overlay(seeded).catalogue.claims) == 3
    renamed = catalogue(
        changed(FIVE, incident_id="i2"),
        incidents=(make_incident("i2"),),
    )
    shown = store.overlay(renamed)
    assert len(shown.catalogue.claims) == 1
    (conflict,) = shown.conflicts
    assert (conflict.object_id, conflict.problem) == (f"{source_id}.01", "nowhere")
    assert "its incident i1 is nowhere" in conflict.told


def test_an_accepted_source_that_became_a_seed_is_shown_once(store):
    source_id, _ = accepted(store)
    shown = store.overlay(EMPTY).catalogue
    as_seeds = Catalogue(shown.sources, shown.incidents, shown.claims, "exported")
    again = store.overlay(as_seeds)
    assert again.catalogue.claims == shown.claims
    assert again.conflicts == ()
    edited = changed(shown.claims[0], count_low=9, count_high=9)
    by_hand = Catalogue(shown.sources, shown.incidents, (edited,), "edited by hand")
    disagreed = store.overlay(by_hand)
    assert disagreed.catalogue.claims[0].count_low == 5
    assert [c.problem for c in disagreed.conflicts] == ["same id"]
    entry_id = store.remove_source(source_id, by="amna", seeds=as_seeds)
    assert store.overlay(as_seeds).catalogue.sources == ()
    store.undo(entry_id, by="amna")
    assert store.overlay(as_seeds).catalogue.sources == shown.sources


def test_the_digest_of_what_is_shown_changes_with_seeds_and_with_decisions(store):
    first = store.overlay(catalogue()).catalogue.digest
    assert store.overlay(catalogue(digest="other")).catalogue.digest != first
    edit(store, FIVE, count_low=6, count_high=6)
    assert store.overlay(catalogue()).catalogue.digest != first


def test_an_edited_seed_file_is_seen_at_the_next_loading(store, seeds_folder, tmp_path):
    folder = shutil.copytree(seeds_folder, tmp_path / "seeds")
    coded = seeds.load(folder)
    mine = coded.claims[0]
    edit(store, mine, note="checked against the video")
    path = folder / f"{mine.source_id}.toml"
    path.write_text(
        path.read_text("utf-8").replace('outlet = "unknown"', 'outlet = "Dawn"', 1), "utf-8"
    )
    shown = store.overlay(seeds.load(folder))
    assert shown.catalogue.source[mine.source_id].outlet == "Dawn"
    assert shown.catalogue.claim[mine.claim_id].note == "checked against the video"
    assert shown.conflicts == ()


def test_what_is_read_is_never_numbered_like_a_seed(store, seeds_folder):
    coded = seeds.load(seeds_folder)
    source_id = store.add_document(Read(), about(), by="amna", taken=coded.source.keys())
    store.accept(source_id, [claim_in(source_id)], [incident()], by="amna")
    shown = store.overlay(coded).catalogue
    assert [s.source_id for s in shown.sources][-1] == source_id
    assert len(shown.sources) == len(coded.sources) + 1
    assert store.text(source_id) == TEXT
