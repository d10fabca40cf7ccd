"""A quote and its explanation in, a receipt out: what a person reads at the till, then the why.

Everything is `Text` from rich, never markup, and without what would steer a terminal: names come
from other people's files. Not on a terminal the width is fixed, so that the text is the same
everywhere.
"""

from collections.abc import Iterable, Iterator

from rich.console import Console, Group, RenderableType
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from ..dsl.ruleset import Ruleset
from ..engine.outcome import Reason
from ..engine.quote.explanation import APPLIED, GiftUnits, PromotionExplanation
from ..engine.quote.quote import Quote
from ..engine.quote.result import Allocation, LineResult
from ..engine.quote.wording import Wording, count_of, list_names
from ..engine.takers import REDEMPTION_STAGE
from .account import Account
from .codes import why_refused
from .failure import printable
from .pieces import columns, indent, words

WIDTH = 100  # columns where there is no terminal to ask

HEADINGS = {
    Reason.CONDITION: "A condition is false",
    Reason.NO_EFFECT: "Nothing to give",
    Reason.OUTRANKED: "Beaten inside a stack group",
    Reason.EXCLUDED_BY_SIBLING: "Excluded by another promotion",
    Reason.EXCLUDED_BY_EXCLUSIVE: "Shut out by an exclusive promotion",
    Reason.EXCLUDED_BY_LAST: "After the last promotion",
    Reason.MAX_PROMOTIONS: "Too many promotions",
    Reason.LIMIT_REACHED: "Used up",
    Reason.NO_CODE: "Needs a code",
    Reason.INACTIVE: "Not active",
}


def print_receipt(console: Console, ruleset: Ruleset, quote: Quote) -> None:
    """Print the receipt of a quote that was made with `explain`."""
    receipt = Receipt(Wording(ruleset), quote)
    with console.capture() as printed:
        console.print(Group(*receipt.parts()), highlight=False, markup=False, emoji=False)
    for line in printed.get().splitlines():
        print(line.rstrip())  # tables are padded to their width


class Receipt:
    """The parts of one receipt."""

    def __init__(self, wording: Wording, quote: Quote) -> None:
        assert quote.explanation is not None
        self.wording = wording
        self.quote = quote
        self.cart = quote.cart
        self.promotions = {one.id: one for one in quote.explanation.promotions}

    def parts(self) -> Iterator[RenderableType]:
        """The receipt from top to bottom, a blank line between the parts."""
        yield from self.head()
        for title, part in (
            ("Lines", self.lines()),
            ("Shipping", self.shipments()),
            ("Payment", self.payment()),
            ("Gifts", self.gifts()),
            (f"Total in {self.cart.currency}", self.totals()),
            ("Coupons", self.coupons()),
            ("Warnings", self.warnings()),
            *self.loyalty(),
        ):
            if part is not None:
                yield Text()
                yield words(title, "bold")
                yield indent(part)
        yield from self.refused()

    def amount(self, minor: int) -> str:
        """An amount without its currency, which stands at the total."""
        return self.wording.money(minor).rpartition(" ")[0]

    # The till.

    def head(self) -> Iterator[RenderableType]:
        """Whose cart it is, and when it was placed."""
        cart = self.cart
        table = columns("left", "right")
        zone = self.wording.ruleset.timezone
        table.add_row(
            words(f"Cart {cart.id}", "bold"),
            words(f"{self.wording.instant(cart.placed_at_us)} {zone}"),
        )
        yield table
        about = (
            ("customer", cart.customer_id),
            ("groups", list_names(sorted(cart.groups), "and")),
            ("tier", cart.tier),
            ("channel", cart.channel),
            ("location", cart.location),
        )
        known = " · ".join(f"{name} {value}" for name, value in about if value)
        if known:
            yield words(known, "dim")

    def lines(self) -> RenderableType:
        """What was bought, and what came off it."""
        result = self.quote.result
        if not result.lines:
            return words("none", "dim")
        table = columns("right", "left", "right", "right")
        for line, priced in zip(self.cart.lines, result.lines, strict=True):
            name = line.sku if line.id == str(line.index + 1) else f"{line.sku} ({line.id})"
            each = self.amount(line.unit_price_minor)
            table.add_row(f"{line.quantity} x", words(name), each, self.amount(priced.gross))
            for promotion, amount in self.allocations(priced):
                table.add_row("", promotion, "", amount)
        return table

    def shipments(self) -> RenderableType | None:
        """What delivery costs, and what came off it."""
        if not self.cart.shipments:
            return None
        table = columns("left", "right")
        pairs = zip(self.cart.shipments, self.quote.result.shipments, strict=True)
        for shipment, priced in pairs:
            table.add_row(words(shipment.method or shipment.id), self.amount(priced.gross))
            for promotion, amount in self.allocations(priced):
                table.add_row(promotion, amount)
        return table

    def allocations(self, priced: LineResult) -> Iterator[tuple[RenderableType, Text]]:
        """What each promotion took, and what is left."""
        for one in priced.allocations:
            yield indent(self.named(one)), words(self.amount(-one.amount))
        if priced.allocations:
            yield "", words(self.amount(priced.net), "bold")

    def named(self, one: Allocation) -> Text:
        """The promotion of an allocation, or what was redeemed."""
        if one.stage == REDEMPTION_STAGE:
            return words(one.rule, "green")
        return self.title(self.promotions[one.rule])

    def title(self, promotion: PromotionExplanation) -> Text:
        """A promotion's id, with its name if it has one."""
        title = words(promotion.id, "green" if promotion.outcome == APPLIED else "yellow")
        if promotion.name and promotion.name != promotion.id:
            title.append(f" {printable(promotion.name)}", "dim")
        return title

    def payment(self) -> RenderableType | None:
        """What the way of paying adds or takes."""
        allocations = self.quote.result.payment.allocations
        if not allocations:
            return None
        table = columns("left", "right")
        for one in allocations:
            table.add_row(self.named(one), self.amount(one.amount))
        return table

    def gifts(self) -> RenderableType | None:
        """What is given away."""
        gifts = self.quote.result.gifts
        if not gifts:
            return None
        table = columns("right", "left")
        for gift in gifts:
            name = words(gift.sku).append(f"  {printable(gift.rule)}", "green")
            table.add_row(f"{gift.quantity} x", name)
        return table

    def totals(self) -> RenderableType:
        """From the gross of the lines to what is to be paid."""
        result = self.quote.result
        rows = (
            ("lines", result.subtotal, True),
            ("shipping", result.shipping_total, bool(self.cart.shipments)),
            ("discounts", -result.discount_total, bool(result.discount_total)),
            ("payment", result.payment.adjustment, bool(result.payment.allocations)),
            ("tax", result.tax_total, bool(result.tax_total)),
        )
        table = columns("left", "right")
        for name, minor, is_shown in rows:
            if is_shown:
                table.add_row(name, self.amount(minor))
        to_pay = self.amount(result.grand_total)
        table.add_row(words("to pay", "bold"), words(to_pay, "bold"))
        return table

    # The why.

    def coupons(self) -> RenderableType | None:
        """Which codes opened what, and which gave nothing."""
        result = self.quote.result
        if not self.cart.codes:
            return None
        said = {
            coupon.code: words("accepted: ", "green").append(
                f"{printable(list_names(coupon.promotions, 'and'))}, "
                f"{self.wording.money(coupon.discount_amount)}",
                "default",
            )
            for coupon in result.applied_coupons
        }
        for coupon in result.rejected_coupons:
            why = printable(why_refused(coupon.reason, coupon.by))
            said[coupon.code] = words("refused: ", "red").append(why, "default")
        table = Table.grid(padding=(0, 2))
        for code in self.cart.codes:
            table.add_row(words(code), said[code])
        return table

    def loyalty(self) -> Iterator[tuple[str, RenderableType]]:
        """What loyalty rules did, if there are any."""
        assert self.quote.explanation is not None
        if self.quote.explanation.loyalty is not None:
            yield from Account(self.wording, self.quote.explanation.loyalty).parts()

    def warnings(self) -> RenderableType | None:
        """Softened conditions that are false."""
        warnings = self.quote.result.warnings
        if not warnings:
            return None
        return Group(*(words(f"{one.promotion}: {one.text}", "yellow") for one in warnings))

    def refused(self) -> Iterator[RenderableType]:
        """Every promotion that did not apply, by reason."""
        refused = [p for p in self.promotions.values() if p.outcome != APPLIED]
        if not refused:
            return
        yield Text()
        applied = len(self.promotions) - len(refused)
        count = count_of(len(self.promotions), "promotion")
        yield Rule(Text(f"{applied} of {count} applied"), style="dim", characters="─")
        for reason, heading in HEADINGS.items():
            alike = [p for p in refused if p.outcome == reason.word]
            if alike:
                yield Text()
                yield words(heading, "bold")
                for promotion in alike:
                    yield indent(self.title(promotion))
                    yield indent(Group(*self.story(promotion)), 6)

    def story(self, promotion: PromotionExplanation) -> Iterable[RenderableType]:
        """Why one promotion did not apply, how far it was off, and what it would have given."""
        is_condition = promotion.outcome == Reason.CONDITION.word
        if not is_condition:
            yield words(promotion.detail)
        for one in promotion.conditions:
            if one.softened:
                yield words(f"{one.text} (only a warning)", "dim")
                continue
            line = words(one.text if is_condition else f"also: {one.text}")
            if one.distance and one.distance not in one.text:
                line.append(f" ({printable(one.distance)} away)", "dim")
            yield line
        worth = self.worth(promotion.would_give, promotion.gift)
        if worth:
            yield words(worth, "dim")

    def worth(self, would_give: int | None, gift: GiftUnits | None) -> str:
        """What a promotion would have given."""
        if gift is not None:
            return f"would have given {gift.quantity} x {gift.sku}"
        if not would_give:
            return ""
        if would_give < 0:
            return f"would have added {self.wording.money(-would_give)}"
        return f"would have given {self.wording.money(would_give)}"
