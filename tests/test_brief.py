"""The brief: one page that needs nothing else, with every claim of the view and its words."""

import base64
import hashlib
import html
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from claim_factory import in_gwadar, make_claim, make_incident, make_source

from dashboard.brief.page import brief
from incidents.atlas import load_atlas
from incidents.export.captions import sentences
from incidents.figures.reconcile import RULES
from incidents.filters import make_filter
from incidents.model import Catalogue
from incidents.regions.region import load_region
from incidents.view import View

VOID = {"meta", "br", "img", "link", "input", "hr"}


class Page(HTMLParser):
    """Reads a page, and refuses tags that do not close."""

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.attributes, self.said = [], [], [], []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.attributes += [(tag, *pair) for pair in attributes]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.tags.append(tag)
        self.attributes += [(tag, *pair) for pair in attributes]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.said.append(data)

    @property
    def text(self):
        return " ".join("".join(self.said).split())


@pytest.fixture(scope="module")
def atlas(seeds_folder):
    return load_atlas(seeds_folder)


def view_of(atlas, rule="range", **words):
    return View(atlas, make_filter(atlas.catalogue, atlas.district_names, **words), rule)


def test_every_claim_stands_in_the_brief_with_its_words_and_its_source(atlas):
    view = view_of(atlas)
    page = Page(brief(view, "killed"))
    ids = {value for _, name, value in page.attributes if name == "id"}
    assert {f"claim-{c.claim_id}" for c in view.claims} <= ids
    for claim in view.claims:
        assert " ".join(claim.quote.split()) in page.text
    targets = {v[1:] for tag, name, v in page.attributes if name == "href" and v[0] == "#"}
    assert targets <= ids
    assert len(targets) == 5


def test_the_brief_has_the_map_the_caption_and_what_is_not_known(atlas):
    view = view_of(atlas)
    page = Page(brief(view, "killed"))
    assert "svg" in page.tags
    for sentence in sentences(view):
        assert sentence in page.text
    for part in (
        "Reported, not placed (37)",
        "What is not known",
        "001-afp-2026-01-31 gives no day of publication",
        "29 districts of 35 without a report",
        "do not say who counted",
        atlas.boundaries.vintage,
        "Method",
    ):
        assert part in page.text


def test_what_does_not_add_up_is_said(atlas):
    odd = [n for n in atlas.notices if n.kind != "same_figure"]
    page = Page(brief(view_of(atlas), "killed"))
    for notice in odd:
        assert " ".join(notice.message.split()) in page.text


@pytest.mark.parametrize("rule", RULES)
def test_the_tolls_follow_the_rule_and_name_it(atlas, rule):
    page = Page(brief(view_of(atlas, rule=rule), "incidents"))
    assert f"Best, rule “{rule}”" in page.text
    assert f"Rule “{rule}”:" in page.text


def test_an_indeterminate_best_is_called_so(atlas):
    view = view_of(atlas, rule="modal")
    tied = any(t.has_figure and t.best is None for v in view.tolls for t in (v.province,))
    assert tied
    assert "indeterminate" in Page(brief(view, "killed")).text


def test_the_link_reopens_the_view_with_its_filters_and_rule(atlas):
    text = brief(view_of(atlas, rule="highest", victim_group=["militants"]), "killed", "http://x/")
    [link] = [v for _, name, v in Page(text).attributes if name == "href" and v.startswith("http")]
    assert link == "http://x/?victim_group=militants&measure=killed&rule=highest"


def test_a_brief_runs_nothing_and_loads_nothing(atlas):
    text = brief(view_of(atlas), "killed")
    page = Page(text)
    assert not {"script", "img", "link", "iframe", "object", "form"} & set(page.tags)
    names = {name for _, name, _ in page.attributes}
    assert not {"src", "style", "srcset", "action"} & names
    assert not any(name.startswith("on") for name in names)
    assert "url(" not in text
    assert "@import" not in text


def test_the_policy_allows_the_style_that_stands_in_it_and_nothing_else(atlas):
    text = brief(view_of(atlas), "killed")
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL).group(1)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', text).group(1)
    assert policy.startswith("default-src 'none'")
    assert f"style-src 'sha256-{digest}'" in policy
    assert "unsafe" not in policy


def test_words_of_a_source_stay_words(atlas):
    poison = "</style><script>alert(1)</script><img src=x onerror=y>{{7*7}}"
    claim = make_claim(
        5,
        quote=poison,
        note=poison,
        **in_gwadar(claimant=poison, place_name=poison, adm2_name=poison),
    )
    catalogue = Catalogue(
        (make_source("s1", title=poison, outlet=poison, agency=poison, url=None),),
        (make_incident(title=poison),),
        (claim,),
    )
    other = type(atlas)(catalogue, atlas.boundaries, atlas.gazetteer, atlas.lineage)
    text = brief(View(other, make_filter(catalogue, atlas.district_names)), "killed")
    page = Page(text)
    assert not {"script", "img"} & set(page.tags)
    assert html.escape(poison) in text


def test_a_view_without_claims_still_gives_a_brief(atlas):
    page = Page(brief(view_of(atlas, event_type=["Riots"]), "incidents"))
    assert "No claim is left under these filters." in page.text
    assert "Only Event type: Riots" in page.text


def test_the_same_view_gives_the_same_brief(atlas):
    assert brief(view_of(atlas), "killed") == brief(view_of(atlas), "killed")


def test_over_tehsils_a_claim_known_only_to_the_district_stands_under_words_that_say_so(atlas):
    tehsils = atlas.at(load_region("Balochistan", Path("no-such-folder")), "tehsils")
    view = view_of(tehsils)
    text = Page(brief(view, "claims")).text
    assert f"Known only to the district ({len(view.known_wider)})" in text
    assert "on no tehsil" in text
    assert all(" ".join(c.quote.split()) in text for c in view.claims)
