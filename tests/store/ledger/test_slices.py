"""As many values at a time as a query may take, none left out."""

from tallystick.store.ledger.slices import slices_of


def test_values_come_in_order_some_at_a_time() -> None:
    assert list(slices_of([1, 2, 3, 4, 5], 2)) == [[1, 2], [3, 4], [5]]
    assert list(slices_of([1, 2], 2)) == [[1, 2]]
    assert list(slices_of([])) == []
