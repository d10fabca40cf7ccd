"""YAML in its strict subset: what is read, what is refused, and where."""

import time
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tallystick.dsl.loader import load_sources
from tallystick.dsl.problems import Problems, RuleTextError
from tallystick.dsl.source import Source
from tallystick.dsl.tree.nodes import Mapping, Node, Scalar, Sequence
from tallystick.dsl.tree.reader import FILE_BYTES_MAX, FORBIDDEN, is_readable, read_document


def read(text: str) -> tuple[Node | None, list[str]]:
    problems = Problems()
    root = read_document(Source("rules.yaml", text), problems)
    return root, [problem.code for problem in problems.found]


def plain(node: Node | None) -> Any:
    if isinstance(node, Mapping):
        return {key.text: plain(value) for key, value in node.entries}
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    assert node is not None
    return node.text


@pytest.mark.parametrize(
    "text", ["NO", "on", "1:30", "0123", "1.10", "null", "~", "2026-01-31", "1e3", "0x1F", "yes"]
)
def test_a_scalar_is_text_whatever_it_looks_like(text: str) -> None:
    root, codes = read(f"{text}: {text}")
    assert plain(root) == {text: text}
    assert codes == []


@pytest.mark.parametrize("text", ["", "\n", "# nothing\n", "---\n", "\ufeff", "--- # nothing"])
def test_an_empty_file_has_no_sections(text: str) -> None:
    root, codes = read(text)
    assert plain(root) == {}
    assert codes == []


TREES = st.recursive(
    st.text(st.sampled_from("ab:,é😀 '-#\n"), max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.text(st.sampled_from("abcé #"), min_size=1, max_size=5), inner, max_size=3
        )
    ),
    max_leaves=12,
)


@given(TREES, st.sampled_from([None, True, False]), st.booleans())
def test_the_same_tree_as_any_yaml_reader(tree: Any, flow: bool | None, is_unicode: bool) -> None:
    class Dumper(yaml.SafeDumper):
        def ignore_aliases(self, data: Any) -> bool:
            return True

    text = yaml.dump(
        {"root": tree}, Dumper=Dumper, default_flow_style=flow, allow_unicode=is_unicode
    )
    if "? " in text:
        return
    root, codes = read(text)
    assert codes == []
    assert plain(root) == yaml.load(text, Loader=yaml.BaseLoader)


@pytest.mark.parametrize("start", ["", "\ufeff", "# é😀\r\n", "\r\n\r\n"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_places_count_characters(start: str, end: str) -> None:
    text = f"{start}été: ☀️{end}b:{end}  - {{c: 'd', e: [f]}}{end}  - g{end}"
    root, codes = read(text)
    assert codes == []

    def check(node: Node) -> None:
        raw = text[node.start : node.end]
        if isinstance(node, Scalar):
            assert raw.strip("'") == node.text
        elif node.is_flow:
            assert (raw[0], raw[-1]) in (("{", "}"), ("[", "]"))
        else:
            assert raw.startswith(("été", "- {"))
            assert raw.endswith("g")
        children = node.items if isinstance(node, Sequence) else []
        if isinstance(node, Mapping):
            children = [*node.keys.values(), *node.values.values()]
        for child in children:
            check(child)

    assert root is not None
    check(root)


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("a: 1\na: 2", "R006", (2, 1)),
        ("a: &b c", "R007", (1, 4)),
        ("a: *b", "R007", (1, 4)),
        ("a: [b, *c]", "R007", (1, 8)),
        ("a: &b [c]", "R007", (1, 4)),
        ("<<: {a: b}", "R008", (1, 1)),
        ("a: !!str b", "R009", (1, 4)),
        ("a: ! b", "R009", (1, 4)),
        ("a: !x {b: c}", "R009", (1, 4)),
        ("a: b\n--- \nc: d", "R010", (2, 1)),
        ("? [a]\n: b", "R011", (1, 3)),
        ("? {a: b}\n: c", "R011", (1, 3)),
        ("%YAML 1.1\n---\na: b", "R012", (1, 1)),
        ("%TAG ! !x\n---\na: b", "R012", (1, 1)),
        ("a: b\0", "R004", (1, 5)),
        ("a: b\x1b[31m", "R004", (1, 5)),
        ("a:\x85 b", "R004", (1, 3)),
        ("a: b\u2028c: d", "R004", (1, 5)),
        ("a: b\ud800", "R004", (1, 5)),
        ("a: b\udcff", "R005", (1, 5)),
        ('a: "b\\0"', "R004", (1, 6)),
        ("a: [" + "[" * 64, "R003", (1, 67)),
    ],
)
def test_what_is_refused(text: str, code: str, place: tuple[int, int]) -> None:
    problems = Problems()
    read_document(Source("rules.yaml", text), problems)
    assert [(one.code, one.span.place[1:]) for one in problems.found] == [(code, place)]


def test_quoted_like_a_merge_key_is_a_text() -> None:
    assert plain(read("'<<': a")[0]) == {"<<": "a"}


def test_sixty_four_levels_are_read() -> None:
    root, codes = read("[" * 64 + "]" * 64)
    assert codes == []
    assert isinstance(root, Sequence)


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("when: [default(orders, 0) >= 3, b]", ["default(orders, 0) >= 3"]),
        ("when: [a, default(orders, 0) >= 3]", ["default(orders, 0) >= 3"]),
        ("{if: default(orders, 0) >= 3, on: b}", ["default(orders, 0) >= 3"]),
        ('when: [sku in ["A", "B"], b]', ['sku in ["A", "B"]']),
        ("when: [sku in [A, B]]", ["sku in [A, B]"]),
        ('on: {on: sku in ("A", "B"), pick: c}', ['sku in ("A", "B")']),
        ('- name == "a: b"', ['name == "a: b"']),
        ('[name == "a: b, c", d]', ['name == "a: b, c"']),
        ('{on: name == "a: b", pick: d}', ['name == "a: b"']),
        ('- "a" in b', ['"a" in b']),
        ("name: Summer: 20 %", ["Summer: 20 %"]),
        ('a: "b" c\nd: "e" f', ['"b" c', '"e" f']),
        ('[default(a, 0) > 1, b, "c" in d]', ["default(a, 0) > 1", '"c" in d']),
    ],
)
def test_a_text_that_yaml_splits_is_put_together(text: str, whole: list[str]) -> None:
    problems = Problems()
    root = read_document(Source("rules.yaml", text), problems)
    assert {one.code for one in problems.found} == {"R014"}
    found = sorted(problems.found, key=lambda one: one.span.start)
    assert [text[one.span.start : one.span.end] for one in found] == whole
    assert [one.fix for one in found] == [f"'{part}'" for part in whole]
    for part in whole:
        assert f"'{part}'" in str(plain(root))


@pytest.mark.parametrize(
    "text",
    [
        "when: [qty(a) >= 3, b]",
        'a: {b: 19" screen, c: 20" screen}',
        "a: {b: smile :(, c: d}",
        "a: default(orders, 0) >= 3",
        "a:\n  - f(b, c)\n  - d",
        'a: sku in ["A", "B"]',
    ],
)
def test_a_text_that_yaml_keeps_whole_is_left_alone(text: str) -> None:
    assert read(text)[1] == []


def test_the_rest_of_a_file_is_read_behind_a_split_text() -> None:
    root, codes = read('a: "b" c\nd: [e\n')
    assert root is None
    assert codes == ["R014", "R001"]


HOSTILE: dict[str, Callable[[], str]] = {
    "brackets": lambda: "[" * 200_000,
    "braces": lambda: "{a: " * 200_000,
    "dashes": lambda: "- " * 200_000,
    "question marks": lambda: "? " * 200_000,
    "parentheses": lambda: "a: [" + "(" * 5_000_000 + "]",
    "open quotes": lambda: 'a: "' + "x\n " * 3_000_000,
    "laughs": lambda: "a: &a [x]\n" + "b: [" + "*a," * 300_000 + "]",
    "empty mappings": lambda: "a: [" + "{}," * 2_400_000 + "]",
    "split texts": lambda: "a: [" + "f(b, c)," * 300_000 + "]",
    "keys": lambda: "".join(f"{i}: a\n" for i in range(900_000)),
    "too large": lambda: "a" * (FILE_BYTES_MAX + 1),
    "too large in bytes": lambda: "a: " + "é" * (FILE_BYTES_MAX // 2),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_ends_in_an_error(name: str) -> None:
    sources = [Source("rules.yaml", HOSTILE[name]())]
    start = time.process_time()
    with pytest.raises(RuleTextError):
        load_sources(sources)
    assert time.process_time() - start < 3  # two on an idle machine


@pytest.mark.parametrize("beside", ["", "é"])
def test_every_character_is_allowed_or_not_whatever_else_is_there(beside: str) -> None:
    for code in range(0x100):
        text = f"a: {chr(code)}{beside}"
        is_allowed = not FORBIDDEN.search(text)
        assert is_readable(Source("a.yaml", text), Problems()) is is_allowed, code
