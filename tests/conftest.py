"""What several test files share."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

# Fixtures of the tests of the library.
from postgres_cluster import postgres_cluster  # noqa: F401
from store_factory import libraries_closed, library_url, store  # noqa: F401

PROJECT = Path(__file__).parents[1]

# How long an example takes is the machine's affair; speed is measured in bench/.
settings.register_profile("unhurried", settings(), deadline=None)
settings.load_profile("unhurried")


@pytest.fixture(scope="session")
def seeds_folder():
    """The coded documents that ship with the project."""
    return PROJECT / "seeds"


@pytest.fixture(scope="session")
def texts_folder():
    """The texts of the coded documents, which do not ship with the project."""
    given = os.environ.get("INCIDENT_MAP_TEXTS")
    if given:
        folder = Path(given)
        if not folder.is_dir():
            pytest.fail(f"INCIDENT_MAP_TEXTS names {given!r}, and there is no such folder")
        return folder
    why = "the documents' texts are needed: set INCIDENT_MAP_TEXTS to their folder"
    if os.environ.get("CI") == "true":
        pytest.fail(why)
    pytest.skip(why)
