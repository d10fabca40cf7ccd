"""Suites of tests as JUnit XML."""

from xml.etree import ElementTree

from tallystick.cli.junit import render_junit
from tallystick.cli.suite import Suite
from tallystick.dsl.loader import load_sources
from tallystick.dsl.source import Source
from tallystick.engine.engine import Engine

RULES = """
promotions:
  tenth: {then: {percent_off: 10%}}
tests:
  good:
    cart: {placed_at: 2026-07-10T12:00:00Z, lines: [{sku: A, quantity: 1, unit_price: 10 USD}]}
    expect: {grand_total: 9 USD}
  "bad:x":
    cart: {placed_at: 2026-07-10T12:00:00Z, lines: [{sku: A, quantity: 1, unit_price: 10 USD}]}
    expect: {grand_total: 1 USD, applied: [tenth]}
"""
OTHER = """
tests:
  refused:
    cart:
      placed_at: 2026-07-10T12:00:00Z
      lines:
        - {id: a, sku: A, quantity: 1, unit_price: 1 USD}
        - {id: a, sku: B, quantity: 1, unit_price: 1 USD}
    expect: {applied: [tenth]}
"""


def render() -> ElementTree.Element:
    """The XML of a rule set in two files, read back."""
    sources = [Source("rules.yaml", RULES), Source("b.test.yaml", OTHER)]
    suite = Suite(Engine(load_sources(sources), "reference"))
    suite.run()
    return ElementTree.fromstring(render_junit([suite]))


def test_a_file_is_a_suite_and_a_test_a_case() -> None:
    root = render()
    assert root.tag == "testsuites"
    assert [suite.get("name") for suite in root] == ["rules.yaml", "b.test.yaml", "coverage"]
    assert {key: root.get(key) for key in ("tests", "failures", "errors")} == {
        "tests": "3",
        "failures": "1",
        "errors": "1",
    }
    assert [case.get("name") for case in root.iter("testcase")] == ["good", "bad:x", "refused"]
    assert [case.get("line") for case in root.iter("testcase")] == ["5", "8", "3"]


def test_failures_say_what_differs_and_errors_why() -> None:
    root = render()
    (failure,) = root.iter("failure")
    assert failure.get("message") == "grand_total: expected 1.00 USD, got 9.00 USD"
    assert failure.text == "rules.yaml:8\ngrand_total: expected 1.00 USD, got 9.00 USD"
    (error,) = root.iter("error")
    assert "lines[1].id" in (error.get("message") or "")


def test_what_no_test_has_seen_is_output() -> None:
    (output,) = render().iter("system-out")
    assert output.text == "no test has seen tenth not applied"


def test_times_are_seconds() -> None:
    for case in render().iter("testcase"):
        assert 0 <= float(case.get("time", "-1")) < 60
