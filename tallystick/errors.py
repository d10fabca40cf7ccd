"""Paths that lead to no rules in, the error that says so out."""


class RulePathError(ValueError):
    """Paths that do not lead to rule files that can be read, or not to one rule set."""

    __module__ = "tallystick"  # where callers know it from
