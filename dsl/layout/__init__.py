"""A rule file in, the same file in the canonical layout out."""
