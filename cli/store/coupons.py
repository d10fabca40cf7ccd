"""A form in, coupon codes in a pool out; a pool in, CSV out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from ...engine.quote.wording import count_of
from ...store.usage.form import ALPHABET, CodeForm
from ..failure import complain, telling_of_interrupt
from ..output import STDOUT, open_output
from ..status import CLEAN
from ..whole import Whole
from .instants import instant_of
from .opening import HERE, Where, granted, open_shop
from .options import user
from .steps import Steps


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class FormOptions:
    """How codes look.

    Parameters
    ----------
    length
        Random characters of a code; by default 10.
    charset
        What they are made of; by default letters and digits that are not mistaken for others.
    prefix
        What each code begins with.
    postfix
        What each code ends with.
    pattern
        Instead of a length: a text in which each `#` is a random character.
    """

    length: Whole | None = None
    charset: str = ALPHABET
    prefix: str = ""
    postfix: str = ""
    pattern: str | None = None


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class UseOptions:
    """Who may use codes, how often and until when.

    Parameters
    ----------
    member
        Who alone may use them.
    use_max
        How often each may be used; 0: as its promotions allow.
    expires
        The instant from which they are no longer taken.
    """

    member: str | None = None
    use_max: Whole = 1
    expires: str | None = None


FORM = FormOptions()
USE = UseOptions()


def generate(
    pool: str,
    count: Whole,
    /,
    *,
    where: Where = HERE,
    form: FormOptions = FORM,
    use: UseOptions = USE,
    request: str | None = None,
    odds: bool = False,
) -> int:
    """Put new codes into a pool, and say before how easily one is guessed.

    Parameters
    ----------
    pool
        The pool, as promotions name it under `coupon_pool`.
    count
        How many codes more.
    request
        A key of your own: the same call again goes on where it stopped, and is done once.
    odds
        Only say how easily a code is guessed.
    """
    looks = CodeForm(form.length, form.charset, form.prefix, form.postfix, form.pattern)
    expires_us = instant_of(use.expires, "--expires")
    steps = Steps(f"0 of {count:,} codes")
    left = "what was written stays in the pool"
    how_far = telling_of_interrupt(lambda: f"interrupted after {steps.words}; {left}")
    with how_far, open_shop(where) as shop, steps:
        complain(shop.coupons.odds(pool, count, looks, request=request).words)
        if not shop.coupons.is_named(pool):
            complain(f"no rules in force take codes of the pool `{pool}` yet")
        if odds:
            return CLEAN
        answer = shop.coupons.generate(
            pool,
            count,
            looks,
            member=use.member,
            use_max=use.use_max,
            expires_at_us=expires_us,
            author=user(),
            request=request,
            progress=lambda done, total: steps.show(f"{done:,} of {total:,} codes"),
        )
    granted(answer)
    complain(f"{count:,} codes are in the pool `{pool}`; `tally coupons export {pool}` writes them")
    return CLEAN


def export(
    pool: str,
    /,
    *,
    where: Where = HERE,
    output: Annotated[Path, Parameter(name=["--output", "-o"])] = STDOUT,
) -> int:
    """Write the codes of a pool as CSV, in the order in which they were made.

    Parameters
    ----------
    pool
        The pool.
    output
        Where the codes go. A file is replaced only when all are written; `-` is standard output.
    """
    written = 0
    is_file = output != STDOUT  # which may be the same terminal
    left = f"; `{output}` stays as it was" if is_file else ""
    with (
        open_shop(where) as shop,
        open_output(output) as file,
        Steps() as steps,
        telling_of_interrupt(lambda: f"interrupted after {count_of(written, 'line')}{left}"),
    ):
        for part in shop.coupons.export(pool):
            file.write_lines(part.encode())
            written += part.count("\n")
            if is_file:
                steps.show(f"{written:,} lines")
    return CLEAN
