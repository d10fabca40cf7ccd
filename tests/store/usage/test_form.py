"""Forms of codes: what they make, how many there are, and how easily one is guessed."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest

from tallystick.store.errors import StoreError
from tallystick.store.usage.form import ALPHABET, SAFEST, CodeForm, Mould, chance, odds_of


def make(form: CodeForm, count: int = 200) -> list[str]:
    """Some codes of a form."""
    return Mould(form).make(count, chance)


def test_codes_are_ten_characters_that_nobody_confuses() -> None:
    assert len(ALPHABET) == 32 and not set("01OI") & set(ALPHABET)
    for code in make(CodeForm()):
        assert len(code) == 10 and set(code) <= set(ALPHABET)


def test_a_pattern_says_where_random_characters_go() -> None:
    form = CodeForm(pattern="a##-###!", charset="xy", prefix="no ".strip(), postfix="z")
    for code in make(form):
        assert code.startswith("NOA") and code.endswith("!Z") and code[5] == "-"
        assert set(code[3:5] + code[6:9]) <= {"X", "Y"}
    assert Mould(form).space == 2**5


def test_a_prefix_may_hold_the_sign_of_random_characters() -> None:
    assert all(code.startswith("#1-") for code in make(CodeForm(prefix="#1-", length=3)))


def test_codes_are_what_carts_make_of_them() -> None:
    for form in (CodeForm(charset="äbcß".replace("ß", "")), CodeForm(prefix="été-"), CodeForm()):
        assert all(code == code.strip().upper() for code in make(form))


def test_a_character_that_is_there_twice_counts_once() -> None:
    assert Mould(CodeForm(charset="abAB", length=3)).space == 8


@pytest.mark.parametrize("size", [2, 3, 10, 32, 33, 100, 255, 256])
def test_every_character_is_as_likely_as_any_other(size: int) -> None:
    """Of every byte that is not thrown away each character has the same number."""
    charset = "".join(chr(0x4E00 + number) for number in range(size))
    source = bytes(range(256)) * size
    seen: list[int] = []

    def draw(count: int) -> bytes:
        start = sum(seen)
        seen.append(count)
        return (source * 8)[start : start + count]

    mould = Mould(CodeForm(charset=charset, length=1))
    fair = 256 - 256 % size
    made = mould.draw(fair, draw)
    assert {made.count(one) for one in charset} == {fair // size}


def test_odds_are_exact() -> None:
    odds = odds_of(1_000_000, 32**8)
    assert Fraction(odds.numerator, odds.denominator) == Fraction(1_000_000, 32**8)
    assert (str(odds), odds.tries) == ("1 in 1,099,511", 1_099_511)
    assert odds.words == (
        "1,000,000 codes of 1,099,511,627,776 that look like them: a guess finds one 1 in 1,099,511"
    )


def test_a_million_codes_want_eight_characters() -> None:
    assert Mould(CodeForm(length=8)).odds(1_000_000).tries >= SAFEST
    with pytest.raises(StoreError, match="Give it 8 random characters or more") as raised:
        Mould(CodeForm(length=7)).odds(1_000_000)
    assert raised.value.code == "guessable"
    assert "one in 34,359 guesses finds one, and one in 1,000,000 is the most" in str(raised.value)


def test_more_codes_than_there_are_cannot_be() -> None:
    with pytest.raises(StoreError, match="1,025 codes are more than the 1,024") as raised:
        Mould(CodeForm(length=2)).odds(1_025)
    assert raised.value.code == "too_few_codes"
    assert "Give it 6 random characters or more" in str(raised.value)


@pytest.mark.parametrize(
    ("form", "path"),
    [
        (CodeForm(length=0), "length"),
        (CodeForm(length=65), "length"),
        (CodeForm(length=4, pattern="##"), "length"),
        (CodeForm(pattern="SUMMER"), "pattern"),
        (CodeForm(pattern="A #"), "pattern"),
        (CodeForm(pattern="=##"), "prefix"),
        (CodeForm(prefix="-"), "prefix"),
        (CodeForm(prefix="A B"), "prefix"),
        (CodeForm(postfix="A\tB"), "postfix"),
        (CodeForm(prefix="straße"), "prefix"),
        (CodeForm(prefix="P" * 60), "pattern"),
        (CodeForm(charset="A"), "charset"),
        (CodeForm(charset="AB "), "charset"),
        (CodeForm(charset="AB="), "charset"),
        (CodeForm(charset="AB#"), "charset"),
        (CodeForm(charset="AB\u3164"), "charset"),
        (CodeForm(prefix="A\ufe0f"), "prefix"),
        (CodeForm(charset="aß"), "charset"),
        (CodeForm(charset="".join(map(chr, range(0x4E00, 0x4F01)))), "charset"),
    ],
    ids=str,
)
def test_a_form_that_makes_no_sense_is_told(form: CodeForm, path: str) -> None:
    with pytest.raises(StoreError) as raised:
        Mould(form)
    assert raised.value.path == path


def test_codes_are_the_same_for_the_same_chance() -> None:
    draws = [random.Random(7).randbytes for _ in range(2)]
    first, second = (Mould(CodeForm()).make(50, draw) for draw in draws)
    assert first == second
