"""A cart in any form in, a checked cart out, or an error that names the field.

What single fields must be is written in the structs of `cart` and held by msgspec; here is what
takes more than one field, the rule set, or the calendar.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from ...dsl.ruleset import Ruleset
from .attributes import NO_VALUES, Attributes
from .cart import TOTAL_MAX, Address, Cart, Customer, Line, Payment, Shipment
from .checked import CheckedCart, CheckedLine, CheckedShipment
from .errors import CartError, refusal, shorten
from .instants import read_day, read_day_or_instant, read_moment
from .plain import find_bad_text, id_of, plain_of
from .requests import check_requests
from .wire import JSON_FORMS, Json, Wire

CartSource = Json | Mapping[str, Any] | Cart

NO_WORDS: frozenset[str] = frozenset()
NOBODY = Customer()
NOWHERE = Address()
UNPAID = Payment()


class Intake:
    """The door of the engine: every cart passes it once. Immutable; safe to share by threads."""

    def __init__(self, ruleset: Ruleset) -> None:
        """Take carts for one rule set: its currency, its zone and its declared attributes."""
        self._currency = ruleset.currency
        self._has_programs = bool(ruleset.loyalty.programs)
        self._zone = ZoneInfo(ruleset.timezone)
        self._wire = Wire(Cart, "", "a cart", "id")
        self._of_cart = Attributes(ruleset.attributes, "cart.attributes.", "attributes")
        self._of_customer = Attributes(
            ruleset.attributes, "customer.attributes.", "customer.attributes"
        )
        self._of_line = Attributes(
            ruleset.attributes, "line.attributes.", "lines[{index}].attributes"
        )

    def read_cart(self, source: CartSource) -> CheckedCart:
        """Check a cart given as JSON (bytes or text), as a dict, or as a `Cart`.

        All forms obey the same limits. Raises `CartError` for the first thing that is wrong.
        """
        if isinstance(source, JSON_FORMS):
            return self._name_errors(self._wire.read_json(source))
        if not isinstance(source, Mapping | Cart):
            raise self._wire.refuse_source(source)
        plain = plain_of(source)
        spell_dates(plain)
        checked = self._name_errors(self._wire.read_plain(plain))
        try:
            refuse_bad_text(checked, plain)
        except TypeError:  # texts of a type of their own, as numpy's, become plain ones
            return self.read_cart(encode_plain(plain))
        return checked

    def _name_errors(self, cart: Cart) -> CheckedCart:
        """Check a cart whose fields are right one by one; an error learns the cart's id."""
        try:
            return self._check(cart)
        except CartError as error:
            error.cart_id = cart.id
            raise

    def _check(self, cart: Cart) -> CheckedCart:
        """Check what takes more than one field, and type what JSON cannot."""
        if cart.currency != self._currency:
            got = shorten(cart.currency)
            raise refusal("wrong_currency", "currency", expected=self._currency, got=got)
        if cart.redeem and not self._has_programs:
            raise refusal("not_supported", "redeem")
        # Dates and instants are text by now, whatever Python callers gave; str() tells the types.
        moment = read_moment(str(cart.placed_at), self._zone, "placed_at")
        lines = self._check_lines(cart.lines)
        shipments = check_shipments(cart.shipments) if cart.shipments else ()
        customer = cart.customer or NOBODY
        address = cart.shipping_address or NOWHERE
        return CheckedCart(
            id=cart.id,
            currency=cart.currency,
            placed_at_us=moment.instant_us,
            date_days=moment.date_days,
            time_us=moment.time_us,
            hour=moment.hour,
            weekday=moment.weekday,
            channel=cart.channel,
            location=cart.location,
            lines=lines,
            shipments=shipments,
            country=address.country,
            region=address.region,
            postal_code=address.postal_code,
            payment_method=(cart.payment or UNPAID).method,
            tax_total_minor=cart.tax_total or 0,
            store_credit_minor=cart.store_credit or 0,
            codes=normalise_codes(cart.coupons) if cart.coupons else (),
            customer_id=customer.id,
            account=customer.account,
            groups=customer.groups or NO_WORDS,
            segments=customer.segments or NO_WORDS,
            tier=customer.tier,
            orders=customer.orders,
            birthday_days=birthday_of(customer),
            signed_up_days=sign_up_of(customer, self._zone),
            attributes=self._of_cart.read(cart.attributes),
            customer_attributes=self._of_customer.read(customer.attributes),
            subtotal_minor=sum_gross(lines),
            quantity=sum([line.quantity for line in lines]),
            shipping_amount_minor=sum([shipment.amount_minor for shipment in shipments]),
            redeem=check_requests(cart.redeem) if cart.redeem else (),
        )

    def _check_lines(self, lines: list[Line]) -> tuple[CheckedLine, ...]:
        """The lines with their ids and their gross."""
        checked = [
            CheckedLine(
                index,
                line.id or str(index + 1),
                line.sku,
                line.quantity,
                line.unit_price,
                line.quantity * line.unit_price,
                line.min_price or 0,
                line.categories or NO_WORDS,
                line.brand,
                line.tags or NO_WORDS,
                self._of_line.read(line.attributes, index) if line.attributes else NO_VALUES,
                line.stored_value or False,
            )
            for index, line in enumerate(lines)
        ]
        refuse_duplicate_ids([line.id for line in checked], lines, "lines")
        return tuple(checked)


def sum_gross(lines: tuple[CheckedLine, ...]) -> int:
    """The gross of the whole cart in minor units, if it is within its limit."""
    gross_minor = sum([line.gross_minor for line in lines])
    if gross_minor > TOTAL_MAX:
        expected = f"quantities times unit prices of at most {TOTAL_MAX} minor units"
        raise refusal("out_of_range", "lines", expected=expected, got=gross_minor)
    return gross_minor


def check_shipments(shipments: list[Shipment]) -> tuple[CheckedShipment, ...]:
    """The shipments with their ids."""
    checked = tuple(
        CheckedShipment(index, shipment.id or str(index + 1), shipment.method, shipment.amount)
        for index, shipment in enumerate(shipments)
    )
    refuse_duplicate_ids([shipment.id for shipment in checked], shipments, "shipments")
    return checked


def refuse_duplicate_ids(ids: list[str], sent: Sequence[Line | Shipment], path: str) -> None:
    """Raise if two ids are the same, at the later one that was sent rather than counted."""
    if len(set(ids)) == len(ids):
        return
    first_at: dict[str, int] = {}
    for index, id in enumerate(ids):
        first = first_at.setdefault(id, index)
        if first != index:
            later, earlier = (index, first) if sent[index].id else (first, index)
            raise refusal(
                "duplicate_id",
                f"{path}[{later}].id" if sent[later].id else f"{path}[{later}]",
                id=shorten(id),
                first=f"{path}[{earlier}]",
            )


def normalise_codes(coupons: list[str]) -> tuple[str, ...]:
    """The codes trimmed and upper-cased, each once, in the order in which they first came."""
    codes = dict.fromkeys([code.strip().upper() for code in coupons])
    if "" in codes:
        index = next(index for index, code in enumerate(coupons) if not code.strip())
        raise refusal("empty", f"coupons[{index}]", expected="a code")
    return tuple(codes)


def birthday_of(customer: Customer) -> int | None:
    """The date of birth, in days since 1970-01-01."""
    birthday = customer.birthday
    return None if birthday is None else read_day(str(birthday), "customer.birthday")


def sign_up_of(customer: Customer, zone: tzinfo) -> int | None:
    """The date of signing up, in days since 1970-01-01; an instant counts by its date in `zone`."""
    sent = customer.signed_up
    return None if sent is None else read_day_or_instant(str(sent), zone, "customer.signed_up")


def spell_dates(plain: dict[str, Any]) -> None:
    """Write out the dates and instants that Python has objects for and JSON has not."""
    if isinstance(plain.get("placed_at"), date):
        plain["placed_at"] = spell_date(plain["placed_at"])
    customer = plain.get("customer")
    if isinstance(customer, Mapping):
        dates = {name: customer.get(name) for name in ("birthday", "signed_up")}
        spelled = {name: spell_date(it) for name, it in dates.items() if isinstance(it, date)}
        if spelled:
            plain["customer"] = {**customer, **spelled}


def spell_date(day: date) -> str:
    """A date or an instant as text; what has no offset gets none, and is refused for that."""
    if isinstance(day, datetime) and day.utcoffset() is not None:
        try:
            return day.astimezone(UTC).isoformat()
        except OverflowError:
            pass  # outside the years 1 to 9999 in UTC, which its reader will say
    return day.isoformat()


def refuse_bad_text(checked: CheckedCart, plain: dict[str, Any]) -> None:
    """Raise if a text of a cart out of Python cannot be written: JSON has refused it before."""
    try:
        msgspec.json.encode(checked)
    except UnicodeEncodeError:
        refused = refusal_of_text(plain)
    else:
        return
    raise refused


def encode_plain(plain: dict[str, Any]) -> bytes:
    """A cart as JSON, what JSON does not know written as text. Raises `CartError`."""
    try:
        return msgspec.json.encode(plain, enc_hook=str)
    except UnicodeEncodeError:
        refused = refusal_of_text(plain)
    raise refused


def refusal_of_text(plain: dict[str, Any]) -> CartError:
    """The error for a text that cannot be written."""
    refused = refusal("bad_text", find_bad_text(plain, "") or "")
    refused.cart_id = id_of(plain, "id")
    return refused
