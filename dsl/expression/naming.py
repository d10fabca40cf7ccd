"""A name that means nothing where it stands in, a mistake that says what was likely meant out."""

from collections.abc import Iterable

from ..problems import suggestion
from .meaning import wrong
from .mistake import MeaningError
from .syntax import Call, Name
from .vocabulary import FUNCTIONS, LOYALTY_SCOPES, SCOPES, Vocabulary


def explain_name(
    node: Name,
    vocabulary: Vocabulary,
    definitions: Iterable[str],
    *,
    has_line: bool,
    wants_text: bool,
) -> MeaningError:
    """What is wrong with a name. `wants_text`: it is compared with a text."""
    name = node.name
    first, _, last = name.partition(".")
    if first in LOYALTY_SCOPES and last:
        return wrong("R145", node, name=name)
    if name in vocabulary.line_fields:
        return explain_line_field(node, vocabulary)
    known = [*vocabulary.cart_fields, *definitions]
    if has_line:
        known += vocabulary.line_fields
    if is_attribute(name):
        return wrong("R146", node, help_for_attribute(name, known), name=name)
    if first == "line" and last in vocabulary.line_fields:
        return unknown(node, f"a field of a line is written bare: `{last}`", fix=last)
    if name in FUNCTIONS:
        return unknown(node, f"it is a function: `{name}(...)`")
    if wants_text and "." not in name:
        return unknown(node, f'a text stands in quotes: `"{name}"`', fix=f'"{name}"')
    if name in SCOPES:
        fields = [f"`{field}`" for field in vocabulary.cart_fields if field.startswith(f"{name}.")]
        return unknown(node, f"name one of its fields: {', '.join(fields)}")
    elsewhere = (field for field in known if field.endswith(f".{last or first}"))
    near = next(elsewhere, None) or suggestion(name, known)
    return unknown(node, f"did you mean `{near}`?" if near else "", fix=near)


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
    return bool(middle) and head in ("", "cart.", "customer.", "line.")


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
    near = suggestion(node.function, FUNCTIONS)
    help = f"did you mean `{near}`?" if near else f"the functions are {', '.join(FUNCTIONS)}"
    name = node.function[:60]
    return MeaningError("R140", node.start, node.name_end, help=help, fix=near, name=name)
