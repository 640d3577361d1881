"""Web pages: the article alone, without what is not seen, captions and other articles."""

from pathlib import Path

import pytest

from incidents.reading import DocumentRefusedError, html, page_tree
from incidents.reading.parts import Job

DOCUMENTS = Path(__file__).parent / "data" / "documents"
PARAGRAPHS = (
    "QUETTA: Two soldiers were killed in Panjgur on Friday, the army said late at night.",
    "Three were hurt.",
    "The convoy was moving towards the border when a bomb hit the second vehicle, officials said.",
    "“We heard a loud blast,” a shopkeeper said.",
)
TITLE = "Two soldiers killed in Panjgur"
HEAD = f"<title>{TITLE} - Some Herald</title>"
MENU = '<div class="top"><a href="/">Home</a> <a href="/w">World</a></div>'
HEADLINE = f"<h1>{TITLE}</h1><div>Web Desk | Published January 31, 2026</div>"
OTHERS = (
    '<div class="box"><h3>More stories</h3><ul><li><a href="/q">Thirty killed in a bus plunge</a>'
    '</li><li><a href="/r">Nine die as a roof collapses in Zhob</a></li></ul></div>'
    '<div class="bottom"><p>Copyright 2026 Some Herald. All rights reserved.</p></div>'
)


def _page(body):
    return f"<!doctype html><html lang='en'><head>{HEAD}</head><body>{MENU}{body}{OTHERS}</body>"


def _p(paragraphs, tag="p"):
    return "".join(f"<{tag}>{p}</{tag}>" for p in paragraphs)


TEMPLATES = {
    "div": lambda ps: _page(f"{HEADLINE}<div class='story'>{_p(ps)}</div>"),
    "article": lambda ps: _page(f"<article>{HEADLINE}{_p(ps)}</article>"),
    "line breaks": lambda ps: _page(f"{HEADLINE}<div id='content'>{'<br><br>'.join(ps)}</div>"),
    "divs": lambda ps: _page(f"{HEADLINE}<div class='txt'>{_p(ps, 'div')}</div>"),
    "table": lambda ps: _page(f"<table><tr><td>{HEADLINE}{_p(ps)}</td></tr></table>"),
    "list": lambda ps: _page(f"{HEADLINE}<div><ul>{_p(ps, 'li')}</ul></div>"),
}


@pytest.mark.parametrize("template", TEMPLATES)
@pytest.mark.parametrize("count", [1, 2, 4])
def test_the_headline_and_every_paragraph_are_read_and_nothing_else(template, count):
    parts = html.article(TEMPLATES[template](PARAGRAPHS[:count]))
    assert parts.text.split("\n") == [TITLE, *PARAGRAPHS[:count]]
    assert parts.title == TITLE


def test_what_a_page_hides_or_points_to_is_left_out():
    parts = html.read((DOCUMENTS / "related_inside.html").read_bytes(), Job("html"))
    assert parts.text.split("\n") == [
        "Blast near Kalat bus stand kills three",
        "KALAT: Three people were killed when a roadside bomb went off near the bus stand, police "
        "said on Tuesday.",
        "Two others were hurt, a doctor said.",
        "What is known",
        "Kalat: three killed",
        "Mastung: one policeman abducted",
        "The road was closed for hours.",
        "Nobody claimed the attack.",
        "(With inputs from AFP)",
    ]
    assert "Left out, for the page does not show it: 9 passages." in parts.notices


@pytest.mark.parametrize(
    "opening",
    [
        "<p style='display:none'>",
        "<p style='DISPLAY : NONE !important'>",
        "<p style='visibility:hidden'>",
        "<p hidden>",
        "<p aria-hidden='true'>",
        "<p style='font-size:0'>",
        "<p style='font-size:0px;color:red'>",
        "<p style='opacity:0'>",
        "<p style='color:#fff'>",
        "<p style='color: white'>",
        "<p style='color:rgb(255, 255, 255)'>",
        "<p style='color:transparent'>",
        "<p style='text-indent:-9999px'>",
        "<p style='height:0;overflow:hidden'>",
        "<p class='gone'>",
        "<p id='gone'>",
        "<font color='white'>",
        "<font size='0'>",
        "<template>",
        "<noscript>",
        "<script>",
        "<del>",
        "<div style='display:none'><div><div>",
    ],
)
def test_a_hidden_figure_is_not_read(opening):
    style = "<style>/* x */ p.gone, #gone { display: none }</style>"
    page = f"<html><head>{style}</head><body><p>Two were killed.</p>{opening}500 killed"
    root = page_tree.parse(page)
    page_tree.drop_unseen(root)
    assert list(page_tree.lines_of(root)) == ["Two were killed."]


@pytest.mark.parametrize(
    ("style", "opening"),
    [
        ("", "<p style='dis\\70lay:none'>"),
        ("", "<p style='display/**/:none'>"),
        ("", "<p style='display:/* x */none'>"),
        ("", "<p style='font:0/0 a'>"),
        ("", "<p style='font: italic 0px serif'>"),
        ("", "<p style='color:rgba(0,0,0,0)'>"),
        ("", "<p style='color:rgb(0 0 0 / 0)'>"),
        ("", "<p style='--x:none;display:var(--x)'>"),
        ("", "<p style='display:var(--y, none)'>"),
        (":root{--x:none}", "<p style='display:var(--x)'>"),
        (":root{--x:none} .q{display:var(--x)}", "<p class=q>"),
        (".q{dis\\70 lay:none}", "<p class=q>"),
        (".q{display:none", "<p class=q>"),
        ("<!-- .q{display:none} -->", "<p class=q>"),
        ("@media screen{.q{display:none}}", "<p class=q>"),
        ("@media only screen and (min-width:800px){.q{display:none}}", "<p class=q>"),
        ("@media print,screen{.q{display:none}}", "<p class=q>"),
        ("@supports (display:grid){@layer a{.q{display:none}}}", "<p class=q>"),
        ("@import 'a.css'; .q{display:none}", "<p class=q>"),
        (".a::after{content:'}{'} .q{display:none}", "<p class=q>"),
        ("p:nth-of-type(2){display:none}", "<p>"),
        ("p:nth-child(2n){display:none}", "<p>"),
        ("p:last-of-type{display:none}", "<p>"),
        ("[data-z]{display:none}", "<p data-z>"),
        ("p[data-z^='ab']{display:none}", "<p data-z=abc>"),
        (".sm\\:q{display:none}", "<p class='sm:q'>"),
        ("body p + p{display:none}", "<p>"),
        ("body > p.q, .other{display:none}", "<p class='q r'>"),
        ("p.q.r{display:none}", "<p class='q r'>"),
        ("h1:not(.a, .b), .q{display:none}", "<p class=q>"),
    ],
)
def test_a_figure_hidden_in_an_odd_spelling_is_not_read(style, opening):
    page = (
        f"<html><head><style>{style}</style></head><body><p>Two were killed.</p>{opening}500 dead"
    )
    root = page_tree.parse(page)
    unseen = page_tree.drop_unseen(root)
    assert list(page_tree.lines_of(root)) == ["Two were killed."]
    assert unseen.left_out == ("500 dead",)


@pytest.mark.parametrize(
    "style",
    [
        "p:is(.q){display:none}",
        "@media (prefers-contrast:more){.q{display:none}}",
        "@container (width > 1px){.q{display:none}}",
        ".q{&{display:none}}",
        "*{display:none}",
        "p:not(:nth-child(2)){display:none}",
        "body{p.q{display:none}}",
        ":root{--x:none} .a{--x:block} .q{display:var(--x)}",
    ],
)
def test_words_that_a_rule_may_hide_are_read_with_a_notice(style):
    page = f"<html><head><style>{style}</style></head><body><p class=q>Five killed on 2 May</p>"
    root = page_tree.parse(page)
    unseen = page_tree.drop_unseen(root)
    assert list(page_tree.lines_of(root)) == ["Five killed on 2 May"]
    assert unseen.doubtful == ("Five killed on 2 May",)
    assert unseen.left_out == ()


@pytest.mark.parametrize(
    "style",
    [
        "p:hover{display:none}",
        "p::before{display:none}",
        "@media print{p{display:none}}",
        "@media (max-width:600px){p{display:none}}",
        "@keyframes a{from{opacity:0}}",
        "p:nth-of-type(3){display:none}",
        "div p{display:none}",
        "[data-z]{display:none}",
        ".q .r{display:none}",
    ],
)
def test_rules_that_do_not_hold_hide_nothing(style):
    page = f"<html><head><style>{style}</style></head><body><p class=q>Five killed on 2 May</p>"
    root = page_tree.parse(page)
    assert page_tree.drop_unseen(root) == ((), ())
    assert list(page_tree.lines_of(root)) == ["Five killed on 2 May"]


def test_a_figure_that_was_left_out_of_a_number_is_told():
    number = '5<span style="display:none">00</span> killed in Kech'
    parts = html.article(_page(f"<article>{HEADLINE}{_p([number, *PARAGRAPHS])}</article>"))
    assert "5 killed in Kech" in parts.text
    assert "Figures stand in what was left out: '00'." in parts.notices


@pytest.mark.parametrize(
    "shown",
    [
        "<p style='font-size:0.9em'>",
        "<p style='opacity:0.8'>",
        "<p style='color:#fff;background:#000'>",
        "<div style='background-color:black'><p style='color:white'>",
        "<p style='background-color:#fff'>",
        "<p style='line-height:1.2;max-width:100%'>",
        "<p class='kept'>",
        "<dialog open>",
    ],
)
def test_a_shown_figure_is_read(shown):
    style = "<style>body{visibility:hidden} @media print{.kept{display:none}}</style>"
    root = page_tree.parse(f"<html><head>{style}</head><body>{shown}Five killed")
    page_tree.drop_unseen(root)
    assert list(page_tree.lines_of(root)) == ["Five killed"]


@pytest.mark.parametrize(
    "declared",
    [
        '<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<?xml version="1.0"?>\n<!doctype html [\n<!ENTITY % y "]"> <!ENTITY x "<p>9 killed">\n] >',
    ],
)
def test_entities_that_a_page_declares_leave_no_words(declared):
    root = page_tree.parse(f"{declared}<html><body><p>&x;Two &amp; three were killed.</body>")
    assert list(page_tree.lines_of(root)) == ["Two & three were killed."]


def test_a_row_of_a_table_is_one_line():
    root = page_tree.parse("<table><tr><th>District<th>Killed<tr><td><p>Kech</p><td> 2 </table>")
    assert list(page_tree.lines_of(root)) == ["District | Killed", "Kech | 2"]


def test_cells_that_span_rows_or_columns_leave_the_others_under_their_headings():
    table = (
        "<tr><th>District<th>Event<th>Killed<tr><td rowspan=2>Kech<td>Mine<td>2"
        "<tr><td>Ambush<td>1<tr><td colspan=2>Total<td>3<tr><td colspan=3>As of May"
    )
    page = _page(f"<article>{_p(PARAGRAPHS)}<table>{table}</table></article>")
    assert html.article(page).text.splitlines()[-5:] == [
        "District | Event | Killed",
        "Kech | Mine | 2",
        "| | Ambush | 1 |",
        "Total | | 3",
        "As of May",
    ]


def test_what_does_not_print_is_kept_as_read():
    text = "دھماکے می\u200cشود اور Que\u200btta \u202eabc\u202c"
    assert text in html.article(_page(f"<article>{_p([text, *PARAGRAPHS])}</article>")).text


def test_a_headline_that_the_page_does_not_show_is_told_apart():
    parts = html.article(f"<html><head>{HEAD}</head><body>{_p(PARAGRAPHS)}</body></html>")
    assert parts.text.startswith(f"{TITLE} - Some Herald\n")
    assert any("shows no headline" in notice for notice in parts.notices)


def test_a_nest_of_empty_wrappers_is_flattened_and_a_deeper_one_refused():
    nested = "<div>" * 1000 + "<p>Two were killed.</p>" + "</div>" * 1000
    assert html.article(f"<body>{nested}</body>").text == "Two were killed."
    with pytest.raises(DocumentRefusedError, match="nests at least 2,048"):
        html.article("<div>" * 50_000 + "Two were killed." + "</div>" * 50_000)


def test_the_declared_charset_of_a_page_is_used():
    page = "<html><head><meta charset='windows-1251'></head><body><p>Взрыв в Кветте, трое</p>"
    assert "Взрыв в Кветте" in html.read(page.encode("cp1251"), Job("html")).text


@pytest.mark.parametrize(
    ("head", "published"),
    [
        ('<meta property="article:published_time" content="2026-01-31T10:00:00+05:00">', "10:00"),
        ('<meta name="pubdate" content="2026-01-31">', "2026-01-31"),
        ('<meta itemprop="datePublished" content="2026-01-31T09:00:00Z">', "09:00"),
        (
            '<script type="application/ld+json">[{"@type":["NewsArticle"],'
            '"datePublished":"2026-01-31T08:00:00Z"}]</script>',
            "08:00",
        ),
        ('<script type="application/ld+json">{broken</script>', None),
    ],
)
def test_the_time_of_publication_comes_from_the_pages_own_fields(head, published):
    parts = html.article(f"<html><head>{head}</head><body>{_p(PARAGRAPHS)}</body></html>")
    assert (published in parts.published) if published else parts.published is None


def test_an_author_is_used_to_find_agencies_only(capfd):
    page = f"<html><head><meta name='author' content='Reuters'></head><body>{_p(PARAGRAPHS)}"
    assert html.article(page).bylines == ("Reuters",)
    assert capfd.readouterr() == ("", "")


def test_readers_comments_are_left_out_even_where_they_are_longer_than_the_article():
    comments = "".join(
        f"<li class='comment'><p>I think that {n} people were killed and they hide it from us."
        for n in range(20, 40)
    )
    page = _page(f"<main><article>{HEADLINE}{_p(PARAGRAPHS)}</article><ol>{comments}</ol></main>")
    assert html.article(page).text.split("\n") == [TITLE, *PARAGRAPHS]


def test_the_line_under_the_headline_is_read_and_a_list_of_others_in_the_text_is_not():
    under = "Officials say that two others were hurt in the ambush on Friday."
    others = (
        "<div class='more'><h2>Recommended Stories</h2><span class='sr-only'>list of 2 items</span>"
        "<ul><li><span class='sr-only'>list 1 of 2</span><a href='/1'>At least 22 killed</a></li>"
        "<li><a href='/2'>Photos: 15 killed in train attack</a></li></ul></div>"
    )
    body = f"{_p(PARAGRAPHS[:1])}{others}{_p(PARAGRAPHS[1:])}"
    page = _page(f"<header>{HEADLINE}<p><em>{under}</em></p></header><div class='t'>{body}</div>")
    assert html.article(page).text.split("\n") == [TITLE, under, *PARAGRAPHS]


def test_words_outside_of_paragraphs_and_lists_between_them_are_not_lost():
    sidebar = "<td><p>Weather: 3 degrees</p><p>Gold: 20 rupees less</p></td>"
    table = f"<table><tr>{sidebar}<td><h1>{TITLE}</h1><font>{'<p>'.join(PARAGRAPHS)}</font></table>"
    assert html.article(_page(table)).text.split("\n") == [TITLE, *PARAGRAPHS]
    items = ["Panjgur: two soldiers killed", "Mastung: one policeman abducted"]
    body = f"{_p(PARAGRAPHS[:1])}<h2>In short</h2><ul>{_p(items, 'li')}</ul>{_p(PARAGRAPHS[1:])}"
    page = _page(f"<section><header>{HEADLINE}</header><section>{body}</section></section>")
    expected = [TITLE, PARAGRAPHS[0], "In short", *items, *PARAGRAPHS[1:]]
    assert html.article(page).text.split("\n") == expected


def test_a_page_arranged_by_a_table_and_broken_lines_is_read_without_its_menus():
    page = (
        "<html><head><title>The Frontier Mail - Two guards killed in Turbat blast</title></head>"
        "<body><table><tr><td colspan=2>The Frontier Mail<tr><td><a href=a>Front page</a><br>"
        "<a href=b>Train crash kills 31</a><td><font size=5>Two guards killed in Turbat blast</font>"
        "<br><font size=1>By our man, March 3, 2026</font><br><br>TURBAT: Two guards were killed "
        "and five hurt when a bomb hit their car on Monday.<br><br>Nobody claimed the attack, a man "
        "at the hospital said.</table></body></html>"
    )
    parts = html.article(page)
    assert parts.title == "Two guards killed in Turbat blast"
    assert parts.text.splitlines()[0] == parts.title
    assert "31" not in parts.text
    assert parts.text.splitlines()[-1] == "Nobody claimed the attack, a man at the hospital said."
    assert parts.notices == ()


def test_the_advertisements_and_captions_of_an_amp_page_are_left_out():
    caption = "Mourners outside a hospital on Monday. PHOTO: AFP"
    extra = f"<amp-sidebar>12 killed</amp-sidebar><p>{caption}</p><amp-ad>Ad, 9 dead</amp-ad>"
    text = html.article(_page(f"<article>{extra}{_p(PARAGRAPHS)}</article>")).text
    assert "12 killed" not in text
    assert "9 dead" not in text
    assert caption not in text


def test_a_page_that_a_script_fills_is_read_from_its_own_description_and_that_is_told():
    body = (
        "\\u0000Two guards were killed near Kech on Monday.<br>Also read: Nine die\\nOne was hurt."
    )
    described = f'{{"@type": "NewsArticle", "headline": "{TITLE}", "articleBody": "{body}"}}'
    script = f"<script type='application/ld+json'>{described}</script>"
    parts = html.article(f"<html><head>{script}</head><body><div id=root></div></body></html>")
    assert parts.text.splitlines() == [
        TITLE,
        "\ufffdTwo guards were killed near Kech on Monday.",
        "One was hurt.",
    ]
    assert any("shows its text by a script" in notice for notice in parts.notices)
    shown = html.article(f"<html><head>{script}</head><body>{_p(PARAGRAPHS)}</body></html>")
    assert "Two guards" not in shown.text


def test_other_articles_beside_one_are_left_out_though_they_hold_more_words():
    card = (
        "<div class=item><h4><a href=x>Nine men killed in a raid far away</a></h4><p>Officials "
        "said on Monday that nine people were killed when men attacked a convoy far away.</p></div>"
    )
    page = (
        f"<html><body><div class=wrap><div class=left><h1>{TITLE}</h1><p class=tags>kech raid</p>"
        f"{_p(PARAGRAPHS)}</div><div class=right>{card * 6}</div></div></body></html>"
    )
    assert html.article(page).text.splitlines() == [TITLE, *PARAGRAPHS]


def test_a_title_after_the_name_of_the_site_is_the_headline_that_the_page_shows():
    page = f"<h1>Kech Diary</h1><h3>{TITLE}</h3>{_p(PARAGRAPHS)}"
    site = "<meta property='og:site_name' content='Kech Diary'>"
    head = f"{site}<title>Kech Diary: {TITLE}</title>"
    parts = html.article(f"<html><head>{head}</head><body>{page}</body></html>")
    assert parts.title == TITLE
    assert parts.text.splitlines()[0] == TITLE
