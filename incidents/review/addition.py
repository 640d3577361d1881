"""A document on its way in: read, described, its claims in draft, its kin, its incidents."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from incidents.atlas import Atlas
from incidents.extraction.extractors import ALL, RULES, named_extractor
from incidents.model import Claim, Incident, Source
from incidents.origins.near_copies import NearCopy, joins, near_copies, same_text
from incidents.reading import Document
from incidents.review.acceptance import claim_from, problems
from incidents.review.claim import NotPossibleError, ReviewDraft, from_extraction
from incidents.review.described_source import describe
from incidents.review.drafting import drafting
from incidents.review.incident_choice import assigned, incident_from
from incidents.store import By, Store
from incidents.store.naming import source_id_for
from incidents.texts import Texts


@dataclass(frozen=True)
class Addition:
    """A document and everything that would be stored of it; nothing is stored yet."""

    document: Document
    source: Source
    """With the id that it would get."""
    drafts: tuple[ReviewDraft, ...]
    copies: tuple[NearCopy, ...]
    same: Source | None
    """The source here that has the same text, if one has."""
    extractor: str = RULES
    """Of whom the drafts are."""

    @property
    def linked(self) -> tuple[ReviewDraft, ...]:
        """Drafts of which a rule says what befell whom."""
        return tuple(d for d in self.drafts if d.tier == "linked")


def prepare_addition(
    document: Document,
    atlas: Atlas,
    *,
    given: Mapping[str, Any] | None = None,
    store: Store | None = None,
    texts: Texts | None = None,
    extractor: str = ALL,
    kin: Collection[str] | None = None,
    told: Callable[[float], None] | None = None,
) -> Addition:
    """Find a document's claims, the incidents they may belong to, and its near-copies.

    Parameters
    ----------
    given
        Fields of the source that a person gave.
    extractor
        Name of the extractor that finds the claims.
    kin
        Sources that go back to the same text; those of its nearest copy if not given.
    told
        Is told how far the reading is, 0 to 1.

    Raises
    ------
    ValueError
        If a field that was given is none that a source can have.
    incidents.extraction.extractors.ExtractorError
        If there is no such extractor, or it does not do what one does.
    """
    stored = {d.source_id: d.source for d in store.documents()} if store else {}
    sources = {**stored, **atlas.catalogue.source}
    source = describe(document, given)
    source = source.model_copy(update={"source_id": source_id_for(source, sources)})
    found: list[ReviewDraft] = []
    chosen = named_extractor(extractor)
    # Another extractor may read a language that the rules do not.
    if document.readable or extractor not in (RULES, ALL):
        for progress in drafting(
            document.text,
            published_on=source.published_on,
            title=source.title,
            extractor=chosen,
        ):
            if told:
                told(progress.share)
            found = [from_extraction(d) for d in progress.drafts]
    copies = tuple(near_copies(document.text, sources.values(), texts, atlas.lineage))
    if kin is None:
        kin = copies[0].family if copies else ()
    return Addition(
        document,
        source,
        tuple(assigned(found, document.text, source, atlas.catalogue, kin)),
        copies,
        same_text(document.sha256, sources.values()),
        extractor,
    )


@dataclass(frozen=True)
class Acceptance:
    """Claims with the incidents that are new, ready to be stored together."""

    claims: tuple[Claim, ...]
    incidents: tuple[Incident, ...]
    draft_ids: tuple[str, ...]


def acceptance(
    chosen: tuple[ReviewDraft, ...], drafts: tuple[ReviewDraft, ...], source: Source, atlas: Atlas
) -> Acceptance:
    """Return what accepting some drafts of a document stores.

    Parameters
    ----------
    chosen
        The drafts to accept.
    drafts
        All that wait: a new incident is made of all that belong to it.

    Raises
    ------
    NotPossibleError
        If something stands in the way of one of them.
    """
    claims = tuple(claim_from(d, source) for d in chosen)
    wanted = dict.fromkeys(c.incident_id for c in claims)
    made = (incident_from(i, drafts, source, atlas.catalogue) for i in wanted)
    return Acceptance(
        claims, tuple(i for i in made if i is not None), tuple(d.draft_id for d in chosen)
    )


def acceptable(drafts: tuple[ReviewDraft, ...], source: Source) -> tuple[ReviewDraft, ...]:
    """Return the linked drafts that nothing stands in the way of."""
    return tuple(
        d
        for d in drafts
        if d.tier == "linked" and d.incident_id and not any(p.stops for p in problems(d, source))
    )


def add_for_review(addition: Addition, store: Store, atlas: Atlas, *, by: By) -> str:
    """Store a document and its drafts; return the id that it got.

    Raises
    ------
    incidents.store.DuplicateDocumentError
        If it is in the library already.
    """
    source_id = store.add_document(
        addition.document,
        addition.source.model_copy(update={"source_id": "new"}),
        by=by,
        taken=atlas.catalogue.source,
        extractor=addition.extractor,
    )
    if addition.drafts:
        store.save_drafts(source_id, [d.as_fields() for d in addition.drafts], by=by)
    return source_id


def check_linked(addition: Addition, atlas: Atlas) -> None:
    """Refuse what `accept_linked` could not store, before anything is.

    Raises
    ------
    NotPossibleError
        If the text is here already, or something stands in the way of a linked claim.
    """
    if addition.same is not None:
        raise NotPossibleError(
            f"a document with the same text is here already, as {addition.same.source_id}; "
            "nothing was stored"
        )
    acceptance(addition.linked, addition.drafts, addition.source, atlas)


def accept_linked(addition: Addition, store: Store, atlas: Atlas, *, by: By) -> Acceptance:
    """Store a document and accept its linked claims, with its family: all of it or nothing.

    Raises
    ------
    NotPossibleError
        As `check_linked`; nothing is stored then.
    """
    check_linked(addition, atlas)
    with store.together() as one:
        source_id = add_for_review(addition, one, atlas, by=by)
        source = one.document(source_id).source
        accepted = acceptance(addition.linked, addition.drafts, source, atlas)
        if accepted.claims:
            one.accept(
                source_id, accepted.claims, accepted.incidents, by=by, drafts=accepted.draft_ids
            )
            if addition.copies:
                one.decide_lineage(joins(addition.copies[0], source_id, str(by)), by=by)
    return accepted
