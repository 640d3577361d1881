"""Opening a library: made, recognised, brought up to date, or told clearly why not."""

import os
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from postgres_cluster import fresh_database
from sqlalchemy import create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from store_factory import EMPTY, accepted, add, claim_in, incident

from incidents.store import (
    Change,
    Decision,
    StoreDamagedError,
    StoreError,
    StoreFullError,
    StoreLockedError,
    StoreSetupError,
    StoreTooNewError,
    StoreUnreachableError,
    migrations,
    open_store,
)
from incidents.store.database import journal_mode
from incidents.store.schema import APPLICATION_ID, HEAD, metadata

pytestmark = pytest.mark.usefixtures("libraries_closed")


@pytest.fixture
def file(tmp_path):
    return tmp_path / "library.sqlite"


def write(store, name="x"):
    return store.decide(Decision("import", (Change("dataset", name, {"a": "b" * 200}),), "amna"))


def test_the_migrations_lead_to_the_tables_that_the_code_uses(store):
    assert migrations.known()[0] == HEAD
    options = {}
    if not store.database.is_sqlite:
        from geoalchemy2 import alembic_helpers

        options = {"include_object": _without_points(alembic_helpers.include_object)}
    with store.connection() as connection:
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []
        assert migrations.current(connection) == HEAD


def _without_points(include):
    """The column that PostGIS computes is the database's own affair."""

    def included(item, name, kind, reflected, compare_to):
        return name not in {"point", "ix_records_point"} and include(
            item, name, kind, reflected, compare_to
        )

    return included


def test_a_library_that_is_up_to_date_opens_without_alembic(file):
    open_store(file)
    code = (
        "import sys; from incidents.store import open_store; "
        f"open_store({str(file)!r}).version(); print('alembic' in sys.modules)"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "False"


def test_the_history_cannot_be_rewritten_even_from_outside(store):
    accepted(store)
    engine = create_engine(store.location.url)
    for statement in (
        "UPDATE entries SET reason = 'another'",
        "DELETE FROM changes",
        "DELETE FROM blobs",
        "UPDATE documents SET source_id = 'x'",
    ):
        with engine.connect() as connection, pytest.raises(Exception, match="only grows"):
            connection.execute(text(statement))
    engine.dispose()


def test_points_in_postgis_are_those_of_the_records(postgres_cluster):
    with fresh_database(postgres_cluster) as url:
        store = open_store(url)
        source_id = add(store)
        vague = claim_in(source_id, 2, low=2)
        exact = claim_in(source_id, place_id="geonames:1167528", where_prec=1)
        store.accept(source_id, [exact, vague], [incident()], by="amna")
        with store.connection() as connection:
            rows = connection.execute(
                text(
                    "SELECT object_id, ST_AsText(point), ST_SRID(point) FROM records "
                    "WHERE kind = 'claim' ORDER BY object_id"
                )
            ).all()
    assert rows[0] == (exact.claim_id, "POINT(67.00141 30.18414)", 4326)
    assert rows[1] == (vague.claim_id, None, None)


def test_a_database_without_postgis_says_what_to_install(postgres_cluster, monkeypatch):
    with fresh_database(postgres_cluster, "template0") as url:
        admin = create_engine(url, isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(text("CREATE ROLE plain LOGIN PASSWORD 'plain'"))
            connection.execute(text("GRANT CREATE ON SCHEMA public TO plain"))
        try:
            with pytest.raises(StoreError, match="PostGIS is missing") as caught:
                open_store(url.set(username="plain", password="plain"))
            assert isinstance(caught.value, StoreSetupError)
            assert "CREATE EXTENSION postgis" in str(caught.value)
            assert inspect(admin).get_table_names() == []
        finally:
            with admin.connect() as connection:
                connection.execute(text("DROP OWNED BY plain"))
                connection.execute(text("DROP ROLE plain"))
            admin.dispose()


def test_sqlite_is_used_as_trials_showed_it_must_be(file):
    store = open_store(file)
    with store.connection() as connection:
        settings = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in (
                "busy_timeout",
                "foreign_keys",
                "trusted_schema",
                "synchronous",
                "journal_mode",
                "application_id",
            )
        }
    assert settings == {
        "busy_timeout": 30_000,
        "foreign_keys": 1,
        "trusted_schema": 0,
        "synchronous": 2,
        "journal_mode": journal_mode(),
        "application_id": APPLICATION_ID,
    }


def test_a_writer_takes_its_lock_at_once_and_a_connection_serves_one_operation(file):
    store = open_store(file)
    said = []
    event.listen(
        store.database.engine, "before_cursor_execute", lambda *a: said.append(a[2].split("\n")[0])
    )
    connections = []
    event.listen(store.database.engine, "connect", lambda *a: connections.append(a))
    write(store)
    assert said[0] == "BEGIN IMMEDIATE"
    store.version()
    store.version()
    assert said[-2] == "BEGIN"
    assert len(connections) == 3


def test_wal_is_used_only_where_it_is_safe(file, monkeypatch):
    open_store(file)
    for safe, expected in (("wal", b"\x02\x02"), ("delete", b"\x01\x01")):
        monkeypatch.setattr("incidents.store.database.journal_mode", lambda mode=safe: mode)
        write(open_store(file), safe)
        assert file.read_bytes()[18:20] == expected
    assert open_store(file).verify() == []


def test_who_waits_too_long_for_another_program_is_told(file):
    store = open_store(file, busy_timeout_s=0.05)
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        with pytest.raises(StoreLockedError, match="another program") as caught:
            write(store)
        assert isinstance(caught.value, TimeoutError)
        assert str(file) in str(caught.value)
        assert store.history() == []
    finally:
        other.rollback()
        other.close()
    write(store)


def test_who_waits_too_long_for_another_thread_is_told(file):
    store = open_store(file, busy_timeout_s=0.05)
    with store.database.write(), pytest.raises(StoreLockedError, match="this program"):
        write(store)
    write(store)


def test_a_full_disk_is_told_and_the_old_state_kept(file):
    store = open_store(file)
    write(store, "before")

    @event.listens_for(store.database.engine, "connect")
    def _fill(connection, _):
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages}")

    with pytest.raises(StoreFullError, match="no room on the disk") as caught:
        add(store, "A long text. " * 5000)
    assert "Make room" in str(caught.value)
    again = open_store(file)
    assert list(again.objects("dataset")) == ["before"]
    assert again.documents() == []
    assert again.verify() == []
    add(again)


@pytest.mark.skipif(os.name != "posix", reason="limits of a process are POSIX's")
def test_a_file_that_may_not_grow_is_told_and_the_old_state_kept(file):
    write(open_store(file), "before")
    code = f"""
import resource
from incidents.store import Change, Decision, StoreFullError, open_store
store = open_store({str(file)!r})
size = {file.stat().st_size}
resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
try:
    store.decide(Decision("import", (Change("dataset", "after", {{"a": "b" * 300000}}),), "amna"))
except StoreFullError as error:
    print("told", error)
resource.setrlimit(resource.RLIMIT_FSIZE, (8192, size))
try:
    store.backup({str(file.parent / "backups" / "backup.sqlite")!r})
except StoreFullError as error:
    print("told", error)
"""
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    of_write, of_backup = said.stdout.splitlines()
    assert of_write.startswith(f"told {file}: ")
    assert of_backup.startswith(f"told {file.parent / 'backups' / 'backup.sqlite'}: ")
    assert list((file.parent / "backups").iterdir()) == []
    assert list(open_store(file).objects("dataset")) == ["before"]
    assert open_store(file).verify() == []


@pytest.mark.skipif(os.name != "posix", reason="rights of a folder are POSIX's")
def test_a_folder_that_may_not_be_written_is_told_and_still_read():
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file = folder / "library.sqlite"
        write(open_store(file), "before")
        file.chmod(0o444)
        folder.chmod(0o555)
        code = f"""
import os
from incidents.store import Change, Decision, StoreReadOnlyError, open_store
store = open_store({str(file)!r})
if os.getuid() == 0:
    # Nothing is forbidden to root; "nobody" may not even read our Python, which is loaded by now.
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
print(list(store.objects("dataset")))
for attempt in (
    lambda: store.decide(Decision("import", (Change("dataset", "after", {{}}),), "amna")),
    lambda: store.backup({name!r} + "/backup.sqlite"),
    lambda: open_store({name!r} + "/new/library.sqlite"),
    lambda: open_store({name!r} + "/other.sqlite"),
):
    try:
        attempt()
    except StoreReadOnlyError as error:
        print("told", isinstance(error, PermissionError), error)
"""
        said = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=False
        )
        folder.chmod(0o755)
        assert said.returncode == 0, said.stderr
        first, *told = said.stdout.splitlines()
        assert first == "['before']"
        assert [line.split()[:2] for line in told] == [["told", "True"]] * 4
        assert all("--data-dir" in line for line in told)
        assert {p.name for p in folder.iterdir()} == {"library.sqlite"}


@pytest.mark.parametrize("damage", ["header", "middle", "cut", "text"])
def test_a_damaged_file_is_told_and_left_as_it_is(file, damage):
    store = open_store(file)
    for number in range(30):
        write(store, f"{number}")
    content = bytearray(file.read_bytes())
    if damage == "header":
        content[:100] = os.urandom(100)
    elif damage == "middle":
        content[4096:-4096] = os.urandom(len(content) - 8192)
    elif damage == "cut":
        del content[len(content) // 2 :]
    else:
        content = bytearray(b"<html>not a library</html>" * 100)
    file.write_bytes(content)
    with pytest.raises(StoreDamagedError, match="restore") as caught:
        open_store(file).history()
    assert str(file) in str(caught.value)
    assert file.read_bytes() == content


def test_a_file_of_another_program_is_not_taken_over(file):
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE bookmarks (url TEXT)")
    connection.close()
    before = file.read_bytes()
    with pytest.raises(StoreDamagedError, match="another program"):
        open_store(file)
    assert file.read_bytes() == before


def test_a_library_of_a_newer_version_is_left_alone(store):
    engine = create_engine(store.location.url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(StoreTooNewError, match="Install the newer version"):
        open_store(store.location)


def test_an_older_library_is_brought_up_to_date_with_all_it_holds(store):
    """As it was before points came, which SQLite libraries never got."""
    source_id, _ = accepted(store)
    engine = create_engine(store.location.url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
        if not store.database.is_sqlite:
            connection.execute(text("ALTER TABLE records DROP COLUMN point"))
    engine.dispose()
    again = open_store(store.location)
    with again.connection() as connection:
        assert migrations.current(connection) == HEAD
    assert [s.source_id for s in again.overlay(EMPTY).catalogue.sources] == [source_id]
    assert again.verify() == []


def test_a_migration_that_fails_leaves_the_library_as_it_was(file, monkeypatch):
    def fail(_connection):
        raise RuntimeError("out of luck")

    monkeypatch.setattr("incidents.store.opening.begin_history", fail)
    with pytest.raises(RuntimeError, match="out of luck"):
        open_store(file)
    monkeypatch.undo()
    with sqlite3.connect(file) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == []
    connection.close()
    assert open_store(file).history() == []


@pytest.mark.parametrize(
    "change", [{"port": 1}, {"password": "wrong"}, {"database": "nowhere"}], ids=str
)
def test_a_server_that_does_not_let_us_in_is_told_without_the_password(postgres_cluster, change):
    with pytest.raises(StoreUnreachableError, match="does not let us in") as caught:
        open_store(postgres_cluster.set(**change))
    assert isinstance(caught.value, ConnectionError)
    assert "INCIDENT_MAP_DATABASE_URL" in str(caught.value)
    assert make_url(postgres_cluster).password not in str(caught.value)


def test_without_its_driver_postgresql_is_told_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(StoreSetupError, match=r"incident-map\[postgres\]"):
        open_store("postgresql://map@127.0.0.1:1/map")
