"""Record batches in, record batches out, here and in another process, as the engine has it."""

import pickle
from pathlib import Path

import msgspec
import pyarrow
import pytest

import tallystick
from tallystick import CartError, partition
from tallystick.partition import ENGINES_MAX, Pricer, Shelf, pricer, shelf
from tallystick.records import batch_of, lines_of, result_schema

from .market import RULES, draw_carts, lines_for

CARTS = draw_carts(500)


@pytest.fixture
def function() -> Pricer:
    """The function of the market's rules."""
    return pricer(tallystick.load_text(RULES))


def batches_of(*sizes: int) -> list[pyarrow.RecordBatch]:
    """The carts in batches of some sizes."""
    whole = pyarrow.RecordBatch.from_pylist(CARTS)
    assert sum(sizes) == len(CARTS)
    return [whole.slice(sum(sizes[:place]), size) for place, size in enumerate(sizes)]


@pytest.mark.parametrize("sizes", [(500,), (1, 0, 498, 1), (100,) * 5])
def test_results_are_those_of_the_engine(function: Pricer, sizes: tuple[int, ...]) -> None:
    results = list(function(iter(batches_of(*sizes))))
    assert [line for batch in results for line in lines_of(batch)] == lines_for(CARTS)
    assert {str(batch.schema) for batch in results} == {str(function.schema)}


def test_a_pickled_function_prices_the_same(function: Pricer) -> None:
    copy = pickle.loads(pickle.dumps(function))
    assert copy.hash == function.hash
    shelf.clear()
    (here,), (there,) = function(batches_of(500)), copy(batches_of(500))
    assert there.equals(here)


def test_another_version_elsewhere_is_told(
    function: Pricer, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.clear()
    monkeypatch.setattr(partition, "VERSION", "0.0.1 1")
    words = f"compiled by tallystick {function.version}, and here is 0.0.1 1: install the same"
    with pytest.raises(ValueError, match=words):
        list(function(batches_of(500)))


def test_the_tests_of_rules_stay_at_home() -> None:
    tests = """
tests:
  one: {cart: {placed_at: 2026-07-10T12:00, lines: []}, expect: {grand_total: 0 USD}}
"""
    ruleset = tallystick.load_text(RULES + tests)
    assert ruleset.cases
    assert len(pickle.dumps(pricer(ruleset))) == len(pickle.dumps(pricer(load_bare())))


def load_bare() -> tallystick.Ruleset:
    """The rules alone."""
    return tallystick.load_text(RULES)


def test_it_is_lazy(function: Pricer) -> None:
    taken = []

    def batches() -> "object":
        for batch in batches_of(250, 250):
            taken.append(batch)
            yield batch

    results = function(batches())  # type: ignore[arg-type]
    assert not taken
    next(results)
    assert len(taken) == 1


def test_rules_come_by_path_too(tmp_path: Path, function: Pricer) -> None:
    path = tmp_path / "market.yaml"
    path.write_text(RULES)
    assert pricer(path).hash == pricer(str(tmp_path)).hash == function.hash


def test_both_evaluators_say_the_same(function: Pricer) -> None:
    reference = pricer(tallystick.load_text(RULES), "reference")
    assert list(reference(batches_of(500))) == list(function(batches_of(500)))


def test_facts_are_by_cart(function: Pricer) -> None:
    facts = {f"c{n}": {"uses": {"first-hundred": {"total": 100}}} for n in range(0, 500, 2)}
    (batch,) = batches_of(500)
    (results,) = function.price(batch, facts)
    lines = list(lines_of(results))
    assert lines == lines_for(CARTS, facts)
    assert lines != lines_for(CARTS)


def test_an_engine_is_made_once_and_the_oldest_goes_first() -> None:
    rules = "promotions: {{p: {{then: {{percent_off: {}%}}}}}}"
    functions = [pricer(tallystick.load_text(rules.format(n))) for n in range(1, ENGINES_MAX + 2)]
    own = Shelf()
    first = own.fetch(functions[0])
    for one in functions[1:-1]:
        own.fetch(one)
    assert own.fetch(functions[0]) is first
    second = own.fetch(functions[1])
    own.fetch(functions[-1])
    assert own.fetch(functions[0]) is first
    assert own.fetch(functions[1]) is second
    third = own.fetch(functions[2])
    assert own.fetch(functions[2]) is third
    assert own.fetch(functions[0]) is first


def test_the_schema_in_the_words_of_spark(function: Pricer) -> None:
    assert function.ddl.startswith("cart string, currency string, ruleset string, lines array<")
    assert function.ddl.endswith("error struct<code: string, path: string, message: string>")
    assert "dictionary" not in str(function.schema)
    assert ", clipped: boolean, " in function.ddl


def test_results_are_the_same_as_lines_and_as_columns() -> None:
    lines = lines_for(CARTS)
    batch = batch_of(lines)
    assert batch.schema.equals(result_schema())
    assert list(lines_of(batch)) == lines


def test_a_column_that_no_cart_has_is_named(function: Pricer) -> None:
    batch = pyarrow.RecordBatch.from_pylist([cart | {"cupons": []} for cart in CARTS[:3]])
    with pytest.raises((TypeError, ValueError), match="cupons"):
        list(function([batch]))


def test_what_is_earned_is_the_same_in_both_forms() -> None:
    rules = tallystick.load_text(
        "programs: {club: {redemption: {points: 100, value: 1 USD}}}\n"
        "earning_rules: {buy: {program: club, event: purchase, award: {points: 1 per 1 USD}}}\n"
    )
    engine = tallystick.Engine(rules)
    quotes = engine.quote_batch(CARTS)
    lines = [
        msgspec.json.encode(one.as_record()) if isinstance(one, CartError) else one.to_json()
        for one in quotes
    ]
    results = list(pricer(rules)(iter(batches_of(250, 250))))
    assert [line for batch in results for line in lines_of(batch)] == lines
    assert list(lines_of(batch_of(lines))) == lines
    assert any(b'"rule":"buy"' in line for line in lines)
