"""A rule file in, its tree of nodes out: YAML in its strict subset, every node with its place."""
