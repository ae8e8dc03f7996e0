"""Stories have turns"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "shown",
        sa.Column("story_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("edition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_shown_edition_id_editions"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["story_id"], ["stories.id"], name=op.f("fk_shown_story_id_stories"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("story_id", "edition_id", name=op.f("pk_shown")),
    )
    with op.batch_alter_table("shown", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shown_edition_id"), ["edition_id"], unique=False)

    with op.batch_alter_table("broadcasts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("turn", sa.SmallInteger(), server_default="1", nullable=False))
        batch_op.add_column(sa.Column("silent", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("score", sa.Float(), nullable=True))

    with op.batch_alter_table("decisions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("turn", sa.SmallInteger(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("score", sa.Float(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("filed", sa.JSON(none_as_null=True), nullable=True))
        batch_op.add_column(sa.Column("fit", sa.Float(), nullable=True))
        batch_op.add_column(sa.Column("sensitive", sa.String(length=40), server_default="", nullable=False))
        batch_op.add_column(sa.Column("rumour", sa.Boolean(), server_default=sa.false(), nullable=False))

    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.add_column(sa.Column("answers", sa.String(length=80), server_default="", nullable=False))

    with op.batch_alter_table("entries", schema=None) as batch_op:
        batch_op.add_column(sa.Column("minutes", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("comments", sa.Integer(), nullable=True))

    with op.batch_alter_table("stories", schema=None) as batch_op:
        batch_op.add_column(sa.Column("turn", sa.SmallInteger(), server_default="0", nullable=False))
        batch_op.add_column(
            sa.Column("merged_into", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.add_column(
            sa.Column("linked_to", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.create_index(batch_op.f("ix_stories_merged_into"), ["merged_into"], unique=False)

    stories = sa.table("stories", sa.column("turn"), sa.column("alerted_at"))
    op.execute(stories.update().where(stories.c.alerted_at.is_not(None)).values(turn=1))


def downgrade() -> None:
    with op.batch_alter_table("stories", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stories_merged_into"))
        batch_op.drop_column("linked_to")
        batch_op.drop_column("merged_into")
        batch_op.drop_column("turn")

    with op.batch_alter_table("entries", schema=None) as batch_op:
        batch_op.drop_column("comments")
        batch_op.drop_column("minutes")

    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.drop_column("answers")

    with op.batch_alter_table("decisions", schema=None) as batch_op:
        batch_op.drop_column("rumour")
        batch_op.drop_column("sensitive")
        batch_op.drop_column("fit")
        batch_op.drop_column("filed")
        batch_op.drop_column("score")
        batch_op.drop_column("turn")

    with op.batch_alter_table("broadcasts", schema=None) as batch_op:
        batch_op.drop_column("score")
        batch_op.drop_column("silent")
        batch_op.drop_column("turn")

    with op.batch_alter_table("shown", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shown_edition_id"))

    op.drop_table("shown")
