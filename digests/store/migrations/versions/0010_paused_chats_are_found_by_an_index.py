"""Paused chats are found by an index"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

PAUSED = "paused_at IS NOT NULL"


def upgrade() -> None:
    with op.batch_alter_table("chats", schema=None) as batch_op:
        batch_op.create_index(
            "ix_chats_paused",
            ["paused_at"],
            unique=False,
            sqlite_where=sa.text(PAUSED),
            postgresql_where=sa.text(PAUSED),
        )


def downgrade() -> None:
    with op.batch_alter_table("chats", schema=None) as batch_op:
        batch_op.drop_index("ix_chats_paused")
