"""A grammar's complaint about a text in, a mistake that says how to mend the text out."""

import re
from typing import Any, cast

from lark import Token, UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from .mistake import ParseError

# How other languages write what this one has; longer spellings first.
FOREIGN_OPERATORS = {
    "===": "==",
    "!==": "!=",
    "=>": ">=",
    "=<": "<=",
    "<>": "!=",
    ":=": "==",
    "&&": "and",
    "||": "or",
    "&": "and",
    "|": "or",
    "!": "not",
    "≥": ">=",
    "≤": "<=",
    "≠": "!=",
    "×": "*",
    "÷": "/",
    "–": "-",
    "−": "-",
    "=": "==",
}
FOREIGN_WORDS = {
    "is": "==",
    "eq": "==",
    "equals": "==",
    "ne": "!=",
    "contains": "has",
    "includes": "has",
    "startswith": "starts_with",
    "like": "starts_with",
    "notin": "not in",
    "mod": "/",
}
FOREIGN_MONEY = {
    "dollar": "USD",
    "dollars": "USD",
    "euro": "EUR",
    "euros": "EUR",
    "pound": "GBP",
    "pounds": "GBP",
    "yen": "JPY",
}
KEYWORDS = frozenset(("and", "or", "not", "in", "has", "between", "starts_with"))
QUOTES = frozenset("“”„‘’‚«»`")
RELATIONS = frozenset(
    ("COMPARE", "IN", "NOT_IN", "HAS", "HAS_ANY", "HAS_ALL", "STARTS_WITH", "BETWEEN")
)
EXPECTED = {
    "NAME": "a value or a field",
    "OR": "an operator",
    "AND": "`and`",
    "_COMMA": "`,`",
    "RPAR": "`)`",
    "RSQB": "`]`",
}
OPENING = {")": "(", "]": "["}
LEXEME = re.compile(
    r""" "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*' | [^\W\d][\w.]* | [0-9][\w.:]* | \S """,
    re.VERBOSE,
)


def explain_breach(text: str, breach: UnexpectedInput) -> ParseError:
    """What is wrong where the grammar could not go on."""
    if isinstance(breach, UnexpectedToken) and breach.token.type == "$END":
        return explain_end(text, expected_of(breach))
    start = place_of(breach)
    return (
        explain_operator(text, start)
        or explain_character(text, start, breach)
        or explain_token(text, start, breach)
    )


def place_of(breach: UnexpectedInput) -> int:
    """Where in the text the grammar stopped."""
    if isinstance(breach, UnexpectedToken):
        return breach.token.start_pos or 0
    assert isinstance(breach, UnexpectedCharacters)
    return breach.pos_in_stream or 0


def expected_of(breach: UnexpectedInput) -> set[str]:
    """The types of token with which the text could have gone on."""
    return set(cast(Any, breach).interactive_parser.accepts())


def explain_end(text: str, expected: set[str]) -> ParseError:
    """The text ends while something is still to come."""
    unclosed = unclosed_bracket(text)
    if unclosed is not None and expected & {"RPAR", "RSQB"}:
        closing = "`)`" if text[unclosed] == "(" else "`]`"
        help = f"a {closing} is missing"
        return ParseError("R103", unclosed, unclosed + 1, help=help, found=text[unclosed])
    last = len(text.rstrip())
    return ParseError("R113", last, last, help=describe(expected))


def unclosed_bracket(text: str) -> int | None:
    """Where the innermost bracket stands that nothing closes."""
    open_at: list[int] = []
    for match in LEXEME.finditer(text):
        if match[0] in ("(", "["):
            open_at.append(match.start())
        elif match[0] in OPENING and open_at and text[open_at[-1]] == OPENING[match[0]]:
            open_at.pop()
    return open_at[-1] if open_at else None


def explain_operator(text: str, start: int) -> ParseError | None:
    """An operator of another language stands here, or its first half was taken for one of ours."""
    for found, ours in FOREIGN_OPERATORS.items():
        for before in range(min(len(found), start + 1)):
            first = start - before
            if text.startswith(found, first):
                code = "R108" if found == "=" else "R109"
                return ParseError(
                    code, first, first + len(found), help=f"write `{ours}`", fix=ours, found=found
                )
    return None


def explain_character(text: str, start: int, breach: UnexpectedInput) -> ParseError | None:
    """A character stands here that begins no token at all."""
    if not isinstance(breach, UnexpectedCharacters):
        return None
    found = text[start]
    if found in "\"'":
        help = f"close it with `{found}`; inside, write a quote as `\\{found}`"
        return ParseError("R105", start, len(text), help=help)
    help = ""
    if found in QUOTES:
        help = 'texts stand in straight quotes: `"text"`'
    elif found == ".":
        help = "a decimal has digits on both sides of its point: `0.5`"
    elif found == "%":
        help = "a percentage is written `12.5%`; there is no remainder operator"
    elif found in "$€£¥":
        help = "an amount is written with the currency's code behind it: `500 USD`"
    return ParseError("R106", start, start + 1, help=help, found=printable(found))


def explain_token(text: str, start: int, breach: UnexpectedInput) -> ParseError:
    """A token that the language has stands where it cannot."""
    assert isinstance(breach, UnexpectedToken)
    token, expected = breach.token, expected_of(breach)
    end = token.end_pos or start + 1
    found = printable(text[start:end])
    if token.type in RELATIONS and "OR" in expected:
        help = "compare twice: `a < b and b < c`"
        return ParseError("R107", start, end, help=help)
    if found in OPENING and unclosed_bracket(text[:start]) is None:
        return ParseError("R114", start, end, help="delete it, or open it before", found=found)
    help = explain_word(text[:start], token) or describe(expected)
    return ParseError("R102", start, end, help=help, found=found)


def explain_word(before: str, token: Token) -> str:
    """Help for a name that stands behind a complete value, or a number behind a currency."""
    word = str(token)
    if token.type in ("INTEGER", "DECIMAL"):
        turned = re.search(r"\b([A-Z]{3}) *$", before)
        return f"an amount is written `{word} {turned[1]}`" if turned else ""
    if token.type != "NAME":
        return ""
    if word.lower() in KEYWORDS:
        return f"write `{word.lower()}`"
    number = re.search(r"([0-9]+(?:\.[0-9]+)?) *$", before)
    code = FOREIGN_MONEY.get(word.lower(), word.upper())
    if number and re.fullmatch(r"[A-Z]{3}", code):
        return f"an amount is written `{number[1]} {code}`"
    if word.lower().replace("_", "") in FOREIGN_WORDS:
        return f"write `{FOREIGN_WORDS[word.lower().replace('_', '')]}`"
    return ""


def describe(expected: set[str]) -> str:
    """What could stand here, in words."""
    words = [name for kind, name in EXPECTED.items() if kind in expected]
    if "OR" in expected:
        words.remove("`and`")
    if "$END" in expected:
        words.append("the end")
    if len(words) > 1:
        words[-2:] = [f"{words[-2]} or {words[-1]}"]
    return f"{', '.join(words)} would fit here" if words else ""


def printable(text: str) -> str:
    """A short text as it can be shown in a message."""
    shown = text[:40]
    return shown if shown.isprintable() else shown.encode("unicode_escape").decode("ascii")
