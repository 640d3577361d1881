"""A sealed export: one view with its layers, evidence and records, and a hash of each file.

`seal` makes it, `verify` holds a file against its own manifest and makes it a second time
from its records, `open_sealed` gives back the view. A seal is no signature: it shows that
a file is whole and agrees with itself. Who sends one also sends the SHA-256 of the whole,
which `seal` and `verify` say.
"""

from __future__ import annotations

import hashlib
import json
import platform
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyogrio
import shapely

from geo.boundaries import load_districts
from incidents import __version__
from incidents.citations import cite_source
from incidents.evidence import annotation, evidence_of
from incidents.export.data_dictionary import data_dictionary_csv
from incidents.export.formats import Format, to_bytes
from incidents.export.layers import LAYERS, about, build_layer
from incidents.export.sealed_records import (
    RECORD_FILES,
    atlas_of,
    digest_of,
    filter_of,
    record_files,
    told,
)
from incidents.export.sealed_zip import SealError, pack, unpack
from incidents.export.ucdp_names import with_ucdp_names
from incidents.figures.reconcile import RULE_MEANINGS, RULES
from incidents.regions.region import DISTRICTS
from incidents.view import View

FORMAT_VERSION = 1
SEALED_VARIABLE = "INCIDENT_MAP_SEALED"
"""Names a sealed export for the page to open instead of all sources."""
MANIFEST = "manifest.json"
SEALED_FORMATS: tuple[Format, ...] = ("geojson", "csv", "gpkg")
# What a sealed export is recognised by.
_KIND = "incident-map sealed export"
_TABLES = ("view", "contents", "files", "boundaries", "versions")
_LARGEST_MANIFEST = 1_000_000
# What a query string can hold (RFC 3986): it goes into README.txt and onto the page.
MOST_ROWS = 20_000
"""Of datasets, in one sealed export: each becomes complete records, kept in three formats."""
_QUERY = re.compile(r"\?[A-Za-z0-9._~%!$&'()*+,;=:@/?-]{0,20000}")
# What records that are no records can lead to, where each of them is well-formed.
_UNFIT = (ValueError, TypeError, LookupError, ArithmeticError, AttributeError, RecursionError)


@dataclass(frozen=True)
class Sealed:
    """An opened export: the view it was made of, and its manifest."""

    view: View
    manifest: Mapping[str, Any]

    @property
    def query(self) -> str:
        """The query string that opens the view on the page."""
        return str(self.manifest["view"]["query"])


@dataclass(frozen=True)
class Verdict:
    """What `verify` found: nothing that differs, or each difference in a sentence."""

    differences: tuple[str, ...]
    manifest: Mapping[str, Any] | None
    sha256: str
    """Of the whole file."""
    made_again: bool
    """Whether every file was made a second time from the records and compared."""


def seal(view: View, query: str = "?") -> bytes:
    """Return a view as a sealed export; the same view gives the same bytes.

    Parameters
    ----------
    view
        What is sealed.
    query
        The query string that opens the view on the page.

    Raises
    ------
    ValueError
        If `query` is no query string, the view is not of Balochistan's districts, or more rows of
        datasets are left than are sealed.
    incidents.datasets.dataset.LicenceError
        If the terms of a dataset do not let its rows be handed out.
    """
    if not _is_of_districts(view):
        raise ValueError(
            "A sealed export is of Balochistan's districts; choose that region and level."
        )
    view.check_rows_may_leave()
    if view.row_count > MOST_ROWS:
        raise ValueError(
            f"{view.row_count:,} rows of datasets are left by the filters; a sealed export keeps the "
            f"complete record of each and takes {MOST_ROWS:,}. Narrow the filters, or export the "
            "layers."
        )
    if not _QUERY.fullmatch(query):
        raise ValueError(f"{query[:80]!r} is no query string; expected one such as '?rule=range'")
    return pack(_files(view.opened() if view.rows else view, query))


def may_be_sealed(view: View) -> bool:
    """Whether `seal` takes a view: of Balochistan's districts, with no more rows than it keeps."""
    return _is_of_districts(view) and view.row_count <= MOST_ROWS


def _is_of_districts(view: View) -> bool:
    return view.atlas.is_home and view.atlas.level == DISTRICTS


def verify(content: bytes) -> Verdict:
    """Hold a sealed export against its manifest, and against what its records give.

    Files made by another version of the program or of its libraries may rightly have other
    bytes today; of these only the hashes are held against the manifest.
    """
    whole = hashlib.sha256(content).hexdigest()
    manifest: Mapping[str, Any] | None = None
    try:
        files = unpack(content)
        manifest = _manifest(files)
        if differences := _hash_differences(files, manifest):
            return Verdict(differences, manifest, whole, made_again=False)
        opened = _opened(files, manifest)
        if manifest["versions"] != _versions():
            return Verdict((), manifest, whole, made_again=False)
        again = _made_again(opened)
    except SealError as error:
        return Verdict(error.differences, manifest, whole, made_again=False)
    differing = tuple(
        f"{name}: is not what the records give under the manifest's filters and rule"
        for name in sorted(files)
        if files[name] != again.get(name)
    )
    return Verdict(differing, manifest, whole, made_again=True)


def open_sealed(content: bytes) -> Sealed:
    """Return the view that an export was made of.

    Raises
    ------
    SealError
        If it is not whole, or was made over other boundaries than this program's.
    """
    files = unpack(content)
    manifest = _manifest(files)
    if differences := _hash_differences(files, manifest):
        raise SealError(differences)
    return _opened(files, manifest)


def _made_again(opened: Sealed) -> dict[str, bytes]:
    try:
        return _files(opened.view, opened.query)
    except _UNFIT as error:
        raise SealError((f"the records give no export: {told(error)}",)) from None


def _files(view: View, query: str) -> dict[str, bytes]:
    records = record_files(view)
    # What is written is the view that comes out again: its catalogue is the sealed one.
    sealed = View(atlas_of(records), view.filter, view.rule)
    files = dict(records)
    for name in LAYERS:
        layer = with_ucdp_names(build_layer(name, sealed), sealed)
        for file_format in SEALED_FORMATS:
            files[f"layers/{name}.{file_format}"] = to_bytes(layer, file_format)
    files["evidence.json"] = _evidence(sealed)
    files["data_dictionary.csv"] = data_dictionary_csv()
    files["README.txt"] = _readme(sealed, query)
    files[MANIFEST] = _json(_manifest_of(sealed, query, files))
    return files


def _manifest_of(view: View, query: str, files: Mapping[str, bytes]) -> dict[str, Any]:
    boundaries = view.atlas.boundaries
    return {
        "kind": _KIND,
        "format_version": FORMAT_VERSION,
        "view": {
            "filters": view.filter.as_dict(),
            "rule": view.rule,
            "rule_meaning": RULE_MEANINGS[view.rule],
            "query": query,
        },
        "contents": {
            "catalogue_digest": digest_of(files),
            "sources": view.voices.sources,
            "origins": view.voices.origins,
            "incidents": len(view.incidents),
            "claims": len(view.claims),
            "claims_not_placed": len(view.not_placed),
        },
        "boundaries": {
            "source": boundaries.source,
            "vintage": boundaries.vintage,
            "attribution": boundaries.attribution,
            "licence": boundaries.licence,
        },
        "places_attribution": about("claims", view)["places_attribution"],
        "versions": _versions(),
        "files": {
            name: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            for name, content in sorted(files.items())
        },
    }


def _versions() -> dict[str, str]:
    return {
        "incident-map": __version__,
        "python": ".".join(platform.python_version_tuple()[:2]),
        "gdal": pyogrio.__gdal_version_string__,
        "geos": shapely.geos_version_string,
    }


def _evidence(view: View) -> bytes:
    source = view.atlas.catalogue.source
    return _json(
        [
            annotation(evidence_of(claim, source[claim.source_id], None), source[claim.source_id])
            for claim in view.claims
        ]
    )


def _readme(view: View, query: str) -> bytes:
    boundaries = view.atlas.boundaries
    cited = sorted({c.source_id for c in view.claims})
    lines = [
        "Incident Map: a sealed export of one view",
        "",
        "layers/               districts, incidents and claims as GeoJSON, CSV and GeoPackage",
        "data_dictionary.csv   what every field means, with its type and unit",
        "evidence.json         for every claim: the quote, its position, the SHA-256 of the text",
        "records/              the complete records, from which the view opens again",
        "manifest.json         filters, rule, versions, boundary vintage, SHA-256 of each file",
        "",
        "Check it:      incident-map verify FILE.zip",
        "Open it:       incident-map serve --sealed FILE.zip",
        f"The view:      {query}",
        "",
        f"Rule for the best figure: {view.rule}: {RULE_MEANINGS[view.rule]}.",
        f"Boundaries: {boundaries.source}, {boundaries.vintage}. {boundaries.attribution}.",
        "Places: GeoNames, CC BY 4.0; OCHA COD-AB Pakistan, CC BY-IGO.",
        "Figures are claims, not facts. Unknown is empty, never 0. What was said of the whole",
        "province is on no district.",
        "",
        "Sources:",
        *(f"- {cite_source(view.atlas.catalogue.source[s])}" for s in cited),
        "",
    ]
    return "\n".join(lines).encode()


def _manifest(files: Mapping[str, bytes]) -> Mapping[str, Any]:
    """Read the manifest of an unpacked export, believing nothing of it."""
    if MANIFEST not in files:
        raise SealError((f"{MANIFEST}: missing; this is no sealed export",))
    content = files[MANIFEST]
    if len(content) > _LARGEST_MANIFEST:
        raise SealError((f"{MANIFEST}: {len(content):,} bytes, too large to be one",))
    try:
        manifest = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise SealError((f"{MANIFEST}: cannot be read: {told(error)}",)) from None
    if not isinstance(manifest, dict) or manifest.get("kind") != _KIND:
        raise SealError((f"{MANIFEST}: is not that of a sealed export",))
    if manifest.get("format_version") != FORMAT_VERSION:
        raise SealError(
            (
                f"{MANIFEST}: format_version {_said(manifest.get('format_version'))}, this program "
                f"reads {FORMAT_VERSION}",
            )
        )
    if wrong := [n for n in _TABLES if not _is_map(manifest, n)]:
        raise SealError(tuple(f"{MANIFEST}: {name} is missing or no table" for name in wrong))
    return manifest


def _is_map(manifest: Mapping[str, Any], name: str) -> bool:
    return isinstance(manifest.get(name), dict)


def _hash_differences(files: Mapping[str, bytes], manifest: Mapping[str, Any]) -> tuple[str, ...]:
    named = manifest["files"]
    there = {name for name in files if name != MANIFEST}
    differences = [f"{ascii(n[:80])[1:-1]}: missing" for n in sorted(named.keys() - there)]
    differences += [f"{name}: not in the manifest" for name in sorted(there - named.keys())]
    for name in sorted(there & named.keys()):
        said = named[name] if isinstance(named[name], dict) else {}
        found = hashlib.sha256(files[name]).hexdigest()
        if said.get("bytes") != len(files[name]):
            differences.append(
                f"{name}: {len(files[name]):,} bytes, the manifest says {_said(said.get('bytes'))}"
            )
        elif said.get("sha256") != found:
            sealed_as = _said(said.get("sha256"))
            differences.append(f"{name}: changed; sha256 {found}, sealed as {sealed_as}")
    differences += [f"{name}: missing" for name in RECORD_FILES if name not in {*there, *named}]
    return tuple(differences)


def _opened(files: Mapping[str, bytes], manifest: Mapping[str, Any]) -> Sealed:
    vintage, ours = manifest["boundaries"].get("vintage"), load_districts().vintage
    if vintage != ours:
        raise SealError(
            (
                f"{MANIFEST}: made over boundaries {_said(vintage)}, this program has {ours!r}; open "
                f"it with the version that made it ({_said(manifest['versions'].get('incident-map'))})",
            )
        )
    view = manifest["view"]
    if not isinstance(view.get("rule"), str) or view["rule"] not in RULES:
        raise SealError((f"{MANIFEST}: rule {_said(view.get('rule'))} is not known",))
    if not isinstance(view.get("query"), str) or not _QUERY.fullmatch(view["query"]):
        raise SealError((f"{MANIFEST}: the view's query is no query string",))
    try:
        opened = View(atlas_of(files), filter_of(view.get("filters")), view["rule"])
    except _UNFIT as error:
        raise SealError((f"the records cannot be opened: {told(error)}",)) from None
    return Sealed(opened, manifest)


def _said(value: object) -> str:
    """Return what a manifest says, short and on one line, however large or deep it is."""
    return ascii(value)[:80] if isinstance(value, str | int | float) else type(value).__name__


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()
