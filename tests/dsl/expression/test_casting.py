"""Tests of casting: a text of a known mould means what it means to a checker that knows nothing."""

import random
from collections.abc import Iterator

import pytest

from tallystick.dsl.expression._pieces import take_apart

from .checking import Bench, Plain, scalar

DEFINES: dict[str, Plain] = {"cheap": "unit_price < 5 USD", "rich": "cart.subtotal > 9 USD"}
CAST = [
    'qty(sku == "A") >= 2',
    'qty(sku in ["A", "B", "A"]) > 2',
    'qty(categories has "C" and not brand == "D") == 1',
    'lines(tags has any ["a", "b"] or cheap) <= 3',
    "cart.subtotal >= 150.00 USD",
    "7.50 USD < cart.subtotal",
    'amount(sku != "A") < 5 USD',
    'customer.tier in ["gold", "silver"]',
    'customer.groups has all ["a", "b"]',
    'not customer.groups has "a" and (cart.channel == "web" or rich)',
    'cart.coupons has "abc"',
    'any(sku == "A" and quantity >= 2)',
    'all(attributes.colour not in ["red", "blue"])',
    "attributes.weight > 2.5",
    "cart.attributes.rate == 20%",
    "cart.attributes.wait >= 30 days",
    'cart.weekday in ["mon", "tue"]',
    'max_price(brand == "B") == 5 USD',
    "distinct_skus(quantity == 3) != 4",
    "cart.quantity * 2 > 5",
    "cart.subtotal / 3 >= net(true) + 10 USD",
    'sku starts_with "A"',
]
# Texts in the same moulds that no function may be made of, or that are wrong.
PIECES = (
    *("0", "1", "2", "007", "17", "2.5", "0.125", "1000000000000", "9999999999999", "1.0000001"),
    *('"A"', '"B"', "'C'", '"é"', '""', "'say \"hi\"'", '"mon"', '"nonday"', '"\t"', '" web "'),
    "10000000000000000000000",
)


def seen_by(bench: Bench, text: str, *, has_line: bool) -> object:
    """What a checker makes of a text: its canonical text and formula, and the problems."""
    bench.problems.clear()
    checked = bench.checker.check_text(scalar(text), has_line=has_line)
    return checked, [problem.render() for problem in bench.problems]


def others_like(text: str, dice: random.Random, count: int) -> Iterator[str]:
    """Texts of the same mould, or nearly."""
    mould, literals = take_apart(text)
    for _ in range(count):
        pieces = [dice.choice((*PIECES, literal, literal)) for literal in literals]
        yield "".join(stays + x for stays, x in zip(mould, [*pieces, ""], strict=True))


def is_of_line(text: str) -> bool:
    return text.startswith(("attributes", "sku"))


@pytest.mark.parametrize("text", CAST)
def test_casts_are_what_the_resolver_makes(text: str) -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    dice = random.Random(seed)
    has_line = is_of_line(text)
    warm = Bench(DEFINES)
    for other in (text, text, *others_like(text, dice, 150)):
        fresh = Bench(DEFINES)
        warm.checker.known.clear()
        assert seen_by(warm, other, has_line=has_line) == seen_by(fresh, other, has_line=has_line)


@pytest.mark.parametrize("text", CAST[:16])
def test_the_third_text_of_a_mould_is_cast(text: str) -> None:
    bench, has_line = Bench(DEFINES), is_of_line(text)
    cast = bench.checker.castings.cast
    for _ in range(2):
        assert cast(text, has_line=has_line) is None
        bench.checker.known.clear()
        bench.checker.check_text(scalar(text), has_line=has_line)
    assert cast(text, has_line=has_line) == bench.checker.check_text(
        scalar(text), has_line=has_line
    )
    assert not bench.problems


def test_moulds_are_kept_apart_by_where_they_stand() -> None:
    bench = Bench()
    for name in "ABC":
        bench.line(f'sku == "{name}"')
    assert bench.checker.castings.cast('sku == "D"', has_line=True) is not None
    assert bench.refuse('sku == "D"')[0][0] == "R142"


def test_moulds_belong_to_one_rule_set() -> None:
    for currency, codes in (("USD", []), ("EUR", ["R122"] * 4)):
        bench = Bench(currency=currency)
        for minimum in range(4):
            bench.checker.condition(scalar(f"cart.subtotal >= {minimum} USD"))
        assert bench.codes() == codes


def test_a_text_that_is_too_long_is_refused_in_a_known_mould() -> None:
    bench = Bench()
    for name in "ABC":
        bench.condition(f'cart.channel == "{name}"')
    assert [code for code, *_ in bench.refuse(f'cart.channel == "{"x" * 10_000}"')] == ["R111"]
