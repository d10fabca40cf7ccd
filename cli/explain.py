"""Rules and one cart in, its receipt out: who took what, and why the others did not."""

import sys
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from cyclopts import Parameter

from ..dsl.ruleset import Ruleset
from ..engine.cart.errors import CartError
from ..engine.engine import Engine
from ..engine.quote.quote import Quote
from ..engine.quote.wording import count_of
from ..files import load
from .carts import STDIN, find_cart, id_of
from .factbook import find_facts
from .failure import Failure, complain
from .status import CLEAN, FINDINGS


def explain(
    cart: Path,
    /,
    *more: Annotated[Path, Parameter(show=False)],
    rules: Path,
    facts: Path | None = None,
    cart_id: Annotated[str | None, Parameter(name="--cart")] = None,
    format: Literal["text", "json"] = "text",
) -> int:
    """Show one cart's receipt, and why each promotion did or did not apply.

    A cart that is refused gives its error and exit status 1.

    Parameters
    ----------
    cart
        The cart, one JSON object over any number of lines, or JSON Lines with `--cart`; `-` reads
        standard input.
    rules
        A rule file, or a folder of them.
    facts
        What the store knows: JSON Lines with the id of the cart under `cart`, or one object.
    cart_id
        Which cart of a file with several.
    format
        A receipt for people, or the result with its `explain` key as `tally run --explain` has it.
    """
    if more:
        raise Failure("`tally explain` takes one cart: run it once for each")
    if cart == STDIN and facts == STDIN:
        raise Failure("the cart and its facts cannot both come from stdin")
    engine = Engine(load(rules), "reference")
    document = find_cart(cart, cart_id)
    name = id_of(document)
    known = None if facts is None or name is None else read_facts_of(name, facts)
    try:
        quote = engine.quote(document, known, explain=True)
    except CartError as error:
        if format == "json":
            print(msgspec.json.encode(error.as_record()).decode())
        else:
            complain(f"the cart is refused: {error}")
        return FINDINGS
    if format == "json":
        print(quote.to_json().decode())
        return CLEAN
    print_for_people(engine.ruleset, quote)
    return CLEAN


def read_facts_of(name: str, path: Path) -> bytes | None:
    """The facts of a cart out of a file; says on stderr how many were for others."""
    known, others = find_facts(path, name)
    if others:
        carts = count_of(others, "other cart")
        complain(f"facts for {carts} {'was' if others == 1 else 'were'} not used")
    return known


def print_for_people(ruleset: Ruleset, quote: Quote) -> None:
    """Print a receipt, as wide as the terminal or as a page."""
    # rich is slow to import, and only people need it.
    from rich.console import Console

    from .receipt import WIDTH, print_receipt

    width = min(Console().width, WIDTH) if sys.stdout.isatty() else WIDTH
    print_receipt(Console(width=width, legacy_windows=False), ruleset, quote)
