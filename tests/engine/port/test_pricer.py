"""The fast way gives what the plain way and the reference give, in batches and blocks of any size.

The carts are those of `market`, one in some refused, and one in some with facts.
"""

import ctypes
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

import tallystick
from tallystick.engine import engine as engine_module
from tallystick.engine.cart.facts import FactsSource

RULES = """\
promotions:
  tenth: {then: {percent_off: 10%}}
  first-uses: {stage: order, limits: {total: 10}, then: {amount_off: 1 USD}}
  each-once: {stage: order, limits: {per_customer: 1, per_day: 5}, then: {amount_off: 2 USD}}
  gold-twice: {stage: order, limits: {per_group: 2}, then: {amount_off: 3 USD}}
  coded: {stage: order, coupon: SAVE, then: {amount_off: 5 USD}}
  pooled: {stage: order, coupon_pool: pots, then: {amount_off: 7 USD}}
  pooled-too: {stage: order, coupon_pool: ключи, limits: {total: 1}, then: {amount_off: 9 USD}}
  softly:
    when: {if: "default(customer.orders, 0) >= 3", enforcement: allow_warn_on_invalid}
    then: {percent_off: 1%, on: sku == "WARN"}
"""
FACTS: list[dict[str, Any] | None] = [
    None,
    {},
    {"uses": {"first-uses": {"total": 10}}},
    {"uses": {"first-uses": {"total": 9}, "nobody": {"total": 99}, "tenth": {"total": 99}}},
    {"uses": {"each-once": {"customer": 1}}},
    {"uses": {"each-once": {"day": 5, "customer": 0}, "first-uses": {"total": 11}}},
    {"uses": {"gold-twice": {"group": {"gold": 2, "other": 0}}}},
    {"uses": {"gold-twice": {"group": {"ж": 2}}}},
    {"uses": {"gold-twice": {"group": {"other": 2, "gold": 1}}}},
    {"codes": {"X1": "pots", "SAVE": "nobody"}},
    {"codes": {" x1 ": "ключи"}, "uses": {"pooled-too": {"total": 1}}},
    {"codes": {"x1": "ключи", "X2": "pots"}},
    {"cart": "another"},
    {"uses": {"first-uses": {"total": -1}}},
]
SIZES = (1, 2, 255, 256, 257)
ODD_LINES = (b"", b" \t\r", b"{", b"[]", b"null", b'{"id": 5}', b"\xff", b"\x0b\x0c")


def cart(number: int) -> dict[str, Any]:
    """One of many carts; every ninth cannot be priced, every seventh only the plain way."""
    lines = [
        {"sku": f"S{number % 5}", "quantity": 1 + number % 3, "unit_price": 100 * (number % 50)},
        {"sku": "WARN" if number % 7 == 0 else "MUG", "quantity": 1, "unit_price": 1000},
    ]
    return {
        "id": f"c{number}" if number % 11 else f'c"{number}\\ж',
        "currency": "USD" if number % 9 else "EUR",
        "placed_at": "2026-07-10T12:00:00Z",
        "lines": lines,
        "coupons": [["save"], ["x1"], ["X1", "x2", "SAVE"], []][number % 4],
        "customer": {"groups": [["gold"], ["ж", "gold"], []][number % 3]},
    }


def facts_for(count: int) -> dict[str, FactsSource]:
    """Facts of some of the carts, by id, in any form."""
    known: dict[str, FactsSource] = {}
    for number in range(count):
        facts = FACTS[number % len(FACTS)]
        if facts is not None:
            known[cart(number)["id"]] = json.dumps(facts) if number % 2 else facts
    return known


Engines = tuple[tallystick.Engine, tallystick.Engine]


@pytest.fixture(scope="module")
def engines() -> Engines:
    """The kernel and the reference."""
    ruleset = tallystick.load_text(RULES)
    return tallystick.Engine(ruleset), tallystick.Engine(ruleset, "reference")


def records(answers: Iterator[tallystick.Quote | tallystick.CartError]) -> list[bytes]:
    """Each answer as a line of `quote_lines` has it."""
    return [
        json.dumps(one.as_record(), ensure_ascii=False, separators=(",", ":")).encode()
        if isinstance(one, tallystick.CartError)
        else one.to_json()
        for one in answers
    ]


@pytest.mark.parametrize("facts", FACTS, ids=repr)
@pytest.mark.parametrize("number", range(24))
def test_facts_mean_the_same_on_both_ways(
    engines: Engines, number: int, facts: dict[str, Any] | None
) -> None:
    answers = []
    sent = cart(number)
    for engine in engines:
        for form in (sent, json.dumps(sent), bytearray(json.dumps(sent).encode())):
            try:
                answers.append(engine.quote(form, facts).to_json())
            except tallystick.CartError as error:
                answers.append(json.dumps(error.as_record()).encode())
    assert len(set(answers)) == 1


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("threads", [1, 2, 16])
@pytest.mark.parametrize("has_facts", [False, True])
def test_batches_and_blocks_of_any_size_are_those_of_the_reference(
    engines: Engines, size: int, threads: int, has_facts: bool
) -> None:
    kernel, reference = engines
    carts = [cart(number) for number in range(size)]
    lines = [json.dumps(one).encode() for one in carts]
    mixed = [line if number % 2 else one for number, (line, one) in enumerate(zip(lines, carts))]  # noqa: B905
    known = facts_for(size) if has_facts else None
    expected = records(reference.quote_batch(carts, known))
    for form in (carts, lines, mixed, [line.decode() for line in lines]):
        assert records(kernel.quote_batch(form, known, threads=threads)) == expected
    for engine in engines:
        printout = engine.quote_lines(b"\n".join(lines), known, threads=threads)
        assert printout.json.split(b"\n") == [*expected, b""]
        assert printout.cart_count == printout.line_count == size


@pytest.mark.parametrize("threads", [1, 3])
def test_a_block_tells_what_it_came_to(
    engines: Engines, threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_module, "PART_BYTES", 900)
    monkeypatch.setattr(engine_module, "PART_LEAST_BYTES", 100)
    rows: list[bytes] = []
    for number in range(100):
        rows += json.dumps(cart(number)).encode(), ODD_LINES[number % len(ODD_LINES)]
    alone = [row for row in rows if row and not row.isspace()]
    for engine in engines:
        answers = list(engine.quote_batch(alone))
        for block in (b"\n".join(rows), b"\n".join(rows) + b"\r\n"):
            printout = engine.quote_lines(memoryview(block), threads=threads)
            assert printout.json.splitlines() == records(iter(answers))
            assert (printout.cart_count, printout.line_count) == (len(alone), len(rows))
            quotes = [one for one in answers if isinstance(one, tallystick.Quote)]
            assert printout.discount_minor == sum(one.discount_total for one in quotes)
            bad = [number for number, row in enumerate(rows, 1) if is_bad(engine, row)]
            assert [one.line for one in printout.refused] == bad
            errors = [one for one in answers if isinstance(one, tallystick.CartError)]
            assert [str(one.error) for one in printout.refused] == [str(one) for one in errors]


def is_bad(engine: tallystick.Engine, row: bytes) -> bool:
    """Whether a line holds a cart that is refused."""
    if not row or row.isspace():
        return False
    try:
        engine.quote(row)
    except tallystick.CartError:
        return True
    return False


def test_blocks_that_came_to_more_or_less_than_the_one_before(engines: Engines) -> None:
    kernel, reference = engines
    carts = [cart(number) for number in range(1_000)]
    expected = records(reference.quote_batch(carts))
    lines = [json.dumps(one).encode() for one in carts]
    blank = b" " * 400_000  # of which nothing comes
    for last, padding in ((1, b""), (1_000, b""), (1, blank), (900, b""), (0, blank), (950, blank)):
        json_lines = kernel.quote_lines(b"\n".join([*lines[:last], padding])).json
        assert json_lines == b"".join(line + b"\n" for line in expected[:last])
        assert bytes(memoryview(json_lines)) == json_lines
        assert ctypes.string_at(json_lines) == json_lines  # it ends in a zero, as bytes do


@pytest.mark.parametrize("block", [b"", b"\n", b" \n\r\n"])
def test_a_block_without_carts_is_nothing(engines: Engines, block: bytes) -> None:
    for engine in engines:
        printout = engine.quote_lines(block)
        assert (printout.json, printout.cart_count, printout.refused) == (b"", 0, [])
        assert printout.line_count == block.count(b"\n")


class Broken(Mapping[str, FactsSource]):
    """Facts that cannot be looked up."""

    def __getitem__(self, cart: str) -> FactsSource:
        raise OSError("the disk is gone")

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def test_facts_that_cannot_be_looked_up_stop_everything(engines: Engines) -> None:
    line = json.dumps(cart(1)).encode()
    for engine in engines:
        for form in (cart(1), line):
            with pytest.raises(OSError, match="the disk is gone"):
                list(engine.quote_batch([form], Broken()))
        with pytest.raises(OSError, match="the disk is gone"):
            engine.quote_lines(line, Broken())


@pytest.mark.parametrize("number", range(24))
def test_a_quote_shows_the_same_face_on_both_ways(engines: Engines, number: int) -> None:
    sent = cart(number) | {"currency": "USD"}
    plain = engines[1].quote(sent)
    for form in (sent, json.dumps(sent), json.dumps(sent).encode()):
        quote = engines[0].quote(form)
        assert quote.cart_id == plain.cart_id == sent["id"]
        assert quote.grand_total == plain.grand_total
        assert quote.discount_total == plain.discount_total
        assert quote.result == plain.result
        assert quote.to_dict() == plain.to_dict()
        assert quote.cart == plain.cart
        assert quote.explanation is None
        assert repr(quote) == repr(plain)


def test_a_large_cart_is_priced_without_the_lock(engines: Engines) -> None:
    lines = [{"sku": f"S{n}", "quantity": 1, "unit_price": n} for n in range(2_000)]
    sent = json.dumps(cart(1) | {"lines": lines}).encode()
    pricer = engines[0]._till.pricer
    assert pricer is not None and pricer.quote(sent) is not None
    assert engines[0].quote(sent).to_json() == engines[1].quote(sent).to_json()


def resident_bytes() -> int:
    """The memory of this process that is in use."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="the system does not tell")
def test_quotes_leave_nothing_behind(engines: Engines) -> None:
    kernel, _ = engines
    sent = cart(1)
    line = json.dumps(sent).encode()
    block = (line + b"\n") * 100
    known: dict[str, FactsSource] = {"c1": tallystick.Facts(codes={"X1": "pots"})}

    def price(rounds: int) -> None:
        for _ in range(rounds):
            for _ in range(50):
                kernel.quote(sent).grand_total  # noqa: B018
                kernel.quote(line).to_json()
            assert len(list(kernel.quote_batch([line, sent] * 5))) == 10
            assert kernel.quote_lines(block).cart_count == 100
            assert kernel.quote_lines(line, known).cart_count == 1

    price(100)
    before = resident_bytes()
    price(900)  # 190,000 quotes
    assert resident_bytes() - before < 2 * 2**20
