"""Where keys of a rule set stand."""

import pytest

from tallystick.dsl.audit.places import Places
from tallystick.dsl.document.sections import collect_sections
from tallystick.dsl.problems import Problems
from tallystick.dsl.source import Source
from tallystick.dsl.tree.reader import read_document

TEXT = """campaigns:
  july: {rules: [one, two], multiply: 2, empty: }
"""


@pytest.fixture
def places() -> Places:
    """The places of one campaign."""
    root = read_document(Source("a.yaml", TEXT), Problems())
    assert root is not None
    return Places(collect_sections([root], Problems()))


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ([], "july"),
        (["multiply"], "2"),
        (["rules"], "rules"),
        (["rules", "two"], "two"),
        (["rules", "three"], "rules"),
        (["empty"], "empty"),
        (["active"], "july"),
        (["multiply", "deep"], "2"),
    ],
)
def test_the_nearest_place_there_is(places: Places, path: list[str], shown: str) -> None:
    span = places.span_of("campaigns", "july", *path)
    assert TEXT[span.start : span.end] == shown


def test_what_is_written(places: Places) -> None:
    assert places.value_at("campaigns", "july", "active") is None
    assert places.value_at("campaigns", "july", "rules") is not None
    assert list(places.entries("campaigns")) == ["july"]
