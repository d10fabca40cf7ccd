"""A literal in, its meaning out: one constant of its kind."""

from ..formula import Truth
from ..kinds import Kind
from .language import Language
from .linear import constant_of
from .literals import instant_of, read_money
from .meaning import Claim, Meaning, Word
from .mistake import Located, Mistake
from .syntax import Boolean, Moment, Money, Node, Number, Text


def meaning_of_literal(node: Node, language: Language, text: Located) -> Meaning:
    """The meaning of a literal of `text`; an amount is read in the rule set's currency."""
    match node:
        case Number(kind, value):
            return constant_of(kind, value)
        case Text(value):
            return Word(value)
        case Boolean(value):
            return Claim(Truth(value), Truth(not value))
        case Moment(clock_us, offset_minutes):
            instant_us = instant_of(clock_us, offset_minutes, language.zone)
            return constant_of(Kind.DATETIME, instant_us)
    assert isinstance(node, Money)
    amount = text.text[node.start : node.end]
    try:
        minor = read_money(amount, language.currency, language.exponent)
    except Mistake as mistake:
        raise mistake.moved(node.start) from None
    return constant_of(Kind.MONEY, minor)
