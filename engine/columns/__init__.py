"""Carts as columns in, results as columns out, with anything that speaks Arrow."""
