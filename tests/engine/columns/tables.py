"""Carts as dicts in, the same as Arrow columns of many types out, and results as dicts again."""

from typing import Any

import pyarrow as pa

from tallystick import CartError, Engine
from tallystick.engine.columns.loyalty import fitting

Cart = dict[str, Any]

U, LARGE, VIEW = pa.string(), pa.large_string(), pa.string_view()
TEXTS: dict[str, pa.DataType] = {
    "plain": U,
    "large": LARGE,
    "view": VIEW,
    "words-int8": pa.dictionary(pa.int8(), U),
    "words-int32": pa.dictionary(pa.int32(), U),
    "words-int64": pa.dictionary(pa.int64(), LARGE),
}


def cart_schema(text: Any = U, whole: Any = None, lists: Any = pa.list_) -> Any:
    """The columns of carts, with texts, whole numbers and lists of some type."""
    whole = pa.int64() if whole is None else whole

    def rows(**fields: Any) -> Any:
        return lists(pa.struct(list(fields.items())))

    line = {
        "id": text, "sku": text, "quantity": whole, "unit_price": whole,
        "categories": lists(text), "brand": text, "tags": lists(text), "min_price": whole,
        "attributes": pa.struct([("colour", text), ("weight", pa.int16())]),
        "stored_value": pa.bool_(),
    }  # fmt: skip
    customer = {
        "id": text, "groups": lists(text), "tier": text, "orders": whole,
        "attributes": pa.struct([("is_staff", pa.bool_())]),
    }  # fmt: skip
    return pa.schema(
        {
            "id": text, "currency": text, "placed_at": text, "channel": text,
            "lines": rows(**line),
            "shipments": rows(id=text, method=text, amount=whole),
            "shipping_address": pa.struct([("country", text)]),
            "payment": pa.struct([("method", text)]),
            "tax_total": whole, "store_credit": whole, "coupons": lists(text),
            "customer": pa.struct(list(customer.items())),
            "redeem": rows(
                program=text, rule=text, issued=text, times=whole, points=text, if_short=text
            ),
            "attributes": pa.struct([("note", text)]),
        }.items()
    )  # fmt: skip


def batch_of(carts: list[Cart], schema: Any = None) -> Any:
    """Carts as one batch of columns; what a cart has not is null."""
    return pa.RecordBatch.from_pylist(carts, cart_schema() if schema is None else schema)


def record_of(row: Cart) -> Cart:
    """A row of results as the record that JSON has for it."""
    row = dict(row)
    error = row.pop("error")
    if error is not None:
        rest = {name for name, value in row.items() if value is not None}
        assert rest <= {"cart"}, "a refused row has nothing but its id and the error"
        return {"cart": row["cart"], "error": error}
    absent = {"rejected_coupons": ["by"], "redemptions": ["reason"], "earned": ["card", "reason"]}
    for name, keys in absent.items():
        for one in row[name]:
            for key in keys:
                if one[key] is None:
                    del one[key]
    return row


def records_of(results: Any) -> list[Cart]:
    """Results as records, by way of pyarrow, which checks every buffer on the way."""
    table = pa.table(results)
    table.validate(full=True)
    return [record_of(row) for row in table.to_pylist()]


def expected_of(engine: Engine, carts: list[Any], facts: Any = None) -> list[Cart]:
    """What the same carts get as dicts; points that fit no column are an error there."""
    return [
        one.as_record() if isinstance(one, CartError) else fitting(one.to_dict())
        for one in engine.quote_batch(carts, facts)
    ]
