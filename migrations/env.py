"""Runs the migrations on the connection that the application hands in."""

from alembic import context

import investigations.schema  # noqa: F401  every table is known before comparing
from investigations.db import Base


def run() -> None:
    connection = context.config.attributes["connection"]
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
