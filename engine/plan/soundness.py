"""A plan in, what in it would lead the kernel out of bounds out.

The kernel trusts every index of a plan. A plan that was lowered in this process is sound; one that
was read from a file is looked through here: every index is within what it points into, no formula
holds itself, fields of lines are read where there is a line, and no division is by zero.
"""

from typing import Any

import numpy as np

from .assembly import are_lonely
from .fault import Array, Fault, require, require_index, require_range
from .gates import BOUND_BITS, LAST_LEVEL, LAST_SLICE
from .loyalty_soundness import check_loyalty
from .plan import (
    AGGREGATE,
    BADGE,
    CHANNEL,
    COMPONENT,
    CONDITION,
    GROUP,
    NODE,
    NOTHING,
    POST,
    PROMOTION,
    SELECTOR,
    TERM,
    TIER,
    ActionOp,
    CompareOp,
    FunctionOp,
    HintOp,
    ModeOp,
    NodeOp,
    Plan,
    PolicyOp,
    TermKind,
)
from .programs import BURNING_RULE, CAMPAIGN, EARNING_RULE, LEVEL, PROGRAM
from .symbols import SymbolTable

HINT_BITS = 3 * BOUND_BITS
GUARDS = np.uint64(sum(1 << place * BOUND_BITS - 1 for place in (1, 2, 3)))
INDEX, NUMBER = np.dtype(np.int32), np.dtype(np.int64)
TYPES: dict[str, np.dtype[Any]] = {
    "nodes": NODE,
    "terms": TERM,
    "aggregates": AGGREGATE,
    "selectors": SELECTOR,
    "conditions": CONDITION,
    "tiers": TIER,
    "components": COMPONENT,
    "groups": GROUP,
    "promotions": PROMOTION,
    "programs": PROGRAM,
    "tier_levels": LEVEL,
    "earning_rules": EARNING_RULE,
    "campaigns": CAMPAIGN,
    "burning_rules": BURNING_RULE,
    "named": INDEX,
    "args": INDEX,
    "methods": INDEX,
    "excluded": INDEX,
    "members": INDEX,
    "residuals": INDEX,
    "always": POST,
    "channels": CHANNEL,
    "post_starts": INDEX,
    "posts": POST,
    "badges": BADGE,
    "badge_bits": INDEX,
    "slices": NUMBER,
    "levels": NUMBER,
}
STAGES, ROUNDINGS, WORD_BITS = 4, 4, 64
LINE_STAGE_MAX = 1  # what later stages take is not on lines
CODE_CHANNELS = 2  # those of codes and of pools stand before those of slots
LEVELS_MAX = 130  # of a formula: brackets, and the signs between them
JOINS = (NodeOp.NOT, NodeOp.AND, NodeOp.OR)
SETS = (NodeOp.HAS_ANY, NodeOp.HAS_ALL)
ON_LINES = (
    *(ActionOp.PERCENT_LINE, ActionOp.PERCENT_UNITS, ActionOp.AMOUNT_LINE, ActionOp.AMOUNT_UNIT),
    *(ActionOp.AMOUNT_TARGET, ActionOp.FIXED_PRICE, ActionOp.VOLUME, ActionOp.BUY_GET),
    *(ActionOp.ORDER_PERCENT, ActionOp.ORDER_AMOUNT, ActionOp.ORDER_VOLUME),
)
# The first action of each stage: the kernel takes what an action moves for things of its stage.
STAGE_STARTS = (ActionOp.ORDER_PERCENT, ActionOp.SHIPPING_PERCENT, ActionOp.PAYMENT_PERCENT)


def find_fault(plan: Plan) -> str | None:
    """The first thing that is wrong with a plan, None for a sound one."""
    try:
        check_types(plan)
        check_symbols(plan)
        check_terms(plan)
        check_nodes(plan)
        check_lines(plan)
        check_promotions(plan)
        check_actions(plan)
        check_posts(plan)
        check_loyalty(plan)
    except Fault as fault:
        return str(fault)
    return None


def check_types(plan: Plan) -> None:
    """Arrays are of the kernel's types."""
    for name, dtype in TYPES.items():
        array = getattr(plan, name)
        is_array = isinstance(array, np.ndarray) and array.ndim == 1
        require(is_array and array.dtype == dtype, f"`{name}` is no array of its type")
    require(0 <= plan.rounding < ROUNDINGS, "an unknown rounding")
    require(plan.max_promotions >= NOTHING, "a negative limit of promotions")
    count = len(plan.promotions)
    require(len(plan.labels.ids) == count, "as many names as promotions")
    require(all(0 <= number < count for number in plan.labels.gifts), "a gift of no promotion")


def check_symbols(plan: Plan) -> None:
    """Symbols lie one behind the other in their texts."""
    symbols = plan.symbols
    require(isinstance(symbols, SymbolTable), "symbols that are no table")
    assert isinstance(symbols, SymbolTable)
    starts = symbols.starts
    is_whole = len(starts) and starts[0] == 0 and starts[-1] == len(symbols.texts)
    require(starts.dtype == np.int32 and is_whole and np.all(starts[1:] >= starts[:-1]), "symbols")


def check_terms(plan: Plan) -> None:
    """Terms, aggregates, selectors and conditions point at what there is."""
    terms, aggregates, layout = plan.terms, plan.aggregates, plan.layout
    room = np.zeros(len(TermKind), np.int64)
    room[TermKind.CART_NUMBER] = len(layout.cart_numbers)
    room[TermKind.LINE_NUMBER] = len(layout.line_numbers)
    room[TermKind.NET_SUBTOTAL] = 1
    room[TermKind.AGGREGATE] = len(aggregates)
    require_index(terms["kind"], len(room), "the kind of a term")
    require((terms["slot"] >= 0) & (terms["slot"] < room[terms["kind"]]), "the slot of a term")
    require_index(aggregates["function"], len(FunctionOp), "the function of an aggregate")
    require_index(aggregates["selector"], len(plan.selectors), "the selector of an aggregate")
    counts_skus = bool(np.any(aggregates["function"] == FunctionOp.DISTINCT_SKUS))
    require(layout.has_distinct_skus or not counts_skus, "skus that are not told apart")
    require_index(plan.selectors["node"], len(plan.nodes), "the node of a selector")
    require_index(plan.conditions["node"], len(plan.nodes), "the node of a condition")
    require_index(plan.residuals, len(plan.nodes), "the node of a residual condition")


def check_nodes(plan: Plan) -> None:
    """Nodes have the operands that their operation reads."""
    nodes, args, layout = plan.nodes, plan.args, plan.layout
    op, slot, first, last = (nodes[name] for name in ("op", "slot", "first", "last"))
    is_line = nodes["is_line"] != 0
    require_index(op, len(NodeOp), "the operation of a node")
    in_args = np.isin(op, (*JOINS, *SETS, NodeOp.MEMBER, NodeOp.SAME))
    require_range(first[in_args], last[in_args], len(args), "the operands of a node")
    is_not, is_same, is_compare = (op == x for x in (NodeOp.NOT, NodeOp.SAME, NodeOp.COMPARE))
    require(last[is_not] - first[is_not] == 1, "the operand of a `not`")
    require(last[is_same] - first[is_same] == 4, "the sides of a node")
    require_range(first[is_compare], last[is_compare], len(plan.terms), "the terms of a node")
    require_index(slot[is_compare], len(CompareOp), "the comparison of a node")
    require_index(slot[op == NodeOp.ANY_LINE], len(plan.selectors), "the selector of a node")
    for operations, of_cart, of_line in (
        ((NodeOp.MEMBER,), layout.cart_texts, layout.line_texts),
        (SETS, layout.cart_sets, layout.line_sets),
        ((NodeOp.FLAG,), layout.cart_numbers, layout.line_numbers),
    ):
        room = np.where(is_line, len(of_line), len(of_cart))
        reads = np.isin(op, operations)
        require((slot[reads] >= 0) & (slot[reads] < room[reads]), "the slot of a node")
    for side in (0, 2):
        texts, are_line = args[first[is_same] + side], args[first[is_same] + side + 1]
        room = np.where(are_line != 0, len(layout.line_texts), len(layout.cart_texts))
        require((texts >= 0) & (texts < room), "the side of a node")


def check_lines(plan: Plan) -> None:
    """No node holds itself, and lines are read where there is one.

    What a node reads is carried up through the rows, level by level.
    """
    nodes, args, terms = plan.nodes, plan.args, plan.terms
    op, count = nodes["op"], len(nodes)
    joins = np.flatnonzero(np.isin(op, JOINS))
    owners, places = spread(joins, nodes["first"][joins], nodes["last"][joins])
    children = args[places]
    require_index(children, count, "the operand of a node")
    require(children < owners, "a node that holds itself")
    compares = np.flatnonzero(op == NodeOp.COMPARE)
    readers, rows = spread(compares, nodes["first"][compares], nodes["last"][compares])
    reads_line = np.isin(op, (*SETS, NodeOp.MEMBER, NodeOp.FLAG)) & (nodes["is_line"] != 0)
    reads_line[readers[terms["kind"][rows] == TermKind.LINE_NUMBER]] = True
    same = np.flatnonzero(op == NodeOp.SAME)
    sides = args[nodes["first"][same] + 1] | args[nodes["first"][same] + 3]
    reads_line[same[sides != 0]] = True
    reads_lines = op == NodeOp.ANY_LINE
    reads_lines[readers[terms["kind"][rows] == TermKind.AGGREGATE]] = True
    for _ in range(LEVELS_MAX):
        known = np.count_nonzero(reads_line) + np.count_nonzero(reads_lines)
        reads_line[owners[reads_line[children]]] = True
        reads_lines[owners[reads_lines[children]]] = True
        if known == np.count_nonzero(reads_line) + np.count_nonzero(reads_lines):
            break
    else:
        raise Fault("formulas deeper than any that a rule can have")
    require_index(plan.residuals, count, "the node of a residual")
    for asked in (plan.conditions["node"], plan.residuals):
        require(~reads_line[asked], "a condition of a cart that reads a line")
    require(~reads_lines[plan.selectors["node"]], "a condition of a line that reads other lines")


def spread(owners: Array, first: Array, last: Array) -> tuple[Array, Array]:
    """Every place of some ranges, with the owner of its range."""
    sizes = (last - first).astype(np.int64)
    starts = np.repeat(first - (np.cumsum(sizes) - sizes), sizes)
    return np.repeat(owners, sizes), starts + np.arange(int(sizes.sum()))


def check_promotions(plan: Plan) -> None:
    """Promotions and groups point at what there is."""
    promotions, count = plan.promotions, len(plan.promotions)
    for name, room, least in (
        ("stage", STAGES, 0),
        ("mode", len(ModeOp), 0),
        ("group", len(plan.groups), NOTHING),
        ("rank", count, 0),
        ("action", len(ActionOp), 0),
        ("on", len(plan.selectors), NOTHING),
        ("get_on", len(plan.selectors), NOTHING),
    ):
        require_index(promotions[name], room, f"the {name} of a promotion", least)
    for name, table in (
        ("tier", plan.tiers),
        ("component", plan.components),
        ("excluded", plan.excluded),
        ("condition", plan.conditions),
        ("residual", plan.residuals),
    ):
        first, last = promotions[f"first_{name}"], promotions[f"last_{name}"]
        require_range(first, last, len(table), f"the range `{name}` of a promotion")
    some = promotions["first_method"] != NOTHING
    first, last = promotions["first_method"][some], promotions["last_method"][some]
    require_range(first, last, len(plan.methods), "the methods of a promotion")
    require_index(plan.groups["policy"], len(PolicyOp), "the policy of a group")
    first, last = plan.groups["first"], plan.groups["last"]
    require_range(first, last, len(plan.members), "the members of a group")
    require_index(plan.components["selector"], len(plan.selectors), "the selector of a component")
    for name in ("excluded", "members"):
        require_index(getattr(plan, name), count, f"a promotion among `{name}`")
    require(promotions["is_lonely"] == are_lonely(promotions), "a promotion among others")
    require(np.all(promotions["stage"][1:] >= promotions["stage"][:-1]), "stages in disorder")
    check_groups(plan)


def check_groups(plan: Plan) -> None:
    """Promotions agree with their groups about who wins."""
    promotions = plan.promotions
    is_alone, policy = promotions["group"] == NOTHING, promotions["policy"]
    require(policy[is_alone] == PolicyOp.ALL, "a policy without a group")
    groups = promotions["group"][~is_alone]
    require(policy[~is_alone] == plan.groups["policy"][groups], "a policy other than the group's")
    by_line = promotions["stage"][policy == PolicyOp.PRIORITY_LINE]
    require(by_line <= LINE_STAGE_MAX, "a group by line of what is not on lines")


def check_actions(plan: Plan) -> None:
    """Actions have what they work with."""
    promotions, action = plan.promotions, plan.promotions["action"]
    stage = np.searchsorted(np.array(STAGE_STARTS), action, side="right")
    require(promotions["stage"] == stage, "an action of another stage")
    is_on_lines = np.isin(action, ON_LINES) | (promotions["is_found"] != 0)
    require(promotions["on"][is_on_lines] != NOTHING, "an action on no lines")
    buys = promotions[action == ActionOp.BUY_GET]
    require(buys["get_on"] != NOTHING, "an action that gives no lines")
    require((buys["buy_quantity"] > 0) & (buys["get_quantity"] > 0), "an action that counts by 0")
    bundles = promotions[action == ActionOp.BUNDLE]
    require(bundles["first_component"] < bundles["last_component"], "a bundle of nothing")
    require(plan.components["quantity"] > 0, "a component of nothing")


def check_posts(plan: Plan) -> None:
    """Posting lists lie in order, and every channel has one for each of its symbols."""
    layout, starts, channels = plan.layout, plan.post_starts, plan.channels
    slots = (layout.cart_texts, layout.cart_sets, layout.line_texts, layout.line_sets)
    require(len(channels) == CODE_CHANNELS + sum(map(len, slots)), "as many channels as slots")
    require_index(starts, len(plan.posts) + 1, "where a list of promotions begins")
    used = channels[channels["low"] < channels["high"]]
    require((used["low"] >= 0) & (used["high"] <= len(plan.symbols)), "the symbols of a channel")
    ends = used["start"].astype(np.int64) + used["high"] - used["low"]
    require((used["start"] >= 0) & (ends < len(starts)), "the lists of a channel")
    filed = len(plan.promotions) + len(plan.earning_rules) + len(plan.campaigns)
    for posts in (plan.posts, plan.always):
        require_index(posts["number"], filed, "the rule of a posting")
        require_index(posts["bounds"] >> np.uint64(HINT_BITS), len(HintOp), "the hint of a posting")
        require(posts["bounds"] & GUARDS == 0, "the bounds of a posting")
    for start, low, high in channels[:CODE_CHANNELS].tolist():
        lists = starts[start : start + high - low + 1] if low < high else starts[:0]
        opened = plan.posts["number"][lists.min() : lists.max()] if len(lists) else lists
        require_index(opened, len(plan.promotions), "the promotion that a code opens")
    check_badges(plan)


def check_badges(plan: Plan) -> None:
    """Every text that a gate knows has a bit of a word."""
    badges, layout = plan.badges, plan.layout
    require_index(badges["slot"], len(layout.cart_texts), "the slot of a badge")
    is_range = (badges["low"] >= 0) & (badges["low"] <= badges["high"])
    require(is_range & (badges["high"] <= len(plan.symbols)), "the symbols of a badge")
    ends = badges["first"].astype(np.int64) + badges["high"] - badges["low"]
    require((badges["first"] >= 0) & (ends <= len(plan.badge_bits)), "the bits of a badge")
    for bits in (badges["other"], plan.badge_bits):
        require_index(bits, WORD_BITS, "a bit of a badge")
    require(len(plan.slices) < LAST_SLICE and len(plan.levels) <= LAST_LEVEL, "too many levels")
    is_known = NOTHING <= plan.level_slot < len(layout.cart_numbers)
    require(is_known, "the slot of the levels")
