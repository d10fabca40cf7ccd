"""What can be wrong with rule text: one table of codes, one shape, one rendering.

A problem is found, collected and shown with all the others of all files; only then is
`RuleTextError` raised, once, holding them sorted by place. Codes are never reused or renumbered.

R0xx: the file and its YAML. R1xx: expressions. R2xx: the shape of a document (keys and values).
R3xx: rules that contradict each other or themselves. R4xx: tests in rule files.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import islice
from typing import Any, Literal

from .source import Source, Span

Severity = Literal["error", "warning", "note"]
# What the letter of a code says. Warnings and notes have their table in `audit.concerns`.
SEVERITIES: dict[str, Severity] = {"R": "error", "W": "warning", "N": "note"}

PROBLEMS_MAX = 100  # LIMIT: more than a person would read; reading stops there

# Characters that would confuse or command a terminal, and halves of surrogate pairs, which cannot
# be written at all.
UNSEEN = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")
# LIMIT: words looked at for a suggestion, and compared letter by letter. A rule set may have
# thousands of names, and as many of them wrong as problems are collected.
KNOWN_MAX = 10_000
NEAR_MAX = 150
NEAR_LETTERS_MAX = 2_500  # LIMIT: long words are compared with fewer others, each costs its square
LIKENESS_MIN = 3 / 4  # of a word that is suggested; below it, other words are meant too often
WORD_MAX = 80  # characters of an author's text shown in a message

# Codes of older versions, which mean nothing any more and will never mean anything else.
RETIRED = frozenset(("R202",))  # a loyalty section, when they were not read
# Message templates by code. Lower case, no full stop, user text in backticks.
MESSAGES: dict[str, str] = {
    "R001": "this cannot be read: {what}",
    "R002": "the file has more than 10 MB",
    "R003": "more than {levels} levels of lists and mappings inside each other",
    "R004": "the character {name} is not allowed in a rule file",
    "R005": "the byte {byte} is not UTF-8",
    "R006": "the key `{key}` is given twice",
    "R007": "anchors and aliases are not read: `{name}`",
    "R008": "merge keys are not read",
    "R009": "tags are not read: `{tag}`",
    "R010": "a second document in one file",
    "R011": "a key must be a text",
    "R012": "directives are not read",
    "R013": "a comment directly behind an expression without quotes",
    "R014": "a text without quotes that YAML splits",
    "R015": "more than 500,000 values in one file",
    "R101": "there is no expression here",
    "R102": "`{found}` does not fit here",
    "R103": "`{found}` is never closed",
    "R104": "unknown name `{name}`",
    "R105": "this text has no closing quote",
    "R106": "`{found}` is no part of an expression",
    "R107": "comparisons do not chain",
    "R108": "`=` compares nothing",
    "R109": "`{found}` is no operator here",
    "R110": "this is nested more than {most} deep",
    "R111": "this expression is longer than {most} characters",
    "R112": "`{found}` stands for no character",
    "R113": "the expression ends too early",
    "R114": "`{found}` closes nothing",
    "R120": "`{text}` is not an amount of money",
    "R121": "the amount `{text}` has no currency",
    "R122": "`{found}` is not the currency of the rule set",
    "R123": "`{text}` has more decimals than {currency} has",
    "R124": "thousands separators are not read, as in `{text}`",
    "R125": "`{text}` is out of range: an amount goes from 0 to {maximum}",
    "R126": "`{text}` is not a percentage",
    "R127": "`{text}` has more than 4 decimals",
    "R128": "`{text}` is out of range: a percentage goes from 0% to 100%",
    "R129": "`{text}` is not a whole number",
    "R130": "`{text}` is out of range: it goes from {low} to {high}",
    "R131": "`{text}` is not a number",
    "R132": "`{text}` has more than 6 decimals",
    "R133": "`{text}` is not a date",
    "R134": "`{text}` is not a time of day",
    "R135": "`{text}` is not a date with a time",
    "R136": "`{text}` is not a duration",
    "R137": "`{text}` has no fixed length",
    "R138": "`{text}` is not a stretch of time",
    "R139": "nothing lies in `{text}`",
    "R140": "there is no function `{name}`",
    "R141": "`{name}` takes {needed}, not {found}",
    "R142": "`{name}` is a field of a line, and there is no line here",
    "R143": "`{name}` speaks of a line, and there is no line here",
    "R144": "`{name}` looks at all lines, which has no place inside a question about one line",
    "R145": "`{name}` belongs to loyalty rules, and this is none",
    "R146": "the attribute `{name}` is not declared",
    "R147": "{left} cannot be compared with {right}",
    "R148": "a condition is needed here, and this is {noun}",
    "R149": "{noun} has no order",
    "R150": "{noun} is not compared with `{operator}`",
    "R151": "{what} has no meaning",
    "R152": "neither side of this product is constant",
    "R153": "{what} by zero",
    "R154": "`{name}` may be missing, and then this has no answer",
    "R155": "`{name}` is never missing",
    "R156": "a constant is needed here",
    "R157": "these numbers are too large to be compared exactly",
    "R158": "a field is compared with itself",
    "R159": "`{value}` is no day of the week",
    "R160": "`{operator}` looks into a list, and this is {noun}",
    "R161": "`{operator}` asks a set, and this is {noun}",
    "R162": "`has` asks for one text, and this is a list",
    "R163": "a list holds constants of one kind, and this is {noun}",
    "R164": "{noun} cannot be calculated with",
    "R165": "`starts_with` compares two texts, and this is {noun}",
    "R166": "a date moves by whole days",
    "R167": "{noun} cannot stand in for {needed}",
    "R168": "this divisor is not constant",
    "R169": "`default` stands in for a missing field, and this is no field",
    "R170": "`{name}` cannot be the name of a definition",
    "R171": "`{name}` has a meaning in expressions already",
    "R172": "`{name}` is defined twice",
    "R173": "`{name}` is defined by itself",
    "R174": "`{name}` stands on more than {most} definitions, one on top of the other",
    "R175": "this condition has more than {parts} parts or {levels} levels",
    "R176": "a definition is an expression or a list of texts",
    "R180": "`{key}` is `true` or `false`",
    "R181": "`{key}` takes {needed}",
    "R182": "`{key}` has no key `{name}`",
    "R183": "`{text}` is not a number of points",
    "R184": "`{text}` has more decimals than these points have",
    "R185": "`{text}` is nothing that can be given",
    "R186": "`{text}` is not a period",
    "R187": "`{text}` is nothing at all",
    "R201": "unknown section `{name}`",
    "R203": "unknown key `{key}` in {owner}",
    "R204": "{owner} needs `{key}`",
    "R205": "{expected} is needed here, and this is {found}",
    "R206": "`{text}` is no {noun}",
    "R207": "there is no value here",
    "R208": "`{name}` cannot be a name",
    "R209": "there are two `{name}` in the section `{section}`",
    "R210": "there are two sections `ruleset`",
    "R211": "`{text}` is no currency with minor units",
    "R212": "`{text}` is no time zone",
    "R213": "version {text} of the rule language is not known",
    "R214": "this list is empty",
    "R215": "`{name}` cannot be the name of an attribute",
    "R216": "an empty text says nothing here",
    "R217": "a condition has one key, and this has `{first}` and `{second}`",
    "R218": "more than {most} definitions in one rule set",
    "R219": "`{name}` is in `{home}` and in `{section}`, and both can stand on one receipt",
    "R301": "there is no action here",
    "R302": "`{first}` and `{second}` are two actions",
    "R303": "`{key}` is no action of stage {stage}",
    "R304": "`{key}` does not go with {action}",
    "R305": "{owner} has exactly one of {keys}",
    "R306": "the threshold {threshold} does not rise: the one before it is {before}",
    "R307": "the tiers of one `volume` have one measure, `{first}` or `{second}`",
    "R308": "`coupon` and `coupons` are given both",
    "R309": "an exclusive promotion has no stack group",
    "R310": "`scope` says how far an exclusive promotion reaches, and this one is {mode}",
    "R311": "`{name}` excludes itself",
    "R312": "there is no promotion `{name}`",
    "R313": "there is no stack group `{name}`",
    "R314": "a stack group by line has the policy `priority`, not `{policy}`",
    "R315": "the stack group `{group}` goes by line, and stage {stage} has no lines",
    "R316": "there is no program `{name}`",
    "R317": "there is no earning rule `{name}`",
    "R318": "there is no burning rule `{name}`",
    "R319": "there is no stamp card `{name}`",
    "R320": "there is no tier `{name}`",
    "R321": "the {noun} `{name}` belongs to the program `{other}`, not `{program}`",
    "R322": "the program `{name}` has no tiers",
    "R323": "the tiers `{first}` and `{second}` begin at the same",
    "R401": "there is no promotion `{name}`",
    "R402": "this test expects nothing",
    "R403": "the attribute `{name}` is not declared",
    "R404": "the cart of this test has no {noun} `{name}`",
    "R405": "the cart of this test is in `{found}`, and the rule set in `{currency}`",
    "R406": "`{name}` is expected to apply and not to apply",
    "R407": "there is no {noun} `{name}`",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: where it is, what is wrong, and what to do about it.

    `fix` is replacement text for the span, when the mend is certain.
    """

    code: str
    span: Span
    message: str
    help: str = ""
    fix: str | None = None

    @property
    def severity(self) -> Severity:
        """How bad it is: rules with an error are not used, a warning may be meant, a note may
        well be.
        """
        return SEVERITIES[self.code[0]]

    def render(self) -> str:
        """The problem as a person reads it: place, line, underline, help."""
        name, row, column = self.span.place
        line = self.span.source.line(row)
        width = max(1, min(self.span.end - self.span.start, len(line) - column + 1))
        number = str(row)
        edge = " " * len(number)
        shown, offset = clip(line, column - 1, width)
        shown = UNSEEN.sub("\ufffd", shown)
        width = max(1, min(width, len(shown) - offset))
        under = "".join("\t" if c == "\t" else " " for c in shown[:offset]) + "^" * width
        parts = [
            f"{self.code} {self.message}",
            f"  {name}:{row}:{column}",
            f"  {number} | {shown}".rstrip(),
            f"  {edge} | {under}",
        ]
        if self.help:
            parts.append(f"  help: {self.help}")
        return "\n".join(parts)


def clip(line: str, start: int, width: int, most: int = 160) -> tuple[str, int]:
    """A long line cut to the part around its underlined stretch, and where that starts in it."""
    if len(line) <= most:
        return line, start
    first = max(0, start - 40)
    return line[first : first + most], start - first


def show_word(word: object) -> str:
    """A word of a message on one line, cut when it is long."""
    text = UNSEEN.sub("\ufffd", " ".join(str(word)[: 2 * WORD_MAX].split()))
    return text if len(text) <= WORD_MAX else text[: WORD_MAX - 1] + "…"


@dataclass(slots=True)
class Problems:
    """A collector: every stage of reading adds to it and goes on where it can."""

    found: list[Problem] = field(default_factory=list)

    def add(
        self, code: str, span: Span, *, help: str = "", fix: str | None = None, **words: object
    ) -> None:
        """Record one problem; `words` fill the code's message.

        Raises `RuleTextError` when there are more than anybody would read.
        """
        shown = {name: show_word(word) for name, word in words.items()}
        self.found.append(Problem(code, span, MESSAGES[code].format(**shown), help, fix))
        if len(self.found) >= PROBLEMS_MAX:
            self.raise_if_any()

    def raise_if_any(self) -> None:
        """Raise everything found, sorted by place; do nothing when nothing was found."""
        if self.found:
            raise RuleTextError(self.found)


class RuleTextError(ValueError):
    """Rule files that cannot be used. `problems` holds what is wrong, sorted by place."""

    __module__ = "tallystick"  # where callers know it from

    def __init__(self, problems: Iterable[Problem]) -> None:
        found = list(problems)
        unique = {(p.span.place, p.code, p.message): p for p in found}
        ordered = [unique[key] for key in sorted(unique)]
        self.problems = ordered[:PROBLEMS_MAX]
        self.is_cut = len(found) >= PROBLEMS_MAX  # there may be more
        super().__init__(self.render())

    def __reduce__(self) -> tuple[Any, ...]:
        # Another process gets it as it is: `args` have the text, not the problems.
        return ValueError.__new__, (type(self), *self.args), vars(self)

    def render(self) -> str:
        """All problems as text; the last line says when there may be more."""
        shown = "\n\n".join(problem.render() for problem in self.problems)
        return shown + (f"\n\n... reading stopped at {PROBLEMS_MAX}" if self.is_cut else "")


def suggestion(word: str, known: Iterable[str]) -> str | None:
    """The known word most like `word`, if one is near enough to be meant."""
    return next(iter(list_near(word, known)), None)


def list_near(word: str, known: Iterable[str]) -> list[str]:
    """Up to three known words like `word`, the most like it first."""
    word = word[:WORD_MAX]
    names = list(islice(known, KNOWN_MAX))
    most = min(NEAR_MAX, NEAR_LETTERS_MAX // (len(word) + 1) + 1)
    if len(names) > most:
        names = list_alike(word, names)[:most]
    return get_close_matches(word, names, n=3, cutoff=LIKENESS_MIN)


def find_misspelt(word: str, known: Iterable[str]) -> str | None:
    """The known word that `word` can only be a slip of, None where there is any doubt."""
    near = [meant for meant in list_near(word, known) if is_misspelt(word, meant)]
    return near[0] if len(near) == 1 else None


def is_misspelt(word: str, meant: str) -> bool:
    """Whether a word is so like the one meant that nothing but a slip can explain it.

    One letter is missing, added, wrong, or has changed places; two in words of eight letters on.
    Digits are no slips: names count with them.

    >>> is_misspelt("subtotl", "subtotal"), is_misspelt("count", "amount")
    (True, False)
    """
    if re.sub(r"\D", "", word) != re.sub(r"\D", "", meant):
        return False
    slips = 0 if len(meant) < 4 else 1 if len(meant) < 8 else 2
    is_near = abs(len(word) - len(meant)) <= slips
    return is_near and count_slips(word[:WORD_MAX], meant[:WORD_MAX]) <= slips


def count_slips(word: str, meant: str) -> int:
    """How many letters to add, delete, replace or swap with the next to get from word to word."""
    before: list[int] = []
    row = list(range(len(meant) + 1))
    for i, letter in enumerate(word, 1):
        before, above, row = row, before, [i]
        for j, wanted in enumerate(meant, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and (letter, word[i - 2]) == (meant[j - 2], wanted):
                cost = min(cost, above[j - 2] + 1)
            row.append(cost)
    return row[-1]


def list_alike(word: str, names: list[str]) -> list[str]:
    """Those names that begin or end as the word does, as far as any does."""
    for length in (len(word) - 1, len(word) * 2 // 3, len(word) // 3):
        head, tail = word[:length], word[-length:]
        alike = [name for name in names if name.startswith(head) or name.endswith(tail)]
        if alike or length < 2:
            return alike
    return []


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A help sentence naming the nearest known word, or nothing."""
    near = suggestion(word, known)
    return f"did you mean `{near}`?" if near else ""


__all__ = ["MESSAGES", "Problem", "Problems", "RuleTextError", "Source", "did_you_mean"]
