"""How Alembic runs the schemas: on the connection it is handed, in its transaction."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"], **context.config.attributes["options"]
)
context.run_migrations()
