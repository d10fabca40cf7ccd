"""Tables in, the triggers out by which the database itself refuses to change what is kept."""

from collections.abc import Iterator

import sqlalchemy as sa

FUNCTION = """
CREATE OR REPLACE FUNCTION tallystick_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'restrict_violation'; END $$
"""


def guards_of(table: sa.Table, dialect: str) -> Iterator[str]:
    """The statements that guard a table, by its sort."""
    sort = table.info["sort"]
    if sort == "append":
        yield from guard(table, dialect, "UPDATE", f"rows of {table.name} never change")
    if sort == "frozen":
        free = (*table.info["may_change"],)
        fixed = [column.name for column in table.columns if column.name not in free]
        words = f"of a row of {table.name} only {', '.join(free[:-1])} may change"
        yield from guard(table, dialect, f"UPDATE OF {', '.join(fixed)}", words, fixed)
    if sort in ("append", "frozen"):
        yield from guard(table, dialect, "DELETE", f"rows of {table.name} are never deleted")
        if dialect == "postgresql":
            words = f"rows of {table.name} are never deleted"
            yield (
                f"CREATE TRIGGER {table.name}_no_truncate BEFORE TRUNCATE ON {table.name} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION tallystick_refuse('{words}')"
            )


def guard(
    table: sa.Table, dialect: str, change: str, words: str, fixed: list[str] | None = None
) -> Iterator[str]:
    """One trigger. Of rows with `fixed` columns a change to the same values is none."""
    name = f"{table.name}_no_{change.split()[0].lower()}"
    differs = "IS NOT" if dialect == "sqlite" else "IS DISTINCT FROM"
    changed = " OR ".join(f"OLD.{one} {differs} NEW.{one}" for one in fixed or ())
    when = f"WHEN ({changed}) " if changed else ""
    head = f"CREATE TRIGGER {name} BEFORE {change} ON {table.name} FOR EACH ROW {when}"
    if dialect == "sqlite":
        yield f"{head}BEGIN SELECT RAISE(ABORT, '{words}'); END"
    else:
        yield f"{head}EXECUTE FUNCTION tallystick_refuse('{words}')"
