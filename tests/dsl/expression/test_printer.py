"""Syntax in, canonical text out."""

import pytest

from tallystick.dsl.expression.parser import parse
from tallystick.dsl.expression.printer import print_expression


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("( a )", "a"),
        ("((a)and(b))", "a and b"),
        ("(a or b)and c", "(a or b) and c"),
        ("a or (b and c)", "a or b and c"),
        ("not(a==b)", "not a == b"),
        ("not(a or b)", "not (a or b)"),
        ("(not a) == b", "(not a) == b"),
        ("(a+b)-c", "a + b - c"),
        ("a-(b+c)", "a - (b + c)"),
        ("a*(b+c)", "a * (b + c)"),
        ("-(a+b)", "-(a + b)"),
        ("- 5", "-5"),
        ("a not   in ['x' ,'y']", 'a not in ["x", "y"]'),
        ("f( a,b )", "f(a, b)"),
        ("a between (1) and 2+3", "a between 1 and 2 + 3"),
        ("12.50 USD", "12.50 USD"),
        ("12.5 USD", "12.50 USD"),
        ("500.00 USD", "500 USD"),
        ("1.250 KWD", "1.25 KWD"),
        ("0.0050 CLF", "0.005 CLF"),
        ("12.50 %", "12.5%"),
        ("1.0", "1.0"),
        ("1.50", "1.5"),
        ("007", "7"),
        ("17:30:00", "17:30"),
        ("17:30:05", "17:30:05"),
        ("2026-01-31T09:30:00+00:00", "2026-01-31T09:30Z"),
        ("2026-01-31T09:30+02:00", "2026-01-31T09:30+02:00"),
        ("2026-01-31T09:30", "2026-01-31T09:30"),
        ("2 weeks", "14 days"),
        ("1 days", "1 day"),
        ("36 hours", "36 hours"),
        ("90 minutes", "90 minutes"),
        ("0 minutes", "0 days"),
        (r"'it\'s \"\u0007\"'", r'"it' + "'" + r's \"\u0007\""'),
        (r"'é\n\t\\'", r'"é\n\t\\"'),
    ],
)
def test_every_construct_has_one_spelling(text: str, canonical: str) -> None:
    assert print_expression(parse(text)) == canonical
    assert print_expression(parse(canonical)) == canonical
