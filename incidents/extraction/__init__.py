"""Finding claims in a report by rules: `extract` gives drafts, which a person reviews."""

from incidents.extraction.draft import Draft, Tier
from incidents.extraction.extractors import Extractor, extract_with, load_extractors
from incidents.extraction.pipeline import extract
from incidents.extraction.vocabulary import Vocabulary, load_vocabulary

__all__ = [
    "Draft",
    "Extractor",
    "Tier",
    "Vocabulary",
    "extract",
    "extract_with",
    "load_extractors",
    "load_vocabulary",
]
