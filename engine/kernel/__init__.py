"""The compiled evaluator: the same rules over packed arrays, no Python object in the loop."""
