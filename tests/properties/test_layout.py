"""Rule files written in any way, with comments anywhere: laying them out loses nothing."""

import re
from collections.abc import Callable
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from tallystick.cli.fmt import is_same
from tallystick.dsl.layout.layout import lay_out
from tallystick.dsl.layout.scalars import is_plain, quote_double
from tallystick.dsl.layout.spelling import role_at, spell
from tallystick.dsl.loader import load_sources
from tallystick.dsl.problems import Problems
from tallystick.dsl.source import Source
from tallystick.dsl.tree.nodes import Mapping, Node, Scalar
from tallystick.dsl.tree.reader import read_document

TEXTS = st.sampled_from(
    [
        *("NO", "1:30", "0123", "a b", "x and y or z", "it's", 'say "hi"', "a: b", "a #b", "x,y"),
        *("[z]", "{", "-", "- a", "?", "tail:", "é ★", "*", "&a", "%", "@", "true", "~", "5.0 USD"),
        *(
            "20 %",
            "sku=='A'",
            " lead",
            "trail ",
            "tab\tx",
            "line\nbreak\n",
            "\n\n  deep\n",
            "\\",
            "",
        ),
        *("word " * 25 + "end", "x" * 120, '"q" in tags', "a   b " * 25 + "c", "100"),
    ]
)
KEYS = st.sampled_from(
    [
        *("define", "promotions", "tests", "ruleset", "when", "then", "if", "on", "name", "stage"),
        *("percent_off", "amount_off", "active", "bundle", "buy", "x y", "it's", "a: b", "0", "#"),
        *("programs", "earning_rules", "award", "points", "stamps", "cost", "limits", "expect"),
    ]
)
Tree = str | list["Tree"] | dict[str, "Tree"]
TREES: st.SearchStrategy[Tree] = st.recursive(
    TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


class Scribbler:
    """Writes a tree as YAML in a way nobody would: `choose` says which of so many."""

    def __init__(self, choose: Callable[[int], int]) -> None:
        self.choose = choose
        self.comments: list[str] = []

    def comment(self, blanks: str = "") -> str:
        """Nothing, or a comment that is like no other."""
        if self.choose(4):
            return ""
        self.comments.append(f"# c{len(self.comments)}")
        return blanks + self.comments[-1]

    def above(self, indent: int) -> str:
        """Empty lines and comments, at any depth."""
        lines = []
        for _ in range(self.choose(3)):
            comment = self.comment(" " * self.choose(indent + 5))
            lines.append(comment + "\n")
        return "".join(lines)

    def scalar(self, text: str, *, is_flow: bool) -> str:
        """A text on one line, in one of the ways that can hold it."""
        ways = [f'"{escape(text)}"']
        if text.isprintable():
            ways.append("'" + text.replace("'", "''") + "'")
        if is_plain(text, is_flow=is_flow):
            ways.append(text)
        return ways[self.choose(len(ways))]

    def flow(self, tree: Tree) -> str:
        """A tree in brackets, broken anywhere."""
        if isinstance(tree, str):
            return self.scalar(tree, is_flow=True)
        pairs = list(tree.items()) if isinstance(tree, dict) else [(None, item) for item in tree]
        parts = []
        for key, value in pairs:
            head = "" if key is None else self.scalar(key, is_flow=True) + ": "
            parts.append(f"{self.pause()}{head}{self.flow(value)}{self.pause()}")
        inside = ",".join(parts) or self.pause()
        return f"{{{inside}}}" if isinstance(tree, dict) else f"[{inside}]"

    def pause(self) -> str:
        """What may stand between two things in brackets."""
        if self.choose(3):
            return " "
        return f"{self.comment(' ')}\n{' ' * 40}"

    def block(self, tree: Tree, indent: int) -> str:
        """A tree behind a key or a dash, up to the end of its last line."""
        if isinstance(tree, str):
            lines = tree.split("\n")
            is_simple = tree.endswith("\n") and tree.isascii() and "\t" not in tree
            if is_simple and not tree.startswith(("\n", " ")) and self.choose(2):
                body = "".join(" " * (indent + 3) + line + "\n" for line in lines[:-1])
                return f" |{self.comment(' ')}\n{body}"
            return f" {self.scalar(tree, is_flow=False)}{self.comment(' ')}\n"
        if not tree or not self.choose(3):
            return f" {self.flow(tree)}{self.comment(' ')}\n"
        inner = indent + 1 + self.choose(4)
        return f"{self.comment(' ')}\n{self.entries(tree, inner)}"

    def entries(self, tree: list[Tree] | dict[str, Tree], indent: int) -> str:
        """The entries of a mapping or list, one below the other."""
        pairs = list(tree.items()) if isinstance(tree, dict) else [(None, item) for item in tree]
        text = ""
        for key, value in pairs:
            head = "-" if key is None else self.scalar(key, is_flow=False) + ":"
            text += f"{self.above(indent)}{' ' * indent}{head}{self.block(value, indent)}"
        return text + self.above(indent)


def escape(text: str) -> str:
    """A text between double quotes."""
    text = text.replace("\\", "\\\\").replace('"', '\\"')
    return text.replace("\n", "\\n").replace("\t", "\\t")


def data_of(text: str) -> object:
    """What a file says, each value in its one spelling."""
    problems = Problems()
    root = read_document(Source("x.yaml", text), problems)
    problems.raise_if_any()
    return plain(root, ())


def plain(node: Node | None, path: tuple[str, ...]) -> object:
    """A node as data; mappings have no order."""
    if isinstance(node, Scalar):
        spelled = spell(role_at(path), node.text)
        return node.text if spelled is None else spelled
    if isinstance(node, Mapping):
        return {key: plain(value, (*path, key)) for key, value in node.values.items()}
    return [plain(item, (*path, "*")) for item in node.items] if node is not None else None


def comments_of(text: str) -> list[str]:
    """Every comment of a file that has anything else."""
    return sorted(re.findall(r"# c[0-9]+", text))


@settings(max_examples=300)
@given(tree=st.dictionaries(KEYS, TREES, min_size=1, max_size=4), data=st.data())
def test_nothing_is_lost_and_the_second_time_changes_nothing(
    tree: dict[str, Tree], data: st.DataObject
) -> None:
    random = data.draw(st.randoms(use_true_random=False))
    scribbler = Scribbler(lambda count: random.randrange(count))
    text = scribbler.above(0) + scribbler.entries(tree, 0)
    laid_out = lay_out(text)
    assert data_of(laid_out) == data_of(text)
    assert comments_of(laid_out) == sorted(scribbler.comments)
    assert lay_out(laid_out) == laid_out


# Whole rule sets, of which each piece is valid, so that what they say can be compared.

CONDITIONS: list[Tree] = [
    "cart.subtotal>=500.00 USD",
    "safety_count",
    'not(customer.groups has any ["gold","it\'s"])  and  qty( safety )>=20',
    {"enforcement": "allow_warn_on_invalid", "if": "default( customer.orders,0)>=3"},
    {"cart_minimum": "50.0 USD"},
    {"min_quantity": {"on": "(safety)", "quantity": "020"}},
    {"weekdays": ["mon", "tue"]},
    {"hours": "17:00 .. 19:00"},
    {"first_order": "true"},
    " and ".join(f'cart.channel != "channel number {number}"' for number in range(5)),
]
ACTIONS: list[tuple[str, Tree]] = [
    ("cart", {"on": "safety", "percent_off": "20.0 %", "pick": "dearest", "max_units": "3"}),
    ("100", {"per": "unit", "amount_off": "5.0 USD", "on": "sku not in skus"}),
    ("cart", {"volume": [{"percent_off": "5%", "min_quantity": "10"}], "measure": "line"}),
    ("cart", {"get": {"quantity": "1", "on": "safety"}, "buy": {"quantity": "2"}, "repeat": "3"}),
    ("100", {"price": "20 USD", "bundle": [{"quantity": "1", "on": 'sku == "A"'}]}),
    ("cart", {"gift": {"quantity": "1", "sku": "0123"}}),
    ("order", {"percent_off": "12.500%"}),
    ("300", {"free_shipping": {"methods": ["NO", "1:30"]}}),
    ("shipping", {"free_shipping": {}}),
    ("400", {"percent_surcharge": "2 %"}),
]
LOYALTY: dict[str, Tree] = {
    "programs": {
        "club": {
            "active": "2026-01-01 ..",
            "points": {"expire_after": "12 month", "name": "0123", "scale": "1"},
            "redemption": {"value": "1.0 USD", "points": "100.0", "max_percent_of_cart": "50 %"},
            "tiers": {
                "levels": {"two": {"cashback": "2.50%", "from": "500.0 points"}},
                "window": "calendar year",
                "keep": "1 months",
            },
            "deficit": {"carry": "010 points"},
        },
    },
    "earning_rules": {
        "earn": {
            "award": {"on": "safety", "step": "whole", "points": "1.50 points per 1.0 USD"},
            "event": "purchase",
            "program": "club",
            "when": ["member.points>=500", {"customer_group": ["two words", "0123"]}],
            "limits": {"points": "500.0 points per month", "per_member": "1 per 12 month"},
        },
        "back": {"event": "purchase", "program": "club", "award": {"cashback": "tier"}},
        "friend": {
            "award": {"friend": {"points": "250"}, "referrer": {"cashback": "5.0 USD"}},
            "min_order": "25.00 USD",
            "program": "club",
            "event": "referral",
        },
    },
    "stamp_cards": {"card": {"size": "10", "program": "club", "reward": "free"}},
    "burning_rules": {
        "free": {"reward": {"quantity": "2", "product": "0123"}, "program": "club"},
        "off": {
            "on": "not(safety)",
            "reward": {"max_discount": "5.0 USD", "discount": "20.0%"},
            "cost": "200.0",
            "program": "club",
            "limits": {"per_order": "1", "stock": "5"},
        },
    },
    "campaigns": {
        "double": {"multiply": "2.0", "rules": ["earn"], "program": "club"},
        "more": {"bonus": "0.50 points", "program": "club", "active": "2026-07-01 .. 2026-07-31"},
    },
}
EARNING_CASE: Tree = {
    "cart": {
        "redeem": [{"points": "max", "program": "club"}, {"times": "2", "rule": "off"}],
        "placed_at": "2026-07-10T12:00:00Z",
        "lines": [{"unit_price": "30.0 USD", "sku": "on", "quantity": "1"}],
    },
    "facts": {"members": {"club": {"tier": "two", "balance": "500.0 points"}}},
    "expect": {"points": {"club": "45.0"}, "earned": {"back": "0.50 USD", "earn": "45 point"}},
}
NAMES = ["NO", "1:30", "0123", "two words", "it's", 'say "hi"', "a: b", "x #y", "", "100 %", "é★"]
CASE: Tree = {
    "expect": {"grand_total": "30.0 USD", "applied": [], "lines": {"1": {"net": "30.00 USD"}}},
    "cart": {
        "placed_at": "2026-07-10T12:00:00Z",
        "lines": [{"unit_price": "30.0 USD", "sku": "on", "quantity": "1", "tags": ["0x1F", "~"]}],
    },
}


def shuffle(random: Random, tree: Tree) -> Tree:
    """The same tree with the keys of every mapping in another order."""
    if isinstance(tree, dict):
        keys = list(tree)
        random.shuffle(keys)
        return {key: shuffle(random, tree[key]) for key in keys}
    return [shuffle(random, item) for item in tree] if isinstance(tree, list) else tree


def invent_promotion(random: Random) -> dict[str, Tree]:
    """A promotion with some of the keys there are."""
    stage, then = random.choice(ACTIONS)
    conditions = random.sample(CONDITIONS, random.randrange(4))
    optional: dict[str, Tree] = {
        "name": random.choice(NAMES),
        "description": random.choice([*NAMES, "two\nlines\n", "word " * 30]),
        "active": "2026-01-01 ..",
        "coupons": ["0123", "no"],
        "when": conditions,
        "limits": {"max_discount": "5.00 USD", "total": "10"},
        "stacking": {"max_in_cart": "3", "mode": "last"},
        "enabled": "false",
    }
    kept = {key: value for key, value in optional.items() if random.random() < 0.5}
    return {"stage": stage, "then": then, **kept}


class QuotingScribbler(Scribbler):
    """Quotes everything, so that a comment may stand anywhere."""

    def scalar(self, text: str, *, is_flow: bool) -> str:
        return quote_double(text)


class CommentlessScribbler(Scribbler):
    """Writes no comments, so that everything may stand without quotes."""

    def comment(self, blanks: str = "") -> str:
        return ""


@settings(max_examples=200)
@given(st.randoms(use_true_random=False), st.sampled_from([QuotingScribbler, CommentlessScribbler]))
def test_rules_mean_the_same_however_they_are_laid_out(
    random: Random, kind: type[Scribbler]
) -> None:
    count = 1 + random.randrange(4)
    rules: dict[str, Tree] = {
        "tests": {"works": CASE, "earns": EARNING_CASE},
        "promotions": {f"p{number}": invent_promotion(random) for number in range(count)},
        "define": {
            "safety": 'categories  has "safety"',
            "safety_count": "qty(safety)>3",
            "skus": ["0123", "NO", "a b"],
        },
        "ruleset": {"timezone": "Europe/Madrid", "currency": "USD", "line_floor": "0.50 USD"},
        **LOYALTY,
    }
    shuffled = shuffle(random, rules)
    assert isinstance(shuffled, dict)
    scribbler = kind(random.randrange)
    text = scribbler.entries(shuffled, 0)
    before = load_sources([Source("rules.yaml", text)])
    laid_out = lay_out(text)
    after = load_sources([Source("rules.yaml", laid_out)])
    assert is_same(before, after)
    assert before.hash == after.hash
    assert lay_out(laid_out) == laid_out
    assert comments_of(laid_out) == sorted(scribbler.comments)
