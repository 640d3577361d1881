"""Citations to copy: as text, BibTeX and CSL-JSON, for a claim and for its source."""

from __future__ import annotations

import json
from collections.abc import Iterable

from incidents.model import Claim, Source

# LaTeX reads these ten characters as commands.
_BIBTEX_ESCAPES = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\{",
        "}": r"\}",
        "$": r"\$",
        "&": r"\&",
        "#": r"\#",
        "%": r"\%",
        "_": r"\_",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
    }
)


def publisher(source: Source) -> str:
    """Return the outlet, with the wire it credits: "unknown outlet, crediting AFP"."""
    outlet = "unknown outlet" if source.outlet == "unknown" else source.outlet
    return f"{outlet}, crediting {source.agency}" if source.agency else outlet


def day_of(source: Source) -> str:
    """Return the day of publication in words, or the day that stands in for it."""
    if source.published_on:
        return f"{source.published_on:%-d %B %Y}"
    if source.known_from:
        return f"undated, known from {source.known_from:%-d %B %Y}"
    return "undated"


def cite_source(source: Source) -> str:
    """Return one line that names a document."""
    where = f", {source.url}" if source.url else ""
    return f"{publisher(source)}: {source.title} ({day_of(source)}; {source.source_id}){where}"


def cite(claim: Claim, source: Source) -> str:
    """Return one line that leads from a figure back to its words."""
    where = f", paragraph {claim.paragraph}" if claim.paragraph else ""
    return f"“{claim.quote}” — {claim.claimant}, in {cite_source(source)}{where}."


def bibtex(source: Source, claims: Iterable[Claim] = ()) -> str:
    """Return a BibTeX entry for a document, with the claims' quotes in its note."""
    fields = {
        "title": source.title,
        "publisher": publisher(source),
        "date": str(source.reported_on or ""),
        "url": source.url or "",
        "language": source.language,
        "note": "; ".join(f"“{c.quote}” ({c.claimant})" for c in claims),
    }
    lines = [
        f"  {name} = {{{value if name == 'url' else value.translate(_BIBTEX_ESCAPES)}}}"
        for name, value in fields.items()
        if value
    ]
    return f"@misc{{{source.source_id},\n" + ",\n".join(lines) + "\n}\n"


def csl(source: Source, claims: Iterable[Claim] = ()) -> dict[str, object]:
    """Return a CSL-JSON item (citation style language 1.0.2) for a document."""
    item: dict[str, object] = {
        "id": source.source_id,
        "type": "article-newspaper",
        "title": source.title,
        "language": source.language,
    }
    if source.outlet != "unknown":
        item["container-title"] = source.outlet
    if source.agency:
        item["source"] = source.agency
    if day := source.reported_on:
        item["issued"] = {"date-parts": [[day.year, day.month, day.day]]}
        if source.published_on is None:
            item["issued"] = {"date-parts": [[day.year, day.month, day.day]], "circa": True}
    if source.url:
        item["URL"] = source.url
    if quotes := "; ".join(f"“{c.quote}” ({c.claimant})" for c in claims):
        item["note"] = quotes
    return item


def csl_json(items: Iterable[dict[str, object]]) -> str:
    """Return CSL-JSON text for a list of items."""
    return json.dumps(list(items), ensure_ascii=False, indent=2) + "\n"
