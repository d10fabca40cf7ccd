"""Result JSON Lines in, a shopkeeper's summary out.

    tally run --rules DIR CARTS.jsonl -o RESULTS.jsonl
    .venv/bin/python bench/summary.py RESULTS.jsonl [--seconds 12.5]
    tally run --rules DIR CARTS.jsonl | .venv/bin/python bench/summary.py -

The file is read as a stream, one result at a time. `--seconds` is what the run took, for the carts
per second; a run that is read from the pipe is timed here. All sums are integers of minor units.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import msgspec
from iso4217 import Currency
from rich.console import Console
from rich.table import Table

REFUSED_CODES_SHOWN = 12

# Reason of a rejected coupon, and what a shopkeeper would say.
REASONS = {
    "unknown": "no promotion knows this code",
    "inactive": "its promotion does not run on that day",
    "limit_reached": "it was used as often as allowed",
    "condition": "the basket did not meet its conditions",
    "no_effect": "nothing in the basket was left for it to reduce",
    "outranked": "another offer of its group applied",
    "excluded_by_exclusive": "an offer that stands alone applied",
    "excluded_by_last": "an offer that nothing may follow applied",
    "excluded_by_sibling": "an offer it does not combine with applied",
    "max_promotions": "the basket had as many promotions as allowed",
}


class Applied(msgspec.Struct):
    """A promotion that applied; the amount in minor units, negative for a surcharge."""

    id: str
    discount_amount: int


class Rejected(msgspec.Struct):
    """A coupon code that gave nothing."""

    code: str
    reason: str


class Payment(msgspec.Struct, frozen=True):
    """The payment's share; the adjustment is negative for a rebate."""

    adjustment: int = 0


class Line(msgspec.Struct):
    """A line, of which only the number is needed."""


class Failure(msgspec.Struct):
    """Why a cart was refused."""

    code: str
    path: str = ""
    message: str = ""


class Result(msgspec.Struct):
    """What the summary reads of one result line; a refused cart has `error` and nothing else."""

    error: Failure | None = None
    currency: str = ""
    lines: list[Line] = []
    payment: Payment = Payment()
    applied_promotions: list[Applied] = []
    rejected_coupons: list[Rejected] = []
    applied_coupons: list[dict[str, msgspec.Raw]] = []
    subtotal: int = 0
    shipping_total: int = 0
    discount_total: int = 0
    tax_total: int = 0
    grand_total: int = 0


@dataclass
class Totals:
    """Sums over the results; money in minor units of `currency`."""

    currency: str = "USD"
    baskets: int = 0
    empty_baskets: int = 0
    discounted_baskets: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    subtotal_minor: int = 0
    shipping_minor: int = 0
    discount_minor: int = 0
    adjustment_minor: int = 0
    tax_minor: int = 0
    net_minor: int = 0
    uses: Counter[str] = field(default_factory=Counter)
    given_minor: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    coupons_applied: int = 0
    coupons_rejected: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, result: Result) -> None:
        """Count one result."""
        if result.error is not None:
            self.refused[result.error.code] += 1
            return
        self.currency = result.currency or self.currency
        self.baskets += 1
        self.empty_baskets += not result.lines
        self.discounted_baskets += result.discount_total > 0
        self.subtotal_minor += result.subtotal
        self.shipping_minor += result.shipping_total
        self.discount_minor += result.discount_total
        self.adjustment_minor += result.payment.adjustment
        self.tax_minor += result.tax_total
        self.net_minor += result.grand_total
        for promotion in result.applied_promotions:
            self.uses[promotion.id] += 1
            self.given_minor[promotion.id] += promotion.discount_amount
        self.coupons_applied += len(result.applied_coupons)
        self.coupons_rejected.update(
            (entry.code, entry.reason) for entry in result.rejected_coupons
        )


def money(minor: int, currency: str) -> str:
    """An amount as people write it: 539221852 USD gives `5,392,218.52 USD`."""
    exponent = Currency(currency).exponent or 0
    whole, part = divmod(abs(minor), 10**exponent)
    fraction = f".{part:0{exponent}}" if exponent else ""
    return f"{'-' if minor < 0 else ''}{whole:,}{fraction} {currency}"


def percent(part: int, whole: int) -> str:
    """`part` of `whole` with two decimals, rounded half up; a dash when there is no whole."""
    if whole == 0:
        return "-"
    hundredths = (20_000 * abs(part) + whole) // (2 * whole)
    sign = "-" if part < 0 and hundredths else ""
    return f"{sign}{hundredths // 100}.{hundredths % 100:02} %"


def explain_reason(reason: str) -> str:
    """A reason in plain English; a word that is not in the list stands for itself."""
    return REASONS.get(reason, reason.replace("_", " "))


def read_results(lines: Iterable[bytes]) -> Iterator[Result]:
    """Decode result lines; blank lines are skipped."""
    decode = msgspec.json.Decoder(Result).decode
    return (decode(line) for line in lines if line.strip())


def total_of(results: Iterable[Result]) -> Totals:
    """Sum all results."""
    totals = Totals()
    for result in results:
        totals.add(result)
    return totals


def overview(totals: Totals, seconds: float | None) -> Table:
    """Baskets and money."""
    table = Table(title="All baskets", show_header=False, title_justify="left")
    table.add_column()
    table.add_column(justify="right")
    table.add_column()
    currency, gross = totals.currency, totals.subtotal_minor + totals.shipping_minor
    rows = [
        ("Baskets priced", f"{totals.baskets:,}", ""),
        ("  empty", f"{totals.empty_baskets:,}", percent(totals.empty_baskets, totals.baskets)),
        (
            "  with a discount",
            f"{totals.discounted_baskets:,}",
            percent(totals.discounted_baskets, totals.baskets),
        ),
        ("Carts refused", f"{totals.refused.total():,}", "not priced"),
        ("Gross", money(gross, currency), "at list prices"),
        ("Discount", money(totals.discount_minor, currency), percent(totals.discount_minor, gross)),
    ]
    if totals.adjustment_minor:
        rows.append(("Payment adjustment", money(totals.adjustment_minor, currency), ""))
    if totals.tax_minor:
        rows.append(("Tax", money(totals.tax_minor, currency), ""))
    rows.append(("Net", money(totals.net_minor, currency), "what customers pay"))
    if seconds:
        speed = f"{totals.baskets + totals.refused.total():,} in {seconds:,.1f} s"
        pace = int((totals.baskets + totals.refused.total()) / seconds)
        rows.append(("Carts per second", f"{pace:,}", speed))
    for row in rows:
        table.add_row(*row)
    return table


def promotion_table(totals: Totals) -> Table:
    """Per promotion: uses, money, share; the one that gave most first."""
    table = Table(title="Promotions", title_justify="left")
    table.add_column("Promotion")
    for header in ("Uses", "Money given", "Of baskets"):
        table.add_column(header, justify="right")
    for name in sorted(totals.uses, key=lambda name: (-totals.given_minor[name], name)):
        given = money(totals.given_minor[name], totals.currency)
        share = percent(totals.uses[name], totals.baskets)
        table.add_row(name, f"{totals.uses[name]:,}", given, share)
    table.add_section()
    everything = money(sum(totals.given_minor.values()), totals.currency)
    table.add_row("all", f"{totals.uses.total():,}", everything, "")
    return table


def reason_table(totals: Totals) -> Table:
    """Refused coupons by reason."""
    table = Table(title="Why coupons were refused", title_justify="left")
    table.add_column("Reason")
    table.add_column("Times", justify="right")
    table.add_column("Codes", justify="right")
    times: Counter[str] = Counter()
    codes: Counter[str] = Counter()
    for (_, reason), count in totals.coupons_rejected.items():
        times[reason] += count
        codes[reason] += 1
    for reason, count in sorted(times.items(), key=lambda item: (-item[1], item[0])):
        table.add_row(explain_reason(reason), f"{count:,}", f"{codes[reason]:,}")
    table.add_section()
    distinct = len({code for code, _ in totals.coupons_rejected})
    table.add_row("all", f"{times.total():,}", f"{distinct:,}")
    return table


def code_table(totals: Totals) -> Table:
    """The codes refused most often, each with its reason."""
    table = Table(title="Coupons refused most often", title_justify="left")
    table.add_column("Code")
    table.add_column("Times", justify="right")
    table.add_column("Because")
    ranking = sorted(totals.coupons_rejected.items(), key=lambda item: (-item[1], item[0]))
    for (code, reason), count in ranking[:REFUSED_CODES_SHOWN]:
        table.add_row(code, f"{count:,}", explain_reason(reason))
    return table


def refusal_table(totals: Totals) -> Table:
    """Carts that were refused, by the code of the error."""
    table = Table(title="Carts refused", title_justify="left")
    table.add_column("Error")
    table.add_column("Carts", justify="right")
    for code, count in sorted(totals.refused.items(), key=lambda item: (-item[1], item[0])):
        table.add_row(code, f"{count:,}")
    return table


def print_summary(totals: Totals, seconds: float | None, console: Console) -> None:
    """The tables that have something to say."""
    console.print(overview(totals, seconds))
    if totals.refused:
        console.print(refusal_table(totals))
    if totals.uses:
        console.print(promotion_table(totals))
    if totals.coupons_applied or totals.coupons_rejected:
        shown = totals.coupons_applied + totals.coupons_rejected.total()
        accepted = f"{totals.coupons_applied:,} of {shown:,}"
        console.print(f"Coupons shown: {accepted} gave a discount.", highlight=False)
    if totals.coupons_rejected:
        console.print(reason_table(totals))
        console.print(code_table(totals))


def main() -> int:
    parser = argparse.ArgumentParser(description="Summarise the results of `tally run`.")
    parser.add_argument("results", help="JSON Lines file of results; - for standard input")
    parser.add_argument("--seconds", type=float, help="how long the run took")
    options = parser.parse_args()
    piped = options.results == "-"
    started = time.perf_counter()
    with contextlib.ExitStack() as stack:
        source: BinaryIO = sys.stdin.buffer
        if not piped:
            source = stack.enter_context(Path(options.results).open("rb"))
        totals = total_of(read_results(source))
    seconds = options.seconds
    if seconds is None and piped:
        seconds = time.perf_counter() - started
    print_summary(totals, seconds, Console())
    return 0


if __name__ == "__main__":
    sys.exit(main())
