"""Rule text for tests: one file in, its rule set or the codes of its problems out."""

import textwrap

from tallystick.dsl.loader import load_sources
from tallystick.dsl.problems import Problem, RuleTextError
from tallystick.dsl.ruleset import Action, Promotion, Ruleset
from tallystick.dsl.source import Source


def load(text: str) -> Ruleset:
    """The rule set of one file, indented as the test likes."""
    return load_sources([Source("rules.yaml", textwrap.dedent(text))])


def promotion(body: str) -> Promotion:
    """The one promotion with these keys, in one line or several."""
    text = "promotions:\n  summer:\n" + textwrap.indent(textwrap.dedent(body), "    ")
    (only,) = load(text).promotions
    return only


def action(then: str, stage: str = "cart") -> Action:
    """The action of `then`."""
    return promotion(f"stage: {stage}\nthen: {then}").action


def problems_of(text: str) -> list[Problem]:
    """What is wrong with one file."""
    try:
        load(text)
    except RuleTextError as error:
        return error.problems
    return []


def codes_of(text: str) -> list[str]:
    """The codes of what is wrong with one file."""
    return [problem.code for problem in problems_of(text)]
