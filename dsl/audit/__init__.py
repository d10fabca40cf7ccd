"""A checked rule set in, what its author may not have meant out."""
