"""The laws of redeeming and earning, and accounts that add up, on random rules, carts and facts.

`TALLYSTICK_SEED=N` and `TALLYSTICK_EXAMPLES=N` work as for the evaluators.
"""

from collections import defaultdict
from fractions import Fraction
from typing import Any

from hypothesis import given, seed
from hypothesis import strategies as st

from tallystick.dsl.ruleset import Ruleset
from tallystick.engine.engine import Engine
from tallystick.engine.quote.result import EarnedResult, Result
from tallystick.engine.quote.statement import AwardExplanation, ProgramExplanation, Statement

from .orders import Sent, orders
from .test_evaluators import SEED, brief


def balances(ruleset: Ruleset, known: dict[str, Any]) -> dict[str, int]:
    """What may be spent in each program."""
    sent = known.get("members") or {}
    return {
        program.id: sent.get(program.id, {}).get("balance", 0)
        for program in ruleset.loyalty.programs
    }


def check_redemptions(ruleset: Ruleset, known: dict[str, Any], result: Result) -> None:
    """No more points than there are; all of what was promised is on the lines."""
    spent: dict[str, int] = defaultdict(int)
    on_lines: dict[str, int] = defaultdict(int)
    for one in result.redemptions:
        assert sum(off.amount for off in one.lines) == one.amount
        assert (one.times == 0) == (one.status == "refused")
        assert isinstance(one.reason, str) == (one.status != "honoured")
        assert one.times <= one.wanted
        if one.program is not None:
            spent[one.program] += one.points
        for off in one.lines:
            on_lines[off.id] += off.amount
    for name, balance in balances(ruleset, known).items():
        assert spent[name] <= balance
    for line in result.lines:
        redeemed = sum(each.amount for each in line.allocations if each.stage == 250)
        assert redeemed == on_lines[line.id]
        assert line.net >= 0


def check_entries(ruleset: Ruleset, entries: list[EarnedResult]) -> None:
    """Shares sum to amounts, and no order gives more points than its program allows."""
    points: dict[str, int] = defaultdict(int)
    for entry in entries:
        total = sum(line.share for line in entry.lines)
        assert total in (entry.amount, 0)
        assert all(line.share > 0 for line in entry.lines)
        if entry.kind == "points":
            points[entry.program] += entry.amount
    for program in ruleset.loyalty.programs:
        if program.max_per_order is not None:
            assert points[program.id] <= program.max_per_order


def check_statement(result: Result, statement: Statement) -> None:
    """The account tells the result, entry by entry, and its arithmetic adds up."""
    assert [one.status for one in statement.redemptions] == [
        one.status for one in result.redemptions
    ]
    assert all(one.detail for one in statement.redemptions)
    amounts = {(one.program, one.rule): one.amount for one in result.earned}
    told = {
        (program.id, award.id): award.amount
        for program in statement.programs
        for award in program.awards
        if award.outcome in ("earned", "over_cap")
    }
    assert told == amounts
    for program in statement.programs:
        check_program(program)


def check_program(program: ProgramExplanation) -> None:
    """Phases of awards follow from each other."""
    for award in program.awards:
        assert award.detail and award.outcome
        check_award(award)
    for rounding in program.roundings:
        alike = [one for one in program.awards if one.kind == rounding.kind]
        assert sum(Fraction(one.exact) for one in alike) == Fraction(rounding.exact)
        assert sum(one.amount for one in alike) == rounding.amount
        assert abs(Fraction(rounding.exact) - rounding.amount) < 1
    for offer in program.offers:
        assert offer.detail
        assert (offer.times > 0) == (offer.outcome == "possible")
        assert offer.missing == 0 or offer.outcome != "possible"


def check_award(award: AwardExplanation) -> None:
    """The lines of an award add up, phase by phase."""
    if award.lines:
        assert sum(Fraction(line.before) for line in award.lines) == Fraction(award.before)
        assert sum(Fraction(line.exact) for line in award.lines) == Fraction(award.exact)
        assert sum(line.share for line in award.lines) == award.amount
    for line in award.lines:
        product = Fraction(line.before) * Fraction(line.multiplier)
        assert product == Fraction(line.multiplied)
    assert Fraction(award.exact) <= Fraction(award.own) <= Fraction(award.multiplied)


@seed(SEED)
@brief
@given(orders())
def test_laws_and_accounts(sent: Sent) -> None:
    ruleset, cart, known = sent
    quote = Engine(ruleset).quote(cart, known, explain=True)
    check_redemptions(ruleset, known, quote.result)
    check_entries(ruleset, quote.result.earned)
    assert quote.explanation is not None and quote.explanation.loyalty is not None
    check_statement(quote.result, quote.explanation.loyalty)


@seed(SEED)
@brief
@given(orders(), st.randoms())
def test_the_order_of_lines_changes_nothing(sent: Sent, dice: Any) -> None:
    ruleset, cart, known = sent
    turned = {**cart, "lines": dice.sample(cart["lines"], len(cart["lines"]))}
    found, other = (Engine(ruleset).quote(each, known).result for each in (cart, turned))

    def sets(result: Result) -> Any:
        redeemed = [
            replace_lines(one, {(each.id, each.amount) for each in one.lines})
            for one in result.redemptions
        ]
        earned = [
            replace_lines(one, {(each.id, each.share) for each in one.lines})
            for one in result.earned
        ]
        return redeemed, earned

    assert sets(found) == sets(other)


def replace_lines(one: Any, lines: set[Any]) -> dict[str, Any]:
    """A record with its lines as a set."""
    return {
        name: lines if name == "lines" else getattr(one, name) for name in one.__struct_fields__
    }


@seed(SEED)
@brief
@given(orders())
def test_facts_of_loyalty_that_are_not_needed_change_nothing(sent: Sent) -> None:
    ruleset, cart, known = sent
    engine = Engine(ruleset)
    needs = engine.needs(cart)
    needed = dict(known)
    for kind in ("rooms", "stock", "issued"):
        named = getattr(needs, kind)
        needed[kind] = {name: one for name, one in known.get(kind, {}).items() if name in named}
    if "members" in known:
        needed["members"] = {
            name: one for name, one in known["members"].items() if name in needs.members
        }
    assert engine.quote(cart, needed).to_json() == engine.quote(cart, known).to_json()
