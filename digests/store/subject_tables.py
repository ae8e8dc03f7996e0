"""The tables of what is followed and muted beside categories; see `tables` for the others, and for the rules."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, String, Table, UniqueConstraint

from digests.store.columns import Id, Utc, Words, metadata

interests = Table(  # what a chat follows beyond categories, and what it wants to hear nothing of
    "interests",
    metadata,
    Column("id", Id, primary_key=True),
    Column("chat_id", ForeignKey("chats.id", ondelete="CASCADE"), nullable=False),
    Column("wish", String(8), nullable=False),  # follow or mute
    Column("what", String(8), nullable=False),  # name, source, words or kind
    Column("value", String(160), nullable=False),  # a name's id; a source, or words, folded
    Column("label", Words, nullable=False),  # as the reader typed it
    Column("alerts", Boolean, nullable=False),
    Column("since", Utc, nullable=False),
    UniqueConstraint("chat_id", "wish", "what", "value"),
    sqlite_autoincrement=True,
)
Index("ix_interests_value", *(interests.c[key] for key in ("what", "value", "wish", "chat_id")))

namings = Table(  # a story and what may be followed of it, in the order in which it was found
    "namings",
    metadata,
    Column("seq", Id, primary_key=True),
    Column("story_id", ForeignKey("stories.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("what", String(8), nullable=False),
    Column("value", String(160), nullable=False),
    Column("at", Utc, nullable=False),
    UniqueConstraint("what", "value", "story_id"),
    sqlite_autoincrement=True,
)
Index("ix_namings_value", namings.c.what, namings.c.value, namings.c.seq)
