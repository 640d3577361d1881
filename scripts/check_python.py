"""Say plainly when the Python at hand cannot run the project."""

import sys

if not (3, 11) <= sys.version_info[:2] <= (3, 13):
    found = ".".join(map(str, sys.version_info[:3]))
    sys.exit(
        f"Python {found} came, Python 3.11 to 3.13 was expected.\n"
        "Name another one: make run PYTHON=python3.12"
    )
