"""Reads a document in a child process: a hostile file ends the child, not the program."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import incidents
from incidents.confined import child_environment
from incidents.reading import limits
from incidents.reading.parts import PARTS, Job, Parts
from incidents.reading.refusals import DocumentRefusedError, too_long

# The package may be importable only because of where the parent was started.
_START = (
    "import sys; sys.path.append(sys.argv[1]); from incidents.reading.worker import main; main()"
)


def read_apart(data: bytes, job: Job, *, seconds: float = limits.CHILD_SECONDS) -> Parts:
    """Return the parts of a document, parsed in a child process with limits.

    Parameters
    ----------
    data
        The document's bytes.
    job
        Its format and what is known of its encoding.
    seconds
        How long the child may take, by the clock.

    Raises
    ------
    DocumentRefusedError
        If the document cannot be read, or reading it takes more memory or time than allowed.
    """
    request = json.dumps(job._asdict()).encode("utf-8") + b"\n" + data
    root = str(Path(incidents.__file__).parent.parent)
    try:
        done = subprocess.run(  # noqa: S603  (our own interpreter, no user text in the command)
            [sys.executable, "-I", "-B", "-X", "utf8", "-c", _START, root],
            input=request,
            capture_output=True,
            timeout=seconds,
            check=False,
            env=child_environment(),
        )
    except subprocess.TimeoutExpired:
        raise _too_much(job, f"takes more than {seconds:g} seconds to read") from None
    if not done.stdout:
        if done.returncode < 0:
            raise _too_much(job, f"ended its reader (signal {-done.returncode})")
        raise RuntimeError(
            f"the reader did not start (exit code {done.returncode}): "
            f"{done.stderr.decode('utf-8', 'replace')[-500:]}"
        )
    return _parts(job, json.loads(done.stdout))


def _parts(job: Job, answer: dict[str, Any]) -> Parts:
    if "parts" in answer:
        return PARTS.validate_python(answer["parts"])
    if "refused" in answer:
        came, expected, remedy = answer["refused"]
        raise DocumentRefusedError(came, expected, remedy)
    if "text_bytes" in answer:
        raise too_long(int(answer["text_bytes"]))
    if answer["failed"] == "memory":
        memory = limits.megabytes(limits.CHILD_MEMORY_BYTES)
        raise _too_much(job, f"needs more than {memory} of memory to read")
    raise DocumentRefusedError(
        f"damaged: reading it as {job.format.upper()} failed ({answer['failed']})",
        "a whole file",
        "Fetch it again; if another program opens it, save it as PDF or paste the words.",
    )


def _too_much(job: Job, why: str) -> DocumentRefusedError:
    return DocumentRefusedError(
        f"a file ({job.format.upper()}) that {why}: a compressed bomb, or damaged",
        f"one read within {limits.CHILD_SECONDS} seconds and "
        f"{limits.megabytes(limits.CHILD_MEMORY_BYTES)} of memory",
        "Paste the words of the report instead.",
    )
