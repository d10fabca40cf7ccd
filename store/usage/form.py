"""What codes are to look like in, codes and the odds of guessing one out.

A form is a text with places for random characters in it: `SUMMER-####`. Codes are upper-cased, as
those of carts are, and come from a source of randomness that nobody can foresee.

Worked example: with 8 characters out of 32 there are 32**8 = 1,099,511,627,776 codes. A pool with a
million of them is guessed with 1 in 1,099,511 tries, which is just safe.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from math import gcd

import msgspec
from msgspec import Struct

from ..asking import is_id
from ..errors import StoreError

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # without 0, O, 1 and I, which look alike
LENGTH = 10  # random characters, unless the form says otherwise
LENGTH_MAX = 64  # of a whole code
SAFEST = 1_000_000  # tries that a guess has to take at least
FORMULA = "=+-@"  # what makes a spreadsheet take a text for a formula, if it comes first

Chance = Callable[[int], bytes]  # so many random bytes
chance: Chance = secrets.token_bytes


class CodeForm(Struct, frozen=True, omit_defaults=True):
    """How codes look: `pattern` (each `#` is a random character) or `length` between two texts."""

    length: int | None = None
    charset: str = ALPHABET
    prefix: str = ""
    postfix: str = ""
    pattern: str | None = None


TEN = CodeForm()  # ten characters that are easily read


class Odds(Struct, frozen=True):
    """The odds of guessing a code of a pool: exactly `numerator` / `denominator`, lowest terms."""

    codes: int  # in the pool, when it is filled
    space: int  # codes of this form
    numerator: int
    denominator: int

    @property
    def tries(self) -> int:
        """How many guesses it takes on average, rounded down."""
        return self.space // self.codes

    def __str__(self) -> str:
        return f"1 in {self.tries:,}"

    @property
    def words(self) -> str:
        """The odds as one tells them.

        >>> odds_of(1_000_000, 32**8).words
        '1,000,000 codes of 1,099,511,627,776 that look like them: a guess finds one 1 in 1,099,511'
        """
        return (
            f"{self.codes:,} codes of {self.space:,} that look like them: a guess finds one {self}"
        )


def odds_of(codes: int, space: int) -> Odds:
    """The odds of guessing one of so many codes out of all of a form."""
    shared = gcd(codes, space)
    return Odds(codes, space, codes // shared, space // shared)


class Mould:
    """A form that was read, and makes codes. Raises `StoreError` for one that makes no sense."""

    def __init__(self, form: CodeForm) -> None:
        self.form = form
        self.charset = read_charset(form.charset)
        pattern = form.pattern
        if pattern is None:
            length = LENGTH if form.length is None else form.length
            check(1 <= length <= LENGTH_MAX, "length", f"1 to {LENGTH_MAX}", length)
            pattern = "#" * length
        else:
            check(form.length is None, "length", "no length beside a pattern", form.length)
            check("#" in pattern, "pattern", "a `#` for each random character", pattern)
        texts = re.split("#+", pattern)
        texts[0] = form.prefix + texts[0]
        texts[-1] += form.postfix
        self.texts = [read_text(text, form) for text in texts]
        self.runs = [len(run) for run in re.findall("#+", pattern)]  # between the texts
        self.count = sum(self.runs)
        size = self.count + sum(map(len, self.texts))
        check(size <= LENGTH_MAX, "pattern", f"codes of at most {LENGTH_MAX} characters", size)
        is_formula = self.texts[0].startswith(tuple(FORMULA))
        check(not is_formula, "prefix", f"none of {FORMULA} in front", self.texts[0])

    @property
    def space(self) -> int:
        """How many codes there are of this form."""
        return int(len(self.charset) ** self.count)

    def odds(self, codes: int) -> Odds:
        """The odds of guessing one of so many. Raises `StoreError` unless that is safe."""
        odds = odds_of(codes, self.space)
        least = self.least(codes)
        if codes > self.space:
            raise StoreError(
                "too_few_codes", "count", codes=f"{codes:,}", space=f"{self.space:,}", least=least
            )
        if odds.tries < SAFEST:
            raise StoreError(
                "guessable",
                "count",
                codes=f"{codes:,}",
                space=f"{self.space:,}",
                odds=f"one in {odds.tries:,}",
                safest=f"one in {SAFEST:,}",
                least=least,
            )
        return odds

    def least(self, codes: int) -> int:
        """How many random characters make so many codes safe."""
        least = 1
        while len(self.charset) ** least // codes < SAFEST:
            least += 1
        return least

    def make(self, count: int, draw: Chance) -> list[str]:
        """So many codes, each by chance: the same may come twice."""
        characters = self.draw(count * self.count, draw)
        codes = [self.texts[0]] * count
        place = 0
        for size, text in zip(self.runs, self.texts[1:], strict=True):
            places = range(place, place + count * size, size)
            codes = [
                code + characters[at : at + size] + text
                for code, at in zip(codes, places, strict=True)
            ]
            place += count * size
        return codes

    def draw(self, count: int, draw: Chance) -> str:
        """So many random characters, each as likely as any other.

        A byte stands for a character by its remainder. The last bytes, which would make some
        characters likelier than others, are thrown away.
        """
        fair = 256 - 256 % len(self.charset)
        unfair = bytes(range(fair, 256))
        table = {byte: self.charset[byte % len(self.charset)] for byte in range(fair)}
        found: list[str] = []
        missing = count
        while missing > 0:
            taken = draw(missing * 256 // fair + 16).translate(None, unfair)[:missing]
            found.append(taken.decode("latin-1").translate(table))
            missing -= len(taken)
        return "".join(found)


def read_charset(text: str) -> str:
    """The characters that codes are made of, upper-cased, each once."""
    found = "".join(dict.fromkeys(text.upper()))
    check(2 <= len(found) <= 256, "charset", "2 to 256 different characters", len(found))
    bad = [one for one in text if not is_plain(one) or one in FORMULA + "#"]
    expected = f"letters, digits and signs, none of {FORMULA}#"
    check(not bad, "charset", expected, "".join(bad))
    return found


def read_text(text: str, form: CodeForm) -> str:
    """Text in front, behind or between, upper-cased."""
    bad = [one for one in text if not is_plain(one)]
    path = next((name for name in ("prefix", "postfix") if set(bad) & set(getattr(form, name))), "")
    check(not bad, path or "pattern", "letters, digits and signs, no spaces", "".join(bad))
    return text.upper()


def is_plain(character: str) -> bool:
    """Whether a character can stand anywhere in a code, and is one character in capitals."""
    is_shown = character.isprintable() and is_id(character)
    return is_shown and len(character.upper()) == 1


def check(is_right: bool, path: str, expected: str, got: object) -> None:
    """Raise `StoreError` for a form that is not right."""
    if not is_right:
        raise StoreError("bad_value", path, expected=expected, got=repr(got))


def spell(form: CodeForm) -> str:
    """A form as pools keep it: JSON."""
    return msgspec.json.encode(form).decode()
