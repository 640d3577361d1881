"""A mapping shown field by field and left alone is the mapping that came."""

from streamlit.testing.v1 import AppTest

from incidents.datasets.mapping import Mapping, Reading


def shown(mapping: Mapping) -> Mapping:
    """Return what the page reads from its own fields."""

    def page(mapping, keep):
        from dashboard.importing.mapping_editor import ask_mapping

        keep.append(ask_mapping(mapping, ["When", "Where"], "upload", lambda _: ()))

    kept: list[Mapping] = []
    test = AppTest.from_function(page, args=(mapping, kept), default_timeout=60).run()
    assert not test.exception
    return kept[-1]


def test_what_the_page_does_not_ask_of_a_saved_mapping_stays():
    given = Mapping(
        dataset="notes",
        columns={"date": "When", "place": "Where"},
        figures=[{"casualty_type": "killed", "count": "Where"}],
        reading=Reading(
            encoding="windows-1256", separator=";", date_format="%d/%m/%Y", decimal_comma=True,
            thousands=".", empty=("NA",),
        ),
        event_types={"blast": "Suicide bomb"},
        where_prec={"town": 1},
        date_prec={"day": 1},
    )  # fmt: skip
    assert shown(given) == given
