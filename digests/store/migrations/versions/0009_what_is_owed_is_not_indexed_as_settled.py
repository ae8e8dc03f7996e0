"""What is owed is not indexed as settled"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

SETTLED = "settled_at IS NOT NULL"


def upgrade() -> None:
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.drop_index("ix_deliveries_settled_at")
        batch_op.create_index(
            "ix_deliveries_settled_at",
            ["settled_at"],
            unique=False,
            sqlite_where=sa.text(SETTLED),
            postgresql_where=sa.text(SETTLED),
        )


def downgrade() -> None:
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.drop_index("ix_deliveries_settled_at")
        batch_op.create_index("ix_deliveries_settled_at", ["settled_at"], unique=False)
