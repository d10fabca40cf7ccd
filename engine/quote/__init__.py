"""What an evaluator decided in, what callers see out: results, warnings, explanations."""
