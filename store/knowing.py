"""A name that is not there in, out why it is not taken: which was meant, or which there are."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from ..dsl.document.document import currency_exponents
from ..dsl.problems import suggestion
from .errors import StoreError
from .refusals import Decline, Refusal

SHOWN_MAX = 10  # names that a sentence lists


def check_program(program: str, known: Collection[str]) -> None:
    """Decline a program that is none of these."""
    if program not in known:
        words = f"there is no program `{program}`: {hint(program, known)}"
        raise Decline(Refusal.UNKNOWN_PROGRAM, words, known=sorted(known)[:SHOWN_MAX])


def check_card(card: str, program: str, known: Collection[str]) -> None:
    """Decline a stamp card that is none of these, which are all of a program."""
    if card not in known:
        words = f"`{program}` has no stamp card `{card}`: {hint(card, known)}"
        raise Decline(Refusal.UNKNOWN_CARD, words, known=sorted(known)[:SHOWN_MAX])


def check_pool(pool: str, known: Collection[str]) -> None:
    """Raise `StoreError` for a coupon pool that is none of these."""
    if pool not in known:
        raise StoreError("unknown_pool", "pool", got=pool, hint=hint(pool, known))


def check_currency(currency: str, path: str = "currency") -> None:
    """Raise `StoreError` for what is no currency."""
    known = currency_exponents()
    if currency not in known:
        near = currency.upper() if currency.upper() in known else suggestion(currency, known)
        meant = f" (did you mean `{near}`?)" if near else ""
        expected = f"a currency by its code in ISO 4217{meant}"
        raise StoreError("bad_value", path, expected=expected, got=f"`{currency}`")


def hint(word: str, known: Iterable[str]) -> str:
    """Which name was meant, or which names there are."""
    names = sorted(known)
    near = suggestion(word, names)
    if near:
        return f"did you mean `{near}`?"
    if not names:
        return "there is none yet"
    more = f", and {len(names) - SHOWN_MAX} more" if len(names) > SHOWN_MAX else ""
    return f"known are {', '.join(f'`{name}`' for name in names[:SHOWN_MAX])}{more}"
