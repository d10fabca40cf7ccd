"""The verbs that work on a store: each opens it, calls one part, and shows what came of it."""
