"""The words of all verbs in, the command that knows them and their help out.

The verbs live in modules of their own, imported when they are called: none waits for what another
needs. Each is a function that returns its exit status.
"""

from cyclopts import App

from ..version import __version__

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
