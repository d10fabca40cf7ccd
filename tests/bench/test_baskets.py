"""Tiny hand-made tables in, the carts they must become out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from bench import baskets
from bench.baskets import Report, group_name, left_out_reason, split_units

if TYPE_CHECKING:
    from pandas import DataFrame

# household, store, basket, product, quantity, sales, retail, coupon, match, UTC time
Row = tuple[int, int, int, int, int, float, float, float, float, str]
COLUMNS = [
    "household_id",
    "store_id",
    "basket_id",
    "product_id",
    "quantity",
    "sales_value",
    "retail_disc",
    "coupon_disc",
    "coupon_match_disc",
    "transaction_timestamp",
]
SOUP, PIZZA, GAS, SLIP = 11, 12, 13, 99

ROWS: list[Row] = [
    # A winter and a summer basket of household 7, written out of order.
    (7, 330, 502, SOUP, 1, 1.50, 0.00, 0.0, 0.0, "2017-07-05 03:30:00"),
    (7, 330, 501, SOUP, 2, 3.55, 1.78, 0.55, 0.45, "2017-01-02 12:00:00"),
    (7, 330, 501, PIZZA, 3, 10.00, 0.00, 0.0, 0.0, "2017-01-02 12:00:00"),
    (7, 330, 501, SLIP, 0, 0.00, 0.00, 2.0, 0.0, "2017-01-02 12:00:00"),
    # Fuel in thousandths of a gallon, and the second basket of that second.
    (8, 404, 600, GAS, 8725, 20.06, 0.01, 0.0, 0.0, "2017-01-02 12:00:00"),
    # A basket of which nothing is left.
    (8, 404, 700, PIZZA, 0, 2.61, 0.0, 0.0, 0.0, "2017-08-01 12:00:00"),
]


def tables() -> dict[str, DataFrame]:
    """The seven tables, two households big."""
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame
    transactions = frame(ROWS, columns=COLUMNS)
    stamps = pandas.to_datetime(transactions["transaction_timestamp"])
    people = {"age": "45-54", "income": "Under 15K", "home_ownership": None}
    people |= {"marital_status": "Married", "household_size": "5+"}
    people |= {"household_comp": "2 Adults Kids", "kids_count": "0"}
    days = [pandas.Timestamp("2017-07-01"), pandas.Timestamp("2017-07-04")]
    return {
        "transactions": transactions.assign(transaction_timestamp=stamps),
        "products": frame(
            [
                (SOUP, 69, "GROCERY", "Private", "SOUP", "SOUP"),
                (PIZZA, 5, "GROCERY", "National", "FROZEN PIZZA", None),
                (GAS, 69, "MISCELLANEOUS", "Private", None, "GASOLINE-REG UNLEADED"),
            ],
            columns=[
                "product_id",
                "manufacturer_id",
                "department",
                "brand",
                "product_category",
                "product_type",
            ],
        ),
        "demographics": frame([{"household_id": 7} | people]),
        "campaigns": frame([(18, 7), (19, 8)], columns=["campaign_id", "household_id"]),
        "campaign_descriptions": frame(
            {"campaign_id": [18, 19], "start_date": days[:1] * 2, "end_date": days[1:] * 2}
        ),
        "coupons": frame(
            [(5160, SOUP, 18), (5160, PIZZA, 18)],
            columns=["coupon_upc", "product_id", "campaign_id"],
        ),
        "coupon_redemptions": frame(
            {
                "household_id": [7],
                "coupon_upc": [5160],
                "campaign_id": [18],
                "redemption_date": [pandas.Timestamp("2017-07-04")],
            }
        ),
    }


def carts_of(limit: int | None = None) -> tuple[list[dict[str, Any]], Report]:
    report = Report()
    return list(baskets.make_carts(tables(), limit, report)), report


@pytest.mark.parametrize(
    ("total_minor", "quantity", "parts"),
    [
        (1000, 4, [(4, 250)]),
        (1000, 3, [(2, 333), (1, 334)]),
        (2, 3, [(1, 0), (2, 1)]),
        (0, 5, [(5, 0)]),
        (2007, 8725, [(6718, 0), (2007, 1)]),
    ],
)
def test_split_units_loses_no_cent(
    total_minor: int, quantity: int, parts: list[tuple[int, int]]
) -> None:
    assert split_units(total_minor, quantity) == parts
    assert sum(units * price for units, price in parts) == total_minor
    assert sum(units for units, _ in parts) == quantity


@pytest.mark.parametrize(
    ("quantity", "total_minor", "reason"),
    [
        (1, 0, None),
        (1_000_000, 5, None),
        (0, 0, "quantity 0"),
        (0, 261, "quantity 0, with money on it"),
        (1_000_001, 5, "quantity above 1,000,000"),
        (1, -5, "negative quantity or amount"),
    ],
)
def test_left_out_reason(quantity: int, total_minor: int, reason: str | None) -> None:
    assert left_out_reason(quantity, total_minor) == reason


def test_group_names() -> None:
    assert group_name("age", "65+") == "age:65+"
    assert group_name("kids_count", "0") == "kids:none"
    assert group_name("household_size", "1") == "size:1"
    assert group_name("income", "Under 15K") == "income:Under-15K"


def test_discounts_of_the_store_are_put_back_and_those_of_the_maker_are_not() -> None:
    totals = baskets.list_total_minor(tables()["transactions"]).tolist()
    # 3.55 + 1.78 + 0.45 = 5.78; the maker's 0.55 was never taken off sales_value.
    assert totals == [150, 578, 1000, 0, 2007, 261]


def test_carts_stand_in_order_of_time_then_id() -> None:
    carts, _ = carts_of()
    assert [cart["id"] for cart in carts] == ["501", "600", "502", "700"]
    assert [cart["placed_at"] for cart in carts] == [
        "2017-01-02T07:00:00-05:00",
        "2017-01-02T07:00:00-05:00",
        "2017-07-04T23:30:00-04:00",
        "2017-08-01T08:00:00-04:00",
    ]
    assert [cart["location"] for cart in carts] == ["330", "404", "330", "404"]


def test_lines_keep_their_place_and_split_in_two() -> None:
    carts, _ = carts_of()
    pizza = {"sku": "12", "categories": ["GROCERY", "FROZEN PIZZA"], "brand": "National"}
    pizza |= {"tags": ["manufacturer:5"]}
    soup = {"sku": "11", "categories": ["GROCERY", "SOUP"], "brand": "Private"}
    soup |= {"tags": ["manufacturer:69"]}
    assert carts[0]["lines"] == [
        {"id": "1", "quantity": 2, "unit_price": 289} | soup,
        {"id": "2", "quantity": 2, "unit_price": 333} | pizza,
        {"id": "2b", "quantity": 1, "unit_price": 334} | pizza,
    ]


def test_fuel_is_tagged_wherever_it_is_booked() -> None:
    carts, _ = carts_of()
    assert [line["tags"] for line in carts[1]["lines"]] == [["manufacturer:69", "fuel"]] * 2
    assert carts[1]["lines"][0]["categories"] == ["MISCELLANEOUS", "GASOLINE-REG UNLEADED"]


def test_customer_has_groups_running_campaigns_and_earlier_baskets() -> None:
    carts, _ = carts_of()
    groups = ["age:45-54", "income:Under-15K", "marital:Married", "size:5+"]
    groups += ["household:2-Adults-Kids", "kids:none"]
    assert carts[0]["customer"] == {"id": "7", "groups": groups, "segments": [], "orders": 0}
    # Still the 4th of July in New York, the last day of campaign 18.
    assert carts[2]["customer"]["segments"] == ["campaign:18"]
    assert carts[2]["customer"]["orders"] == 1
    assert carts[3]["customer"] == {"id": "8", "groups": [], "segments": [], "orders": 1}


def test_codes_come_from_redemptions_and_from_the_till() -> None:
    carts, _ = carts_of()
    assert [cart["coupons"] for cart in carts] == [["99"], [], ["5160"], []]


def test_a_redemption_goes_to_the_basket_with_the_covered_lines() -> None:
    world = tables()
    rows = world["transactions"]
    # An earlier basket of the same household and day, with nothing that the coupon covers.
    earlier = rows.head(1).assign(basket_id=400, product_id=GAS)
    pandas = pytest.importorskip("pandas")
    world["transactions"] = pandas.concat([earlier, rows], ignore_index=True)
    carts = {cart["id"]: cart for cart in baskets.make_carts(world, None, Report())}
    assert carts["400"]["coupons"] == []
    assert carts["502"]["coupons"] == ["5160"]


def test_report_counts_every_line_and_every_cent() -> None:
    carts, report = carts_of()
    assert (report.baskets, report.empty_baskets, report.codes) == (4, 1, 2)
    assert (report.lines_read, report.lines_written, report.split_lines) == (6, 6, 2)
    assert dict(report.left_out) == {"quantity 0": 1, "quantity 0, with money on it": 1}
    assert report.left_out_minor == 261
    lines = [line for cart in carts for line in cart["lines"]]
    assert report.gross_minor == sum(line["quantity"] * line["unit_price"] for line in lines)
    assert report.gross_minor == 578 + 1000 + 2007 + 150
    assert "gross total          37.35 USD   at list prices" in baskets.report_lines(report)


def test_limit_takes_the_first_baskets() -> None:
    carts, report = carts_of(limit=2)
    assert [cart["id"] for cart in carts] == ["501", "600"]
    assert report.lines_read == 4


def test_carts_are_written_one_a_line(tmp_path: Any) -> None:
    carts, _ = carts_of()
    path = tmp_path / "carts.jsonl"
    with path.open("wb") as out:
        baskets.write_carts(iter(carts), out, len(carts))
    assert [json.loads(line) for line in path.read_text().splitlines()] == carts
