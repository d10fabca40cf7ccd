"""The promises of the engine out, as the rows of the table that `make bench` prints.

A row says what is measured, against what, and what it should be for each size of rule set. Rows
without targets are there to be seen: they explain the others.
"""

from .ratios import Pick, Row


def kernel(task: str, percent: int) -> Pick:
    """A quantile over carts."""
    return Pick(task, "kernel", percent)


def best(task: str, evaluator: str = "kernel", step: int = 1) -> Pick:
    """The best round of a batch: what else the machine did for a moment is in none of it."""
    return Pick(task, evaluator, 0, step)


def sized(small: float, middle: float, large: float) -> dict[int, float]:
    """Targets for 100, 1,000 and 10,000 promotions."""
    return {100: small, 1_000: middle, 10_000: large}


LINES, COLUMNS = "lines", "columns"
ZEN = best("zen", "")
PRICED = (
    Row("JSON lines to result lines, one thread", best(LINES), limits=sized(0.42, 0.55, 0.85)),
    Row("columns in, columns out, one thread", best(COLUMNS), limits=sized(0.08, 0.21, 0.46)),
    Row("quote(dict), p50", kernel("quote dict", 50), limits=sized(0.8, 1.1, 1.9)),
    Row("quote(dict), p99", kernel("quote dict", 99), limits=sized(2.2, 2.9, 6.0)),
    Row("quote(bytes), p50", kernel("quote bytes", 50), limits=sized(0.4, 0.5, 0.8)),
    Row("quote(bytes), p99", kernel("quote bytes", 99), limits=sized(1.1, 1.4, 2.4)),
    Row("quote(dict).to_dict(), p50", kernel("quote dict to dict", 50)),
)
COMPARED = (
    Row(
        "zen-engine / quote(dict)",
        ZEN,
        best("quote dict, all"),
        "x",
        sized(10, 50, 300),
        is_floor=True,
    ),
    Row("zen-engine / quote(dict).to_dict()", ZEN, best("quote dict to dict, all"), "x"),
    Row(
        "two threads / one, JSON lines",
        best("long block"),
        best("long block, two threads"),
        "x",
        sized(1.8, 1.8, 1.8),
        is_floor=True,
    ),
    Row(
        "two threads / one, columns",
        best(COLUMNS),
        best("columns, two threads"),
        "x",
        sized(1.8, 1.8, 1.8),
        is_floor=True,
    ),
    Row(
        "reference / kernel, the same lines",
        best("same lines", "reference"),
        best("same lines"),
        "x",
    ),
)
GROWN = (
    Row(
        "10 times the promotions, columns",
        best(COLUMNS),
        best(COLUMNS, step=10),
        "x",
        {10_000: 2.8, 100_000: 8},
    ),
    Row(
        "10 times the promotions, JSON lines",
        best(LINES),
        best(LINES, step=10),
        "x",
        {10_000: 2.8, 100_000: 8},
    ),
    *(
        Row(
            f"a line of {count} / a line of 5",
            best(f"{count} lines a cart"),
            best("5 lines a cart"),
            "x",
            {1_000: 1},
        )
        for count in (100, 500)
    ),
)
VARIED = tuple(
    Row(name, best(name), best(f"u, {name}", ""))
    for name in (
        *("or, not, nesting", "net-dependent", "90 % behind coupons", "many broad rules"),
        *("as many earning rules", "real baskets"),
    )
)
KEPT = (
    Row("YAML text to rule set", best("load", ""), None, "ms"),
    Row("rule set to plan", best("lower", ""), None, "ms"),
    Row("YAML text to plan", best("compile", ""), None, "ms", {10_000: 600}),
    Row("compiled cache to rule set", best("load cached", ""), None, "ms"),
    Row("compiled cache to engine", best("engine cached", ""), None, "ms", {10_000: 20}),
    Row("memory a promotion, hot", Pick("memory, hot"), None, "B", {10_000: 300}),
    Row("memory a promotion, all", Pick("memory, all"), None, "B", {10_000: 1_024}),
    Row("memory a cart, columns in", Pick("memory, cart"), None, "B", {1_000: 256}),
)
TABLE = (*PRICED, *COMPARED, *GROWN, *VARIED, *KEPT)


def typical(task: str) -> Pick:
    """What half of the requests stay under."""
    return Pick(task)


# What has nothing to do with promotions: targets stand under 0 of them.
STORE = (
    Row("award / bare commit of its rows", typical("award"), typical("award, bare"), "x", {0: 1.5}),
    Row(
        "redeem / bare commit of its rows",
        typical("redeem"),
        typical("redeem, bare"),
        "x",
        {0: 1.5},
    ),
    Row(
        "redeem from 10,000 lots / from 10",
        typical("redeem, many lots"),
        typical("redeem, few lots"),
        "x",
        {0: 2},
    ),
    Row(
        "award alone / in a batch of 1,000",
        typical("award"),
        typical("awards, 1,000"),
        "x",
        {0: 20},
        is_floor=True,
    ),
    Row(
        "award in a batch / bare commit",
        typical("awards, 1,000"),
        typical("awards, 1,000, bare"),
        "x",
    ),
    Row(
        "codes of a pool / bare commit of their rows",
        typical("generate codes"),
        typical("generate codes, bare"),
        "x",
    ),
    Row("award", typical("award"), None, "ms"),
    Row("redeem", typical("redeem"), None, "ms"),
    Row("bare commit of the rows of an award", typical("award, bare"), None, "ms"),
)
