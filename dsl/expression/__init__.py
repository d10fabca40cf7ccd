"""The text of an expression in, its checked formula out."""
