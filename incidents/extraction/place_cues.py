"""The words around places, as regular expressions from `data/place_cues.toml`."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files

CUES = {
    name: re.compile(pattern)
    for name, pattern in tomllib.loads(
        (files("incidents") / "data" / "place_cues.toml").read_text("utf-8")
    ).items()
}
"""What each is for is said beside it in the file."""
