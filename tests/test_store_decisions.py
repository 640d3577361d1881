"""Decisions on objects: nothing is overwritten silently, nothing leaves the history."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from claim_factory import make_claim
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from store_factory import EMPTY, accepted, add, claim_in, incident

from incidents.origins.families import Decision as LineageDecision
from incidents.store import (
    Change,
    ConflictError,
    Decision,
    DecisionError,
    NotAllowedError,
    NotUndoableError,
    Person,
    UnknownObjectError,
    open_store,
)


def edit(claim, seen, by="amna", reason="", **fields):
    changed = claim.model_copy(update=fields)
    return Decision("edit", (Change("claim", claim.claim_id, changed, seen),), by, reason)


def value_of(store, kind, object_id):
    found = store.get(kind, object_id)
    return found[1].value if found else None


def test_the_history_tells_who_changed_what_when_from_what_to_what_and_why(store):
    source_id, _ = accepted(store)
    claim = claim_in(source_id)
    before = datetime.now(UTC)
    entry_id = store.decide(edit(claim, 1, "sara", "the text says six", count_low=6, count_high=6))
    entry = store.entry(entry_id)
    assert (entry.by, entry.action, entry.reason) == ("sara", "edit", "the text says six")
    assert before <= entry.at <= datetime.now(UTC) + timedelta(seconds=1)
    (changed,) = entry.changes
    assert (changed.kind, changed.object_id, changed.revision) == ("claim", claim.claim_id, 2)
    assert changed.fields == {"count_low": (5, 6), "count_high": (5, 6)}
    assert changed.outcome == "changed"


def test_the_second_of_two_reviewers_is_told_who_changed_what(store):
    source_id, _ = accepted(store)
    claim = claim_in(source_id)
    store.decide(edit(claim, 1, "sara", count_low=6, count_high=6))
    with pytest.raises(ConflictError) as caught:
        store.decide(edit(claim, 1, "amna", scope="background"))
    error = caught.value
    assert (error.seen, error.now) == (1, 2)
    assert [(s.by, s.action, s.fields["count_low"]) for s in error.since] == [
        ("sara", "edit", (5, 6))
    ]
    assert "sara" in str(error)
    assert "count_low from 5 to 6" in str(error)
    assert "decide again" in str(error)
    kept = value_of(store, "claim", claim.claim_id)
    assert (kept["count_low"], kept["scope"]) == (6, "event")


def test_two_reviewers_who_split_the_same_claim_do_not_count_it_twice(store):
    """Even where both make the same of the claim itself."""
    source_id, _ = accepted(store)
    claim = claim_in(source_id)
    for by, number in (("sara", 2), ("amna", 3)):
        rest = claim_in(source_id, number, low=2)
        first = claim.model_copy(update={"count_low": 3, "count_high": 3})
        split = Decision(
            "split",
            (Change("claim", claim.claim_id, first, 1), Change("claim", rest.claim_id, rest)),
            by,
        )
        if by == "sara":
            store.decide(split)
        else:
            with pytest.raises(ConflictError, match="sara"):
                store.decide(split)
    assert sum(c.count_low for c in store.overlay(EMPTY).catalogue.claims) == 5


def test_a_decision_happens_as_a_whole_or_not_at_all(store):
    source_id, _ = accepted(store)
    claim = claim_in(source_id)
    good = Change("claim", claim.claim_id, None, 1)
    bad = Change("claim", f"{source_id}.09", {**claim.model_dump(), "count_low": -1})
    entries = len(store.history())
    with pytest.raises(DecisionError, match="count_low"):
        store.decide(Decision("split", (good, bad), "amna"))
    stale = Change("incident", "2026-01-31-quetta-blast", None, 7)
    with pytest.raises(ConflictError):
        store.decide(Decision("merge", (good, stale), "amna"))
    assert value_of(store, "claim", claim.claim_id) is not None
    assert len(store.history()) == entries


def test_writes_together_are_kept_all_or_not_at_all(store):
    def import_one(library, text, low):
        source_id = add(library, text)
        claim = claim_in(source_id, low=low)
        library.accept(source_id, [claim], [incident()], by="amna")
        assert library.overlay(EMPTY).catalogue.claim[claim.claim_id].count_low == low

    with store.together() as library:
        import_one(library, "One report.", 5)
        with pytest.raises(DecisionError):
            library.decide(Decision("reject", (Change("draft", "x/1", None, 1),), "amna"))
        import_one(library, "Another report.", 6)
    assert [c.count_low for c in store.overlay(EMPTY).catalogue.claims] == [5, 6]
    assert len(store.history()) == 4

    def interrupted():
        with store.together() as library:
            import_one(library, "A third report.", 7)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert len(store.history()) == 4
    assert len(store.documents()) == 2
    assert store.verify() == []


def test_an_interrupted_write_leaves_no_trace(store, monkeypatch):
    source_id, _ = accepted(store)

    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("incidents.store.writing.point_of", interrupt)
    version = store.version()
    with pytest.raises(KeyboardInterrupt):
        store.decide(edit(claim_in(source_id), 1, count_low=6, count_high=6))
    monkeypatch.undo()
    assert store.version() == version
    assert store.verify() == []
    store.decide(edit(claim_in(source_id), 1, count_low=6, count_high=6))


@pytest.mark.parametrize(
    "action", ["accept", "edit", "reject", "split", "merge", "assign", "remove"]
)
def test_every_decision_can_be_undone_and_redone(store, action):
    source_id, _ = accepted(store)
    claim, other = claim_in(source_id), claim_in(source_id, 2, low=2)
    store.save_drafts(source_id, [{"draft_id": "d1", "count_low": 3}], by="amna")
    decisions = {
        "edit": lambda: store.decide(edit(claim, 1, count_low=6, count_high=6)),
        "reject": lambda: store.decide(
            Decision("reject", (Change("draft", f"{source_id}/d1", None, 1),), "amna", "an age")
        ),
        "split": lambda: store.decide(
            Decision(
                "split",
                (
                    Change("claim", claim.claim_id, claim.model_copy(update={"count_low": 3}), 1),
                    Change("claim", other.claim_id, other),
                ),
                "amna",
            )
        ),
        "merge": lambda: store.decide(
            Decision(
                "merge",
                (
                    Change("draft", f"{source_id}/d1", None, 1),
                    Change("claim", claim.claim_id, claim.model_copy(update={"note": "both"}), 1),
                ),
                "amna",
            )
        ),
        "assign": lambda: store.decide(
            Decision(
                "assign",
                (
                    Change("incident", "other", incident("other")),
                    Change(
                        "claim",
                        claim.claim_id,
                        claim.model_copy(update={"incident_id": "other"}),
                        1,
                    ),
                ),
                "amna",
            )
        ),
        "remove": lambda: store.remove_source(source_id, by="amna"),
        "accept": lambda: store.accept(source_id, [other], by="amna", drafts=["d1"]),
    }
    before = snapshot(store)
    entry_id = decisions[action]()
    after = snapshot(store)
    undoing = store.undo(entry_id, by="sara", reason="a mistake")
    assert after != before
    assert snapshot(store) == before
    assert store.entry(entry_id).undone_by == undoing
    assert store.entry(undoing).undoes == entry_id
    redoing = store.redo(entry_id, by="amna")
    assert snapshot(store) == after
    assert store.entry(entry_id).undone_by is None
    store.undo(entry_id, by="sara")
    store.redo(entry_id, by="amna")
    assert snapshot(store) == after
    assert [e.action for e in store.history(4)] == ["redo", "undo", "redo", "undo"]
    assert redoing < store.history(1)[0].entry_id
    assert store.verify() == []


def snapshot(store):
    """What is in the library now, without revisions."""
    kinds = ("document", "source", "incident", "claim", "draft", "lineage")
    return {
        (kind, object_id): state.value
        for kind in kinds
        for object_id, (_, state) in store.objects(kind).items()
    }


def test_nothing_leaves_the_history_when_it_is_undone(store):
    _, entry_id = accepted(store)
    before = store.history()
    store.undo(entry_id, by="amna")
    after = store.history()
    assert [e.entry_id for e in after[1:]] == [e.entry_id for e in before]
    assert [e.changes for e in after[1:]] == [e.changes for e in before]


def test_what_was_changed_since_cannot_be_undone_over_it(store):
    source_id, entry_id = accepted(store)
    later = store.decide(edit(claim_in(source_id), 1, "sara", count_low=6, count_high=6))
    with pytest.raises(ConflictError, match="sara"):
        store.undo(entry_id, by="amna")
    store.undo(later, by="amna")
    store.undo(entry_id, by="amna")
    assert store.overlay(EMPTY).catalogue.sources == ()


def test_undoing_twice_or_nothing_is_told(store):
    _, entry_id = accepted(store)
    undoing = store.undo(entry_id, by="amna")
    with pytest.raises(NotUndoableError, match=f"undone already, by entry {undoing}"):
        store.undo(entry_id, by="amna")
    with pytest.raises(NotUndoableError, match=f"redo entry {entry_id}"):
        store.undo(undoing, by="amna")
    with pytest.raises(NotUndoableError, match="nothing to redo"):
        store.redo(undoing, by="amna")
    with pytest.raises(UnknownObjectError, match="no entry 99"):
        store.undo(99, by="amna")


def test_a_family_is_split_and_the_split_undone(store):
    decision = LineageDecision(
        kind="split",
        sources=("004",),
        reason="own reporting",
        decided_by="amna",
        decided_at=datetime.now(UTC),
    )
    entry_id = store.decide_lineage(decision, by="amna")
    assert store.overlay(EMPTY).lineage == (decision,)
    assert store.entry(entry_id).reason == "own reporting"
    store.undo(entry_id, by="sara")
    assert store.overlay(EMPTY).lineage == ()
    store.redo(entry_id, by="sara")
    assert store.overlay(EMPTY).lineage == (decision,)


def test_a_reader_may_write_nothing_and_a_reviewer_not_restore(store, tmp_path):
    reader, reviewer = Person("sara", "reader"), Person("amna", "reviewer")
    source_id, entry_id = accepted(store, by=reviewer)
    claim = claim_in(source_id)
    attempts = [
        lambda: add(store, "Another text.", by=reader),
        lambda: store.save_drafts(source_id, [], by=reader),
        lambda: store.accept(source_id, [claim], by=reader),
        lambda: store.decide(edit(claim, 1, reader, count_low=6)),
        lambda: store.remove_source(source_id, by=reader),
        lambda: store.undo(entry_id, by=reader),
        lambda: store.redo(entry_id, by=reader),
        lambda: store.keep_unsaved(source_id, {}, by=reader),
        lambda: store.drop_unsaved(source_id, by=reader),
        lambda: store.backup(tmp_path / "b.sqlite", by=reviewer),
        lambda: store.restore(tmp_path / "b.sqlite", by=reviewer),
    ]
    version = store.version()
    for attempt in attempts:
        with pytest.raises(NotAllowedError, match="may not"):
            attempt()
    assert store.version() == version


@pytest.mark.parametrize(
    ("decision", "told"),
    [
        (Decision("reject", (Change("draft", "x/1", None, 1),), "amna"), "needs a reason"),
        (Decision("edit", (), "amna"), "changes nothing"),
        (Decision("edit", (Change("claim", "x", {"quote": 5}),), "amna"), "claim x"),
        (Decision("edit", (Change("clam", "x", {}),), "amna"), "'clam' is no kind"),
        (Decision("edit", (Change("claim", "x.2", make_claim()),), "amna"), "the record given is"),
        (Decision("edit", (Change("draft", "", {}),), "amna"), "1 to 255 characters"),
        (Decision("edit", (Change("draft", "x/1", {"a": "\x00"}),), "amna"), "NUL"),
        (Decision("edit", (Change("draft", "x/1", {"a": "\ud800"}),), "amna"), "cannot be stored"),
        (Decision("edit", (Change("draft", "x/1", {"a": float("nan")}),), "amna"), "stored"),
        (Decision("edit", (Change("draft", "x/1", {"a": 1}),), " "), "no name"),
        (Decision("edit", (Change("draft", "x/1", {"a": 1}),) * 2, "amna"), "draft x/1"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_decision_that_does_not_hold_together_is_refused(store, decision, told):
    with pytest.raises(DecisionError, match=told):
        store.decide(decision)
    assert store.history() == []


def test_the_history_can_be_read_page_by_page_and_by_object(store):
    first, _ = accepted(store)
    second, _ = accepted(store, "Another text altogether.")
    store.decide(edit(claim_in(first), 1, count_low=6, count_high=6))
    everything = store.history()
    assert [e.entry_id for e in everything] == [5, 4, 3, 2, 1]
    assert store.history(2) == everything[:2]
    assert store.history(2, before=4) == everything[2:4]
    assert [e.entry_id for e in store.history(object_id=first)] == [5, 2, 1]
    assert [e.entry_id for e in store.history(object_id=f"{second}.01")] == [4]


def test_the_version_changes_with_every_decision_and_with_nothing_else(store):
    source_id, entry_id = accepted(store)
    version = store.version()
    store.history()
    store.keep_unsaved(source_id, {"typed": "six"}, by="amna")
    assert store.version() == version
    store.undo(entry_id, by="amna")
    assert store.version() != version


def test_sixteen_writers_at_once_lose_nothing(library_url):
    """Each with a library of its own opening, as threads of one server have."""
    start = threading.Barrier(16)
    each = 6

    def write(writer):
        mine = open_store(library_url)
        start.wait(timeout=30)
        return [
            mine.decide(
                Decision("add", (Change("dataset", f"{writer}-{n}", {"n": n}),), f"writer {writer}")
            )
            for n in range(each)
        ]

    with ThreadPoolExecutor(16) as pool:
        entries = [entry for told in pool.map(write, range(16)) for entry in told]
    store = open_store(library_url)
    assert sorted(entries) == list(range(1, 16 * each + 1))
    assert len(store.objects("dataset")) == 16 * each
    assert store.verify() == []


@settings(
    max_examples=8,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.one_of(st.none(), st.integers(0, 3))), max_size=4)
)
def test_undoing_everything_from_the_last_gives_back_the_beginning(tmp_path_factory, moves):
    store = open_store(tmp_path_factory.mktemp("law") / "library.sqlite")
    made = []
    for name, number in moves:
        there = store.get("dataset", name)
        value = None if number is None else {"n": number}
        change = Change("dataset", name, value, there[0] if there else None)
        if value != (there[1].value if there else None):
            made.append(store.decide(Decision("import", (change,), "amna")))
    end = store.objects("dataset")
    for entry_id in reversed(made):
        store.undo(entry_id, by="amna")
    assert store.objects("dataset") == {}
    for entry_id in made:
        store.redo(entry_id, by="amna")
    assert {k: s for k, (_, s) in store.objects("dataset").items()} == {
        k: s for k, (_, s) in end.items()
    }
    assert store.verify() == []
