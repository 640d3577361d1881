"""A document that was read is found again after a reload, until it is stored or forgotten."""

from datetime import date

from incidents.reading import read_document
from incidents.review.kept_reading import (
    discard_reading,
    forget_reading,
    keep_reading,
    keep_typed,
    kept_reading,
    list_kept,
    take_back_reading,
)
from incidents.store import open_store

FIRST = read_document(b"Bomb wounds two\nPublished March 1, 2026\nKALAT: Two were hurt.")
URDU = read_document(
    "پشین میں دھماکہ\nپشین: پولیس کے مطابق دھماکے سے تین افراد زخمی ہو گئے۔".encode()
)


def test_the_document_and_what_was_typed_are_there_again(library_url):
    store = open_store(library_url)
    for document in (FIRST, URDU):
        key = keep_reading(store, document, by="amna")
        assert kept_reading(store, key, by="amna").document == document
    typed = {"title": "Two hurt", "published_on": date(2026, 3, 2), "agency": ""}
    keep_typed(store, kept_reading(store, key, by="amna"), typed, by="amna")
    assert kept_reading(open_store(library_url), key, by="amna").typed == typed
    assert [kept.title for kept in list_kept(store, by="amna")] == ["Bomb wounds two", "Two hurt"]
    assert store.documents() == []
    assert store.history() == []


def test_a_change_taken_back_is_kept_and_what_stays_is_not_written_again(library_url, monkeypatch):
    store = open_store(library_url)
    key = keep_reading(store, FIRST, by="amna")
    reading = kept_reading(store, key, by="amna")
    for title in ("Two hurt", "Three hurt", "Two hurt"):
        reading = keep_typed(store, reading, {"title": title, "published_on": None}, by="amna")
        assert kept_reading(store, key, by="amna").typed["title"] == title
        assert reading == kept_reading(store, key, by="amna")
    monkeypatch.setattr(store, "keep_unsaved", None)
    assert keep_typed(store, reading, dict(reading.typed), by="amna") is reading


def test_nobody_else_sees_it(library_url):
    store = open_store(library_url)
    key = keep_reading(store, FIRST, by="amna")
    assert kept_reading(store, key, by="sara") is None
    assert list_kept(store, by="sara") == []


def test_what_is_discarded_can_be_taken_back_until_another_is(library_url):
    store = open_store(library_url)
    first, second = (keep_reading(store, d, by="amna") for d in (FIRST, URDU))
    discard_reading(store, first, by="amna")
    assert kept_reading(store, first, by="amna") is None
    take_back_reading(store, first, by="amna")
    assert kept_reading(store, first, by="amna").document == FIRST
    discard_reading(store, first, by="amna")
    discard_reading(store, second, by="amna")
    take_back_reading(store, first, by="amna")
    assert kept_reading(store, first, by="amna") is None
    assert [kept.key for kept in list_kept(store, by="amna")] == [second]
    forget_reading(store, second, by="amna")
    assert list_kept(store, by="amna") == []
