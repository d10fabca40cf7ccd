"""The first schema."""

from alembic import op

from tallystick.store.migrations.texts import run_texts

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make all tables, and the triggers that guard them."""
    run_texts(op.get_bind(), revision)
