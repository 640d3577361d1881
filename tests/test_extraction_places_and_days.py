"""Where, when and by whom: the parts of a claim that stand outside its figure."""

from __future__ import annotations

from datetime import date

import pytest

from incidents.extraction import Draft, extract

PUBLISHED = date(2025, 6, 12)  # a Thursday


def _first(text: str, casualty_type: str = "killed", count: int | None = None) -> Draft:
    return next(
        d
        for d in extract(text, published_on=PUBLISHED)
        if d.casualty_type == casualty_type and count in (None, d.count_low)
    )


@pytest.mark.parametrize(
    ("text", "count", "district"),
    [
        ("Three soldiers were martyred in Kech and five militants killed in Awaran.", 3, "Kech"),
        ("Three soldiers were martyred in Kech and five militants killed in Awaran.", 5, "Awaran"),
        ("In Surab, gunmen killed two men; in Jhal Magsi, four brothers died.", 4, "Jhal Magsi"),
        ("A senior official in Quetta said gunmen killed four labourers.", 4, None),
        ("A senior official in Quetta said gunmen killed four men in Panjgur.", 4, "Panjgur"),
        ("QUETTA: Two policemen were martyred in a firing incident in Khuzdar.", 2, "Khuzdar"),
        ("QUETTA: Two policemen were martyred in a firing incident.", 2, None),
        ("The provincial capital saw two blasts that killed 14 people.", 14, "Quetta"),
        ("Gunmen stormed a post in Barkhan. Three men were killed.", 3, "Barkhan"),
        ("A resident of Sibi and four others were shot dead in Nasirabad.", 4, "Nasirabad"),
        ("Two bodies from the blast in Chaman were taken to Quetta.", 2, "Chaman"),
        ("Violence across Balochistan left 30 dead.", 30, None),
        ("KOHLU: A shepherd and four boys stepped on a landmine. Five died.", 5, "Kohlu"),
        ("A bomb killed five men. The attack took place near Nushki, police said.", 5, "Nushki"),
        ("In Panjgur, Harnai and Kech, 216 militants were killed.", 216, None),
        ("Five men were killed in Kharan, four in Panjgur.", 4, "Panjgur"),
        ("Quetta\n- 10 killed\n\nNushki\n- 7 killed", 7, "Nushki"),
        ("Mastung: Three men killed in an attack near Dasht.\nKech: calm.", 3, "Mastung"),
        ("A coach was shot at near Wadh on the Quetta-Karachi highway, killing 5.", 5, "Khuzdar"),
        ("Residents of Gwadar said five men died.", 5, "Gwadar"),
        ("Two died in Ziarat. Eight men were arrested, DIG Loralai told reporters.", 2, "Ziarat"),
        ("At least 18 people died in Peshawar.", 18, None),
        ("Gunmen killed a police officer in Mastung.", 1, "Mastung"),
        ("Four men died in Dasht tehsil of Mastung District.", 4, "Mastung"),
        ("Kech was hit worst with nine deaths, followed by Awaran with five deaths.", 9, "Kech"),
        ("Panjgur reported six deaths, Kech three and Awaran two.", 3, "Kech"),
        ("1 Mar, Hub: one man killed\n2 Mar, Bela: two killed\n3 Mar, Sui: 3 killed", 2, "Lasbela"),
        ("PASNI: 3 killed\nSIBI: 4 killed\nZHOB: 5 killed\nQUETTA: calm", 4, "Sibi"),
        ("Kalat - 1 killed.\nQuetta - 2 killed.\nOverall: 7 killed.", 7, None),
        ("Quetta, Pakistan (dpa) - Five men died on Friday.", 5, None),
        ("Five men died in southwestern Pakistan. It was the first raid in Duki.", 5, None),
        ("A bomb hit a train in Nasirabad. Five men died.", 5, "Nasirabad"),
        ("The bomb killed 41, said a doctor of the trauma centre in Quetta.", 41, None),
        ("A raid on Mangochar, 110 km (68 miles) south of Quetta, killed 6.", 6, "Kalat"),
        ("A bomb hit a bus 22km from Dalbandin. Four died.", 4, "Chagai"),
        ("Gunmen fired in the Dasht Goran area of Kalat, killing 3 men.", 3, "Kalat"),
        ("Five were killed, Jan Baloch said in the provincial capital.", 5, None),
        ("A suspect was picked up in Kech. Two men died in custody in Pishin.", 2, "Pishin"),
        ("4 Oct | Sherani | Ambush. 2 killed.\n5 Oct | Sibi | Raid. 3 killed.", 2, "Sherani"),
        ("ISLAMABAD/GWADAR, Pakistan — Four men died near Gwadar, police said.", 4, "Gwadar"),
        ("A bomb hit Gwadar. In the same city a car bomb killed 3 two years ago.", 3, "Gwadar"),
    ],
)
def test_the_district_is_where_it_happened_not_where_the_speaker_is(
    text: str, count: int, district: str | None
) -> None:
    assert _first(text, count=count).adm2_name == district


@pytest.mark.parametrize(
    ("text", "start", "end", "scope"),
    [
        ("Gunmen killed two men on Monday.", "2025-06-09", "2025-06-09", "event"),
        ("Yesterday, gunmen killed two men.", "2025-06-11", "2025-06-11", "event"),
        ("Gunmen killed two men on 3 June 2025.", "2025-06-03", "2025-06-03", "event"),
        ("Two men died last year.", "2024-01-01", "2024-12-31", "background"),
        ("In March 2024, two men were killed.", "2024-03-01", "2024-03-31", "background"),
        ("Two men died over the past two days.", "2025-06-11", "2025-06-12", "cumulative"),
        ("Between 1 and 9 June, two men died.", "2025-06-01", "2025-06-09", "cumulative"),
        ("Since 31 May, 64 men have been killed.", "2025-05-31", "2025-06-12", "cumulative"),
        ("Nine men died in the past week.", "2025-06-06", "2025-06-12", "cumulative"),
    ],
)
def test_days_are_told_from_the_day_of_publication(
    text: str, start: str, end: str, scope: str
) -> None:
    draft = _first(text)
    assert (str(draft.date_start), str(draft.date_end), draft.scope) == (start, end, scope)


def test_the_day_before_is_kept_apart_from_the_day_of_the_event() -> None:
    text = (
        "Rebels killed ten soldiers on Wednesday. The raids came a day after the army said it "
        "had killed 41 insurgents."
    )
    draft = _first(text, count=41)
    assert (draft.date_start, draft.scope) == (date(2025, 6, 10), "previous_day")


def test_without_a_day_of_publication_a_weekday_gives_no_date() -> None:
    (draft,) = extract("Gunmen killed two men on Monday.")
    assert (draft.date_start, draft.date_end, draft.date_prec) == (None, None, None)


@pytest.mark.parametrize(
    ("text", "claimant", "claimant_type"),
    [
        ("Two men were killed, police said.", "police", "state"),
        ("The BLA said it killed two men.", "The BLA", "armed_group"),
        ("Hospital officials said two men were killed.", "Hospital officials", "hospital"),
        ("Witnesses said two men were killed.", "Witnesses", "witness"),
        ("According to UNICEF, two men were killed.", "UNICEF", "un_ngo"),
        (
            "Police spokesman Ali Khan left. “It was an ambush. Two men were killed,” said "
            "Shahid Rind, the government spokesman.",
            "Shahid Rind, the government spokesman",
            "state",
        ),
        (
            "Troops fought back, army spokesman Ali Khan said. He added that two men were killed.",
            "army spokesman Ali Khan",
            "state",
        ),
        ("Two men were killed.", "unattributed", "media"),
        ("Two men killed in Quetta blast: hospital sources", "hospital sources", "hospital"),
        ("DC Khuzdar Yasir Khan said two men were killed.", "DC Khuzdar Yasir Khan", "state"),
        ("Doctors say two men were killed.", "Doctors", "hospital"),
        ("Blast kills two men -police", "police", "state"),
        (
            "The BLA carried out two raids, in which two men were killed, a spokesman said.",
            "a spokesman",
            "armed_group",
        ),
    ],
)
def test_the_claimant_is_who_says_it(text: str, claimant: str, claimant_type: str) -> None:
    draft = _first(text)
    assert (draft.claimant, draft.claimant_type) == (claimant, claimant_type)


def test_they_are_as_many_as_the_people_told_of_before_and_left_to_the_reviewer() -> None:
    told, freed = extract("Gunmen abducted five workers near Wadh. They were freed on 9 June.")
    assert (told.count_low, told.tier) == (5, "linked")
    assert (freed.casualty_type, freed.count_low, freed.tier) == ("freed", 5, "unclassified")


def test_sums_over_separate_incidents_are_cumulative() -> None:
    draft = _first("Forces killed 15 militants in two separate operations in Balochistan.")
    assert draft.scope == "cumulative"


def test_no_private_person_is_named_as_claimant() -> None:
    draft = _first("Resident Gul Jan said two men were killed.")
    assert draft.claimant == "Resident"


def test_a_part_points_to_its_total() -> None:
    total, women, children = extract("Nine people, including two women and a child, were killed.")
    assert total.part_of is None
    assert {women.part_of, children.part_of} == {total.draft_id}


def test_a_figure_in_headline_and_text_is_two_drafts() -> None:
    drafts = extract("Five men were killed in Kech.", title="Five killed in Kech")
    assert [(d.in_title, d.paragraph, d.quote) for d in drafts] == [
        (True, None, "Five killed"),
        (False, 1, "Five men were killed"),
    ]


def test_a_happening_without_a_figure_is_drafted_where_its_place_is_named() -> None:
    text = "Two men died in Quetta. Additional attacks were reported in Kharan and Pasni."
    happenings = [d for d in extract(text) if d.happening]
    assert [(d.adm2_name, d.tier) for d in happenings] == [
        ("Kharan", "linked"),
        ("Gwadar", "linked"),
    ]
    assert {(d.event_type, d.sub_event_type) for d in happenings} == {
        ("Violence against civilians", "Attack")
    }


def test_an_arrest_by_an_armed_group_is_an_abduction() -> None:
    (draft,) = extract("The BLA said its fighters detained eight policemen.")
    assert (draft.casualty_type, draft.victim_group) == ("abducted", "police")


def test_the_cells_of_a_table_are_read_under_their_headings() -> None:
    text = (
        "Date | District | Incident | Killed | Injured\n"
        "2025-06-09 | Kech | IED blast | 2 | 4\n"
        "2025-06-10 | Quetta | Grenade attack | 0 | 7"
    )
    figures = [
        (d.adm2_name, str(d.date_start), d.casualty_type, d.count_low)
        for d in extract(text, published_on=PUBLISHED)
        if d.casualty_type
    ]
    assert figures == [
        ("Kech", "2025-06-09", "killed", 2),
        ("Kech", "2025-06-09", "injured", 4),
        ("Quetta", "2025-06-10", "killed", 0),
        ("Quetta", "2025-06-10", "injured", 7),
    ]


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        (
            "District\tKilled\tInjured\nKech\t4\t7\nPanjgur\t2\t0",
            [("killed", 4), ("injured", 7), ("killed", 2), ("injured", 0)],
        ),
        ("District | Killed\nKech | 4\nPanjgur | 2", [("killed", 4), ("killed", 2)]),
        ("Killed\t12\nInjured\t30", [("killed", 12), ("injured", 30)]),
    ],
)
def test_a_table_parted_by_tabs_or_of_two_columns_is_read(
    text: str, figures: list[tuple[str, int]]
) -> None:
    assert [(d.casualty_type, d.count_low) for d in extract(text)] == figures


def test_figures_in_a_bracket_belong_to_the_place_before_it() -> None:
    text = "Most were hurt in Dera Bugti (7 killed, 9 injured) and Kohlu (4 killed, 6 injured)."
    assert [(d.adm2_name, d.count_low) for d in extract(text)] == [
        ("Dera Bugti", 7),
        ("Dera Bugti", 9),
        ("Kohlu", 4),
        ("Kohlu", 6),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Three men were killed. Two, an official said, were identified by their papers.",
        "Two Levies men are dead. We cannot reach the third.",
        "And the wounded?\nFifteen, say the doctors.",
        "Nine coffins were brought to Quetta.",
        "A list of 14 names of those killed hung at the gate.",
        'He was killed, and one army captain was "slightly wounded".',
    ],
)
def test_a_number_or_a_person_beside_casualties_is_at_least_shown(text: str) -> None:
    assert [d for d in extract(text) if d.casualty_type and d.count_low in {1, 2, 9, 14, 15}]


def test_who_tells_of_casualties_is_no_claim() -> None:
    drafts = extract(
        '"They shot us," said one of the injured. Another freed passenger told AFP so.'
    )
    assert [d.quote for d in drafts if d.tier == "linked"] == []


@pytest.mark.parametrize(
    "text",
    [
        "A judge was attacked in Surab. He lost his life while defending his house.",
        "A suicide attacker blew himself up near a rally.",
        "Doctors said six remained on ventilators.",
        "Six miners fainted.",
        "Seven people are feared dead.",
        "The enemy suffered 12 casualties.",
    ],
)
def test_what_only_a_person_can_decide_is_shown_unclassified(text: str) -> None:
    figures = [d for d in extract(text) if d.casualty_type]
    assert [d.tier for d in figures] == ["unclassified"]


@pytest.mark.parametrize(
    ("text", "prec", "place_id"),
    [
        ("Thirty people were killed across Balochistan.", 4, "pcode:PK2"),
        ("QUETTA: Two policemen were martyred in a firing incident.", 4, "pcode:PK2"),
        ("Gunmen in Pakistan killed two men.", 6, "geonames:1168579"),
        ("Two men were killed.", 5, None),
    ],
)
def test_a_claim_without_a_district_says_how_little_is_known_of_its_place(
    text: str, prec: int, place_id: str | None
) -> None:
    draft = _first(text)
    assert (draft.adm2_pcode, draft.where_prec, draft.place_id) == (None, prec, place_id)


@pytest.mark.parametrize(
    ("title", "text", "claimant_type"),
    [
        ("CTD press release", "In an operation, four terrorists were killed in Pishin.", "state"),
        ("Handout No. 7", "QUETTA: The minister mourned the two soldiers killed.", "state"),
        ("FC recovers four men", "A hideout was raided and four men were recovered.", "state"),
        (
            "Attack in Bolan",
            "Nine men were killed.\n\nSpokesperson, Baloch Liberation Army",
            "armed_group",
        ),
        (
            "Deaths in October",
            "A think tank recorded 40 attacks.\n\nSeventy men were killed.",
            "un_ngo",
        ),
    ],
)
def test_a_document_speaks_for_whoever_issued_it(title: str, text: str, claimant_type: str) -> None:
    drafts = extract(text, title=title, published_on=PUBLISHED)
    assert {d.claimant_type for d in drafts if d.casualty_type} == {claimant_type}


@pytest.mark.parametrize(
    ("text", "claimant_type"),
    [
        ("Four held in a search, says DPO", "state"),
        ("One killed, six injured in a blast, rescue sources", "state"),
        ("Police said gunmen opened fire. A driver was killed.", "state"),
        ("A doctor, speaking on the telephone, said nine men had died.", "hospital"),
        ("The BLA claimed the raid in a statement and said it killed 9 men.", "armed_group"),
        ("My cousin saw three people dead, a fisherman said.", "witness"),
        ("No group claimed the raid. It killed nine men.", "media"),
        ("The home secretary put the toll at 11.", "state"),
        ("Police raided a house. In August last year, 23 people were killed.", "media"),
    ],
)
def test_a_speaker_is_found_where_tickers_and_papers_name_one(
    text: str, claimant_type: str
) -> None:
    draft = next(d for d in extract(text, published_on=PUBLISHED) if d.casualty_type)
    assert draft.claimant_type == claimant_type


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        (
            "Seven people were killed in various incidents in different areas on Wednesday.",
            "cumulative",
        ),
        (
            "A bomb killed nine in Kech on Wednesday. On Tuesday, two men were shot dead.",
            "previous_day",
        ),
        ("The institute recorded 62 attacks in May. Seventy people were killed.", "cumulative"),
        ("In 2023 the council documented 38 killings.", "cumulative"),
        ("No casualties have been reported so far.", "event"),
        (
            "Eight men were killed on Wednesday, bringing the number killed in two days to 27.",
            "event",
        ),
    ],
)
def test_a_sum_and_the_day_before_are_told_from_the_event(text: str, scope: str) -> None:
    drafts = [d for d in extract(text, published_on=PUBLISHED) if d.casualty_type]
    told = drafts[-1] if scope == "previous_day" else drafts[0]
    assert told.scope == scope


def test_an_earlier_fate_of_the_same_people_is_left_to_the_reviewer() -> None:
    text = "A boy who was kidnapped last month was recovered on Wednesday."
    tiers = {d.casualty_type: d.tier for d in extract(text, published_on=PUBLISHED)}
    assert tiers == {"abducted": "unclassified", "freed": "linked"}


@pytest.mark.parametrize(
    ("text", "casualty_type", "count"),
    [
        ("Three people were killed. The official count now stands at nine.", "killed", 9),
        ("Four are on ventilators.", "injured", 4),
        ("Five suspects are being questioned.", "arrested", 5),
        ("Two traders were shot.", "injured", 2),
        ("Seven schoolboys will be buried today.", "killed", 7),
        ("The fate of the remaining two is not known.", "missing", 2),
    ],
)
def test_a_number_that_no_rule_can_link_is_shown_with_what_it_may_be(
    text: str, casualty_type: str, count: int
) -> None:
    drafts = [d for d in extract(text) if d.tier == "unclassified" and d.casualty_type]
    assert [(d.casualty_type, d.count_low) for d in drafts] == [(casualty_type, count)]


def test_history_told_of_here_has_the_place_of_the_report() -> None:
    text = "Ten people died in Awaran on Monday. In the last attack here, two years ago, six died."
    assert [(d.adm2_name, d.scope) for d in extract(text)] == [
        ("Awaran", "event"),
        ("Awaran", "background"),
    ]
