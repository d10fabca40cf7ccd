"""A rule set and a cart in, a quote out."""
