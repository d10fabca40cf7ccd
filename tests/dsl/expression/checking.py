"""A checker for tests: expressions and definitions as plain texts in, formulas and problems out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from tallystick.dsl.expression.checker import Checker
from tallystick.dsl.formula import Formula
from tallystick.dsl.kinds import Kind
from tallystick.dsl.problems import Problem, Problems
from tallystick.dsl.ruleset import Attribute
from tallystick.dsl.source import Source
from tallystick.dsl.tree.nodes import Mapping as WrittenMapping
from tallystick.dsl.tree.nodes import Node, Scalar, Sequence

ATTRIBUTES = {
    "line.attributes.colour": Attribute(Kind.STRING),
    "line.attributes.weight": Attribute(Kind.DECIMAL, 0),
    "line.attributes.labels": Attribute(Kind.SET),
    "cart.attributes.rate": Attribute(Kind.PERCENT),
    "cart.attributes.limit": Attribute(Kind.MONEY, 10_000),
    "cart.attributes.wait": Attribute(Kind.DURATION, 0),
    "cart.attributes.due": Attribute(Kind.DATETIME),
    "customer.attributes.vip": Attribute(Kind.BOOL),
    "customer.attributes.staff": Attribute(Kind.BOOL, False),
}

Plain = str | list["Plain"] | dict[str, "Plain"]


def written(value: Plain) -> Node:
    """A value as the reader would give it, each text in a source of its own."""
    if isinstance(value, str):
        return scalar(value)
    source = Source("rules.yaml", str(value))
    if isinstance(value, list):
        items = [written(item) for item in value]
        return Sequence(source, 0, len(source.text), True, items)
    keys = {key: scalar(key) for key in value}
    values = {key: written(item) for key, item in value.items()}
    return WrittenMapping(source, 0, len(source.text), True, keys, values)


def scalar(text: str) -> Scalar:
    return Scalar(text, Source("rules.yaml", text), 0, len(text))


@dataclass
class Bench:
    """A checker with everything declared, and what it found."""

    defines: Mapping[str, Plain] = field(default_factory=dict)
    currency: str = "USD"
    exponent: int = 2

    def __post_init__(self) -> None:
        self.collected = Problems()
        zone = ZoneInfo("Europe/Madrid")
        self.checker = Checker(self.collected, self.currency, self.exponent, zone, ATTRIBUTES)
        for name, value in self.defines.items():
            self.checker.declare(scalar(name), written(value))
        self.checker.check_defines()

    @property
    def problems(self) -> list[Problem]:
        return self.collected.found

    def codes(self) -> list[str]:
        return [problem.code for problem in self.problems]

    def condition(self, text: str) -> Formula:
        """The formula of a good condition on the cart."""
        checked = self.checker.condition(scalar(text))
        assert checked is not None, [problem.render() for problem in self.problems]
        return checked[1]

    def line(self, text: str) -> Formula:
        """The formula of a good predicate over lines."""
        formula = self.checker.line_predicate(scalar(text))
        assert formula is not None, [problem.render() for problem in self.problems]
        return formula

    def refuse(self, text: str, *, in_line: bool = False) -> list[tuple[str, str, str]]:
        """The code, the underlined text and the help of everything wrong with an expression."""
        before = len(self.problems)
        check = self.checker.line_predicate if in_line else self.checker.condition
        assert check(scalar(text)) is None
        return [
            (p.code, p.span.source.text[p.span.start : p.span.end], p.help)
            for p in self.problems[before:]
        ]
