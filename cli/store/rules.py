"""Rule files in, a release of them out; releases, shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from ...dsl.source import Source
from ...engine.loyalty.days import spell_instant
from ...files import read_ruleset
from ...store.refusals import Declined
from ...store.rules.differences import Difference, compare_sources
from ...store.rules.publishing import Listed, Published
from ...store.shop import Shop
from ..failure import Failure, complain
from ..status import CLEAN
from .instants import instant_of
from .opening import HERE, Where, granted, open_shop
from .options import Actor, user
from .sheet import Format, print_lines, show

HASH_SHOWN = len("sha256:") + 12  # of which people see the beginning


def publish(
    rules: Path,
    /,
    *,
    where: Where = HERE,
    effective: str | None = None,
    author: Actor = None,
    note: str = "",
) -> int:
    """Let rules hold from now on, or from later on. What was priced before stays as it is.

    Parameters
    ----------
    rules
        A rule file, or a folder of them.
    effective
        From when they hold, such as 2026-08-01T00:00:00+02:00; by default from now.
    note
        Why, for whoever reads the list.
    """
    sources = read_ruleset(rules)
    begins_us = instant_of(effective, "--effective")
    with open_shop(where) as shop:
        answer = shop.rules.publish(
            sources, author=author or user(), note=note, effective_at_us=begins_us
        )
    tell(answer)
    return CLEAN


def roll_back(
    release: str,
    /,
    *,
    where: Where = HERE,
    effective: str | None = None,
    author: Actor = None,
    note: str = "",
) -> int:
    """Let rules hold again that were published before: a new release of them.

    Parameters
    ----------
    release
        Its number, or the hash of its rule set or the beginning of that.
    effective
        From when they hold; by default from now.
    note
        Why.
    """
    begins_us = instant_of(effective, "--effective")
    with open_shop(where) as shop:
        answer = shop.rules.roll_back(
            hash_of(shop, release), author=author or user(), note=note, effective_at_us=begins_us
        )
    tell(answer)
    return CLEAN


def show_list(*, where: Where = HERE, format: Format = "text") -> int:
    """Show all releases, the first first: which holds, held, or will."""
    with open_shop(where) as shop:
        found = shop.rules.releases()
    records = list(map(record_of, found))
    if format == "text":
        records = [{**one, "hash": one["hash"][:HASH_SHOWN]} for one in records]
    show(records, format, "no rules were published yet")
    return CLEAN


def diff(
    old: str, new: str | None = None, /, *, where: Where = HERE, format: Format = "text"
) -> int:
    """Show what came, went and changed between two rule sets.

    Parameters
    ----------
    old
        The number of a release, the hash of its rule set or the beginning of that; or a rule file,
        or a folder of them.
    new
        The same; by default the rules in force, or where rule files alone are named, those.
    """
    was, becomes = (None, old) if new is None and Path(old).exists() else (old, new)
    with open_shop(where) as shop:
        found = compare_sources(sources_of(shop, was), sources_of(shop, becomes))
    if format == "json":
        show([msgspec.structs.asdict(one) for one in found], format)
    else:
        print_lines(list(list_differences(found)) or ["nothing differs"])
    return CLEAN


def sources_of(shop: Shop, name: str | None) -> Sequence[Source]:
    """The rule files that somebody means: those of a path, of a release, or (None) in force."""
    if name is not None and Path(name).exists():
        return read_ruleset(name)
    if name is None:
        current = [one.hash for one in shop.rules.releases() if one.status == "in_force"]
        if not current:
            raise Failure("no rules are in force; `tally rules publish` changes that")
        [name] = current
    return granted(shop.rules.sources(hash_of(shop, name)))


def list_differences(found: Sequence[Difference]) -> Iterator[str]:
    """Differences as people read them: a line each, and one for each key below it."""
    for one in found:
        yield f"{one.change:7}  {one.section} {one.name}".rstrip()
        for key in one.keys:
            sides = [text for text in (key.was, key.becomes) if text is not None]
            mark = {"new": "+", "gone": "-"}.get(one.change)
            mark = mark or ("~" if len(sides) == 2 else "-" if key.becomes is None else "+")
            label = f"{key.key}: " if key.key else ""
            yield f"  {mark} {label}{' -> '.join(sides)}"


def record_of(one: Listed) -> dict[str, Any]:
    """A release as it is shown."""
    return {
        "number": one.number,
        "status": one.status,
        "hash": one.hash,
        "effective": spell_instant(one.effective_at_us),
        "published": spell_instant(one.published_at_us),
        "author": one.author,
        "programs": one.programs,
        "note": one.note,
    }


def tell(answer: Published | Declined) -> None:
    """Say what was published."""
    told = granted(answer)
    since = spell_instant(told.effective_at_us)
    if told.is_new:
        complain(f"release {told.number}: {told.hash} holds from {since}")
    else:
        complain(f"release {told.number} says the same and holds from {since}: nothing was done")


def hash_of(shop: Shop, name: str) -> str:
    """The hash that somebody means by the number of a release, or by its beginning."""
    found = set(hashes_like(shop, name))
    if len(found) == 1:
        return found.pop()
    words = "several releases" if found else "no release"
    raise Failure(f"{words} with the number or hash `{name}`; `tally rules list` shows them")


def hashes_like(shop: Shop, name: str) -> Iterator[str]:
    """The hashes of releases with a number, or of which one begins so."""
    for one in shop.rules.releases():
        short = one.hash.removeprefix("sha256:")
        is_begun = len(name) >= 4 and (one.hash.startswith(name) or short.startswith(name))
        if name == str(one.number) or is_begun:
            yield one.hash
