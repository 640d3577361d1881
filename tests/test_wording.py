"""Claims in a phrase, as a reader would say them."""

import pytest
from claim_factory import make_claim

from dashboard.wording import what


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        (make_claim(10), "10 security forces killed"),
        (make_claim(1, victim_group="officials", casualty_type="abducted"), "1 official abducted"),
        (make_claim(1, victim_group="total", qualifier="at_least"), "at least 1 person killed"),
        (make_claim(12, victim_group="militants", qualifier="dozens"), "dozens of militants killed"),
        (make_claim(12, victim_group="total"), "12 people killed"),
    ],
)  # fmt: skip
def test_a_claim_is_said_in_plain_words(claim, said):
    assert what(claim) == said
