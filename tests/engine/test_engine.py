"""The face that checkout calls: what it shows, and mistakes that would switch limits off."""

import gc
import json
import pickle
import weakref
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pyarrow
import pytest

import tallystick
from tallystick.engine.engine import EVALUATORS

RULES = """\
ruleset: {currency: EUR}
promotions:
  first-uses: {limits: {total: 10}, then: {percent_off: 10%}}
"""
CART: dict[str, Any] = {
    "id": "c1",
    "currency": "EUR",
    "placed_at": "2026-07-10T12:00:00Z",
    "lines": [{"sku": "MUG", "quantity": 2, "unit_price": 1000}],
}
USED_UP = {"uses": {"first-uses": {"total": 10}}}


@pytest.fixture(params=EVALUATORS)
def engine(request: pytest.FixtureRequest) -> tallystick.Engine:
    """An engine of each kind."""
    return tallystick.Engine(tallystick.load_text(RULES), request.param)


def test_a_quote_shows_what_is_to_be_paid(engine: tallystick.Engine) -> None:
    assert repr(engine.quote(CART)) == "<Quote of cart 'c1': 18.00 EUR>"


def test_a_quote_shows_a_currency_without_decimals() -> None:
    engine = tallystick.Engine(tallystick.load_text("ruleset: {currency: JPY}"))
    assert str(engine.quote(CART | {"currency": "JPY"})) == "<Quote of cart 'c1': 2000 JPY>"


def test_a_quote_can_be_sent_elsewhere(engine: tallystick.Engine) -> None:
    quote = engine.quote(CART)
    sent = pickle.loads(pickle.dumps(quote))
    assert sent.cart == quote.cart
    assert (sent.to_json(), repr(sent)) == (quote.to_json(), repr(quote))


@pytest.mark.parametrize("name", [None, "c1"])
def test_facts_of_this_cart_are_used(engine: tallystick.Engine, name: str | None) -> None:
    assert engine.quote(CART, {"cart": name, **USED_UP}).discount_total == 0


def test_facts_of_another_cart_are_refused(engine: tallystick.Engine) -> None:
    with pytest.raises(tallystick.CartError) as caught:
        engine.quote(CART, {"cart": "other", **USED_UP})
    error = caught.value
    assert (error.code, error.path, error.cart_id) == ("wrong_cart", "facts.cart", "c1")
    assert error.message == "expected facts of the cart `c1`, got those of `other`"


def test_facts_of_another_cart_are_refused_in_their_place(engine: tallystick.Engine) -> None:
    facts = {"c1": {"cart": "c2", **USED_UP}, "c2": {"cart": "c2", **USED_UP}}
    first, second = engine.quote_batch([CART, CART | {"id": "c2"}], facts)
    assert isinstance(first, tallystick.CartError)
    assert isinstance(second, tallystick.Quote) and second.discount_total == 0


@pytest.mark.parametrize(
    "facts", [[USED_UP], "{}", b"{}", tallystick.Facts(), [("c1", USED_UP)]], ids=repr
)
def test_facts_of_a_batch_are_a_mapping(engine: tallystick.Engine, facts: Any) -> None:
    with pytest.raises(TypeError, match="facts of a batch are a mapping by cart id"):
        engine.quote_batch([CART], facts)


@pytest.mark.parametrize(
    "facts",
    [
        USED_UP,
        {"cart": "c1", **USED_UP},
        {"cart": "c1"},
        {"codes": {"X": "pool"}},
        {"uses": {"first-uses": {"totl": 10}}},
        {"cart": None, "uses": {}, "codes": {"X": "pool"}},
    ],
    ids=repr,
)
def test_facts_of_one_cart_are_no_facts_of_a_batch(engine: tallystick.Engine, facts: Any) -> None:
    with pytest.raises(ValueError, match="these are the facts of one cart"):
        engine.quote_batch([CART], facts)


@pytest.mark.parametrize("name", ["cart", "uses", "codes"])
def test_a_cart_may_be_called_like_a_field_of_facts(engine: tallystick.Engine, name: str) -> None:
    (quote,) = engine.quote_batch([CART | {"id": name}], {name: USED_UP})
    assert isinstance(quote, tallystick.Quote) and quote.discount_total == 0


VISIT = {"id": "e1", "event": "check-in", "at": "2026-07-10T12:00:00Z", "member": "u1"}


@pytest.mark.parametrize("facts", [[USED_UP], "{}", b"{}", tallystick.Facts()], ids=repr)
def test_facts_of_many_events_are_a_mapping(engine: tallystick.Engine, facts: Any) -> None:
    with pytest.raises(TypeError, match="facts of a batch are a mapping by event id"):
        engine.award_batch([VISIT], facts)


@pytest.mark.parametrize(
    "facts",
    [
        {"rooms": {"visit": {"times": 0}}},
        {"event": "e1", "rooms": {"visit": {"times": 0}}},
        {"state": "registered", "friend": {}},
    ],
    ids=repr,
)
def test_facts_of_one_event_are_no_facts_of_many(engine: tallystick.Engine, facts: Any) -> None:
    with pytest.raises(ValueError, match="these are the facts of one event"):
        engine.award_batch([VISIT], facts)


@pytest.mark.parametrize("name", ["event", "rooms", "state"])
def test_an_event_may_be_called_like_a_field_of_facts(engine: tallystick.Engine, name: str) -> None:
    (answer,) = engine.award_batch([VISIT | {"id": name}], {name: {"rooms": {}, "state": None}})
    assert isinstance(answer, tallystick.EventAnswer) and answer.event_id == name


@pytest.mark.parametrize("program", [5, [], b"club"], ids=repr)
def test_a_program_is_named_by_text(engine: tallystick.Engine, program: Any) -> None:
    with pytest.raises(TypeError, match="a program is named by its id, a str, not"):
        engine.tier(program, {"entries": []}, "2026-07-10T12:00:00Z")


@pytest.mark.parametrize("text", [b"promotions: {}", None, ["promotions: {}"]], ids=repr)
def test_a_rule_file_is_text(text: Any) -> None:
    with pytest.raises(TypeError, match="load_text takes the text of a rule file, not"):
        tallystick.load_text(text)


@pytest.mark.parametrize(
    "cart", [CART, b"{}", "{}", bytearray(b"{}"), memoryview(b"{}")], ids=lambda one: type(one)
)
def test_one_cart_is_no_batch(engine: tallystick.Engine, cart: Any) -> None:
    with pytest.raises(TypeError, match=r"not one cart: call quote, or pass \[cart\]"):
        engine.quote_batch(cart)


def test_a_batch_has_at_least_one_thread(engine: tallystick.Engine) -> None:
    with pytest.raises(ValueError, match="threads is at least 1, not 0"):
        engine.quote_batch([CART], threads=0)


@pytest.mark.parametrize("block", ["{}", None, [b"{}"], {}], ids=repr)
def test_a_block_of_lines_is_bytes(engine: tallystick.Engine, block: Any) -> None:
    with pytest.raises(TypeError, match="quote_lines takes a block of bytes, not"):
        engine.quote_lines(block)


def test_a_block_has_facts_by_cart_and_threads_like_a_batch(engine: tallystick.Engine) -> None:
    with pytest.raises(ValueError, match="these are the facts of one cart"):
        engine.quote_lines(b"", USED_UP)
    with pytest.raises(ValueError, match="threads is at least 1, not 0"):
        engine.quote_lines(b"", threads=0)
    lines = json.dumps(CART).encode()
    assert engine.quote_lines(lines).discount_minor == 200
    assert engine.quote_lines(lines, {"c1": USED_UP}).discount_minor == 0


@pytest.mark.parametrize(
    "torn", [b'{"id": "c', b'{"id": "\\', b'{"tax_total": 1', b'{"id": "\\ud83d']
)
def test_a_torn_line_is_refused_like_a_torn_cart(engine: tallystick.Engine, torn: bytes) -> None:
    with pytest.raises(tallystick.CartError) as alone:
        engine.quote(torn)
    printed = engine.quote_lines(torn + b"\n" + torn).json.splitlines()
    assert [json.loads(line) for line in printed] == [alone.value.as_record()] * 2


# Rules that change while carts are priced.

OTHER_RULES = """\
ruleset: {currency: EUR}
promotions:
  other: {then: {percent_off: 25%}}
  soft:
    when: {if: cart.subtotal >= 99 EUR, enforcement: allow_warn_on_invalid}
    then: {percent_off: 1%}
"""


def test_another_rule_set_takes_over(engine: tallystick.Engine) -> None:
    before = engine.quote(CART)
    other = tallystick.load_text(OTHER_RULES)
    engine.reload(other)
    assert engine.ruleset is other
    after = engine.quote(CART)
    assert (before.grand_total, after.grand_total) == (1800, 1480)
    assert before.result.ruleset != after.result.ruleset == other.hash
    assert before.cart == after.cart


def test_a_batch_ends_on_the_rules_it_began_on(engine: tallystick.Engine) -> None:
    batch = engine.quote_batch([CART] * 1000)
    first = next(batch)
    engine.reload(tallystick.load_text(OTHER_RULES))
    assert isinstance(first, tallystick.Quote)
    assert {one.to_json() for one in batch if isinstance(one, tallystick.Quote)} == {
        first.to_json()
    }


def test_what_is_no_rule_set_changes_nothing(engine: tallystick.Engine) -> None:
    before = engine.ruleset
    with pytest.raises(TypeError, match="takes a Ruleset, not str: load or load_text makes one"):
        engine.reload(RULES)  # type: ignore[arg-type]
    assert engine.ruleset is before
    assert engine.quote(CART).grand_total == 1800


def test_rules_that_cannot_be_compiled_change_nothing(
    engine: tallystick.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*words: object) -> None:
        raise MemoryError

    monkeypatch.setattr("tallystick.engine.engine.Till", fail)
    with pytest.raises(MemoryError):
        engine.reload(tallystick.load_text(OTHER_RULES))
    assert engine.quote(CART).grand_total == 1800


def test_many_threads_price_while_the_rules_change() -> None:
    rulesets = [tallystick.load_text(text) for text in (RULES, OTHER_RULES)]
    engine = tallystick.Engine(rulesets[0])
    lone = {tallystick.Engine(ruleset).quote(CART).to_json() for ruleset in rulesets}
    line = json.dumps(CART).encode()
    block = (line + b"\n") * 20
    is_over = Event()

    def price(number: int) -> set[bytes]:
        seen: set[bytes] = set()
        while not is_over.is_set() or not seen:
            seen.add(engine.quote((CART, line)[number % 2]).to_json())
            printed = set(engine.quote_lines(block).json.splitlines())
            assert len(printed) == 1  # a block is priced under one rule set
            seen |= printed
        return seen

    with ThreadPoolExecutor(16) as pool:
        futures = [pool.submit(price, number) for number in range(16)]
        for number in range(200):
            engine.reload(rulesets[number % 2])
            assert engine.quote(CART).result.ruleset == rulesets[number % 2].hash
        is_over.set()
        seen = set[bytes]().union(*(future.result() for future in futures))
    assert seen == lone


class Interrupt(BaseException):
    """Something that is no error, such as a task that is called off."""


class Broken(dict[str, Any]):
    """Facts that cannot be asked for."""

    def __getitem__(self, key: object) -> Any:
        raise Interrupt

    def get(self, key: object, default: Any = None) -> Any:
        raise Interrupt


@pytest.mark.parametrize("cart", [CART, json.dumps(CART).encode()], ids=["dict", "bytes"])
def test_what_facts_raise_comes_through(engine: tallystick.Engine, cart: Any) -> None:
    with pytest.raises(Interrupt):
        list(engine.quote_batch([cart], Broken(c1={})))
    with pytest.raises(Interrupt):
        engine.quote_lines(json.dumps(CART).encode(), Broken(c1={}))


def test_a_refused_cart_does_not_keep_the_rules_it_was_refused_by(
    engine: tallystick.Engine,
) -> None:
    gc.collect()
    gc.disable()
    try:
        printout = engine.quote_lines(b'{"id": 1}\n{"id"\n')
        kept = weakref.ref(engine._till)
        engine.reload(tallystick.load_text(RULES))
        assert kept() is None
    finally:
        gc.enable()
    assert len(printout.refused) == 2


@pytest.mark.parametrize("name", ["quote_batch", "quote_lines"])
def test_columns_are_sent_where_they_belong(engine: tallystick.Engine, name: str) -> None:
    with pytest.raises(TypeError, match="quote_columns"):
        getattr(engine, name)(pyarrow.Table.from_pylist([CART]))


@pytest.mark.parametrize("threads", ["2", 2.0, None, True])
def test_threads_are_a_whole_number(engine: tallystick.Engine, threads: Any) -> None:
    with pytest.raises(TypeError, match="threads is a whole number"):
        list(engine.quote_batch([CART], threads=threads))
    with pytest.raises(TypeError, match="threads is a whole number"):
        engine.quote_lines(b"", threads=threads)
