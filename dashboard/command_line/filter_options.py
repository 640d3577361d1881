"""The filters as options of the command line, written once for every command that has them."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from datetime import date
from enum import StrEnum
from functools import partial
from typing import Annotated, Any

import typer

# Literal types hold these words in `incidents`; the command line shows them as choices
# without importing the subject, so that `--help` answers at once.
RuleChoice = StrEnum(
    "RuleChoice", {n: n for n in ("range", "lowest", "highest", "latest", "official", "modal")}
)


def make_view(
    source: Annotated[
        list[str] | None, typer.Option(help="A source's id or its beginning.")
    ] = None,
    casualty_type: Annotated[
        list[str] | None, typer.Option(help="killed, injured, abducted, …")
    ] = None,
    victim_group: Annotated[
        list[str] | None, typer.Option(help="security_forces, militants, civilians, …")
    ] = None,
    event_type: Annotated[list[str] | None, typer.Option(help="An ACLED event type.")] = None,
    district: Annotated[
        list[str] | None, typer.Option(help="A P-code or a district's name.")
    ] = None,
    date_from: Annotated[str | None, typer.Option("--from", help="First day, 2026-01-31.")] = None,
    date_to: Annotated[str | None, typer.Option("--to", help="Last day, included.")] = None,
    scope: Annotated[
        list[str] | None,
        typer.Option(help="event (default), previous_day, cumulative, background, or all."),
    ] = None,
    rule: Annotated[RuleChoice, typer.Option(help="How `best` is chosen.")] = RuleChoice["range"],
    as_known_at: Annotated[
        str | None, typer.Option(help="Only what was reported by 2026-01-31 or 2026-01-31T14:30.")
    ] = None,
    region: Annotated[
        str | None, typer.Option(help="A region of your own; Balochistan if not given.")
    ] = None,
    level: Annotated[
        str | None,
        typer.Option(help="districts (as without it), tehsils, or a level of your own."),
    ] = None,
) -> Any:  # noqa: ANN401 - a View, whose module is imported only when a command runs
    """Load everything and return the view that the options describe.

    Raises
    ------
    ValueError
        If a word is not known, or a day is none; it says what was expected.
    """
    from incidents.atlas import load_atlas
    from incidents.filters import make_filter, parse_moment
    from incidents.regions.region import HOME, load_region
    from incidents.store.locations import locate_library
    from incidents.view import View

    atlas = load_atlas()
    if (region, level) != (None, None):
        shown = load_region(region or HOME, locate_library().data_dir)
        atlas = atlas.at(shown, level.casefold() if level else shown.first_level)
    chosen = make_filter(
        atlas.catalogue,
        atlas.filter_names,
        source=source or (),
        casualty_type=casualty_type or (),
        victim_group=victim_group or (),
        event_type=event_type or (),
        district=district or (),
        date_from=_day("--from", date_from),
        date_to=_day("--to", date_to),
        scope=scope or ("event",),
        known_at=None if as_known_at is None else parse_moment(as_known_at),
    )
    return View(atlas, chosen, rule.value)


def filtered(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of `make_view` after its own.

    The command takes `view`, a function without arguments that makes the view.
    """
    own = [p for p in _parameters(command) if p.name != "view"]
    filters = _parameters(make_view)
    names = [p.name for p in filters]

    def run(**given: Any) -> None:  # noqa: ANN401 - what typer read
        chosen = {name: given.pop(name) for name in names}
        command(**given, view=partial(make_view, **chosen))

    run.__name__, run.__doc__ = command.__name__, command.__doc__
    run.__annotations__ = {p.name: p.annotation for p in [*own, *filters]}
    # typer reads the options off the signature.
    run.__signature__ = inspect.Signature([_keyword(p) for p in [*own, *filters]])  # type: ignore[attr-defined]
    return run


def narrowed(view: Callable[[], Any]) -> bool:
    """Whether a filter or a rule was given with the view that `filtered` makes."""
    given = view.keywords if isinstance(view, partial) else {}
    return any(given.get(p.name, p.default) != p.default for p in _parameters(make_view))


def _parameters(function: Callable[..., Any]) -> list[inspect.Parameter]:
    return list(inspect.signature(function, eval_str=True).parameters.values())


def _keyword(parameter: inspect.Parameter) -> inspect.Parameter:
    return parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY)


def _day(option: str, text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(
            f"{option} {text!r} is not a day; expected a form such as 2026-01-31"
        ) from None
