"""A printed report has no phase: its status and its pages say how far it is."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("printed_reports") as table:
        table.drop_column("phase")


def downgrade() -> None:
    with op.batch_alter_table("printed_reports") as table:
        table.add_column(sa.Column("phase", sa.String(length=40), nullable=False, server_default=""))
