"""Which states may follow on which."""

import pytest

from tallystick.store.order.states import check_step, passed, possible
from tallystick.store.refusals import Decline


@pytest.mark.parametrize(
    ("history", "ways"),
    [
        ("placed", "awaiting_fulfilment fulfilled cancelled partly_refunded refunded"),
        ("placed awaiting_fulfilment", "fulfilled cancelled partly_refunded refunded"),
        ("fulfilled", "partly_refunded refunded"),
        ("placed partly_refunded", "awaiting_fulfilment fulfilled partly_refunded refunded"),
        ("fulfilled partly_refunded", "partly_refunded refunded"),
        (
            "placed partly_refunded awaiting_fulfilment",
            "fulfilled partly_refunded refunded",
        ),
        ("placed cancelled", ""),
        ("placed refunded", ""),
    ],
)
def test_what_an_order_may_become(history: str, ways: str) -> None:
    assert possible(history.split()) == ways.split()


def test_states_that_are_skipped_are_reached_as_well() -> None:
    assert passed([], "fulfilled") == ("placed", "awaiting_fulfilment", "fulfilled")
    assert passed(["placed"], "fulfilled") == ("awaiting_fulfilment", "fulfilled")
    assert passed(["placed", "fulfilled"], "partly_refunded") == ()


def test_what_is_declined_names_what_is_possible() -> None:
    with pytest.raises(Decline, match="is fulfilled and cannot become cancelled") as caught:
        check_step("o1", ["fulfilled"], "cancelled")
    assert caught.value.declined.facts["possible"] == ["partly_refunded", "refunded"]
