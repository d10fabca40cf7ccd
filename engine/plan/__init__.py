"""A rule set in, packed arrays for the kernel out; and carts as columns."""
