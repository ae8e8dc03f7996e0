"""Alerts are edited"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("broadcasts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("sends", sa.String(length=8), server_default="alert", nullable=False))
        batch_op.add_column(sa.Column("revision", sa.SmallInteger(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("why", sa.String(length=16), server_default="", nullable=False))
        batch_op.add_column(sa.Column("languages", sa.JSON(), nullable=True))
        batch_op.create_index(batch_op.f("ix_broadcasts_edition_id"), ["edition_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_broadcasts_story_id"), ["story_id"], unique=False)

    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_deliveries_edition_id"))
        batch_op.create_index("ix_deliveries_edition_id", ["edition_id", "chat_id"], unique=False)

    with op.batch_alter_table("editions", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("revised_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )


def downgrade() -> None:
    with op.batch_alter_table("editions", schema=None) as batch_op:
        batch_op.drop_column("revised_by")

    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.drop_index("ix_deliveries_edition_id")
        batch_op.create_index(batch_op.f("ix_deliveries_edition_id"), ["edition_id"], unique=False)

    with op.batch_alter_table("broadcasts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_broadcasts_story_id"))
        batch_op.drop_index(batch_op.f("ix_broadcasts_edition_id"))
        batch_op.drop_column("languages")
        batch_op.drop_column("why")
        batch_op.drop_column("revision")
        batch_op.drop_column("sends")
