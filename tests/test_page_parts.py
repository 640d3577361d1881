"""What the page makes and sends: only what is opened, and the map before the rest."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import choices as asking
from incidents.atlas import load_atlas
from incidents.filters import Filter
from incidents.view import View

APP = Path(__file__).parents[1] / "dashboard" / "app.py"


def page(**query):
    test = AppTest.from_file(str(APP), default_timeout=60)
    for name, value in query.items():
        test.query_params[name] = value
    return test.run()


def said(shown):
    return "\n".join(h.body for h in shown.get("html"))


def test_only_the_open_section_is_made():
    shown = page()
    assert len(shown.dataframe) == 1
    assert "Origins: " not in said(shown)
    assert not shown.get("vega_lite_chart")


def test_a_link_opens_the_section_it_names():
    shown = page(section="Sources")
    assert len(shown.dataframe) == 0
    assert "Origins: " in said(shown)


def test_a_section_that_is_none_leaves_the_first_open():
    shown = page(section="Nowhere")
    assert not shown.exception
    assert len(shown.dataframe) == 1


def test_an_incidents_claims_come_when_it_is_opened():
    shown = page(section="Method")
    incident = View(load_atlas(), Filter()).incidents[0]
    before = said(shown).count("im-claim-head")
    shown.session_state[f"incidents/{incident.incident_id}"] = True
    shown.run()
    assert said(shown).count("im-claim-head") > before
    assert incident.note is None or incident.note.replace("'", "&#x27;") in said(shown)


def long_list():
    import streamlit as st

    from dashboard.paging import ask_page

    st.text(",".join(map(str, list(range(25))[ask_page("Things", 25, 10, key="things")])))


def test_a_long_list_stands_on_pages():
    shown = AppTest.from_function(long_list).run()
    assert shown.text[0].value == "0,1,2,3,4,5,6,7,8,9"
    assert shown.number_input[0].label == "Things, page of 3"
    shown.number_input[0].set_value(3).run()
    assert shown.text[0].value == "20,21,22,23,24"


def asked_twice():
    import streamlit as st

    from dashboard import choices
    from incidents.atlas import load_atlas

    atlas = load_atlas()
    before = choices.asked_before(atlas)
    choices.take_click(atlas)
    after = choices.ask(atlas, {})
    choices.ask_area(atlas)
    st.session_state["said"] = (before, after)


@pytest.fixture
def asking_page():
    return AppTest.from_function(asked_twice, default_timeout=60).run()


def test_what_was_just_chosen_is_known_before_the_widgets_are_shown(asking_page):
    assert asking_page.session_state["said"][0] is None
    asking_page.multiselect(key="event_type").select("Battles").run()
    before, after = asking_page.session_state["said"]
    assert before == after
    assert before.filter.event_types == {"Battles"}


def test_over_another_atlas_the_widgets_tell_first(asking_page):
    asking_page.session_state[asking._ASKED] = ("another", "balochistan", "districts")
    asking_page.run()
    assert asking_page.session_state["said"][0] is None
