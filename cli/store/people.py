"""People brought along from elsewhere in, people forgotten out."""

from __future__ import annotations

from pathlib import Path

import msgspec

from ...engine.quote.wording import count_of
from ...store.errors import StoreError
from ...store.openings import BadFile
from ...store.shop import Shop
from ..failure import complain, telling_of_interrupt
from ..status import CLEAN, FINDINGS
from .opening import HERE, Where, granted, open_shop
from .options import Actor, Member, Request, user
from .sheet import Format, show
from .steps import Steps


def take_balances(
    file: Path,
    /,
    *,
    where: Where = HERE,
    actor: Actor = None,
    dry_run: bool = False,
    format: Format = "text",
) -> int:
    """Take opening balances from a CSV: the whole file, once, or nothing.

    What the file has and what the ledger has of it afterwards are shown side by side. Exit status
    1 when a line is wrong; all of them are named.

    Parameters
    ----------
    file
        Lines of `member,program,points,earned,expires` and, if need be, `qualifying`.
    actor
        Who brings them; by default who is logged in.
    dry_run
        Do everything, and write nothing.
    """
    with (
        open_shop(where) as shop,
        Steps() as steps,
        telling_of_interrupt(lambda: stopped_import(shop, file, dry_run)),
    ):
        try:
            answer = shop.imports.opening_balances(
                file,
                actor=actor or user(),
                is_dry=dry_run,
                progress=lambda done: steps.show(f"{done:,} lines"),
            )
        except BadFile as bad:
            steps.clear()
            return tell_wrong(file, bad)
    show(map(msgspec.to_builtins, granted(answer).programs), format, "the file has no lines")
    if dry_run:
        complain("a dry run: nothing was written")
    return CLEAN


def tell_wrong(file: Path, bad: BadFile) -> int:
    """Name all lines that are wrong, of which nothing is taken."""
    for problem in bad.problems:
        complain(f"{file}:{problem.line}: {problem.words}")
    wrong = {problem.line for problem in bad.problems}
    lines = count_of(len(wrong), "line is wrong", "lines are wrong")
    complain(f"nothing is taken: {lines}")
    return FINDINGS


def stopped_import(shop: Shop, file: Path, is_dry: bool) -> str:
    """What an import that was interrupted has written: all of its file, or nothing."""
    try:
        is_taken = not is_dry and shop.imports.taken(file) is not None
    except StoreError:  # such as of a server that is away
        return "interrupted: the same command again takes the file once, if it was not taken"
    return f"interrupted: {'the whole file was taken' if is_taken else 'nothing was written'}"


def erase(
    member: Member,
    /,
    *,
    reason: str,
    where: Where = HERE,
    actor: Actor = None,
    request: Request = None,
) -> int:
    """Forget for ever who somebody is. Balances, orders and reports stay as they are.

    Parameters
    ----------
    reason
        Why. It is kept, so it must not say who it was.
    """
    with open_shop(where) as shop:
        answer = shop.members.erase(member, actor=actor or user(), reason=reason, request=request)
    complain(f"erased, with the papers of {count_of(granted(answer).orders, 'order')}")
    return CLEAN
