"""An instant in, all that is due by it booked out."""

from __future__ import annotations

from msgspec.structs import asdict

from ...engine.loyalty.days import spell_instant
from ...engine.quote.wording import count_of
from ...store.jobs import JobReport
from ..failure import complain, telling_of_interrupt
from ..status import CLEAN, FINDINGS
from .instants import At, instant_of
from .opening import HERE, Where, open_shop
from .sheet import Format, show_one
from .steps import Steps

NOTHING = "nothing was written"
NEXT_RUN = "the next run does the rest"
FAILING_SHOWN = 3  # events that did not arrive, of which people see why


def run(
    *, where: Where = HERE, at: At = None, dry_run: bool = False, format: Format = "text"
) -> int:
    """Book what is due: hold time-outs, activation, repaid deficits, expiry, tiers.

    Nothing waits for it, and it may come late, twice or not at all: whoever touches an account
    books first what is due on it, and the rows are the same.

    Parameters
    ----------
    dry_run
        Only say what would be booked.
    """
    steps = Steps("0 accounts")
    left = NOTHING if dry_run else NEXT_RUN
    how_far = telling_of_interrupt(lambda: f"interrupted after {steps.words}; {left}")
    with how_far, open_shop(where) as shop, steps:
        report = shop.jobs.run(
            instant_of(at), is_dry=dry_run, progress=lambda done: steps.show(f"{done:,} accounts")
        )
    show_one(record_of(report, format), format)
    if dry_run:
        complain(f"a dry run: {NOTHING}")
    return CLEAN


def deliver(*, where: Where = HERE) -> int:
    """Send all events that are due to those who listen, and come back.

    Exit status 1 when one did not arrive; why is told of the first, and all are sent again later.
    """
    with telling_of_interrupt(lambda: f"interrupted; {NEXT_RUN}"), open_shop(where) as shop:
        done = shop.relay.deliver()
        failing = shop.webhooks.failing() if done.failed else []
    for one in failing[:FAILING_SHOWN]:
        again = f"tried again from {spell_instant(one.next_at_us)} on"
        complain(f"webhook {one.webhook}: {one.event}: {one.error}, {again}")
    complain(f"{count_of(done.sent, 'event')} sent, {done.failed} failed")
    return FINDINGS if done.failed else CLEAN


def pay(*, where: Where = HERE) -> int:
    """Send all payouts that are due to their providers, and ask about those under way."""
    with telling_of_interrupt(lambda: f"interrupted; {NEXT_RUN}"), open_shop(where) as shop:
        done = shop.payouts.settle()
    complain(f"{count_of(done.handed, 'payout')} handed over, {done.put_off} put off")
    return CLEAN


def record_of(report: JobReport, format: Format) -> dict[str, object]:
    """A run as it is shown: for people without what did not happen."""
    at = {"at": spell_instant(report.at_us)}
    if format == "json":
        return {**at, **{name: value for name, value in asdict(report).items() if name != "at_us"}}
    lapsed = {f"lapsed {name}": points for name, points in report.lapsed.items()}
    return {**at, "accounts": report.accounts, **report.events, **lapsed}
