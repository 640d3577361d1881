"""`make bench`: every measurement in one run, each in a process of its own."""

from __future__ import annotations

import subprocess
import sys

# In this order: the reader's waiting first, while the machine is still cool.
MEASUREMENTS = (
    "page",
    "sessions",
    "join",
    "filtering",
    "reconciling",
    "lineage",
    "imports",
    "scaling",
)


def main() -> None:
    """Run what is named on the command line, or all."""
    for name in sys.argv[1:] or MEASUREMENTS:
        print(f"\n== {name}", flush=True)
        subprocess.run([sys.executable, "-W", "ignore", "-m", f"bench.{name}"], check=True)


if __name__ == "__main__":
    main()
