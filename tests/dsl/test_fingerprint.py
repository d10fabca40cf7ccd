"""What changes the hash of a rule set, and what does not."""

import dataclasses
import os
import subprocess
import sys
from hashlib import sha256
from json.encoder import encode_basestring

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallystick.dsl import loyalty, ruleset
from tallystick.dsl.fingerprint import LEFT_OUT, fingerprint
from tallystick.dsl.formula import Compare, Term
from tallystick.dsl.kinds import Kind, Stage
from tallystick.dsl.loyalty import NO_LOYALTY
from tallystick.dsl.ruleset import Attribute, Condition, Gift, Promotion, Ruleset

from ..properties.rulesets import rulesets
from .loading import load

RULES = """
ruleset: {currency: EUR, timezone: Europe/Madrid,
          attributes: {line.attributes.x: {type: set, default: [b, a]}}}
define: {shoes: categories has "shoes"}
stack_groups: {g: {policy: best}, h: {}}
promotions:
  a:
    name: A
    active: 2026-06-01..2026-08-31
    coupons: [x, y]
    when: [cart.subtotal >= 50 EUR, qty(shoes) >= 2]
    then: {percent_off: 20%, on: shoes and sku != "A"}
    stacking: {group: g, excludes: [b, c]}
  b: {stage: order, then: {amount_off: 1.50 EUR}}
  c: {then: {volume: [{min_quantity: 2, percent_off: 5%}]}}
"""


@pytest.mark.parametrize(
    ("written", "instead"),
    [
        ("name: A", "name: Another"),
        ("name: A", "description: Something else"),
        ("name: A\n", "# a comment\n"),
        ("cart.subtotal >= 50 EUR", "cart.subtotal >= 50.00 EUR"),
        ("cart.subtotal >= 50 EUR", "'(cart.subtotal>=50 EUR)'"),
        ("cart.subtotal >= 50 EUR", "{cart_minimum: 50 EUR}"),
        ("cart.subtotal >= 50 EUR", "50 EUR <= cart.subtotal"),
        ("percent_off: 20%", "percent_off: 20.0000%"),
        (
            'then: {percent_off: 20%, on: shoes and sku != "A"}',
            'then: {on: shoes and sku != "A", percent_off: 20%}',
        ),
        ("1.50 EUR", "1.5 EUR"),
        ("coupons: [x, y]", "coupons: [Y, X, x]"),
        ("excludes: [b, c]", "excludes: [c, b]"),
        ("2026-06-01..2026-08-31", "2026-05-31T22:00Z..2026-09-01T00:00"),
        ("stage: order", "stage: 200, priority: 100, enabled: true"),
        ("default: [b, a]", "default: [a, b]"),
        ("shoes", "footwear"),
        ("qty(shoes)", 'qty(categories has "shoes")'),
        ("{policy: best}, h: {}", "{policy: best}, h: {policy: priority}"),
        ("stack_groups: {g: {policy: best}, h: {}}", "stack_groups: {h: {}, g: {policy: best}}"),
    ],
)
def test_what_does_not_change_the_hash(written: str, instead: str) -> None:
    assert written in RULES
    changed = RULES.replace(written, instead)
    if written == "shoes":
        changed = changed.replace('"footwear"', '"shoes"')
    assert changed != RULES
    assert load(changed).hash == load(RULES).hash


@pytest.mark.parametrize(
    ("written", "instead"),
    [
        (">= 50 EUR", ">= 50.01 EUR"),
        (">= 2]", "> 2]"),
        ("percent_off: 20%", "percent_off: 20.0001%"),
        ("shoes and sku", "shoes or sku"),
        ('sku != "A"', 'not (sku != "A")'),
        ("policy: best", "policy: all"),
        ("coupons: [x, y]", "coupons: [x]"),
        ("excludes: [b, c]", "excludes: [b]"),
        ("08-31", "08-30"),
        ("Europe/Madrid", "Europe/Paris"),
        ("default: [b, a]", "default: [a]"),
        ("stage: order", "stage: order, priority: 99"),
        ("stage: order", "stage: order, enabled: false"),
        ("stage: order", "stage: order, basis: compound"),
        ("  b: {stage", "  d: {then: {percent_off: 1%}}\n  b: {stage"),
        ("currency: EUR,", "currency: EUR, rounding: down,"),
        ("currency: EUR,", "currency: EUR, max_promotions: 3,"),
        ("currency: EUR,", "currency: EUR, line_floor: 1 EUR,"),
        ("min_quantity: 2", "min_amount: 0.02 EUR"),
        ("qty(shoes)", "lines(shoes)"),
        (", qty(shoes) >= 2", ", {if: qty(shoes) >= 2, enforcement: allow_warn_on_invalid}"),
    ],
)
def test_what_changes_the_hash(written: str, instead: str) -> None:
    assert written in RULES
    assert load(RULES.replace(written, instead)).hash != load(RULES).hash


def test_tests_are_left_out() -> None:
    cart = "{placed_at: 2026-07-10T12:00, lines: []}"
    tests = f"tests: {{t: {{cart: {cart}, expect: {{applied: []}}}}}}\n"
    assert load(RULES + tests).hash == load(RULES).hash


@pytest.mark.parametrize("seed", ["0", "1"])
def test_the_hash_is_the_same_in_every_process(seed: str) -> None:
    program = (
        "import sys; from tallystick.dsl.loader import load_sources; "
        "from tallystick.dsl.source import Source; "
        "print(load_sources([Source('rules.yaml', sys.stdin.read())]).hash)"
    )
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    done = subprocess.run(
        [sys.executable, "-c", program], input=RULES, env=environment, stdout=subprocess.PIPE,
        text=True, check=True,
    )  # fmt: skip
    assert done.stdout.strip() == load(RULES).hash


def test_what_is_left_out_exists() -> None:
    kinds = {**vars(loyalty), **vars(ruleset)}
    for name, fields in LEFT_OUT.items():
        assert set(fields) <= {field.name for field in dataclasses.fields(kinds[name])}


def test_a_fingerprint_has_its_form() -> None:
    assert fingerprint(Ruleset()).startswith("sha256:")
    assert len(fingerprint(Ruleset())) == len("sha256:") + 64


def plain_text(part: object) -> str:
    """The canonical text of checked data, by the words of the module that writes it."""
    text = whole_text(part)
    is_bare = part is None or type(part) is str
    return text if is_bare or len(text) <= 64 else f"#{sha256(text.encode()).hexdigest()}"


def whole_text(part: object) -> str:
    """The same, however long it is."""
    if part is None:
        return "null"
    if isinstance(part, str):
        return encode_basestring(part)
    if isinstance(part, int):
        return str(int(part))
    if isinstance(part, tuple):
        return f"[{','.join(map(plain_text, part))}]"
    if isinstance(part, frozenset):
        return f"[{','.join(sorted(map(plain_text, part)))}]"
    if isinstance(part, dict):
        entries = [f"{plain_text(key)}:{plain_text(value)}" for key, value in part.items()]
        return f"{{{','.join(sorted(entries))}}}"
    assert dataclasses.is_dataclass(part)
    left_out: tuple[str, ...] = LEFT_OUT.get(type(part).__name__, ())
    if isinstance(part, Ruleset) and part.loyalty == NO_LOYALTY:
        left_out += ("loyalty",)
    names = [field.name for field in dataclasses.fields(part) if field.name not in left_out]
    values = [getattr(part, name) for name in names]
    if isinstance(part, Condition):
        values = [part.formula, part.is_soft, part.text if part.is_soft else None]
    return f"{type(part).__name__}[{','.join(map(plain_text, values))}]"


@settings(max_examples=100)
@given(rulesets(), st.text(max_size=90), st.lists(st.text(max_size=20), max_size=12))
def test_the_fingerprint_is_the_digest_of_the_canonical_text(
    made: Ruleset, text: str, texts: list[str]
) -> None:
    found = {name: Attribute(Kind.SET, frozenset(texts)) for name in (text, "line.attributes.x")}
    changed = dataclasses.replace(made, currency=text, attributes=found)
    for one in (made, changed):
        digest = sha256(plain_text(one).encode()).hexdigest()
        assert fingerprint(one) == f"sha256:{digest}"


@pytest.mark.parametrize("bound", [0, -1, 2**62 - 1, 2**62, -(2**62), 2**64, -(2**126)])
def test_numbers_of_any_size_are_written(bound: int) -> None:
    compare = Compare(((-bound, Term("cart.subtotal", Kind.MONEY)),), ">=", bound)
    promotion = Promotion("a", Stage.CART, Gift("é" * 40, 1), priority=bound)
    made = Ruleset(
        promotions=(
            dataclasses.replace(promotion, conditions=(Condition("t", compare, True),)),
            dataclasses.replace(promotion, conditions=(Condition("t", compare, False),)),
        )
    )
    assert fingerprint(made) == f"sha256:{sha256(plain_text(made).encode()).hexdigest()}"


def test_the_fingerprint_of_a_rule_set_stays_what_it_was() -> None:
    expected = "sha256:06d2c140095e24e7a887268f38a50b2aa17c55c5c65187acf21c7b64454bfab7"
    assert load(RULES).hash == expected
