"""Starts writers of a library as processes of their own, and kills them at random moments.

Run as a script by test_store_crashes.py: it loads the program once and forks, so that a
hundred writers start in the time of one. Says on standard output, in JSON, what each writer
was told was stored before it was killed.
"""

from __future__ import annotations

import json
import os
import random
import select
import signal
import sys
import time
from pathlib import Path

from store_factory import Read, about, claim_in, incident

from incidents.store import Change, ConflictError, Decision, open_store

PATIENCE_S = 60


def imports_and_reviews(store, name, acknowledge):
    """Import and review documents without end, and tell what is stored."""
    number = 0
    backup = Path(os.environ["BACKUP"])
    while True:
        number += 1
        text = f"Report {number} of writer {name}. " + "Five soldiers were killed. " * 200
        source_id = store.add_document(Read(text, text.encode()), about(), by=name)
        acknowledge("document", source_id)
        claims = [claim_in(source_id, n) for n in range(1, 9)]
        store.save_drafts(source_id, [{"draft_id": f"d{n}"} for n in range(1, 9)], by=name)
        entry_id = store.accept(source_id, claims, [incident(f"{source_id}-i")], by=name)
        acknowledge("entry", entry_id)
        changed = claims[0].model_copy(update={"note": f"checked by {name}"})
        change = Change("claim", changed.claim_id, changed, store.get("claim", changed.claim_id)[0])
        entry_id = store.decide(Decision("edit", (change,), name, "checked"))
        acknowledge("entry", entry_id)
        if number % 2:
            acknowledge("entry", store.undo(entry_id, by=name))
        if number % 3 == 0:
            acknowledge("entry", store.remove_source(source_id, by=name))
        if number % 2 == 0:
            store.backup(backup, overwrite=True)


def restores(store, name, acknowledge):
    """Restore one of two backups after the other without end."""
    backups = [Path(os.environ["BACKUP"]), Path(os.environ["BACKUP"] + ".2")]
    while True:
        for backup in backups:
            kept = store.restore(backup, by=name).kept
            acknowledge("restored", backup.name)
            kept.unlink()


def three_decisions(store, name, acknowledge):
    """Write three decisions in competition with others, each on the same object."""
    for number in range(3):
        while True:
            there = store.get("dataset", "counter")
            count = there[1].value["count"] if there else 0
            change = Change("dataset", "counter", {"count": count + 1}, there and there[0])
            mine = Change("dataset", f"{name}-{number}", {})
            try:
                acknowledge("entry", store.decide(Decision("import", (change, mine), name)))
                break
            except ConflictError:
                continue


def born(work, url, name):
    """Fork a writer; return its process and where it tells what was stored."""
    reading, writing = os.pipe()
    child = os.fork()
    if child:
        os.close(writing)
        return child, reading
    status = 1
    try:
        os.close(reading)

        def acknowledge(*told):
            # Shorter than a pipe's buffer, so it arrives whole or not at all.
            os.write(writing, (json.dumps(told) + "\n").encode())

        store = open_store(url)
        os.write(writing, b"\n")
        work(store, name, acknowledge)
        status = 0
    except BaseException as error:  # noqa: BLE001 - told to the test, which fails then
        os.write(writing, (json.dumps(["failed", repr(error)]) + "\n").encode())
    finally:
        os._exit(status)


def time_to_store(reading):
    """Wait for the first word of a writer; return the seconds it took.

    How long a write takes depends on the machine and on who else uses it; a fixed time would
    hit the writers always before they write, or always between the same two writes.
    """
    began = time.monotonic()
    select.select([reading], [], [], PATIENCE_S)
    return time.monotonic() - began


def ended(child, reading):
    """Wait for a writer's end; return what it was told was stored."""
    with os.fdopen(reading) as told:
        lines = told.read().splitlines()
    os.waitpid(child, 0)
    return [json.loads(line) for line in lines if line]


def tell(what):
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def main():
    mode, url, count, seed = sys.argv[1:]
    chance = random.Random(int(seed))
    if mode == "crowd":
        # They also make the library, all at once.
        crowd = [born(three_decisions, url, f"writer-{n}") for n in range(int(count))]
        for one in crowd:
            tell(ended(*one))
        return
    open_store(url)
    for number in range(int(count)):
        work = restores if mode == "restores" else imports_and_reviews
        child, reading = born(work, url, f"writer-{seed}-{number}")
        os.read(reading, 1)  # it has opened the library
        time.sleep(chance.uniform(0, 4 * time_to_store(reading)))
        os.kill(child, signal.SIGKILL)
        tell(ended(child, reading))
        # The next one, and whoever looks, must find it whole: a writer's end is no reason to wait.
        tell(open_store(url).verify())


if __name__ == "__main__":
    main()
