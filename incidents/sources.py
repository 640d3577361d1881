"""What a list of sources shows: one row a document."""

from __future__ import annotations

from typing import Any

from incidents.atlas import Atlas
from incidents.citations import cite_source
from incidents.filters import Filter


def source_rows(atlas: Atlas) -> list[dict[str, Any]]:
    """Return one plain row for every source, in the catalogue's order."""
    notices: dict[str, list[dict[str, Any]]] = {}
    for notice in atlas.notices:
        said = {
            "kind": notice.kind,
            "claim_ids": list(notice.claim_ids),
            "message": notice.message,
        }
        notices.setdefault(notice.source_id, []).append(said)
    of_releases = _of_releases(atlas)
    rows = []
    for source in atlas.catalogue.sources:
        claims = [c for c in atlas.catalogue.claims if c.source_id == source.source_id]
        rows.append(
            source.model_dump(mode="json")
            | {
                "origin_id": atlas.reporting.origin_of[source.source_id],
                **of_releases.get(
                    source.source_id,
                    {
                        "figures": sum(c.is_figure for c in claims),
                        "happenings": sum(not c.is_figure for c in claims),
                        "rows": None,
                    },
                ),
                "citation": cite_source(source),
                "notices": notices.get(source.source_id, []),
            }
        )
    return rows


def _of_releases(atlas: Atlas) -> dict[str, dict[str, int]]:
    """Return what each release of a dataset holds that counts now, by its source's id."""
    found = {}
    for columns in atlas.datasets:
        for source_id in columns.dataset.source_ids:
            sums = columns.sums(Filter(sources=frozenset({source_id})))
            found[source_id] = {
                "figures": sums.figures,
                "happenings": sums.happenings,
                "rows": sums.rows,
            }
    return found
