"""A provider that listens."""

from collections.abc import Iterator

import pytest

from ..hearing import Hearer, open_hearer


@pytest.fixture
def hearer() -> Iterator[Hearer]:
    """A server that says 204."""
    with open_hearer() as opened:
        yield opened
