"""Problems as they are shown, sorted and counted."""

import copy
import pickle

import pytest

from tallystick.dsl.problems import (
    KNOWN_MAX,
    MESSAGES,
    PROBLEMS_MAX,
    RETIRED,
    Problem,
    Problems,
    RuleTextError,
    did_you_mean,
    find_misspelt,
    suggestion,
)
from tallystick.dsl.source import Source, Span


def problem(text: str, start: int, end: int, **words: str) -> Problem:
    return Problem("R104", Span(Source("rules.yaml", text), start, end), "unknown name", **words)


def test_rendering() -> None:
    text = "promotions:\n    when: cart.subtotl >= 50.00 EUR\n"
    start = text.index("cart.")
    shown = problem(text, start, start + 12, help="did you mean `cart.subtotal`?").render()
    assert shown.splitlines() == [
        "R104 unknown name",
        "  rules.yaml:2:11",
        "  2 |     when: cart.subtotl >= 50.00 EUR",
        "    |           ^^^^^^^^^^^^",
        "  help: did you mean `cart.subtotal`?",
    ]


def test_tabs_keep_their_width() -> None:
    assert problem("\ta: b", 4, 5).render().splitlines()[-1] == "    | \t   ^"


def test_an_empty_span_is_one_character_wide() -> None:
    assert problem("ab", 2, 2).render().splitlines()[-1] == "    |   ^"


def test_a_span_over_lines_is_underlined_in_its_first() -> None:
    assert problem("ab\ncd", 1, 5).render().splitlines()[-1] == "    |  ^"


@pytest.mark.parametrize(("start", "end"), [(0, 3), (5_000, 5_003), (9_990, 10_000), (0, 10_000)])
def test_a_long_line_is_cut_to_what_is_underlined(start: int, end: int) -> None:
    text = "".join(str(index % 10) for index in range(10_000))
    _, _, line, under = problem(text, start, end).render().splitlines()
    assert len(line) < 200
    shown = line[under.index("^") : under.rindex("^") + 1]
    assert text[start:end].startswith(shown)
    assert len(shown) == min(end - start, 160)


def test_nothing_that_commands_a_terminal_is_shown() -> None:
    problems = Problems()
    span = Span(Source("rules.yaml", "a\x1b[31m\udcff\u202e"), 0, 1)
    problems.add("R104", span, name="b\x1b[31m\u202e\nc")
    shown = problems.found[0].render()
    shown.encode()
    assert not any(character in shown for character in "\x1b\u202e\udcff")
    assert "`b\ufffd[31m\ufffd c`" in shown


def test_a_long_word_is_cut() -> None:
    problems = Problems()
    problems.add("R104", Span(Source("rules.yaml", "a"), 0, 1), name="x" * 10_000_000)
    assert len(problems.found[0].message) < 110
    assert problems.found[0].message.endswith("x…`")


def test_problems_are_sorted_by_place_and_each_is_told_once() -> None:
    first, second = Source("a.yaml", "x\n" * 9), Source("b.yaml", "x")
    problems = Problems()
    for span in (Span(second, 0, 1), Span(first, 8, 9), Span(first, 4, 5), Span(first, 8, 9)):
        problems.add("R104", span, name="x")
    with pytest.raises(RuleTextError) as caught:
        problems.raise_if_any()
    places = [one.span.place[:2] for one in caught.value.problems]
    assert places == [("a.yaml", 3), ("a.yaml", 5), ("b.yaml", 1)]
    assert len(places) == 3 and not caught.value.is_cut


def test_no_problem_raises_nothing() -> None:
    Problems().raise_if_any()


def test_reading_stops_when_nobody_would_read_on() -> None:
    source = Source("rules.yaml", "x" * PROBLEMS_MAX)
    problems = Problems()
    with pytest.raises(RuleTextError) as caught:
        for offset in range(PROBLEMS_MAX + 1):
            problems.add("R104", Span(source, offset, offset + 1), name="x")
    assert len(caught.value.problems) == PROBLEMS_MAX
    assert str(caught.value).endswith(f"\n\n... reading stopped at {PROBLEMS_MAX}")


@pytest.mark.parametrize(
    ("word", "known", "meant"),
    [
        ("curency", ["currency", "timezone"], "currency"),
        ("xyz", ["currency", "timezone"], None),
        ("", ["a"], None),
        ("summer-1999", [f"summer-{number}" for number in range(2_000)], "summer-1999"),
        ("sumer-19", [f"winter-{number}" for number in range(2_000)] + ["summer-19"], "summer-19"),
        ("x" * 10_000, ["y"], None),
    ],
)
def test_suggestion(word: str, known: list[str], meant: str | None) -> None:
    assert suggestion(word, known) == meant
    assert did_you_mean(word, known) == (f"did you mean `{meant}`?" if meant else "")


@pytest.mark.parametrize(
    ("word", "other"),
    [
        ("condition", "description"),
        ("tags", "stage"),
        ("count", "amount"),
        ("weekend", "wed"),
        ("items", "time"),
    ],
)
def test_another_word_is_not_suggested(word: str, other: str) -> None:
    assert suggestion(word, [other]) is None


@pytest.mark.parametrize(
    ("word", "known", "meant"),
    [
        ("subtotl", ["subtotal", "net_subtotal"], "subtotal"),
        ("chanel", ["channel"], "channel"),
        ("quanttiy", ["quantity"], "quantity"),
        ("qunatiy", ["quantity"], "quantity"),
        ("tire", ["tier"], "tier"),
        ("tier", ["tier"], "tier"),
        ("mix_price", ["min_price", "max_price"], None),
        ("tier_3", ["tier_1"], None),
        ("qqy", ["qty"], None),
        ("groupings", ["group"], None),
        ("chnel", ["channel"], None),
    ],
)
def test_a_slip_is_found_where_nothing_else_can_be_meant(
    word: str, known: list[str], meant: str | None
) -> None:
    assert find_misspelt(word, known) == meant


def test_a_suggestion_looks_at_some_names_only() -> None:
    names = (f"name-{number}" for number in range(KNOWN_MAX * 2))
    assert suggestion("x", names) is None
    assert next(names) == f"name-{KNOWN_MAX}"


def test_a_retired_code_is_given_to_nothing_else() -> None:
    assert not RETIRED & MESSAGES.keys()


@pytest.mark.parametrize("code", MESSAGES)
def test_a_message_is_half_a_sentence(code: str) -> None:
    message = MESSAGES[code]
    assert len(code) == 4 and code[0] == "R" and code[1:].isdigit()
    assert not message.endswith(".")
    assert message[0] in "`{" or message[0].islower()


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_errors_can_be_sent_to_another_process(protocol: int) -> None:
    error = RuleTextError([problem("a b", 2, 3), problem("a b", 0, 1)])
    error.add_note("look elsewhere")
    for sent in (pickle.loads(pickle.dumps(error, protocol)), copy.copy(error)):
        assert type(sent) is RuleTextError
        assert (str(sent), sent.render(), sent.is_cut) == (str(error), error.render(), False)
        assert [one.span.place for one in sent.problems] == [
            ("rules.yaml", 1, 1),
            ("rules.yaml", 1, 3),
        ]
        assert sent.__notes__ == ["look elsewhere"]
