"""A name that means nothing where it stands in, a mistake that says what was likely meant out."""

from collections.abc import Iterable

from ..problems import find_misspelt, suggestion
from .language import Needs
from .meaning import wrong
from .mistake import MeaningError
from .syntax import Call, Name
from .vocabulary import FUNCTIONS, LOYALTY_SCOPES, SCOPES, Vocabulary

# Names of other systems that are no misspelling of ours, and what is written here for them.
ITEMS = "`cart.quantity` for the units, `cart.line_count` for the lines"
MEANT = {
    "cart.items": ITEMS,
    "cart.lines": ITEMS,
    "cart.item_count": ITEMS,
    "cart.count": ITEMS,
    "cart.qty": "`cart.quantity`",
    "cart.total": "`cart.subtotal`",
    "cart.amount": "`cart.subtotal`",
    "cart.value": "`cart.subtotal`",
    "cart.coupon": '`cart.coupons has "..."`',
    "customer.group": '`customer.groups has "..."`',
    "customer.segment": '`customer.segments has "..."`',
    "customer.is_new": "`customer.orders == 0`",
    "shipping.method": '`shipping.methods has "..."`',
}
MEANT_OF_LINES = {
    "category": '`categories has "..."`',
    "tag": '`tags has "..."`',
    "price": "`unit_price`",
    "product": "`sku`",
}
MEANT_FUNCTIONS = {
    "count": "`qty` to count units, `lines` to count lines",
    "sum": "`amount` to add up prices, `qty` to count units",
    "total": "`amount` to add up prices, `qty` to count units",
}
ABSENCES = frozenset(("null", "none", "nil", "missing", "undefined"))
LOYALTY_HELP = "only earning and burning rules and campaigns ask about a member or an event"
HELP_FOR_ABSENCE = "a missing value equals nothing; `default(...)` says what stands in for it"


def explain_name(
    node: Name,
    vocabulary: Vocabulary,
    definitions: Iterable[str],
    *,
    has_line: bool,
    is_loyalty: bool,
    wants_text: bool,
    wants_claim: bool,
) -> MeaningError:
    """What is wrong with a name.

    `wants_text`: it is compared with a text. `wants_claim`: it should be a condition on a line.
    """
    name = node.name
    first, _, last = name.partition(".")
    if first in LOYALTY_SCOPES and last and not is_loyalty:
        return wrong("R145", node, LOYALTY_HELP, name=name)
    if name in vocabulary.line_fields:
        return explain_line_field(node, vocabulary)
    scopes = (*SCOPES, *LOYALTY_SCOPES) if is_loyalty else SCOPES
    known = [*vocabulary.cart_fields, *definitions]
    if is_loyalty:
        known += vocabulary.loyalty_fields
    if has_line:
        known += vocabulary.line_fields
    if is_attribute(name):
        return wrong("R146", node, help_for_attribute(name, known), name=name)
    if first == "line" and last in vocabulary.line_fields:
        return unknown(node, f"a field of a line is written bare: `{last}`", fix=last)
    if name == "qty" and has_line:
        return unknown(node, "the units on a line are `quantity`")
    if name in FUNCTIONS:
        return unknown(node, f"it is a function: `{name}(...)`")
    if name.lower() in ABSENCES:
        return unknown(node, HELP_FOR_ABSENCE)
    meant = MEANT.get(name) or (MEANT_OF_LINES.get(name) if has_line else None)
    if meant is not None:
        return unknown(node, f"write {meant}")
    if name in scopes:
        return unknown(node, f"name one of its fields: {list_fields(name, vocabulary)}")
    near, fix = guess_name(name, known)
    if near is None and first in scopes:
        return unknown(node, f"the fields there are {list_fields(first, vocabulary)}")
    if wants_text and "." not in name and fix is None:
        return unknown(node, f'a text stands in quotes: `"{name}"`', None if near else f'"{name}"')
    if near is None and wants_claim and "." not in name:
        return unknown(node, f'define it under `define`, or write `categories has "{name}"`')
    return unknown(node, f"did you mean `{near}`?" if near else "", fix)


def refuse_stranger(
    node: Name, needs: Needs, has_line: bool | None, is_loyalty: bool | None
) -> None:
    """Raise a mistake for a definition that stands where what it needs is not."""
    if needs.line and has_line is False:
        help = f"put it inside a function over lines: `any({node.name})`"
        raise wrong("R143", node, help, name=node.name)
    if needs.lines and has_line:
        raise wrong("R144", node, name=node.name)
    if needs.loyalty and is_loyalty is False:
        raise wrong("R145", node, LOYALTY_HELP, name=node.name)


def list_fields(scope: str, vocabulary: Vocabulary) -> str:
    """The fields of a scope, as a list in a sentence."""
    names = (*vocabulary.cart_fields, *vocabulary.loyalty_fields)
    return ", ".join(f"`{name}`" for name in names if name.startswith(f"{scope}."))


def guess_name(name: str, known: list[str]) -> tuple[str | None, str | None]:
    """The name that was meant, if one is likely; and again, if there is no doubt about it.

    What a name begins with is taken to be right, as long as there are such names at all.
    """
    scope, dot, last = name.rpartition(".")
    prefix = scope + dot
    inside = [other.removeprefix(prefix) for other in known if other.startswith(prefix)]
    near = suggestion(last, inside)
    if near is not None:
        slip = find_misspelt(last, inside)
        return prefix + near, slip and prefix + slip
    near = None if inside else suggestion(name, known)
    if near is not None:
        return near, find_misspelt(name, known)
    return next((other for other in known if other.endswith(f".{last}")), None), None


def unknown(node: Name, help: str = "", fix: str | None = None) -> MeaningError:
    """The mistake of a name that nothing has."""
    shown = node.name[:60]
    return MeaningError("R104", node.start, node.end, help=help, fix=fix, name=shown)


def explain_line_field(node: Name, vocabulary: Vocabulary) -> MeaningError:
    """A line's field where there is no line."""
    whole = f"cart.{node.name}"
    help = "a line is looked at inside a function over lines, as in `any(sku == ...)`"
    if whole in vocabulary.cart_fields:
        help = f"for the whole cart write `{whole}`; {help}"
    return wrong("R142", node, help, name=node.name)


def is_attribute(name: str) -> bool:
    """Whether a name is written like an attribute."""
    head, middle, _ = name.partition("attributes.")
    return bool(middle) and head in ("", "cart.", "customer.", "line.", "event.")


def help_for_attribute(name: str, known: Iterable[str]) -> str:
    """Where attributes are declared, or which one was meant."""
    head, middle, last = name.partition("attributes.")
    prefix = head + middle
    near = suggestion(last, [k.removeprefix(prefix) for k in known if k.startswith(prefix)])
    if near:
        return f"did you mean `{prefix}{near}`?"
    full = name if not name.startswith("attributes.") else f"line.{name}"
    return f"declare it: `ruleset: {{attributes: {{{full}: {{type: string}}}}}}`"


def explain_function(node: Call) -> MeaningError:
    """A function that does not exist."""
    name = node.function[:60]
    near = suggestion(name, FUNCTIONS)
    help = f"did you mean `{near}`?" if near else f"the functions are {', '.join(FUNCTIONS)}"
    if name in MEANT_FUNCTIONS:
        help = f"write {MEANT_FUNCTIONS[name]}"
    fix = find_misspelt(name, FUNCTIONS)
    return MeaningError("R140", node.start, node.name_end, help=help, fix=fix, name=name)
