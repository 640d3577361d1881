"""The child process: reads one document from standard input, writes its parts as JSON.

Before it looks at the document, it limits its memory and processor time and gives up
writing, connecting and starting programs, for itself and all libraries in it.
"""

from __future__ import annotations

import json
import os
import sys

from incidents.confined import close_doors, limit_resources
from incidents.reading import docx, eml, html, limits, pdf
from incidents.reading.parts import PARTS, Job
from incidents.reading.refusals import DocumentRefusedError

_READERS = {"html": html.read, "pdf": pdf.read, "docx": docx.read, "eml": eml.read}
# Audit events, see the table in the library reference of Python.
_FORBIDDEN = (
    "socket.", "subprocess.", "os.system", "os.exec", "os.fork", "os.posix_spawn", "os.spawn",
    "os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.chmod",
    "os.truncate", "shutil.", "ctypes.", "urllib.", "http.", "smtplib.", "ftplib.", "webbrowser.",
    "sqlite3.", "tempfile.",
)  # fmt: skip
_NESTED = (
    "a file whose parts are nested too deep to be read",
    "a report whose parts lie a few levels deep",
    "Paste the words of the report.",
)


def confine() -> None:
    """Limit this process, and let no code in it write, connect or start a program any more."""
    limit_resources(limits.CHILD_MEMORY_BYTES, limits.CHILD_SECONDS)
    close_doors(_FORBIDDEN)


def answer(request: bytes) -> str:
    """Read the document in a request and return the answer, both as `child` writes them."""
    header, _, data = request.partition(b"\n")
    job = Job(**json.loads(header))
    try:
        parts = _READERS[job.format](data, job)
        size = len(parts.text.encode("utf-8"))
        if size > limits.MAX_TEXT_BYTES:
            # Too much to hand over; the parent says how much.
            return json.dumps({"text_bytes": size})
        return json.dumps({"parts": PARTS.dump_python(parts)})
    except DocumentRefusedError as refusal:
        return json.dumps({"refused": [refusal.came, refusal.expected, refusal.remedy]})
    except RecursionError:
        return json.dumps({"refused": _NESTED})
    except MemoryError:
        return json.dumps({"failed": "memory"})
    except Exception as error:  # noqa: BLE001  (whatever a parser raises, the parent must hear)
        return json.dumps({"failed": f"{type(error).__name__}: {str(error)[:200]}"})


def main() -> None:
    """Serve one request."""
    sys.stdout.flush()
    # Libraries that print reach nobody; the answer goes where stdout went.
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    confine()
    out.write(answer(sys.stdin.buffer.read()))
    out.flush()
    os._exit(0)
