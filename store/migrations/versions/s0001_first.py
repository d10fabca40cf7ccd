"""The first schema."""

from alembic import op

from tallystick.store.database.guards import FUNCTION, guards_of
from tallystick.store.schema.catalog import metadata

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make all tables, and the triggers that guard them."""
    connection = op.get_bind()
    metadata.create_all(connection)
    dialect = connection.dialect.name
    if dialect == "postgresql":
        op.execute(FUNCTION)
    for table in metadata.sorted_tables:
        for statement in guards_of(table, dialect):
            connection.exec_driver_sql(statement)
