"""Title, outlet, agency, day and language: only what the document says."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.reading import (
    DocumentRefusedError,
    attribution,
    headline,
    language,
    publication_day,
    teasers,
)

BODY = "QUETTA: Three people were killed when a roadside bomb went off near a bus, police said.\n"
DAY = date(2026, 1, 31)


@pytest.mark.parametrize(
    "line",
    [
        "January 31, 2026",
        "Jan 31, 2026",
        "Saturday, 31 January 2026",
        "31st of January, 2026",
        "31-Jan-2026",
        "2026-01-31",
        "31/01/2026",
        "31.01.2026",
        "Published January 31, 2026",
        "Published: 31 Jan 2026 14:05",
        "Posted on Jan. 31st, 2026 | Updated February 2, 2026",
        "Published in Dawn, January 31st, 2026",
        "By A Correspondent | Published January 31, 2026",
        "By Our Correspondent Published January 31, 2026",
        "Date: 2026-01-31",
        "Dawn | January 31, 2026",
        "Last updated: Feb 2, 2026\nPublished: Jan 31, 2026",
        "Rawalpindi, 31 January 2026: Security forces carried out an operation in Kalat.",
        "QUETTA, Pakistan, Jan 31, 2026 (AFP) - Three people were killed, police said.",
        "Rawalpindi, 31 January 2026",
        "Islamabad, Pakistan – January 31, 2026",
        "Flash Update No. 2 (as of 31 January 2026)",
        "Situation report as of 31 January 2026",
        "Balochistan: Flash Update (31 January 2026)",
    ],
)
def test_a_stated_day_of_publication_is_read(line):
    assert publication_day.from_text(f"Bomb kills three\n{line}\n{BODY}").published_on == DAY


def test_a_day_at_the_end_and_one_before_the_first_sentence_are_read():
    ended = BODY * 20 + "Published in Dawn, January 31st, 2026\n"
    assert publication_day.from_text(ended).published_on == DAY
    assert publication_day.from_text(f" date 2026-01-31 {BODY}").published_on == DAY


@pytest.mark.parametrize(
    "text",
    [
        BODY,
        f"ISLAMABAD: Separatists attacked on Saturday (Jan 31).\n{BODY}",
        f"QUETTA, Jan 31 (Reuters) - Three people were killed.\n{BODY}",
        "The insurgency began after the killing of a leader on August 26, 2006, in the hills.\n",
        f"{'The commission, in a report that was published January 31, 2026, counted. ' * 3}\n",
        f"Bomb on January 31, 2026 kills three\n{BODY}",
        f"01/02/2026\n{BODY}",
        f"Updated: January 31, 2026\n{BODY}",
        f"As of 31 January 2026, a total of 64 people were killed.\n{BODY}",
        f"30 February 2026\n{BODY}",
        f"2 January 2026\n{BODY}4 January 2026\n{BODY}",
        f"Published 31/01/1447\n{BODY}",
    ],
)
def test_a_day_that_is_not_stated_as_publication_is_not_taken(text):
    assert publication_day.from_text(text).published_on is None


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("Published 01/02/2026", "by hand"),
        ("Updated: January 31, 2026", "updated on 2026-01-31"),
        ("30 February 2026", "no day that exists"),
        ("2 January 2026\n4 January 2026", "Several dates"),
    ],
)
def test_a_doubtful_day_is_explained(line, said):
    assert any(said in n for n in publication_day.from_text(f"{line}\n{BODY}").notices)


@pytest.mark.parametrize(
    ("line", "at"),
    [
        ("Published January 31, 2026 05:12pm PKT", "2026-01-31T17:12:00+05:00"),
        ("Published: 2026-01-31 14:05 GMT", "2026-01-31T14:05:00+00:00"),
        ("Published 31 Jan 2026, 12:30 a.m. +05:00", "2026-01-31T00:30:00+05:00"),
    ],
)
def test_a_time_with_its_offset_is_read(line, at):
    assert publication_day.from_text(f"{line}\n{BODY}").published_at.isoformat() == at


def test_a_time_without_an_offset_gives_a_day_only():
    day = publication_day.from_text(f"Published January 31, 2026 05:12pm\n{BODY}")
    assert (day.published_on, day.published_at) == (DAY, None)
    assert publication_day.from_field("2026-01-31T23:00:00")[:2] == (DAY, None)


def test_days_are_those_of_pakistan():
    day = publication_day.from_field("2026-01-30T20:30:00+00:00")
    assert day.published_on == DAY
    assert "2026-01-31 in Pakistan" in day.notices[0]


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)))
def test_every_day_is_read_back_in_each_spelling(day):
    for pattern in ("%B %d, %Y", "%d %b %Y", "%Y-%m-%d"):
        text = f"Published {day.strftime(pattern)}\n{BODY}"
        assert publication_day.from_text(text).published_on == day


@given(st.text(max_size=80))
def test_reading_a_field_never_fails(value):
    assert publication_day.from_field(value).published_at is None or value


@pytest.mark.parametrize(
    ("line", "agency"),
    [
        ("Ten people were killed. (AFP)", "AFP"),
        ("(With inputs from AFP)", "AFP"),
        ("With additional reporting by Agence France-Presse.", "AFP"),
        ("QUETTA, Pakistan (AFP) - Five people were killed.", "AFP"),
        ("QUETTA, Nov 10 (Reuters) - The number rose to 27.", "Reuters"),
        ("(Reuters) - A bomb killed 11 miners.", "Reuters"),
        ("QUETTA, Pakistan (AP) — Gunmen killed nine people.", "AP"),
        ("QUETTA, Jan 31 (APP): The governor condemned it.", "APP"),
        ("Balochistan [Pakistan], January 31 (ANI): Two were abducted.", "ANI"),
        ("ISLAMABAD, Jan. 31 (Xinhua) -- Ten soldiers were killed.", "Xinhua"),
        ("Source: AFP", "AFP"),
        ("The road was closed. — AFP", "AFP"),
        ("AFP — Ten people were killed.", "AFP"),
    ],
)
def test_a_credited_agency_is_read_without_a_doubt(line, agency):
    assert attribution.agency_of(f"{BODY}{line}\n") == (agency, ())


@pytest.mark.parametrize(
    ("line", "agency"),
    [
        ("Two officials told Reuters that it was over.", "Reuters"),
        ("The group said so in a statement sent to AFP.", "AFP"),
        ("A doctor, speaking to the Associated Press, said so.", "AP"),
        ("An AFP journalist saw smoke.", "AFP"),
    ],
)
def test_an_agency_that_was_only_told_is_read_with_a_notice(line, agency):
    found = attribution.agency_of(f"{BODY}{line}\n")
    assert found.name == agency
    assert "not credited" in found.notices[0]


@pytest.mark.parametrize(
    "line",
    [
        "SHO Ghulam Rasool told Dawn.",
        "Security personnel at the site. Photo: AFP",
        "A file image of the road (Reuters/File)",
        "The app told users of the attack. (With inputs from agencies)",
        "He apologised to the ap.",
        "Ani Bibi told police so.",
    ],
)
def test_what_is_no_credit_gives_no_agency(line):
    assert attribution.agency_of(f"{BODY}{line}\n").name is None


def test_a_credit_outweighs_what_was_told_and_others_are_named():
    text = f"{BODY}Police told Reuters so. He told Reuters more.\n(With inputs from AFP)\n"
    assert attribution.agency_of(text).name == "AFP"
    both = attribution.agency_of(f"{BODY}(AFP)\nSource: Reuters\n")
    assert both.name == "AFP"
    assert both.notices == ("Reuters is credited too.",)


def test_a_byline_names_an_agency_and_a_person_none():
    assert attribution.agency_of(BODY, ["Jane Writer", "AFP and Dawn"]).name == "AFP"
    assert attribution.agency_of(BODY, ["Jane Reuters-Smith"]).name is None


@pytest.mark.parametrize(
    ("text", "url", "outlet"),
    [
        (BODY, "https://www.dawn.com/news/1", "Dawn"),
        (BODY, "https://timesofindia.indiatimes.com/x", "The Times of India"),
        (BODY, "https://dawn.com.example.org/x", "unknown"),
        (BODY, "https://notdawn.com/x", "unknown"),
        (f"{BODY}Published in Dawn, January 31st, 2026", None, "Dawn"),
        (f"The Express Tribune\n{BODY}", None, "The Express Tribune"),
        (f"Bomb kills three | DW\n{BODY}", None, "Deutsche Welle"),
        (f"{BODY}Source: Al Jazeera", None, "Al Jazeera"),
        (f"{BODY}© 2026 Hindustan Times", None, "Hindustan Times"),
        (f"{BODY}The owner told Dawn on Sunday.", None, "unknown"),
        (f"Dawn raid kills three\n{BODY}", None, "unknown"),
        (BODY, None, "unknown"),
    ],
)
def test_the_outlet_is_what_the_document_says_or_unknown(text, url, outlet):
    assert attribution.outlet_of(text, url=url).name == outlet


def test_an_outlet_that_is_not_in_the_list_stands_as_the_page_calls_it():
    found = attribution.outlet_of(BODY, ["Gazette of Nowhere"])
    assert found.name == "Gazette of Nowhere"
    assert "calls its publisher" in found.notices[0]


@pytest.mark.parametrize(
    "lines",
    [
        "Bomb kills three in Kalat\n",
        "Dawn\nJanuary 31, 2026\nBomb kills three in Kalat\nBy A Writer\n",
        "Title: Bomb kills three in Kalat\n",
        "\n\n  Bomb kills three in Kalat  \n\n",
    ],
)
def test_the_headline_is_found_above_the_first_paragraph(lines):
    assert headline.headline_of(lines + BODY) == "Bomb kills three in Kalat"


@pytest.mark.parametrize("text", ["", "Bomb kills three", BODY * 2, f"Dawn\n{BODY}", BODY * 9])
def test_a_text_without_a_headline_gets_none(text):
    assert headline.headline_of(text) is None


def test_the_day_over_a_statement_is_read_in_words_too():
    text = "HANDOUT No. 77\nQuetta, the 11th February, 2026\nTwo men were hurt near Kalat."
    assert str(publication_day.from_text(text).published_on) == "2026-02-11"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("کوئٹہ میں دھماکے سے تین افراد ہلاک اور دو زخمی ہو گئے ہیں", "ur"),
        ("در انفجار بمب در شهر کویته سه نفر کشته شدند و این حمله را به گروهی نسبت دادند", "fa"),
        ("قتل ثلاثة جنود في انفجار قنبلة على طريق قرب مدينة كويتا من دون أن تعلن جهة", "ar"),
        ("د کوټې په ښار کې په چاودنه کې درې کسان وژل شوي دي او دوه ټپیان دي", "ps"),
        ("ݔݔ ٻٻ ڱڱ", "und"),
        (
            "Quetta mein dhamake se teen afraad halak aur do zakhmi ho gaye hain police ke mutabiq "
            "yeh hamla raat ko kiya gaya tha aur ilaqe ko gher liya gaya hai jahan se mulzim ki "
            "talash ki ja rahi hai",
            "ur-Latn",
        ),
    ],
)
def test_languages_of_the_region_are_coded_by_hand(text, code):
    found = language.language_of(text)
    assert (found.code, found.readable) == (code, False)
    assert "is not read automatically and can be coded by hand" in found.notices[0]


def test_english_is_read_even_where_a_page_declares_another_language():
    assert language.language_of(BODY * 3, "ur").code == "en"
    assert language.language_of("IED, Kech: 2 killed", "en").readable
    assert language.language_of("", None).readable


def test_an_urdu_part_of_an_english_text_is_named():
    mixed = language.language_of(BODY + "کوئٹہ میں دھماکے سے تین افراد ہلاک ہو گئے")
    assert mixed.readable
    assert "Arabic" in mixed.notices[0]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Bei einem Anschlag in Quetta sind am Sonntag sechs Menschen getötet worden.", "German"),
        ("Au moins six personnes ont été tuées dimanche dans un attentat à Quetta.", "French"),
        (
            "Almeno sei persone sono morte e undici sono rimaste ferite a Quetta in un attacco.",
            "Italian",
        ),
    ],
)
def test_a_sentence_is_enough_to_tell_another_language(text, name):
    with pytest.raises(DocumentRefusedError, match=name):
        language.language_of(text)


@pytest.mark.parametrize(
    "text",
    ["Die Zeit, Der Spiegel: two killed in Kech", "A man died in a blast in De La Rue", "De facto"],
)
def test_foreign_names_make_no_other_language(text):
    assert language.language_of(text).code == "en"


def test_urdu_in_the_letters_in_which_a_pdf_draws_it_is_urdu():
    assert language.language_of("ﻣﺴﺘﻮﻧﮓ ﻣﯿﮟ ﭼﺎﺭ ﺍﮨﻠﮑﺎﺭ ﺷﮩﯿﺪ ﺍﻭﺭ ﺩﻭ ﺯﺧﻤﯽ ﮨﻮ ﮔﺌﮯ").code == "ur"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (
            "Au moins dix soldats ont été tués dans une attaque qui a visé un convoi dans le sud "
            "de la province, ont indiqué les autorités, et des dizaines de civils ont été blessés "
            "par les tirs sur la route",
            "French",
        ),
        (
            "Bei einem Anschlag auf einen Konvoi sind in der Provinz mindestens zehn Soldaten "
            "getötet worden, wie die Behörden mitteilten. Die Täter sind mit dem Auto in den "
            "Konvoi gefahren und das Militär hat die Straße nicht geöffnet",
            "German",
        ),
        ("В результате взрыва в Кветте погибли три человека", "Cyrillic"),
        ("俾路支省发生爆炸造成三人死亡", "Chinese"),
        ("क्वेटा में धमाके में तीन लोगों की मौत", "Devanagari"),
    ],
)
def test_other_languages_are_refused_by_their_names(text, name):
    with pytest.raises(DocumentRefusedError, match=f"{name}.*English translation"):
        language.language_of(text)


@pytest.mark.parametrize(
    "line",
    [
        "Also read: Twelve killed in Turbat ambush",
        "ALSO READ | Twelve killed",
        "READ MORE: Twelve killed",
        "Related stories",
        "Watch: Aftermath of the blast that killed 12",
        "Don’t miss: Twelve killed",
        "Advertisement",
        "Click here to read more",
        "File photo: 12 were killed in 2019",
        "Security men inspect the site of the blast that killed 12. — AFP/File",
        "Photo: Reuters",
    ],
)
def test_teasers_and_captions_are_told(line):
    assert teasers.is_teaser(line)


@pytest.mark.parametrize(
    "line",
    [
        "Read aloud in court, the list held 12 names.",
        "Related attacks killed 12 people last year.",
        "Watchmen found the bodies: 12 in all.",
        "Trending upward, attacks killed 12.",
        "QUETTA: Photographers were among the 12 injured.",
        "Twelve people were killed. — AFP",
        "(With inputs from AFP)",
    ],
)
def test_sentences_are_not_taken_for_teasers(line):
    assert not teasers.is_teaser(line)
