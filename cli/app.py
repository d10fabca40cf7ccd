"""Words of a command line in, an exit status out: the `tally` command and its verbs.

Exit status: 0 clean, 1 findings (refused carts, problems, failed tests), 2 a wrong command line,
unusable rules or an internal error, 130 after Ctrl-C, 141 when the reader of the output went away.
The verbs live in modules of their own, imported when they are called: none waits for what another
needs. Each is a function that returns its exit status.
"""

import os
import sys
import traceback
from collections.abc import Sequence
from typing import TextIO

from cyclopts import App, CycloptsError

from ..dsl.problems import RuleTextError
from ..files import RulePathError
from ..version import __version__
from .failure import Failure, complain, reason_of
from .status import CLEAN, INTERRUPTED, READER_GONE, TROUBLE

app = App(
    name="tally",
    help="Price carts with promotions, and look after the rule files that say so.",
    version=f"tally {__version__}",
    version_flags=["--version"],
    result_action="return_value",
    suppress_keyboard_interrupt=False,
)
app.command(
    "tallystick.cli.run:run", name="run", help="Price a file of carts, one JSON object a line."
)
app.command(
    "tallystick.cli.explain:explain",
    name="explain",
    help="Show one cart's receipt, and why each promotion did or did not apply.",
)
app.command("tallystick.cli.check:check", name="check", help="Find what is wrong with rule files.")
app.command("tallystick.cli.test:test", name="test", help="Run the tests that stand in rule files.")
app.command(
    "tallystick.cli.fmt:fmt", name="fmt", help="Write rule files in their canonical layout."
)
app.command(
    "tallystick.cli.events:events", name="events", help="Say what each event gives and takes."
)
app.command(
    "tallystick.cli.refund:refund", name="refund", help="Say what refunds take back and give back."
)
app.command(
    "tallystick.cli.tier:tier", name="tier", help="Say which tier members hold, and how long."
)

# What works on a store has a word of its own before the verb.
STORE_VERBS = {
    ("store", "Make and look after a store."): {
        "init": ("tallystick.cli.store.store:init", "Make a store."),
        "migrate": ("tallystick.cli.store.store:migrate", "Bring an older store up to date."),
        "verify": (
            "tallystick.cli.store.store:verify",
            "Prove that all rows agree; exit status 1 if not.",
        ),
        "stats": ("tallystick.cli.store.store:stats", "Count what is in a store."),
    },
    ("rules", "Publish rule sets, and see which of them holds when."): {
        "publish": ("tallystick.cli.store.rules:publish", "Let rules hold, now or later."),
        "list": ("tallystick.cli.store.rules:show_list", "Show all releases, and which holds."),
        "diff": ("tallystick.cli.store.rules:diff", "Show what differs between rule sets."),
        "roll-back": ("tallystick.cli.store.rules:roll_back", "Let earlier rules hold again."),
    },
    ("member", "See what somebody has, and change it by hand."): {
        "enrol": ("tallystick.cli.store.member:enrol", "Make somebody a member of a program."),
        "show": ("tallystick.cli.store.member:show_member", "Show all of a member."),
        "adjust": ("tallystick.cli.store.member:adjust", "Give or take points by hand."),
        "credit": ("tallystick.cli.store.standing:credit", "Give store credit by hand."),
        "floor": ("tallystick.cli.store.standing:floor", "Set a tier they do not fall below."),
        "close": ("tallystick.cli.store.standing:close", "Let them earn and spend nothing more."),
        "reopen": ("tallystick.cli.store.standing:reopen", "Let them earn and spend again."),
        "history": ("tallystick.cli.store.member:history", "Show what was booked, newest first."),
        "import": ("tallystick.cli.store.people:take_balances", "Take opening balances of a CSV."),
        "erase": ("tallystick.cli.store.people:erase", "Forget for ever who somebody is."),
    },
    ("order", "Place orders, bring them forward, undo them, and see what became of them."): {
        "place": ("tallystick.cli.store.order:place", "Place an order, all of it or nothing."),
        "show": ("tallystick.cli.store.order:show_order", "Show an order and its steps."),
        "move": ("tallystick.cli.store.order:move", "Bring an order forward."),
        "cancel": ("tallystick.cli.store.order:cancel", "Undo an order that was not fulfilled."),
        "refund": ("tallystick.cli.store.refund:refund", "Take back lines, or a part of them."),
    },
    ("payouts", "See what is to be paid out, and say what became of it."): {
        "list": ("tallystick.cli.store.payouts:show_list", "Show payouts that are not over."),
        "show": ("tallystick.cli.store.payouts:show_payout", "Show a payout and its steps."),
        "request": ("tallystick.cli.store.payouts:request", "Ask for cashback to be paid out."),
        "approve": ("tallystick.cli.store.payouts:approve", "Let a pending payout be sent."),
        "cancel": ("tallystick.cli.store.payouts:cancel", "Have a payout not be sent."),
        "confirm": ("tallystick.cli.store.payouts:confirm", "Say that one under way arrived."),
        "fail": ("tallystick.cli.store.payouts:fail", "Say that one under way will not arrive."),
    },
    ("gift-cards", "Issue gift cards, see what is on them, and block them."): {
        "issue": ("tallystick.cli.store.gift_cards:issue", "Issue a gift card."),
        "show": ("tallystick.cli.store.gift_cards:show_card", "Show how a gift card stands."),
        "block": ("tallystick.cli.store.gift_cards:block", "Have a gift card pay no more."),
        "unblock": ("tallystick.cli.store.gift_cards:unblock", "Have a gift card pay again."),
    },
    ("coupons", "Make codes, and hand them out as a file."): {
        "generate": ("tallystick.cli.store.coupons:generate", "Put new codes into a pool."),
        "export": ("tallystick.cli.store.coupons:export", "Write the codes of a pool as CSV."),
    },
    ("webhooks", "Say who is to hear of what happens."): {
        "add": ("tallystick.cli.store.webhooks:add", "Send events to a URL from now on."),
        "list": ("tallystick.cli.store.webhooks:show_list", "Show who listens, and what waits."),
        "remove": ("tallystick.cli.store.webhooks:remove", "Send no more to a webhook."),
    },
    ("report", "What a shop owes, and to whom."): {
        "top-balances": ("tallystick.cli.store.report:top_balances", "Show the largest balances."),
        "liability": ("tallystick.cli.store.report:liability", "Show what is owed, and its worth."),
        "kpi": ("tallystick.cli.store.report:kpi", "Show members, what is owed and ever was."),
    },
    ("jobs", "What is to be run every night, or every hour."): {
        "run": ("tallystick.cli.store.jobs:run", "Book what is due."),
        "deliver": (
            "tallystick.cli.store.jobs:deliver",
            "Send events; exit status 1 if one failed.",
        ),
        "pay": ("tallystick.cli.store.jobs:pay", "Send payouts to their providers."),
    },
}
for (group, group_help), verbs in STORE_VERBS.items():
    part = App(name=group, help=group_help)
    for verb, (place, verb_help) in verbs.items():
        part.command(place, name=verb, help=verb_help)
    app.command(part)
app.command(
    "tallystick.cli.store.order:replay",
    name="replay",
    help="Price a stored order again, and compare it byte for byte.",
)


def main(words: Sequence[str] | None = None) -> int:
    """Run the command line `words` (default: the process's own) and return its exit status."""
    replace_closed_streams()
    try:
        status = dispatch(sys.argv[1:] if words is None else list(words))
    except KeyboardInterrupt:
        status = INTERRUPTED
    except BrokenPipeError:
        status = READER_GONE
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        forget_stdout()
        return READER_GONE
    except OSError as error:  # the disk is full
        forget_stdout()
        complain(f"cannot write to stdout: {reason_of(error)}")
        return TROUBLE
    return status


def dispatch(words: list[str]) -> int:
    """Run a command line; what goes wrong is said on stderr, never shown as a traceback."""
    # A lone dash would be read as an option without a name; as a path, both spell the same.
    words = ["./-" if word == "-" else word for word in words]
    try:
        status = app(words, exit_on_error=False)
    except CycloptsError:  # already printed
        return TROUBLE
    except Failure as failure:
        complain(str(failure))
        return TROUBLE
    except RulePathError as error:
        for line in str(error).splitlines():
            complain(line)
        return TROUBLE
    except RuleTextError as error:
        print(error.render(), file=sys.stderr)
        for note in getattr(error, "__notes__", ()):
            complain(note)
        return TROUBLE
    except BrokenPipeError:
        raise
    except OSError as error:
        name = f"`{error.filename}`: " if error.filename is not None else ""
        complain(f"{name}{reason_of(error)}")
        return TROUBLE
    except Exception:
        # A bug: the traceback is what a report of it needs.
        traceback.print_exc()
        complain("internal error; please report it with the lines above")
        return TROUBLE
    return status if isinstance(status, int) else CLEAN


def replace_closed_streams() -> None:
    """Let what is said to a closed stdout or stderr go nowhere; a closed stdin stays None."""
    if sys.stdout is None:
        sys.stdout = open_nowhere()
    if sys.stderr is None:
        sys.stderr = open_nowhere()


def open_nowhere() -> TextIO:
    """A stream that takes everything and keeps nothing."""
    return os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8")


def forget_stdout() -> None:
    """Point stdout at nothing, so that the interpreter's last flush cannot fail again."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


if __name__ == "__main__":
    sys.exit(main())
