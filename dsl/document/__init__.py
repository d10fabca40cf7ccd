"""The trees of rule files in, the checked rule set out: sections, promotions, actions, tests."""
