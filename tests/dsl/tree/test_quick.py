"""Tests of the quick reader: what it reads, the whole of YAML reads the same, place by place."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tallystick.dsl.problems import Problems
from tallystick.dsl.source import Source
from tallystick.dsl.tree._quick import read_quickly
from tallystick.dsl.tree.nodes import Mapping, Node, Scalar, Sequence
from tallystick.dsl.tree.reader import NODES_MAX, is_readable, read_whole

ROOT = Path(__file__).resolve().parents[3]
FILES = sorted([*ROOT.glob("rules/**/*.yaml"), *ROOT.glob("tests/problems/*.yaml")])
MUTATIONS = 40  # of each file
# What a mutation puts in: whatever has a meaning in YAML, and blanks, which have most of it.
PIECES = (
    *" \n:-#,'\"[]{}()&*!|>%@`?~<=\\\t\r\ufeff.0aé\xa0",
    *(
        ": ",
        "- ",
        " #",
        "\n  ",
        "\n    ",
        "\n- ",
        "''",
        '""',
        "{}",
        "[]",
        "---\n",
        "...\n",
        "key: ",
    ),
    *("a: b\n", "- a\n", "<<: *a", "? a", "-1", "- - a", "12:30", "a: {b: c}\n", "[a, b]", ", "),
    *(
        "\n\n",
        "  # note\n",
        "# note",
        "'it''s'",
        '"a\\tb"',
        "%TAG",
        "a:b",
        ":a",
        "{a: [b, {c: d}]}",
    ),
)
SAMPLE = """# a note
ruleset: {currency: EUR, line_floor: 1.00 EUR}   # behind

stack_groups:
  a-1: {policy: best}
promotions:
  first.one:
    when:
    - qty(sku == "A") >= 2
    - customer.tier in ["gold"] # no note: a part of it
    -   if: 'it''s'
        enforcement: deny_invalid_for_order
    - {if: "a b", x: [1, two words, -3%], y: {}, z: []}
    then: {percent_off: 10%, on: 'sku == "A"'}
    active: 2026-01-01..2026-02-01
    name: Träume (zu zweit)
"""


def shape_of(node: Node) -> object:
    """A tree as plain data, with the place of everything."""
    place = (node.start, node.end)
    if isinstance(node, Scalar):
        return (*place, node.style, node.text)
    if isinstance(node, Sequence):
        return (*place, node.is_flow, [shape_of(item) for item in node.items])
    assert isinstance(node, Mapping)
    entries = [
        (name, shape_of(key), shape_of(node.values[name])) for name, key in node.keys.items()
    ]
    assert list(node.keys) == list(node.values)
    return (*place, node.is_flow, node.lost, entries)


def agrees(text: str) -> bool:
    """Whether a text is read quickly; if so, it is read right."""
    source = Source("a.yaml", text)
    if not is_readable(source, Problems()):
        return False
    quick = read_quickly(source)
    if quick is None:
        return False
    problems = Problems()
    whole = read_whole(source, problems)
    assert not problems.found, text
    assert whole is not None, text
    assert shape_of(quick) == shape_of(whole), text
    return True


def mutations(text: str, dice: random.Random, count: int) -> Iterator[str]:
    """The text with some pieces put in, taken out or moved."""
    for _ in range(count):
        mutated = text
        for _ in range(dice.randint(1, 3)):
            at, to = sorted(dice.randrange(len(mutated) + 1) for _ in range(2))
            to = min(to, at + dice.choice((0, 0, 1, 2, 10)))
            mutated = mutated[:at] + dice.choice((*PIECES, "")) + mutated[to:]
        yield mutated


def test_the_usual_way_of_writing_is_read_quickly() -> None:
    assert agrees(SAMPLE)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_files_and_their_mutations_are_read_right(path: Path) -> None:
    text = path.read_text("utf-8", "surrogateescape")
    agrees(text)
    dice = random.Random(path.name)
    for mutated in mutations(text[:3_000], dice, MUTATIONS):
        agrees(mutated)


@pytest.mark.parametrize("seed", range(20))
def test_small_mutations_of_a_sample_are_read_right(seed: int) -> None:
    dice = random.Random(seed)
    read = sum(agrees(mutated) for mutated in mutations(SAMPLE, dice, 300))
    assert read > 10, "hardly anything was read quickly, so hardly anything was tested"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a:\n",
        "a: b\n c: d\n",
        "a: b\n  c\n",
        "a: &x b\n",
        "a: b\na: c\n",
        "a: {b: c\n}\n",
        "a: {b, c}\n",
        "a: [b: c]\n",
        "a: [b, ]\n",
        "a: |\n  b\n",
        'a: "\\x41"\n',
        "- a\n",
        "--- \na: b\n",
        "a: b\n...\n",
        "a:\tb\n",
        "'a': b\n",
        "a: default(b, 0) >= (3\n",
        "a: [default(b, 0) >= 3]\n",
        "a:\n    b: c\n  d: e\n",
        "  a: b\n",
        "a: b: c\n",
        "a: b:\n",
    ],
)
def test_everything_else_is_left_to_the_whole_of_yaml(text: str) -> None:
    assert read_quickly(Source("a.yaml", text)) is None


def test_depth_is_bounded() -> None:
    assert agrees("a: " + "[" * 30 + "]" * 30)
    assert read_quickly(Source("a.yaml", "a: " + "[" * 60 + "]" * 60)) is None
    assert read_quickly(Source("a.yaml", "a: " + "[" * 200_000)) is None


def test_the_number_of_values_is_bounded() -> None:
    text = f"a: [{'b, ' * NODES_MAX}b]"
    assert read_quickly(Source("a.yaml", text)) is None
