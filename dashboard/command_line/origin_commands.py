"""`incident-map origins`: which sources go back to one text, and what reviewers decided."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any, Literal

import typer

origins = typer.Typer(
    help="Families of sources that go back to one text: list, split, merge, undo.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Reason = Annotated[str, typer.Option(help="Why; it is kept with the decision.")]
By = Annotated[str, typer.Option(help="Who decides; it is kept with the decision.")]
Sources = Annotated[list[str], typer.Argument(help="Source ids, or their beginnings.")]


@origins.command("list", epilog="Example:  incident-map origins list --json")
def list_origins(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """List the families, the evidence for them, and the decisions."""
    from incidents.atlas import load_atlas

    with _said():
        lineage = load_atlas().lineage
    if as_json:
        typer.echo(json.dumps(_as_dict(lineage), ensure_ascii=False, indent=2))
        return
    for family in lineage.families:
        typer.echo(f"{family.origin_id}: {', '.join(family.sources)}")
    for pair in lineage.pairs:
        if pair.is_copy:
            typer.echo(
                f"  {pair.a} ~ {pair.b}: {len(pair.matches)} sentences, evidence "
                f"{pair.evidence:.1f} where {pair.threshold:.1f} is needed"
            )
    for number, decision in enumerate(lineage.decisions, start=1):
        undone = f" (taken back by {decision.reverted_by})" if decision.reverted_at else ""
        typer.echo(
            f"decision {number}: {decision.kind} {', '.join(decision.sources)} by "
            f"{decision.decided_by}: {decision.reason}{undone}"
        )


@origins.command(
    epilog='Example:  incident-map origins split 003 --reason "own reporting" --by desk'
)
def split(sources: Sources, reason: Reason, by: By) -> None:
    """Take sources out of their family, into one of their own."""
    _decide("split", sources, reason, by)


@origins.command(
    epilog='Example:  incident-map origins merge 003 004 --reason "same desk" --by desk'
)
def merge(sources: Sources, reason: Reason, by: By) -> None:
    """Make one family of sources and all that belong with them."""
    _decide("merge", sources, reason, by)


@origins.command(epilog='Example:  incident-map origins undo 1 --reason "mistaken" --by desk')
def undo(
    number: Annotated[int, typer.Argument(help="The decision's number in `origins list`.")],
    reason: Reason,
    by: By,
) -> None:
    """Take a decision back; the former families return exactly."""
    from incidents.atlas import existing_store, seeds_folder
    from incidents.coding import seeds
    from incidents.origin_review import take_back

    with _said():
        folder = seeds_folder()
        take_back(folder, existing_store(), seeds.load(folder), number, reason=reason, by=by)
    typer.echo(f"Decision {number} is taken back.")


def _decide(kind: Literal["split", "merge"], sources: list[str], reason: str, by: str) -> None:
    from incidents.atlas import load_atlas
    from incidents.filters import make_filter
    from incidents.origin_review import checked, record_decision
    from incidents.store import open_store

    with _said():
        known = load_atlas().catalogue
        named = sorted(make_filter(known, {}, source=sources).sources)
        # Before the library is made, if there is none yet.
        checked(kind, named, reason=reason, by=by, known=known.source)
        entry = record_decision(open_store(), kind, named, reason=reason, by=by, known=known.source)
    typer.echo(
        f"{kind}: {', '.join(named)}: entry {entry} of the history. `incident-map origins list` "
        "shows the families now."
    )


def _as_dict(lineage: Any) -> dict[str, Any]:  # noqa: ANN401 - loaded when it runs
    from dataclasses import asdict

    return {
        "families": [
            {"origin_id": f.origin_id, "sources": list(f.sources)} for f in lineage.families
        ],
        "pairs": [asdict(pair) | {"is_copy": pair.is_copy} for pair in lineage.pairs],
        "decisions": [d.model_dump(mode="json") for d in lineage.decisions],
        "stale": sorted(lineage.stale),
    }


@contextmanager
def _said() -> Iterator[None]:
    """Turn an error about the sources or the library into its message and status 1."""
    from incidents.store import StoreError

    try:
        yield
    except (StoreError, ValueError, OSError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
