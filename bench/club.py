"""A year of carts and the rules of a loyalty program in, what the program came to out.

    .venv/bin/python -m bench.club build/demo/carts.jsonl [--rules rules/completejourney]

Every household is a member from its first basket on. Each basket is priced with what the member
had before it: the points that could be spent, and the points that count for the tier. Households
spend their points as soon as they have `SPEND_FROM` of them. Members do not touch each other, so
the baskets of a month are priced in rounds: the first basket of every household, then the second.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

import msgspec
from rich import box
from rich.console import Console
from rich.table import Table

import tallystick
from tallystick.dsl.kinds import CalendarPeriod
from tallystick.dsl.loyalty import Program
from tallystick.engine.loyalty.days import EPOCH_ORDINAL, add

from .summary import money, percent

ROOT = Path(__file__).resolve().parent.parent
SPEND_FROM = 1_000  # points


class Customer(msgspec.Struct):
    """Who bought a basket."""

    id: str


class Heading(msgspec.Struct):
    """What is read of a cart here; the engine reads all of it."""

    id: str
    placed_at: str
    customer: Customer


class Taken(msgspec.Struct):
    """Points taken for an amount off."""

    points: int
    amount: int


class Entry(msgspec.Struct):
    """What one rule gave."""

    rule: str
    amount: int


class Result(msgspec.Struct):
    """What is read of a result."""

    grand_total: int
    redemptions: list[Taken]
    earned: list[Entry]


read_heading = msgspec.json.Decoder(Heading).decode
read_result = msgspec.json.Decoder(Result).decode


@dataclass(frozen=True, slots=True)
class Basket:
    """One cart as it was sent, and by whom and when."""

    cart: str
    household: str
    month: str
    day: int  # from 1970-01-01, where it was bought
    raw: bytes

    @classmethod
    def of(cls, raw: bytes) -> Basket:
        """The basket of a line of JSON."""
        heading = read_heading(raw)
        day = date.fromisoformat(heading.placed_at[:10]).toordinal() - EPOCH_ORDINAL
        return cls(heading.id, heading.customer.id, heading.placed_at[:7], day, raw)

    def redeeming(self, program: str) -> dict[str, Any]:
        """The cart with as many points spent as can be."""
        cart: dict[str, Any] = msgspec.json.decode(self.raw)
        return cart | {"redeem": [{"program": program, "points": "max"}]}


@dataclass
class Household:
    """What the shop knows of one member."""

    balance: int = 0
    lifetime: int = 0
    qualifying: int = 0
    counting: deque[tuple[int, int]] = field(default_factory=deque)  # last day, points

    def drop_old(self, today: int) -> None:
        """Forget what no longer counts for the tier."""
        while self.counting and self.counting[0][0] < today:
            self.qualifying -= self.counting.popleft()[1]

    def facts(self, cart: str, program: str) -> dict[str, Any]:
        """What is handed in with a cart."""
        member = {
            "balance": self.balance,
            "qualifying": self.qualifying,
            "lifetime_points": self.lifetime,
        }
        return {"cart": cart, "members": {program: member}}


@dataclass
class Month:
    """What happened in one month."""

    name: str
    baskets: int = 0
    net_minor: int = 0
    earned: int = 0
    redeemed: int = 0
    redeemed_minor: int = 0
    rises: int = 0
    falls: int = 0
    members: Counter[str] = field(default_factory=Counter)  # by tier, at the end of the month


class Year:
    """The members of one program, and what their baskets brought them."""

    def __init__(self, ruleset: tallystick.Ruleset, program: Program) -> None:
        assert program.tiers is not None and program.tiers.window is not None
        assert not isinstance(program.tiers.window, CalendarPeriod)
        self.engine = tallystick.Engine(ruleset)
        self.program = program
        self.levels = program.tiers.levels
        self.window = program.tiers.window
        self.households: defaultdict[str, Household] = defaultdict(Household)
        self.tiers: dict[str, int] = {}  # place in `levels`, at the end of the month before
        self.by_rule: Counter[str] = Counter()

    def run_month(self, name: str, baskets: Iterable[Basket]) -> Month:
        """Price the baskets of a month, in rounds."""
        month = Month(name)
        waiting: defaultdict[str, deque[Basket]] = defaultdict(deque)
        last = 0
        for basket in baskets:
            waiting[basket.household].append(basket)
            last = basket.day
        while waiting:
            self.run_round(month, [queue.popleft() for queue in waiting.values()])
            waiting = defaultdict(deque, {id: left for id, left in waiting.items() if left})
        self.close_month(month, last)
        return month

    def run_round(self, month: Month, turn: list[Basket]) -> None:
        """Price one basket of each of some households."""
        facts: dict[str, Any] = {}
        carts: list[bytes | dict[str, Any]] = []
        for basket in turn:
            household = self.households[basket.household]
            household.drop_old(basket.day)
            facts[basket.cart] = household.facts(basket.cart, self.program.id)
            is_spending = household.balance >= SPEND_FROM
            carts.append(basket.redeeming(self.program.id) if is_spending else basket.raw)
        for basket, quote in zip(turn, self.engine.quote_batch(carts, facts), strict=True):
            if isinstance(quote, tallystick.CartError):
                raise quote
            self.book(month, self.households[basket.household], basket.day, quote.to_json())

    def book(self, month: Month, household: Household, today: int, answer: bytes) -> None:
        """Write down what one basket earned and took."""
        result = read_result(answer)
        month.baskets += 1
        month.net_minor += result.grand_total
        for taken in result.redemptions:
            household.balance -= taken.points
            month.redeemed += taken.points
            month.redeemed_minor += taken.amount
        for entry in result.earned:
            self.by_rule[entry.rule] += entry.amount
        points = sum(entry.amount for entry in result.earned)
        if points:
            household.counting.append((add(today, self.window), points))
            household.balance += points
            household.lifetime += points
            household.qualifying += points
            month.earned += points

    def close_month(self, month: Month, last: int) -> None:
        """Count the members of each tier, and who moved since the end of the month before."""
        for id, household in self.households.items():
            household.drop_old(last)
            value = household.qualifying
            place = max(i for i, level in enumerate(self.levels) if level.threshold <= value)
            before = self.tiers.get(id, 0)
            month.rises += place > before
            month.falls += place < before
            month.members[self.levels[place].id] += 1
            self.tiers[id] = place


def read_baskets(path: Path) -> Iterator[Basket]:
    """The baskets of a file of carts, one a line."""
    with path.open("rb") as stream:
        yield from map(Basket.of, stream)


def run_year(year: Year, baskets: Iterable[Basket]) -> list[Month]:
    """All months of some baskets that stand in order of time."""
    months = groupby(baskets, key=lambda basket: basket.month)
    return [year.run_month(name, group) for name, group in months]


def month_table(year: Year, months: list[Month]) -> Table:
    """A row a month."""
    table = Table(
        title="The club, month by month",
        title_justify="left",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        padding=(0, 1),
    )
    table.add_column("Month")
    levels = [level.id for level in year.levels]
    for header in ("Baskets", "Earned", "Spent", "Rises", "Falls", *levels):
        table.add_column(header, justify="right")
    for one in months:
        numbers = [one.baskets, one.earned, one.redeemed, one.rises, one.falls]
        numbers += [one.members[level] for level in levels]
        table.add_row(one.name, *(f"{number:,}" for number in numbers))
    return table


def rule_table(year: Year) -> Table:
    """Where the points came from."""
    table = Table(title="Where points came from", title_justify="left")
    table.add_column("Rule")
    table.add_column("Points", justify="right")
    for rule, points in sorted(year.by_rule.items(), key=lambda item: (-item[1], item[0])):
        table.add_row(rule, f"{points:,}")
    return table


def household_line(year: Year) -> str:
    """How the points of a year lie over the households."""
    earned = sorted(household.lifetime for household in year.households.values())
    places = (len(earned) // 2, len(earned) * 9 // 10, len(earned) - 1)
    median, tenth, most = (f"{earned[place]:,}" for place in places)
    return (
        f"{len(earned):,} households: half of them earned at least {median} points, a tenth "
        f"at least {tenth}, one {most}."
    )


def cost_line(year: Year, months: list[Month], currency: str) -> str:
    """What the program costs, as a share of sales."""
    terms = year.program.redemption
    assert terms is not None
    sales = sum(month.net_minor for month in months)
    given = sum(month.redeemed_minor for month in months)
    left = sum(household.balance for household in year.households.values())
    owed = left * terms.value_minor // terms.points
    return (
        f"{money(given, currency)} were given for points, and {left:,} points are still out, worth "
        f"{money(owed, currency)}: together {percent(given + owed, sales)} of "
        f"{money(sales, currency)} of sales."
    )


def main() -> int:
    parser = argparse.ArgumentParser(description="Run a loyalty program over a year of carts.")
    parser.add_argument("carts", type=Path, help="JSON Lines file of carts in order of time")
    parser.add_argument("--rules", type=Path, default=ROOT / "rules" / "completejourney")
    options = parser.parse_args()
    ruleset = tallystick.load(options.rules)
    year = Year(ruleset, ruleset.loyalty.programs[0])
    months = run_year(year, read_baskets(options.carts))
    console = Console()
    console.print(month_table(year, months))
    console.print(rule_table(year))
    console.print(household_line(year), highlight=False)
    console.print(cost_line(year, months, ruleset.currency), highlight=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
