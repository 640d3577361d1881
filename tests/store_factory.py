"""Libraries, documents and accepted claims for tests of the store."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import pytest
from claim_factory import make_claim, make_incident
from postgres_cluster import fresh_database

from incidents.model import Catalogue, Source
from incidents.store import open_store
from incidents.store.database import Database

TEXT = "Blast in Quetta\nQUETTA: Five soldiers were killed and two injured on Saturday."
EMPTY = Catalogue((), (), (), "no seeds")


@pytest.fixture(params=["sqlite", "postgresql"])
def library_url(request, tmp_path, libraries_closed):
    """The address of a library that is not there yet, of either kind."""
    if request.param == "sqlite":
        yield str(tmp_path / "data" / "library.sqlite")
        return
    cluster = request.getfixturevalue("postgres_cluster")
    with fresh_database(cluster) as url:
        yield url.render_as_string(hide_password=False)


@pytest.fixture
def libraries_closed(monkeypatch, tmp_path):
    """Whatever a test opens on a server is let go of at its end, and keeps its files to itself."""
    monkeypatch.setenv("INCIDENT_MAP_DATA_DIR", str(tmp_path / "files"))
    opened = []

    class Watched(Database):
        def __init__(self, *given):
            super().__init__(*given)
            opened.append(self)

    monkeypatch.setattr("incidents.store.opening.Database", Watched)
    yield
    for database in opened:
        database.close()


@pytest.fixture
def store(library_url):
    """An empty library."""
    return open_store(library_url)


@dataclass(frozen=True)
class Read:
    """A document as `incidents.reading` gives it, as far as the store looks at it."""

    text: str = TEXT
    original: bytes = b"<p>Blast in Quetta</p>"
    media_type: str = "text/html"
    notices: tuple[str, ...] = ("The outlet is not named.",)
    readable: bool = True


def about(source_id="new", **fields):
    return Source.model_validate(
        {"source_id": source_id, "title": "Blast in Quetta", "sha256": "0" * 64} | fields
    )


def add(store, text=TEXT, original=None, source_id="new", by="amna", **fields):
    original = text.encode() if original is None else original
    return store.add_document(Read(text, original), about(source_id, **fields), by=by)


def claim_in(source_id, number=1, low=5, **fields):
    fields = {"incident_id": "2026-01-31-quetta-blast"} | fields
    return make_claim(low, claim_id=f"{source_id}.{number:02}", source_id=source_id, **fields)


def incident(incident_id="2026-01-31-quetta-blast", **fields):
    fields = {"place_id": "geonames:1167528", "where_prec": 1} | fields
    return make_incident(incident_id, **fields)


def accepted(store, text=TEXT, by="amna", **fields):
    """Add a document with one claim and accept it; return its id and the entry's number."""
    source_id = add(store, text, by=by, **fields)
    entry = store.accept(source_id, [claim_in(source_id)], [incident()], by=by)
    return source_id, entry


def sha256(text):
    return hashlib.sha256(text.encode()).hexdigest()
