"""Chats follow and mute"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "interests",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("chat_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("wish", sa.String(length=8), nullable=False),
        sa.Column("what", sa.String(length=8), nullable=False),
        sa.Column("value", sa.String(length=160), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("alerts", sa.Boolean(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["chat_id"], ["chats.id"], name=op.f("fk_interests_chat_id_chats"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interests")),
        sa.UniqueConstraint(
            "chat_id", "wish", "what", "value", name=op.f("uq_interests_chat_id_wish_what_value")
        ),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("interests", schema=None) as batch_op:
        batch_op.create_index("ix_interests_value", ["what", "value", "wish", "chat_id"], unique=False)

    op.create_table(
        "namings",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("story_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("what", sa.String(length=8), nullable=False),
        sa.Column("value", sa.String(length=160), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["story_id"], ["stories.id"], name=op.f("fk_namings_story_id_stories"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_namings")),
        sa.UniqueConstraint("what", "value", "story_id", name=op.f("uq_namings_what_value_story_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("namings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_namings_story_id"), ["story_id"], unique=False)
        batch_op.create_index("ix_namings_value", ["what", "value", "seq"], unique=False)

    with op.batch_alter_table("broadcasts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("follows", sa.JSON(), nullable=True))

    with op.batch_alter_table("chats", schema=None) as batch_op:
        batch_op.add_column(sa.Column("named_seq", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("chats", schema=None) as batch_op:
        batch_op.drop_column("named_seq")

    with op.batch_alter_table("broadcasts", schema=None) as batch_op:
        batch_op.drop_column("follows")

    with op.batch_alter_table("namings", schema=None) as batch_op:
        batch_op.drop_index("ix_namings_value")
        batch_op.drop_index(batch_op.f("ix_namings_story_id"))

    op.drop_table("namings")
    with op.batch_alter_table("interests", schema=None) as batch_op:
        batch_op.drop_index("ix_interests_value")

    op.drop_table("interests")
