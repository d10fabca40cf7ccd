"""Pages of README and docs in, every example run and every table held against the code.

A fenced block is read by its info string:

    yaml rules            a whole rule file; its tests pass on both evaluators
    yaml file=PATH        a file for the blocks below it (json and jsonl too)
    json result=CART rules=PATH [facts=PATH]    all that a cart gets; `…` stands for the hash
    console               `$ tally ...` and what it prints, stdout first; `…` stands for anything
    python                run; as a doctest where it has `>>>`
    sh, text              shown, not run

A table below `<!-- check: NAME -->` is compared with the code by the test of that name.
"""

import doctest
import json
import re
import shlex
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import tallystick
from tallystick.cli.app import main
from tallystick.cli.suite import Suite
from tallystick.dsl.audit import concerns
from tallystick.dsl.document import (
    actions,
    burning,
    campaign,
    card,
    cases,
    document,
    earning,
    event,
    expectation,
    program,
)
from tallystick.dsl.document.shape import Shape
from tallystick.dsl.expression import shorthand, vocabulary
from tallystick.dsl.problems import MESSAGES, RuleTextError
from tallystick.engine.cart import errors
from tallystick.engine.engine import EVALUATORS
from tallystick.engine.loyalty.awards import EventReason
from tallystick.engine.outcome import NoAward, Reason, Shortfall
from tallystick.engine.quote.result import EarnedResult, RedemptionResult
from tallystick.engine.quote.statement import (
    AwardExplanation,
    OfferExplanation,
    ProgramExplanation,
    RequestExplanation,
)
from tallystick.engine.quote.wording import count_of

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
NAMES = [str(page.relative_to(ROOT)) for page in PAGES]
FENCE = re.compile(r"^```(\S[^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TABLE = re.compile(r"<!-- check: (\S+)([^>]*) -->\n+((?:\|[^\n]*\n)+)")
LINK = re.compile(r"\]\(([^)\s]+)\)")
MENTION = re.compile(r"`((?:bench|cli|docs|dsl|engine|rules|tallystick|tests)/[\w./-]*)`")
EXTRA = re.compile(r"tallystick\[(\w+)\]")
SHOWN = ("sh", "text")
ANYTHING = "…"


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: its language, the words behind it, its text, and where it stands."""

    language: str
    words: dict[str, str]
    text: str
    place: str


@dataclass(frozen=True, slots=True)
class Table:
    """A marked table: what the marker says, and its cells without the heading."""

    name: str
    words: dict[str, str]
    rows: list[list[str]]
    place: str


def words_of(text: str) -> dict[str, str]:
    """`a b=c` as a mapping."""
    return {key: value for key, _, value in (word.partition("=") for word in text.split())}


def read_blocks(name: str) -> list[Block]:
    """The fenced blocks of a page."""
    text = (ROOT / name).read_text(encoding="utf-8")
    blocks = []
    for match in FENCE.finditer(text):
        language, _, rest = match[1].partition(" ")
        line = text.count("\n", 0, match.start()) + 1
        blocks.append(Block(language, words_of(rest), match[2], f"{name}:{line}"))
    return blocks


def read_tables(name: str) -> list[Table]:
    """The marked tables of a page."""
    text = (ROOT / name).read_text(encoding="utf-8")
    tables = []
    for match in TABLE.finditer(text):
        rows = [line.strip("| ").split(" | ") for line in match[3].splitlines()[2:]]
        line = text.count("\n", 0, match.start()) + 1
        cells = [[cell.strip() for cell in row] for row in rows]
        tables.append(Table(match[1], words_of(match[2]), cells, f"{name}:{line}"))
    return tables


def tables_named(name: str) -> list[Table]:
    """All tables under one marker, at least one."""
    found = [table for page in NAMES for table in read_tables(page) if table.name == name]
    assert found, f"no table is marked `{name}`"
    return found


def first_cells(name: str) -> list[str]:
    """The code words of the first column of all tables under a marker."""
    return [row[0].strip("`") for table in tables_named(name) for row in table.rows]


def bare(cell: str) -> str:
    """A cell without the backticks around it."""
    return cell.strip("`")


def test_extras_that_pages_install_are_there() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    texts = [(ROOT / name).read_text(encoding="utf-8") for name in NAMES]
    named = {extra for text in texts for extra in EXTRA.findall(text)}
    assert "postgresql" in named
    assert named <= project["optional-dependencies"].keys()


# The examples.


def rule_blocks() -> list[Block]:
    """Every block that is a whole rule file."""
    blocks = [block for name in NAMES for block in read_blocks(name)]
    return [block for block in blocks if block.language == "yaml" and "rules" in block.words]


@pytest.mark.parametrize("evaluator", EVALUATORS)
@pytest.mark.parametrize("block", rule_blocks(), ids=lambda block: block.place)
def test_rules_pass_their_tests(block: Block, evaluator: Any) -> None:
    ruleset = tallystick.load_text(block.text, block.place)
    suite = Suite(tallystick.Engine(ruleset, evaluator))
    suite.run()
    assert suite.verdicts, "the example has no tests"
    wrong = [sentence for verdict in suite.verdicts for sentence in verdict.sentences]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", NAMES)
def test_examples(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    globs: dict[str, Any] = {"__name__": "__main__"}
    blocks = read_blocks(name)
    fences = re.findall(r"^```", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE)
    assert len(fences) == 2 * len(blocks), "a fenced block has no info string"
    for block in blocks:
        if "file" in block.words:
            path = tmp_path / block.words["file"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, encoding="utf-8")
        elif block.language == "console":
            check_console(block, capsys)
        elif block.language == "python":
            check_python(block, globs, capsys)
        elif "result" in block.words:
            check_result(block)
        else:
            is_known = block.language in SHOWN or "rules" in block.words
            assert is_known, f"{block.place}: nothing says how this block is run"


def check_console(block: Block, capsys: pytest.CaptureFixture[str]) -> None:
    """Every command of a block prints what stands below it."""
    status = 0
    sessions = re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]
    assert sessions, f"{block.place}: there is no command"
    for session in sessions:
        command, _, expected = session.partition("\n")
        if command == "echo $?":
            assert expected.strip() == str(status), f"{block.place}: {command}"
            continue
        verb, *rest = shlex.split(command)
        assert verb == "tally", f"{block.place}: only `tally` is run"
        status = main(rest)
        printed = capsys.readouterr()
        shown = [line.rstrip() for line in (printed.out + printed.err).rstrip().splitlines()]
        wanted = [line.rstrip() for line in expected.rstrip().splitlines()]
        if not fits("\n".join(wanted), "\n".join(shown)):
            assert shown == wanted, f"{block.place}: {command}"


def fits(wanted: str, shown: str) -> bool:
    """Whether a text is as wanted, `…` standing for anything on its line."""
    lines, patterns = shown.split("\n"), wanted.split("\n")
    if len(lines) != len(patterns):
        return False
    return all(
        re.fullmatch(".*".join(map(re.escape, pattern.split(ANYTHING))), line)
        for pattern, line in zip(patterns, lines, strict=True)
    )


def check_python(block: Block, globs: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    """A block of Python runs, and answers what it says."""
    if ">>>" not in block.text:
        exec(compile(block.text, block.place, "exec"), globs)
        return
    test = doctest.DocTestParser().get_doctest(block.text, globs, block.place, block.place, 0)
    flags = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
    said: list[str] = []
    runner = doctest.DocTestRunner(verbose=False, optionflags=flags)
    runner.run(test, out=said.append, clear_globs=False)
    globs.update(test.globs)
    assert not said, "".join(said)


def check_result(block: Block) -> None:
    """A cart gets exactly the result shown, keys in their order."""
    words = block.words
    cart = Path(words["result"]).read_text(encoding="utf-8")
    facts = Path(words["facts"]).read_text(encoding="utf-8") if "facts" in words else None
    quote = tallystick.Engine(tallystick.load(words["rules"])).quote(cart, facts)
    wanted = json.loads(block.text)
    assert wanted["ruleset"] == f"sha256:{ANYTHING}", f"{block.place}: the hash is shown"
    wanted["ruleset"] = quote.result.ruleset
    assert json.dumps(quote.to_dict(), indent=1) == json.dumps(wanted, indent=1), block.place


@pytest.mark.parametrize("name", NAMES)
def test_links_lead_somewhere(name: str) -> None:
    page = ROOT / name
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    for target in LINK.findall(text):
        if target.startswith("https://"):
            continue
        path, _, anchor = target.partition("#")
        goal = (page.parent / path).resolve() if path else page
        assert goal.exists(), f"{name}: {target}"
        if anchor:
            assert anchor in anchors_of(goal), f"{name}: {target}"
    missing = [path for path in MENTION.findall(text) if not (ROOT / path).exists()]
    assert not missing, f"{name}: {missing}"


def anchors_of(page: Path) -> set[str]:
    """The anchors of a page's headings."""
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in headings}


# The tables.


@pytest.mark.parametrize(
    ("name", "messages"),
    [
        ("problems", MESSAGES),
        ("warnings", concerns.MESSAGES),
        ("cart-errors", errors.MESSAGES),
    ],
)
def test_messages(name: str, messages: dict[str, str]) -> None:
    shown = {bare(row[0]): row[1] for table in tables_named(name) for row in table.rows}
    assert shown == messages


def test_cart_fields() -> None:
    check_fields("cart-fields", list(vocabulary.CART_FIELDS.values()), "")


def test_line_fields() -> None:
    check_fields("line-fields", list(vocabulary.LINE_FIELDS.values()), "line.")


def check_fields(name: str, fields: list[vocabulary.Field], prefix: str) -> None:
    """A table has a row `name | type | yes when it may be missing | ...` for each field."""
    shown = [
        (bare(row[0]), row[1], row[2] == "yes")
        for table in tables_named(name)
        for row in table.rows
    ]
    wanted = [(f.name.removeprefix(prefix), f.kind.value, f.is_optional) for f in fields]
    assert shown == wanted


def test_loyalty_fields() -> None:
    check_fields("loyalty-fields", list(vocabulary.LOYALTY_FIELDS.values()), "")


def test_functions() -> None:
    shown = [cell.partition("(")[0] for cell in first_cells("functions")]
    assert shown == list(vocabulary.FUNCTIONS)


def test_reasons() -> None:
    assert first_cells("reasons") == [reason.word for reason in Reason]
    assert first_cells("shortfalls") == [reason.word for reason in Shortfall]
    assert first_cells("no-awards") == [reason.word for reason in NoAward]
    assert first_cells("event-reasons") == list(EventReason)


SHAPES: dict[str, type[Shape]] = {
    "ruleset-keys": document.RulesetShape,
    "promotion-keys": document.PromotionShape,
    "stacking-keys": document.StackingShape,
    "limits-keys": document.LimitsShape,
    "stack-group-keys": document.StackGroupShape,
    "test-keys": cases.CaseShape,
    "event-keys": event.EventShape,
    "expect-keys": expectation.ExpectShape,
    "program-keys": program.ProgramShape,
    "points-keys": program.PointsShape,
    "redemption-keys": program.RedemptionShape,
    "tiers-keys": program.TiersShape,
    "level-keys": program.LevelShape,
    "earning-keys": earning.EarningRuleShape,
    "award-keys": earning.AwardShape,
    "card-keys": card.StampCardShape,
    "burning-keys": burning.BurningRuleShape,
    "reward-keys": burning.RewardShape,
    "campaign-keys": campaign.CampaignShape,
}


@pytest.mark.parametrize("name", SHAPES)
def test_keys(name: str) -> None:
    fields = SHAPES[name].model_fields.items()
    known = [field.alias or key for key, field in fields if key != "node"]
    cells = [row[0] for table in tables_named(name) for row in table.rows]
    assert sorted(key for cell in cells for key in re.findall("`([^`]+)`", cell)) == sorted(known)


STRUCTS: dict[str, type[Any]] = {
    "cart": tallystick.Cart,
    "line": tallystick.Line,
    "shipment": tallystick.Shipment,
    "customer": tallystick.Customer,
    "redemption": tallystick.Redemption,
    "facts": tallystick.Facts,
    "uses": tallystick.Uses,
    "member": tallystick.Member,
    "room": tallystick.Room,
    "card": tallystick.Card,
    "issued": tallystick.Issued,
    "redeemed": RedemptionResult,
    "earned": EarnedResult,
    "account": ProgramExplanation,
    "award": AwardExplanation,
    "request": RequestExplanation,
    "offer": OfferExplanation,
}


@pytest.mark.parametrize("name", STRUCTS)
def test_fields_of_json(name: str) -> None:
    known = STRUCTS[name].__struct_fields__
    assert sorted(first_cells(f"{name}-json")) == sorted(known)


def test_fields_of_results() -> None:
    assert first_cells("result-json") == list(tallystick.Result.__struct_fields__)


def test_short_forms_stand_for_their_expressions() -> None:
    (table,) = tables_named("short-forms")
    assert sorted({bare(row[0]).partition(":")[0] for row in table.rows}) == sorted(
        shorthand.SHORT_FORMS
    )
    for short, full, *_ in table.rows:
        pair = [hash_of(f"{{{bare(short)}}}"), hash_of(f"{{if: {json.dumps(bare(full))}}}")]
        assert pair[0] == pair[1], f"{short} is not {full}"


def hash_of(condition: str) -> str:
    """The hash of a rule set with one condition."""
    text = f"promotions:\n  p:\n    when: [{condition}]\n    then: {{percent_off: 10%}}\n"
    return tallystick.load_text(text).hash


def test_refused_expressions() -> None:
    for table in tables_named("refused"):
        for expression, code, *_ in table.rows:
            with pytest.raises(RuleTextError) as refused:
                hash_of(f"{{if: {json.dumps(bare(expression))}}}")
            assert [one.code for one in refused.value.problems] == [bare(code)], expression


def action_rows() -> list[tuple[str, ...]]:
    """The rows of all tables of actions: the stage, the action, the cart, what it gives."""
    return [
        (table.words["stage"], *map(bare, row[:3]))
        for table in tables_named("actions")
        for row in table.rows
    ]


def test_every_action_is_shown_in_every_stage() -> None:
    shown = {
        (bare(row[0]).lstrip("{").partition(":")[0], table.words["stage"])
        for table in tables_named("actions")
        for row in table.rows
    }
    known = {
        (name, stage.name.lower()) for name, stages in actions.OPTIONS.items() for stage in stages
    }
    assert shown == known


@pytest.mark.parametrize(("stage", "action", "bought", "gives"), action_rows())
def test_action(stage: str, action: str, bought: str, gives: str) -> None:
    ruleset = tallystick.load_text(
        f"promotions:\n  p:\n    stage: {stage}\n    then: {action}\n", action
    )
    cart = cart_of(bought)
    for evaluator in ("kernel", "reference"):
        result = tallystick.Engine(ruleset, evaluator).quote(cart).result
        taken = [(one.id, one.discount) for one in (*result.lines, *result.shipments)]
        given = [f"{name} {money(minor)}" for name, minor in taken if minor]
        given += [f"{gift.quantity} x {gift.sku}" for gift in result.gifts]
        given += [money(result.payment.adjustment)] if result.payment.adjustment else []
        assert "; ".join(given) == ("" if gives == "nothing" else gives)


CLUB = """
programs: {club: {tiers: {levels: {low: {from: 0, cashback: 2%}}}}}
stamp_cards: {card: {program: club, size: 10}}
"""


def rows_of(name: str) -> list[tuple[str, ...]]:
    """The bare cells of all rows of all tables under a marker."""
    return [tuple(map(bare, row)) for table in tables_named(name) for row in table.rows]


def test_every_award_and_discount_is_shown() -> None:
    shown = {row[0].lstrip("{").partition(":")[0] for row in rows_of("awards")}
    assert shown == set(earning.KINDS)


@pytest.mark.parametrize(("award", "bought", "gives"), rows_of("awards"))
def test_award(award: str, bought: str, gives: str) -> None:
    rule = f"{{program: club, event: purchase, award: {award}}}"
    ruleset = tallystick.load_text(f"{CLUB}earning_rules: {{r: {rule}}}\n", award)
    for evaluator in EVALUATORS:
        result = tallystick.Engine(ruleset, evaluator).quote(cart_of(bought)).to_dict()
        (earned,) = result["earned"]
        shown = f"{money(earned['amount'])} USD"
        if earned["kind"] != "cashback":
            shown = count_of(earned["amount"], earned["kind"].removesuffix("s"))
        assert shown == gives


@pytest.mark.parametrize(("reward", "bought", "gives"), rows_of("rewards"))
def test_reward(reward: str, bought: str, gives: str) -> None:
    rule = f"{{program: club, cost: 5, reward: {reward}}}"
    ruleset = tallystick.load_text(f"{CLUB}burning_rules: {{r: {rule}}}\n", reward)
    cart = cart_of(bought) | {"redeem": [{"rule": "r", "times": 2, "if_short": "clip"}]}
    facts = {"members": {"club": {"balance": 10}}}
    for evaluator in EVALUATORS:
        result = tallystick.Engine(ruleset, evaluator).quote(cart, facts).result
        assert "; ".join(f"{one.id} {money(one.discount)}" for one in result.lines) == gives


def money(minor: int) -> str:
    """Minor units as the tables show them."""
    return f"{'-' if minor < 0 else ''}{abs(minor) // 100}.{abs(minor) % 100:02}"


def cart_of(text: str) -> dict[str, Any]:
    """A cart written like `A 2 x 10.00; B 1 x 5.00; express 4.90; tax 1.00`."""
    cart: dict[str, Any] = {"id": "c1", "currency": "USD", "placed_at": "2026-07-10T12:00:00Z"}
    lines, shipments = [], []
    for part in text.split("; "):
        name, *rest = part.split()
        minor = int(rest[-1].replace(".", ""))
        if len(rest) == 3:
            lines.append({"id": name, "sku": name, "quantity": int(rest[0]), "unit_price": minor})
        elif name == "tax":
            cart["tax_total"] = minor
        else:
            shipments.append({"id": name, "method": name, "amount": minor})
    return cart | {"lines": lines, "shipments": shipments}


STORE_VERBS = ["rules-publish", "member-adjust", "order-refund", "coupons-generate"]
OF_ALL = {"--store", "--tenant"}  # told once for all that work on a store


@pytest.mark.parametrize(
    "verb",
    ["check", "run", "explain", "test", "fmt", "events", "refund", "tier", *STORE_VERBS],
)
def test_options_of_commands(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    main([*verb.split("-", 1), "--help"])
    known = set(re.findall(r"^│[ *]+(--[a-z-]+)", capsys.readouterr().out, re.MULTILINE))
    (table,) = (one for one in tables_named("options") if one.words["verb"] == verb)
    assert known
    told = {name for row in table.rows for name in re.findall(r"--[a-z-]+", row[0])}
    assert told == known - (OF_ALL if "-" in verb else set())
