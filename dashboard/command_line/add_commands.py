"""`incident-map add`: a report from a file, a page or standard input, as claims in draft."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

if TYPE_CHECKING:
    from incidents.atlas import Atlas
    from incidents.reading import Document
    from incidents.review.addition import Addition

_AT_MOST = 25_000_001
"""One byte more than a file may have: more need not be read to be refused."""


def add(
    what: Annotated[
        str, typer.Argument(metavar="FILE|URL|-", help="A report; - reads standard input.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    accept: Annotated[
        bool, typer.Option("--accept", help="Store it, and put its linked claims on the map.")
    ] = False,
    title: Annotated[str | None, typer.Option(help="The headline, if it is not as read.")] = None,
    outlet: Annotated[str | None, typer.Option(help="Who published it.")] = None,
    agency: Annotated[str | None, typer.Option(help="The news agency it credits.")] = None,
    published_on: Annotated[str | None, typer.Option(help="Its day, 2026-01-31.")] = None,
    online: Annotated[
        bool, typer.Option("--online", help="Allow fetching; an address needs it.")
    ] = False,
    extractor: Annotated[
        str, typer.Option(help="Who finds the claims: all, the rules, or one that is installed.")
    ] = "all",
    by: Annotated[str | None, typer.Option(help="Who accepts, for the history.")] = None,
) -> None:
    """Find the claims of a report and print them; store them only with --accept."""
    from dashboard.wording import count
    from incidents.atlas import existing_store, load_atlas, seeds_folder
    from incidents.extraction.extractors import ExtractorError
    from incidents.library_texts import LibraryTexts
    from incidents.reading import DocumentRefusedError
    from incidents.review.addition import accept_linked, check_linked, prepare_addition
    from incidents.store import StoreError, locate_library, open_store
    from incidents.texts import TextLibrary, texts_folder

    try:
        day = _day(published_on)
        document = _document(what, online=online)
        store = existing_store()
        atlas = load_atlas(seeds_folder(), store)
        folder = texts_folder()
        named = TextLibrary.from_folder(folder) if folder else None
        addition = prepare_addition(
            document,
            atlas,
            given={"title": title, "outlet": outlet, "agency": agency, "published_on": day},
            store=store,
            texts=LibraryTexts(store, named) if store else named,
            extractor=extractor,
        )
        if accept:
            check_linked(addition, atlas)
            store = store or open_store()
            accepted = accept_linked(addition, store, atlas, by=by or _user())
    except (DocumentRefusedError, ExtractorError, StoreError, ValueError, OSError) as error:
        _fail(str(error))
    for notice in _notices(addition):
        typer.echo(f"note: {notice}", err=True)
    if as_json:
        typer.echo(json.dumps(as_object(addition, atlas), ensure_ascii=False, indent=2))
    else:
        typer.echo("\n".join(_lines(addition)))
    if accept:
        typer.echo(
            f"Stored in {locate_library().shown}: {addition.source.source_id}, "
            f"{count(len(accepted.claims), 'claim')} on the map, "
            f"{count(len(accepted.incidents), 'new incident')}, "
            f"{len(addition.drafts) - len(accepted.claims)} left to review.",
            err=as_json,
        )
    elif not as_json:
        typer.echo("Nothing was stored; --accept puts the linked claims on the map.")


def as_object(addition: Addition, atlas: Atlas) -> dict[str, Any]:
    """Return the source and the claims in draft, as the JSON that `add --json` prints."""
    from incidents.review.draft_rows import draft_row

    return {
        "source": addition.source.model_dump(mode="json"),
        "claims": [draft_row(addition, draft, atlas) for draft in addition.drafts],
    }


def _document(what: str, *, online: bool) -> Document:
    from incidents.reading import read_document

    if what == "-":
        return read_document(sys.stdin.buffer.read(_AT_MOST))
    if "://" in what[:12]:
        if not online:
            raise ValueError(
                f"{what} is an address, and nothing is fetched unless told to. "
                "Add --online, or save the page and name the file."
            )
        from incidents.reading.fetch import fetch

        fetched = fetch(what)
        return read_document(fetched.data, media_type=fetched.media_type, url=fetched.url)
    path = Path(what)
    try:
        with path.open("rb") as file:
            data = file.read(_AT_MOST)
    except OSError as error:
        raise ValueError(
            f"{path} cannot be read: {error.strerror}. Name a .txt, .html, .pdf, .docx or .eml "
            "file, or - for standard input."
        ) from None
    return read_document(data, file_name=path.name)


def _notices(addition: Addition) -> list[str]:
    found = list(addition.document.notices)
    if addition.same is not None:
        found.append(f"the same text is here already, as {addition.same.source_id}")
    found += [f"a near-copy of {c.source.source_id}: {c.told}" for c in addition.copies]
    return found


def _lines(addition: Addition) -> list[str]:
    from dashboard.wording import days

    source = addition.source
    lines = [
        f"{source.title}",
        f"  {source.outlet}"
        + (f", crediting {source.agency}" if source.agency else "")
        + f" · {source.published_on or 'undated'} · {source.language} · {source.source_id}",
    ]
    for draft in addition.drafts:
        number = "" if draft.count_low is None else f"{draft.count_low} "
        qualifier = draft.qualifier if draft.qualifier not in (None, "exact") else ""
        said = draft.happening or (
            f"{(qualifier or '').replace('_', ' ')} {number}"
            f"{(draft.victim_group or '').replace('_', ' ')} {draft.casualty_type}"
        )
        when = (
            days(draft.date_start, draft.date_end or draft.date_start)
            if draft.date_start
            else "no day"
        )
        where = draft.adm2_name or draft.place_name or "no place"
        lines += [
            f"{draft.draft_id:>4}  {' '.join(said.split())} · {where} · {when} · {draft.claimant}",
            f"      “{draft.quote}”  {draft.tier}: {draft.rule} ({draft.score:.2f})",
        ]
    linked = len(addition.linked)
    lines.append(f"{linked} linked claims, {len(addition.drafts) - linked} unclassified figures.")
    return lines


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(
            f"--published-on {text!r} is not a day; expected a form such as 2026-01-31"
        ) from None


def _user() -> str:
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "this machine"


def _fail(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(1)
