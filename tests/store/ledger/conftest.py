"""A ledger for tests, on both databases."""

import pytest

from tallystick.store.tenancy import Tenancy

from ..conftest import Clock
from .desk import Desk


@pytest.fixture
def desk(tenancy: Tenancy, clock: Clock) -> Desk:
    """A ledger with nothing in it."""
    return Desk(tenancy, clock)
