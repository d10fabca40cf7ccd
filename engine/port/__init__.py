"""Carts in and results out as JSON, dicts or columns, with no Python objects in between."""
