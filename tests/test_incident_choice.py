"""Which incident a draft belongs to: by place, day and kind, or a new one."""

from datetime import date

from claim_factory import DAY, in_gwadar, make_claim, make_source

from incidents.model import Catalogue, Incident
from incidents.review.drafting import find_drafts
from incidents.review.incident_choice import assigned, incident_from, suggest, with_event_type

SOURCE = make_source("007-daily", published_on=date(2026, 2, 1))
TEXT = (
    "Four hurt as blast hits Gwadar market\n"
    "GWADAR: A bomb wounded four people at a market in Gwadar on Saturday, police said.\n"
    "In Chaman, gunmen abducted two drivers the same day, officials said.\n"
    "Last year, a suicide bombing in Quetta killed 20 people.\n"
)


def incident(incident_id, **fields):
    return Incident.model_validate(
        {
            "incident_id": incident_id,
            "title": incident_id,
            "event_type": "Explosions/Remote violence",
            "sub_event_type": "Remote explosive/landmine/IED",
            "date_start": DAY,
            "date_end": DAY,
            "date_prec": 1,
            "where_prec": 3,
            "place_id": "pcode:PK205",
        }
        | fields
    )


def catalogue(*incidents):
    claims = [make_claim(incident_id=i.incident_id, **in_gwadar()) for i in incidents]
    return Catalogue((make_source(),), tuple(incidents), tuple(claims))


def drafts():
    return find_drafts(TEXT, published_on=SOURCE.published_on)


def hurt():
    return with_event_type(next(d for d in drafts() if "wounded four" in d.quote), TEXT)


def test_an_incident_of_the_same_day_district_and_kind_comes_first():
    here = catalogue(
        incident("b-clash", event_type="Battles", sub_event_type="Armed clash"),
        incident("a-bombing"),
    )
    found = suggest(hurt(), here)
    assert [s.incident.incident_id for s in found] == ["a-bombing", "b-clash"]
    assert "same day" in found[0].reason
    assert "Gwadar" in found[0].reason


def test_an_incident_elsewhere_or_of_another_week_is_not_suggested():
    far = catalogue(incident("old", date_start=date(2026, 1, 3), date_end=date(2026, 1, 3)))
    assert suggest(hurt(), far) == []
    quetta = [d for d in drafts() if d.adm2_name == "Quetta"]
    assert suggest(quetta[0], catalogue(incident("here"))) == []


def test_drafts_of_one_place_and_day_share_an_incident_headline_and_text_alike():
    found = assigned(drafts(), TEXT, SOURCE, Catalogue((), (), ()))
    by_district = {}
    for draft in found:
        by_district.setdefault(draft.adm2_name, set()).add(draft.incident_id)
    assert all(len(ids) == 1 for ids in by_district.values())
    assert len(set().union(*by_district.values())) == len(by_district) == 3
    gwadar = next(iter(by_district["Gwadar"]))
    assert gwadar == "2026-01-31-gwadar-bombing"


def test_what_is_there_is_joined_and_no_incident_is_made():
    here = catalogue(incident("a-bombing"))
    found = assigned(drafts(), TEXT, SOURCE, here)
    chosen = {d.incident_id for d in found if d.adm2_name == "Gwadar"}
    assert chosen == {"a-bombing"}
    assert incident_from("a-bombing", found, SOURCE, here) is None


def test_a_new_incident_has_the_day_the_place_and_the_kind_of_its_claims():
    found = assigned(drafts(), TEXT, SOURCE, Catalogue((), (), ()))
    draft = next(d for d in found if d.casualty_type == "abducted")
    made = incident_from(draft.incident_id, found, SOURCE, Catalogue((), (), ()))
    assert made.sub_event_type == "Abduction/forced disappearance"
    assert made.title == "Abduction in Chaman"
    assert (made.date_start, made.date_end) == (DAY, DAY)


def test_history_has_an_incident_of_its_own():
    found = assigned(drafts(), TEXT, SOURCE, Catalogue((), (), ()))
    old = next(d for d in found if d.scope == "background")
    assert old.incident_id not in {d.incident_id for d in found if d.scope == "event"}
    assert old.sub_event_type == "Suicide bomb"


def test_a_new_incident_never_takes_an_id_that_is_in_use():
    taken = catalogue(incident("2026-01-31-gwadar-bombing", date_start=date(2020, 1, 1)))
    here = Catalogue(
        taken.sources,
        (incident("2026-01-31-gwadar-bombing", place_id="pcode:PK226"),),
        tuple(
            make_claim(
                incident_id="2026-01-31-gwadar-bombing",
                place_id="pcode:PK226",
                adm2_pcode="PK226",
                adm2_name="Quetta",
                where_prec=3,
            )
            for _ in range(1)
        ),
    )
    found = assigned(drafts(), TEXT, SOURCE, here)
    gwadar = {d.incident_id for d in found if d.adm2_name == "Gwadar"}
    assert gwadar == {"2026-01-31-gwadar-bombing-2"}


LATE = (
    "Five workers shot dead in Gwadar\n"
    "GWADAR: Gunmen killed five labourers in Gwadar on Thursday, police said.\n"
    "Three labourers were wounded in Gwadar, a doctor said.\n"
)


def test_a_headline_days_after_the_event_speaks_of_the_figure_in_its_text():
    source = make_source("007-daily", published_on=date(2026, 2, 2))
    day = {"date_start": source.published_on, "date_end": source.published_on}
    read = [
        d.model_copy(update=day) if d.paragraph == 1 else d
        for d in find_drafts(LATE, published_on=source.published_on)
    ]
    found = assigned(read, LATE, source, Catalogue((), (), ()))
    fives = [d for d in found if d.count_low == 5]
    assert {d.date_start for d in fives} == {date(2026, 1, 29), date(2026, 2, 2)}
    assert len({d.incident_id for d in fives}) == 1


def test_a_copy_of_a_report_tells_of_the_incidents_of_that_report():
    there = incident(
        "a-taking", event_type="Violence against civilians", sub_event_type="Attack",
        date_start=date(2026, 1, 29), date_end=date(2026, 1, 29),
    )  # fmt: skip
    told = make_claim(incident_id="a-taking", count_low=5, count_high=5, **in_gwadar())
    here = Catalogue((make_source(),), (there,), (told,))
    source = make_source("007-daily", published_on=date(2026, 2, 5))
    read = find_drafts(LATE, published_on=source.published_on)
    apart = assigned(read, LATE, source, here)
    assert "a-taking" not in {d.incident_id for d in apart}
    joined = assigned(read, LATE, source, here, kin=[told.source_id])
    assert {d.incident_id for d in joined if d.count_low == 5} == {"a-taking"}
