"""A store in, every row out that does not agree with the entries."""
