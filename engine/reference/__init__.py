"""The reference evaluator: the rules in plain Python, exact and obvious."""
