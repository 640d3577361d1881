"""Texts of accepted documents, kept in the library, beside the folder of texts that a reader named."""

from __future__ import annotations

from dataclasses import dataclass

from incidents.model import Source
from incidents.store import Store, UnknownObjectError
from incidents.texts import FoundText, Texts


@dataclass(frozen=True)
class LibraryTexts:
    """Finds a source's text in the library, and where it is not there in a folder of texts."""

    store: Store
    others: Texts | None = None

    def text_of(self, source: Source) -> FoundText | None:
        """Return the text of a source, None where there is none."""
        try:
            text = self.store.text(source.source_id)
        except UnknownObjectError:
            return self.others.text_of(source) if self.others else None
        changed = self.store.document(source.source_id).text_sha256 != source.sha256
        return FoundText(text, changed, "the library")
