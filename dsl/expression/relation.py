"""Two meanings and the operator between them in, the formula of the relation out."""

from ..formula import Formula, Has, Member, Same, StartsWith, Term, Truth
from .hints import help_for_kinds, help_for_set, help_for_weekday, print_listed
from .linear import are_comparable, compare
from .meaning import (
    Claim,
    Collection,
    Linear,
    Linears,
    Meaning,
    Word,
    Words,
    is_constant,
    noun_of,
    wrong,
)
from .mistake import MeaningError
from .normal import FALSE, TRUE, conjunction_of, disjunction_of, negation_of
from .printer import print_expression
from .syntax import Listing, Node, Relation
from .vocabulary import WEEKDAYS

WEEKDAY = "cart.weekday"
COUPONS = "cart.coupons"


def relate(relation: Relation, left: Meaning, right: Meaning, currency: str) -> Formula:
    """What a relation claims."""
    match relation.operator:
        case "==":
            return equate(relation, left, right, currency)
        case "!=":
            return negation_of(equate(relation, left, right, currency))
        case "in":
            return look_into(relation, left, right, currency)
        case "not in":
            return negation_of(look_into(relation, left, right, currency))
        case "has" | "has any" | "has all":
            return ask_set(relation, left, right)
        case "starts_with":
            return ask_beginning(relation, left, right)
    return order(relation, left, right, currency)


def equate(relation: Relation, left: Meaning, right: Meaning, currency: str) -> Formula:
    """`left == right`."""
    match left, right:
        case Claim(), Claim():
            both = conjunction_of((left.yes, right.yes))
            return disjunction_of((both, conjunction_of((left.no, right.no))))
        case Linear(), Linear() if are_comparable(left.kind, right.kind):
            return compare(left, "==", right, relation)
        case Word(), Word():
            return equate_words(relation, left, right)
    for node, meaning in ((relation.left, left), (relation.right, right)):
        if isinstance(meaning, Collection | Words | Linears):
            help = help_for_set(relation, left, right)
            noun = noun_of(meaning)
            raise wrong("R150", node, help, noun=noun, operator=relation.operator)
    raise mismatch(relation, left, right, currency)


def equate_words(relation: Relation, left: Word, right: Word) -> Formula:
    """`left == right` of texts."""
    if left.term is None:
        if right.term is None:
            return Truth(left.value == right.value)
        return belongs(right.term, (left.value,), relation.left)
    if right.term is None:
        return belongs(left.term, (right.value,), relation.right)
    return Same(left.term, right.term)


def order(relation: Relation, left: Meaning, right: Meaning, currency: str) -> Formula:
    """`left < right` and the like."""
    for node, meaning in ((relation.left, left), (relation.right, right)):
        if not isinstance(meaning, Linear):
            raise wrong("R149", node, noun=noun_of(meaning))
    assert isinstance(left, Linear)
    assert isinstance(right, Linear)
    if not are_comparable(left.kind, right.kind):
        raise mismatch(relation, left, right, currency)
    assert relation.operator in ("<", "<=", ">", ">=")
    return compare(left, relation.operator, right, relation)


def look_into(relation: Relation, left: Meaning, right: Meaning, currency: str) -> Formula:
    """`left in right`."""
    name = print_expression(relation.left)
    if isinstance(left, Collection):
        help = help_for_set(relation, left, right)
        raise wrong("R150", relation.left, help, operator=relation.operator, noun="a set")
    match left, right:
        case _, Words(()):
            return FALSE
        case Word(term=None), Words(values):
            return Truth(left.value in values)
        case Word(), Words(values):
            assert left.term is not None
            return belongs(left.term, values, relation.right)
        case Linear(), Linears(items) if are_comparable(left.kind, items[0].kind):
            return disjunction_of(compare(left, "==", item, relation) for item in items)
        case _, Words() | Linears():
            item = Word() if isinstance(right, Words) else right.items[0]
            raise mismatch(relation, left, item, currency)
    help = "write the values in square brackets"
    if isinstance(right, Collection):
        help = help_for_set(relation, left, right)
    elif isinstance(right, Word | Linear) and is_constant(right):
        help = f"write `{name} {relation.operator} {print_listed(relation.right)}`"
    noun = noun_of(right)
    raise wrong("R160", relation.right, help, operator=relation.operator, noun=noun)


def ask_set(relation: Relation, left: Meaning, right: Meaning) -> Formula:
    """`left has right`, `left has any right`, `left has all right`."""
    operator = relation.operator
    if not isinstance(left, Collection):
        help = ""
        if isinstance(left, Word):
            help = f"write `{print_expression(relation.left)} in {print_listed(relation.right)}`"
        raise wrong("R161", relation.left, help, operator=operator, noun=noun_of(left))
    if not is_constant(right):
        raise wrong("R156", relation.right, "write a text in quotes, or a list of them")
    if operator == "has" and isinstance(right, Words):
        raise wrong("R162", relation.right, "say `has any` or `has all`")
    if isinstance(right, Word):
        values: tuple[str, ...] = (right.value,)
    elif isinstance(right, Words):
        values = right.values
    else:
        raise mismatch(relation, Word(), right, "")
    if left.term.name == COUPONS:
        values = tuple(sorted({value.strip().upper() for value in values}))
    if not values:
        return TRUE if operator == "has all" else FALSE
    return Has(left.term, values, operator == "has all" and len(values) > 1)


def ask_beginning(relation: Relation, left: Meaning, right: Meaning) -> Formula:
    """`left starts_with right`."""
    for node, meaning in ((relation.left, left), (relation.right, right)):
        if not isinstance(meaning, Word):
            raise wrong("R165", node, noun=noun_of(meaning))
    assert isinstance(left, Word)
    assert isinstance(right, Word)
    if right.term is not None:
        raise wrong("R156", relation.right, "write the beginning in quotes")
    if left.term is None:
        return Truth(left.value.startswith(right.value))
    return StartsWith(left.term, right.value)


def belongs(term: Term, values: tuple[str, ...], node: Node) -> Formula:
    """The text of a field is one of the values, which stand in `node`."""
    if term.name == WEEKDAY:
        for value in values:
            check_weekday(value, node)
    return Member(term, values)


def check_weekday(value: str, node: Node) -> None:
    """Refuse a text that is no day of the week, at its own place where it has one."""
    if value in WEEKDAYS:
        return
    if isinstance(node, Listing):
        node = next((item for item in node.items if getattr(item, "value", "") == value), node)
    raise wrong("R159", node, help_for_weekday(value), value=value[:40])


def mismatch(relation: Node, left: Meaning, right: Meaning, currency: str) -> MeaningError:
    """The refusal to compare two kinds."""
    nodes = (relation.left, relation.right) if isinstance(relation, Relation) else (None, None)
    help = help_for_kinds((left, nodes[0]), (right, nodes[1]), currency)
    return wrong("R147", relation, help, left=noun_of(left), right=noun_of(right))
