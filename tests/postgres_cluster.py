"""A private PostgreSQL with PostGIS for the tests: on a free port of 127.0.0.1, not as root.

Nothing of it outlives the test run. Where the distribution's PostgreSQL or PostGIS is not
installed (scripts/get_postgres.sh does that), the tests that need it say that they were
skipped; with CI=true they fail.
"""

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

PATIENCE_S = 60
REMEDY = "run `bash scripts/get_postgres.sh` as root, or install PostgreSQL and PostGIS"


def find_binaries():
    """Return the folder of the newest PostgreSQL's programs that has PostGIS, or what lacks."""
    lacking = "PostgreSQL is not installed"
    for folder in _folders():
        if not (folder / "initdb").exists():
            continue
        said = subprocess.run(
            [folder / "pg_config", "--version", "--sharedir"],
            capture_output=True,
            text=True,
            check=True,
        )
        version, share = said.stdout.splitlines()
        if Path(share, "extension/postgis.control").exists():
            return folder, ""
        lacking = f"PostGIS for {version} is not installed"
    return None, lacking


def _folders():
    """Return where programs of PostgreSQL may lie: Debian keeps each version apart."""
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    on_path = shutil.which("pg_config")
    return [
        *sorted(debian, key=lambda p: int(p.parent.name), reverse=True),
        *([Path(on_path).resolve().parent] if on_path else []),
    ]


def unprivileged_user():
    """Return the user to run as: PostgreSQL refuses to run as root."""
    if os.getuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return pwd.getpwnam("postgres" if "postgres" in names else "nobody")


@contextmanager
def running_cluster(binaries):
    """Start a cluster and give the URL of its first database; end it afterwards."""
    user = unprivileged_user()
    folder = Path(tempfile.mkdtemp(prefix="incident-map-postgres-"))
    password = secrets.token_hex(16)
    (folder / "password").write_text(password)
    if user:
        for path in (folder, folder / "password"):
            os.chown(path, user.pw_uid, user.pw_gid)
    as_user = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": str(folder)}
    data = folder / "data"
    log = folder / "log"
    server = None
    try:
        subprocess.run(
            [
                binaries / "initdb",
                *("-D", data, "-U", "map", "-E", "UTF8", "-A", "password"),
                *("--pwfile", folder / "password", "--no-sync"),
            ],
            check=True,
            capture_output=True,
            text=True,
            cwd=folder,
            env=environment,
            timeout=PATIENCE_S,
            **as_user,
        )
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        settings = {
            "port": port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            # These databases are thrown away: a power cut may take them.
            "fsync": "off",
            "max_connections": 60,
        }
        with log.open("wb") as output:
            server = subprocess.Popen(
                [binaries / "postgres", "-D", data]
                + [word for name, value in settings.items() for word in ("-c", f"{name}={value}")],
                stdout=output,
                stderr=output,
                cwd=folder,
                env=environment,
                start_new_session=True,
                **as_user,
            )
        url = make_url(f"postgresql+psycopg://map:{password}@127.0.0.1:{port}/postgres")
        wait_until_ready(url, server, log)
        yield url
    finally:
        if server is not None:
            server.send_signal(2)  # SIGINT: end now, cleanly
            try:
                server.wait(timeout=20)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait(timeout=20)
        shutil.rmtree(folder, ignore_errors=True)


def wait_until_ready(url, server, log):
    engine = create_engine(url, connect_args={"connect_timeout": 5})
    deadline = time.monotonic() + PATIENCE_S
    try:
        while True:
            try:
                with engine.connect():
                    return
            except OperationalError:
                if server.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text()}") from None
                time.sleep(0.1)
    finally:
        engine.dispose()


@pytest.fixture(scope="session")
def postgres_cluster():
    """The URL of a running cluster's first database, whose user may do everything in it."""
    binaries, lacking = find_binaries()
    if binaries is None:
        why = f"{lacking}: {REMEDY}"
        if os.environ.get("CI") == "true":
            pytest.fail(why)
        pytest.skip(why)
    with running_cluster(binaries) as url:
        engine = create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            # New databases are copies of this one: PostGIS is installed once.
            connection.execute(text("CREATE DATABASE with_postgis"))
        spatial = create_engine(url.set(database="with_postgis"), isolation_level="AUTOCOMMIT")
        with spatial.connect() as connection:
            connection.execute(text("CREATE EXTENSION postgis"))
        spatial.dispose()
        engine.dispose()
        yield url


@contextmanager
def fresh_database(cluster, template="with_postgis"):
    """Give the URL of an empty database of a cluster; drop it afterwards."""
    name = f"library_{uuid4().hex}"
    engine = create_engine(cluster, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
        yield cluster.set(database=name)
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    finally:
        engine.dispose()
