"""What a filter leaves in, and what it says of words it does not know."""

from datetime import date, datetime

import pytest
from claim_factory import in_gwadar, make_catalogue, make_claim, make_happening, make_source

from incidents.filters import (
    Filter,
    FilterError,
    known_by,
    make_filter,
    moment_text,
    parse_moment,
    select,
)
from incidents.model import KARACHI

NAMES = {"PK205": "Gwadar", "PK226": "Quetta"}


def left(catalogue, **words):
    return select(catalogue, make_filter(catalogue, NAMES, **words))


def test_without_a_scope_only_the_event_itself_is_left():
    event, before = make_claim(10), make_claim(41, scope="previous_day")
    catalogue = make_catalogue(event, before)
    assert left(catalogue) == (event,)
    assert left(catalogue, scope=["all"]) == (event, before)


def test_a_casualty_filter_leaves_out_happenings_and_a_source_filter_keeps_them():
    figure, happening = make_claim(), make_happening()
    catalogue = make_catalogue(figure, happening)
    assert left(catalogue, casualty_type=["killed"]) == (figure,)
    assert left(catalogue, source=["s1"]) == (figure, happening)


def test_security_forces_include_the_police_but_not_the_other_way_round():
    soldiers, police = make_claim(), make_claim(victim_group="police")
    catalogue = make_catalogue(soldiers, police)
    assert left(catalogue, victim_group=["security_forces"]) == (soldiers, police)
    assert left(catalogue, victim_group=["police"]) == (police,)


def test_a_district_is_named_by_code_or_name_in_any_case():
    here, nowhere = make_claim(**in_gwadar()), make_claim()
    catalogue = make_catalogue(here, nowhere)
    for word in ("PK205", "pk205", "gwadar", "Gwadar"):
        assert left(catalogue, district=[word]) == (here,)


def test_days_are_both_included():
    claim = make_claim(date_start=date(2026, 1, 30), date_end=date(2026, 1, 31))
    catalogue = make_catalogue(claim)
    assert left(catalogue, date_from=date(2026, 1, 31)) == (claim,)
    assert left(catalogue, date_to=date(2026, 1, 30)) == (claim,)
    assert left(catalogue, date_from=date(2026, 2, 1)) == ()
    assert left(catalogue, date_to=date(2026, 1, 29)) == ()


def test_a_beginning_that_fits_two_sources_is_refused():
    catalogue = make_catalogue(make_claim(source_id="s1"), make_claim(source_id="s2"))
    with pytest.raises(FilterError, match="source 's' is not known here; known: s1, s2"):
        left(catalogue, source=["s"])


def test_an_empty_filter_says_only_its_scope():
    assert Filter().as_dict() == {"scopes": ["event"]}


def test_a_document_without_a_time_of_day_is_known_from_the_beginning_of_its_day():
    dated = make_source(published_on=date(2026, 1, 31))
    timed = make_source(published_at=datetime(2026, 1, 31, 18, tzinfo=KARACHI))
    noon = parse_moment("2026-01-31T12:00")
    assert known_by(dated, noon)
    assert not known_by(timed, noon)
    assert known_by(timed, parse_moment("2026-01-31"))
    assert not known_by(dated, parse_moment("2026-01-30"))


def test_a_document_without_any_date_is_never_known_at_a_moment():
    assert not known_by(make_source(published_on=None), parse_moment("2030-01-01"))


def test_every_scope_is_asked_for_by_all_which_an_unknown_scope_is_told():
    catalogue = make_catalogue(make_claim(), make_claim(41, scope="previous_day"))
    assert len(left(catalogue, scope=["event", "ALL"])) == 2
    with pytest.raises(FilterError, match=r"everything.*background, all"):
        left(catalogue, scope=["everything"])


@pytest.mark.parametrize(
    "text", ["2026-01-31", "2026-01-31T00:00", "2026-01-31T14:30", "2026-01-31T14:30:05"]
)
def test_a_moment_is_written_as_it_is_read(text):
    assert moment_text(parse_moment(text)) == text


def test_a_day_in_any_iso_form_means_its_end():
    assert parse_moment("20260131") == parse_moment("2026-01-31")


def test_a_moment_beyond_the_calendar_in_karachi_is_refused():
    with pytest.raises(ValueError, match="is not a moment"):
        parse_moment("9999-12-31T23:59-12:00")
