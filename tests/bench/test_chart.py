"""A few points in, a picture that is the same every time out."""

from itertools import pairwise
from xml.etree import ElementTree

import pytest

from bench.chart import GAP, Axis, Curve, draw_chart, print_time, span_of, spread_names
from bench.page import fill_page
from bench.plot import PAGE, PICTURE, RACE, TITLE, curves_of
from bench.results import last_release, load

CURVES = (
    Curve("ours", [(10, 1.5), (100, 1.7), (1_000, 2.0)]),
    Curve("a <peer> & more", [(10, 5.0), (100, 30.0)]),
)


def test_the_same_numbers_give_the_same_bytes() -> None:
    assert draw_chart("T", CURVES) == draw_chart("T", tuple(CURVES))


def test_every_point_is_drawn_and_names_are_escaped() -> None:
    root = ElementTree.fromstring(draw_chart("Title", CURVES))
    tags = [element.tag.rpartition("}")[2] for element in root.iter()]
    assert tags.count("circle") == 5
    words = {element.text for element in root.iter() if element.tag.endswith("text")}
    assert {"ours", "a <peer> & more", "Title", "promotions", "100", "10 us"} <= words
    assert "prefers-color-scheme:dark" in draw_chart("T", CURVES)


def test_axis_is_logarithmic() -> None:
    axis = Axis(0, 2, 100, 300)
    assert [axis.place(number) for number in (1, 10, 100)] == [100, 200, 300]


@pytest.mark.parametrize(
    ("numbers", "span"), [([10, 1_000], (1, 3)), ([0.5, 20], (-1, 2)), ([10], (1, 2))]
)
def test_span_covers_all(numbers: list[float], span: tuple[int, int]) -> None:
    assert span_of(numbers) == span


def test_names_never_lie_on_each_other() -> None:
    heights = sorted(spread_names([100, 101, 99, 300, 459, 469]))
    assert all(below - above >= GAP - 1e-9 for above, below in pairwise(heights))


@pytest.mark.parametrize(
    ("exponent", "text"), [(-1, "0.1 us"), (0, "1 us"), (3, "1 ms"), (5, "100 ms"), (6, "1 s")]
)
def test_times_in_words(exponent: int, text: str) -> None:
    assert print_time(exponent) == text


def test_rows_become_curves_in_order() -> None:
    rows = [
        {"peer": "b", "rules": 100, "us": 2.0},
        {"peer": "a", "rules": 10, "us": 1.0},
        {"peer": "b", "rules": 10, "us": 1.0},
    ]
    assert curves_of(rows) == [Curve("b", [(10, 1.0), (100, 2.0)]), Curve("a", [(10, 1.0)])]


def test_the_docs_show_what_is_stored() -> None:
    release = last_release()
    assert release is not None
    race = load(RACE)
    picture = draw_chart(TITLE, curves_of(race["rows"]))
    assert PICTURE.read_text(encoding="utf-8") == picture
    page = PAGE.read_text(encoding="utf-8")
    assert fill_page(page, load(release), race) == page
