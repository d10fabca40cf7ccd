"""The checkout that tests of usage have."""

import pytest

from tallystick.store.tenancy import Tenancy

from .till import Checkout


@pytest.fixture
def shop(tenancy: Tenancy) -> Checkout:
    """A checkout under the rules of the till."""
    return Checkout(tenancy)
