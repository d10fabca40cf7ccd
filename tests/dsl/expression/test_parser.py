"""Expression texts in, syntax or worded refusals out."""

import pytest

from tallystick.dsl.expression.mistake import LiteralError, Mistake, ParseError
from tallystick.dsl.expression.parser import LENGTH_MAX, parse, parse_anew
from tallystick.dsl.expression.syntax import (
    AllOf,
    AnyOf,
    Between,
    Boolean,
    Call,
    Listing,
    Minus,
    Moment,
    Money,
    Name,
    Negation,
    Node,
    Number,
    Product,
    Relation,
    Sum,
    Text,
)
from tallystick.dsl.kinds import DAY_US, Kind


def integer(value: int) -> Number:
    return Number(Kind.INTEGER, value)


A, B, C = Name("a"), Name("b"), Name("c")
ONE, TWO, THREE = integer(1), integer(2), integer(3)


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("a or b and c", AnyOf((A, AllOf((B, C))))),
        ("(a or b) and c", AllOf((AnyOf((A, B)), C))),
        ("a and (b and c)", AllOf((A, B, C))),
        ("(a or b) or c", AnyOf((A, B, C))),
        ("not a == 1", Negation(Relation(A, "==", ONE))),
        ("not a and b", AllOf((Negation(A), B))),
        ("not not a", Negation(Negation(A))),
        ("a + 1 < b * 2", Relation(Sum(A, (("+", ONE),)), "<", Product(B, (("*", TWO),)))),
        ("1 - 2 - 3", Sum(ONE, (("-", TWO), ("-", THREE)))),
        ("1 - (2 - 3)", Sum(ONE, (("-", Sum(TWO, (("-", THREE),))),))),
        ("(1 - 2) - 3", Sum(ONE, (("-", TWO), ("-", THREE)))),
        ("1 / 2 * 3", Product(ONE, (("/", TWO), ("*", THREE)))),
        ("-1 * 2", Product(Minus(ONE), (("*", TWO),))),
        ("1 - -2", Sum(ONE, (("-", Minus(TWO)),))),
        ("a between 1 and 2 and b", AllOf((Between(A, ONE, TWO), B))),
        ('a in ["x", "y"]', Relation(A, "in", Listing((Text("x"), Text("y"))))),
        ("a not  in []", Relation(A, "not in", Listing(()))),
        ("a has  any b", Relation(A, "has any", B)),
        ("a has all b", Relation(A, "has all", B)),
        ("a has 'x'", Relation(A, "has", Text("x"))),
        ("a starts_with 'x'", Relation(A, "starts_with", Text("x"))),
        ("f()", Call("f", ())),
        ("any(a or b, 1)", Call("any", (AnyOf((A, B)), ONE))),
        ("cart.attributes.über_1", Name("cart.attributes.über_1")),
        ("andy or nota or inx", AnyOf((Name("andy"), Name("nota"), Name("inx")))),
        ("a\n and\tb", AllOf((A, B))),
    ],
)
def test_precedence_is_as_in_python(text: str, node: Node) -> None:
    assert parse(text) == node


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("true", Boolean(True)),
        ("false", Boolean(False)),
        ("12", integer(12)),
        ("1.50", Number(Kind.DECIMAL, 1_500_000)),
        ("500 USD", Money(500_000_000, "USD")),
        ("12.30 KWD", Money(12_300_000, "KWD")),
        ("12.5%", Number(Kind.PERCENT, 125_000)),
        ("2026-01-31", Number(Kind.DATE, 20_484)),
        ("2026-01-31T09:30", Moment((20_484 * 1440 + 570) * 60_000_000)),
        ("2026-01-31T09:30:00Z", Moment((20_484 * 1440 + 570) * 60_000_000, 0)),
        ("2026-01-31T09:30-05:30", Moment((20_484 * 1440 + 570) * 60_000_000, -330)),
        ("00:01", Number(Kind.TIME, 60_000_000)),
        ("2 weeks", Number(Kind.DURATION, 14 * DAY_US)),
        (r'"a\"\\\n\t\u00e9\'"', Text("a\"\\\n\té'")),
        (r"'it\'s \"'", Text("it's \"")),
        ('"a # b"', Text("a # b")),
    ],
)
def test_literals_are_read_once(text: str, node: Node) -> None:
    assert parse(text) == node


def test_nodes_know_their_places() -> None:
    text = "not (a  or b)  and f( c ) >= 1 + 2"
    node = parse(text)
    assert isinstance(node, AllOf)
    negation, relation = node.items
    assert isinstance(negation, Negation)
    assert isinstance(relation, Relation)

    def shown(node: Node) -> str:
        return text[node.start : node.end]

    assert shown(node) == text
    assert shown(negation) == "not (a  or b)"
    assert shown(negation.item) == "(a  or b)"
    assert shown(relation.left) == "f( c )"
    assert shown(relation.right) == "1 + 2"


@pytest.mark.parametrize(
    ("text", "code", "found", "help"),
    [
        ("", "R101", "", "cart.quantity"),
        ("  ", "R101", "  ", "cart.quantity"),
        ("a b", "R102", "b", "an operator or the end"),
        ("a, b", "R102", ",", "the end"),
        ("a and or b", "R102", "or", "a value"),
        ("f(a b)", "R102", "b", "`,`"),
        ("a between 1 or 2", "R102", "or", "`and`"),
        ("a AND b", "R102", "AND", "`and`"),
        ("a > 1 AND b", "R102", "AND", "`and`"),
        ("a contains b", "R102", "contains", "`has`"),
        ("a is b", "R102", "is", "`==`"),
        ("a > 500 usd", "R102", "usd", "`500 USD`"),
        ("a > 12.5EUR", "R102", "EUR", "`12.5 EUR`"),
        ("(a]", "R102", "]", "`)`"),
        ("f(a or (b)", "R103", "(", "`)` is missing"),
        ("a in [1, 2", "R103", "[", "`]` is missing"),
        ('a == "b', "R105", '"b', "close it"),
        ("a == 'b", "R105", "'b", "close it"),
        ("a == “b”", "R106", "“", "straight quotes"),
        ("a == .5", "R106", ".", "0.5"),
        ("a == $5", "R106", "$", "500 USD"),
        ("a % 5", "R106", "%", "no remainder"),
        ("a \x00 b", "R106", "\x00", ""),
        ("1 < a < 3", "R107", "<", "compare twice"),
        ("a == b in c", "R107", "in", "compare twice"),
        ("a = b", "R108", "=", "`==`"),
        ("a && b", "R109", "&&", "`and`"),
        ("a || b", "R109", "||", "`or`"),
        ("!a", "R109", "!", "`not`"),
        ("a => b", "R109", "=>", "`>=`"),
        ("a =< b", "R109", "=<", "`<=`"),
        ("a <> b", "R109", "<>", "`!=`"),
        ("a === b", "R109", "===", "`==`"),
        ("a ≥ b", "R109", "≥", "`>=`"),
        (r'"\q"', "R112", r"\q", "escapes"),
        (r'"\ud800"', "R112", r"\ud800", "escapes"),
        (r'a == "\u00"', "R112", r"\u", "escapes"),
        ("a and", "R113", "", "a value"),
        ("a between 1", "R113", "", "`and`"),
        ("f(a,", "R113", "", "a value"),
        ("a) and b", "R114", ")", "open it before"),
    ],
)
def test_refusals_teach(text: str, code: str, found: str, help: str) -> None:
    with pytest.raises(ParseError) as caught:
        parse(text)
    mistake = caught.value
    assert (mistake.code, text[mistake.start : mistake.end]) == (code, found)
    assert help in mistake.help


@pytest.mark.parametrize(
    ("text", "code", "found"),
    [
        ("a > 1,000 USD", "R124", "1,000 USD"),
        ("a > 0.1234567 USD", "R123", "0.1234567"),
        ("a > 101%", "R128", "101%"),
        ("a > 0.00001%", "R127", "0.00001%"),
        ("a > 0.0000001", "R132", "0.0000001"),
        ("a > 2000000000000000000", "R130", "2000000000000000000"),
        ("a == 2026-02-30", "R133", "2026-02-30"),
        ("a == 7:30", "R134", "7:30"),
        ("a == 2026-01-31T25:00", "R135", "2026-01-31T25:00"),
        ("a > 3 months", "R137", "3 months"),
    ],
)
def test_a_wrong_literal_is_refused_whole(text: str, code: str, found: str) -> None:
    with pytest.raises(LiteralError) as caught:
        parse(text)
    mistake = caught.value
    assert (mistake.code, text[mistake.start : mistake.end]) == (code, found)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 4000 + "a" + ")" * 4000,
        "(" * 9999,
        "[" * 9999,
        "not " * 2400 + "a",
        "-" * 9000 + "1",
        "not (" * 62 + "not not a" + ")" * 62,
        "f(" * 3000,
    ],
)
def test_deep_nesting_is_refused(text: str) -> None:
    with pytest.raises(ParseError) as caught:
        parse(text)
    assert caught.value.code == "R110"


def test_long_rows_are_not_deep() -> None:
    assert isinstance(parse("a and " * 1500 + "b"), AllOf)
    assert isinstance(parse("1 + " * 2400 + "1"), Sum)


def test_the_length_is_bounded() -> None:
    assert isinstance(parse("a" * LENGTH_MAX), Name)
    with pytest.raises(ParseError) as caught:
        parse("a" * (LENGTH_MAX + 1))
    assert caught.value.code == "R111"


def test_parsing_is_remembered() -> None:
    assert parse("a and b and c") is parse("a and b and c")
    assert parse_anew("a and b") == parse("a and b")


def test_a_certain_mend_is_a_fix() -> None:
    with pytest.raises(Mistake) as caught:
        parse("a = b")
    assert caught.value.fix == "=="
