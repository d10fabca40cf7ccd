"""The tables: one module a theme, each row with its tenant, each table with who may change it."""
