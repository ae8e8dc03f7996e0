"""The tables. Every time is stored in UTC; every id is ours; Telegram's ids are ordinary columns.

Ids are never given twice (`sqlite_autoincrement`): SQLite would hand a deleted row's to the next one, a forgotten chat's
to a stranger, a pruned story's to another story's alert key.

A change here needs a migration in `migrations/versions` (a test holds the two against each other).
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    literal_column,
    text,
)

from digests.store import subject_tables  # noqa: F401 - its tables belong to the same metadata
from digests.store.columns import Id, Json, Utc, Words
from digests.store.columns import metadata as metadata  # noqa: PLC0414 - it is asked for here

# In an index's `info`: the rows it holds on PostgreSQL, as `migrations/env.py` hears it. The keyword of that name loads the
# dialect, a part of the time that every start takes.
POSTGRESQL_WHERE = "postgresql_where"

memos = Table(  # the few single facts of a bot: where getUpdates stands, who holds the run
    "memos",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", Json, nullable=False),
    Column("at", Utc, nullable=False),
)

inbox = Table(  # updates, committed before their offset moves; the handler's transaction deletes its row
    "inbox",
    metadata,
    Column("update_id", BigInteger, primary_key=True, autoincrement=False),
    Column("telegram_id", BigInteger, nullable=False),  # the chat whose updates are handled in order; 0: none
    Column("body", Json, nullable=False),
    Column("received_at", Utc, nullable=False),
)

chats = Table(
    "chats",
    metadata,
    Column("id", Id, primary_key=True),
    Column("telegram_id", BigInteger, nullable=False),
    Column("thread_id", BigInteger, nullable=False, server_default="0"),
    Column("kind", String(16), nullable=False),
    Column("language", String(8), nullable=False),
    Column("zone", String(64), nullable=False),
    Column("zone_known", Boolean, nullable=False),
    Column("zone_asks", SmallInteger, nullable=False, server_default="0"),
    Column("alerts", String(8), nullable=False),
    Column("quiet", Json, nullable=True),  # {"start": "23:00", "end": "07:00", "hold": false}
    Column("digest_times", Json, nullable=False),  # ["08:00"]
    Column("next_digest_at", Utc, nullable=True),
    Column("digested_seq", BigInteger, nullable=True),
    Column("digested_at", Utc, nullable=True),
    Column("named_seq", BigInteger, nullable=True),  # as digested_seq, of namings
    Column("paused_at", Utc, nullable=True),
    Column("paused_why", String(200), nullable=False, server_default=""),
    Column("created_at", Utc, nullable=False),
    UniqueConstraint("telegram_id", "thread_id"),
    sqlite_autoincrement=True,
)
Index(
    "ix_chats_due",
    chats.c.next_digest_at,
    chats.c.id,
    sqlite_where=chats.c.paused_at.is_(None),
    info={POSTGRESQL_WHERE: chats.c.paused_at.is_(None)},
)
IS_PAUSED = chats.c.paused_at.is_not(None)
Index("ix_chats_paused", chats.c.paused_at, sqlite_where=IS_PAUSED, info={POSTGRESQL_WHERE: IS_PAUSED})

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("category", String(64), nullable=False),
    Column("chat_id", ForeignKey("chats.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("since", Utc, nullable=False),
    PrimaryKeyConstraint("category", "chat_id"),
)

feeds = Table(
    "feeds",
    metadata,
    Column("id", Id, primary_key=True),
    Column("url", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("title", Words, nullable=False, server_default=""),
    Column("etag", Words, nullable=False, server_default=""),
    Column("last_modified", Words, nullable=False, server_default=""),
    Column("next_poll_at", Utc, nullable=True),  # null: retired, the operator's file names it no more
    Column("next_poll_why", Text, nullable=False, server_default=""),
    Column("polled_at", Utc, nullable=True),
    Column("succeeded_at", Utc, nullable=True),  # null: the next success is history
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("error", Words, nullable=False, server_default=""),
    Column("run_id", String(32), nullable=True),
    Column("lease_until", Utc, nullable=True),
    Column("body_hash", String(64), nullable=False, server_default=""),
    Column("key_version", SmallInteger, nullable=False, server_default="1"),  # of its entries' keys
    Column("habits", Json, nullable=True),  # {"recent": 20, "since": "2026-…", "keep_for": 3600, …}
    Column("address", Words, nullable=False, server_default=""),  # where it lives now; "": at its url
    Column("moving_to", Words, nullable=False, server_default=""),
    Column("moving_since", Utc, nullable=True),
    Column("moving_polls", Integer, nullable=False, server_default="0"),
    Column("gone_at", Utc, nullable=True),  # its publisher closed it for good
    Column("reissued_at", Utc, nullable=True),  # when it last listed known entries under new ids, as was told
    Column("show", String(8), nullable=False, server_default="excerpt"),  # as the operator wishes
    Column("forbids", Boolean, nullable=False, server_default=false()),  # it bears a notice against copying
    Column(
        "origin", String(64), nullable=False, server_default="file"
    ),  # or "operator:cli", "chat:<user id>"
    Column(
        "wished", Json, nullable=True
    ),  # of an added feed, what the file says of others; null: removed again
    Column("paused_at", Utc, nullable=True),
    Column("reported_at", Utc, nullable=True),  # when administrators were told that it is broken
    Column("hub", Words, nullable=False, server_default=""),  # which tells of it, as its document says
    Column("hub_topic", Words, nullable=False, server_default=""),  # the address by which the hub knows it
    Column("hub_until", Utc, nullable=True),  # so long the hub is relied on: it is polled less often
    sqlite_autoincrement=True,
)
Index("ix_feeds_next_poll_at", feeds.c.next_poll_at, feeds.c.id)
HAS_HUB = feeds.c.hub != text("''")
Index("ix_feeds_hub", feeds.c.id, sqlite_where=HAS_HUB, info={POSTGRESQL_WHERE: HAS_HUB})

websub = Table(  # what was agreed with hubs: one row for each hub and topic of a feed
    "websub",
    metadata,
    Column("id", Id, primary_key=True),
    Column("feed_id", ForeignKey("feeds.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("hub", Words, nullable=False),
    Column("topic", Words, nullable=False),
    Column("token", String(64), nullable=True, unique=True),  # null: not asked yet
    Column("sealed_by", String(16), nullable=False, server_default=""),  # which key and address it rests on
    Column("state", String(12), nullable=False),
    Column("next_try_at", Utc, nullable=False, index=True),  # or when the lease is renewed
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("error", Words, nullable=False, server_default=""),
    Column("lease_until", Utc, nullable=True),
    Column("told_at", Utc, nullable=True),  # when the hub last told us something that bore its signature
    Column("ignored", Integer, nullable=False, server_default="0"),  # what came in its name without one
    sqlite_autoincrement=True,
)

stories = Table(
    "stories",
    metadata,
    Column("id", Id, primary_key=True),
    Column("at", Utc, nullable=False, index=True),  # its first entry's time, never later than it was seen
    Column("created_at", Utc, nullable=False),
    Column("alerted_at", Utc, nullable=True),
    Column(
        "turn", SmallInteger, nullable=False, server_default="0"
    ),  # the last that rang; 1 is the alert itself
    Column("merged_into", Id, nullable=True, index=True),  # the story that tells of the same event
    Column("linked_to", Id, nullable=True),  # the same, where both rang: they stay two
    sqlite_autoincrement=True,
)

entries = Table(
    "entries",
    metadata,
    Column("id", Id, primary_key=True),
    Column("feed_id", ForeignKey("feeds.id", ondelete="CASCADE"), nullable=False),
    Column("key", Words, nullable=False),
    Column("key_version", SmallInteger, nullable=False),
    Column("title", Words, nullable=False),
    Column("link", Words, nullable=False),
    Column("summary", Words, nullable=False),
    Column("author", Words, nullable=False),
    Column("published_at", Utc, nullable=True),
    Column("updated_at", Utc, nullable=True),
    Column("tags", Json, nullable=False),
    Column("language", String(8), nullable=False),
    Column("image", Words, nullable=False),
    Column("source", Words, nullable=False),
    Column("minutes", Integer, nullable=True),  # to read it
    Column("comments", Integer, nullable=True),
    Column("link_key", Words, nullable=False),
    Column("title_key", Words, nullable=False),
    Column("seen_at", Utc, nullable=False),
    Column("history", Boolean, nullable=False),
    Column("judged_at", Utc, nullable=True),
    Column("story_id", ForeignKey("stories.id"), nullable=True, index=True),
    UniqueConstraint("feed_id", "key"),
    sqlite_autoincrement=True,
)
Index("ix_entries_feed_id_id", entries.c.feed_id, entries.c.id)
Index("ix_entries_link_key", entries.c.link_key, info={POSTGRESQL_WHERE: entries.c.link_key != ""})
Index("ix_entries_title_key", entries.c.title_key, info={POSTGRESQL_WHERE: entries.c.title_key != ""})
IS_UNJUDGED = entries.c.judged_at.is_(None)
Index("ix_entries_unjudged", entries.c.id, sqlite_where=IS_UNJUDGED, info={POSTGRESQL_WHERE: IS_UNJUDGED})

filings = Table(  # a story under a category, in the order in which it was filed: what digests read
    "filings",
    metadata,
    Column("seq", Id, primary_key=True),
    Column("category", String(64), nullable=False),
    Column("story_id", ForeignKey("stories.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("at", Utc, nullable=False),
    UniqueConstraint("category", "story_id"),
    sqlite_autoincrement=True,
)
Index("ix_filings_category_seq", filings.c.category, filings.c.seq)
Index("ix_filings_category_at", filings.c.category, filings.c.at)

decisions = Table(
    "decisions",
    metadata,
    Column("entry_id", ForeignKey("entries.id", ondelete="CASCADE"), primary_key=True),
    Column("story_id", ForeignKey("stories.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("placed", String(16), nullable=False),  # "begins", or what it was joined by
    Column("fit", Float, nullable=True),  # of "words": by how much it is above what joins
    Column("rings", Boolean, nullable=False),
    Column("turn", SmallInteger, nullable=False, server_default="0"),  # which turn of its story rang with it
    Column("score", Float, nullable=False, server_default="0"),
    Column("reasons", Json, nullable=False),
    Column("filed", Json, nullable=True),  # the reasons for its categories
    Column("sensitive", String(40), nullable=False, server_default=""),  # kinds of it: "death,suicide"
    Column("rumour", Boolean, nullable=False, server_default=false()),  # unproven as told
    Column("decided_at", Utc, nullable=False),
)

editions = Table(
    "editions",
    metadata,
    Column("id", Id, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("story_id", ForeignKey("stories.id"), nullable=True),
    Column("content", Json, nullable=False),
    Column("created_at", Utc, nullable=False, index=True),
    Column(
        "revised_by", Id, nullable=True
    ),  # the edition that says it better; what is owed leaves as that one
    sqlite_autoincrement=True,
)

shown = Table(  # which stories stand in which edition
    "shown",
    metadata,
    Column("story_id", ForeignKey("stories.id", ondelete="CASCADE"), nullable=False),
    Column("edition_id", ForeignKey("editions.id", ondelete="CASCADE"), nullable=False, index=True),
    PrimaryKeyConstraint("story_id", "edition_id"),
)

broadcasts = Table(
    "broadcasts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("edition_id", ForeignKey("editions.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("story_id", ForeignKey("stories.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("sends", String(8), nullable=False, server_default="alert"),  # or edit, or denial
    Column("categories", Json, nullable=False),
    Column("follows", Json, nullable=True),  # [["name", "aespa"]]: those who follow them with alerts
    Column("turn", SmallInteger, nullable=False, server_default="1"),
    Column("silent", Boolean, nullable=False, server_default=false()),  # sad news makes no sound
    Column("score", Float, nullable=True),  # how much spoke for it; null: whatever the cap has left takes it
    Column("revision", SmallInteger, nullable=False, server_default="0"),  # of an edit: which of its turn
    Column("why", String(16), nullable=False, server_default=""),  # of an edit: language or sources
    Column("languages", Json, nullable=True),  # of an edit: for whoever reads these; null: for all
    Column("decided_at", Utc, nullable=False),
    Column("expires_at", Utc, nullable=False),
    Column("last_chat", BigInteger, nullable=False),
    Column("position", BigInteger, nullable=False, server_default="0"),
    Column("done_at", Utc, nullable=True),
    sqlite_autoincrement=True,
)
IS_UNDONE = broadcasts.c.done_at.is_(None)
Index("ix_broadcasts_undone", broadcasts.c.id, sqlite_where=IS_UNDONE, info={POSTGRESQL_WHERE: IS_UNDONE})

deliveries = Table(  # the outbox: one message owed to one chat
    "deliveries",
    metadata,
    Column("id", Id, primary_key=True),
    Column("chat_id", ForeignKey("chats.id", ondelete="CASCADE"), nullable=False),
    Column("key", String(80), nullable=False),
    Column("answers", String(80), nullable=False, server_default=""),  # the key of what it is a reply to
    Column("edition_id", ForeignKey("editions.id"), nullable=False),
    Column("priority", SmallInteger, nullable=False),
    Column("state", String(12), nullable=False),
    Column("silent", Boolean, nullable=False),
    Column("share", Json, nullable=True),
    Column("owed_at", Utc, nullable=False),
    Column("due_at", Utc, nullable=False),
    Column("expires_at", Utc, nullable=False),
    Column("run_id", String(32), nullable=True),
    Column("lease_until", Utc, nullable=True),
    Column("attempt", Integer, nullable=False, server_default="0"),
    Column("unheard", SmallInteger, nullable=False, server_default="0"),
    Column("parts_sent", SmallInteger, nullable=False, server_default="0"),
    Column("message_id", BigInteger, nullable=True),
    Column("note", Words, nullable=False, server_default=""),
    Column("settled_at", Utc, nullable=True),
    UniqueConstraint("chat_id", "key"),  # makes a second delivery impossible, whatever runs twice
    sqlite_autoincrement=True,
)
# Written out, not as parameters: a plan made before the parameter is known cannot use a partial index.
IS_OWED = deliveries.c.state == text("'owed'")
IS_HELD = deliveries.c.state == text("'held'")
IS_SETTLED = deliveries.c.settled_at.is_not(None)
IS_UNSENT = deliveries.c.state.not_in(  # settled, but by no message that Telegram took
    [literal_column("'owed'"), literal_column("'held'"), literal_column("'sent'")]
)
Index(
    "ix_deliveries_due",
    deliveries.c.priority,
    deliveries.c.due_at,
    deliveries.c.id,
    sqlite_where=IS_OWED,
    info={POSTGRESQL_WHERE: IS_OWED},
)
Index(
    "ix_deliveries_edition_id", deliveries.c.edition_id, deliveries.c.chat_id
)  # who was sent an edition, in order
Index("ix_deliveries_held", deliveries.c.chat_id, sqlite_where=IS_HELD, info={POSTGRESQL_WHERE: IS_HELD})
Index(
    "ix_deliveries_settled_at",
    deliveries.c.settled_at,
    sqlite_where=IS_SETTLED,
    info={POSTGRESQL_WHERE: IS_SETTLED},
)
# Small, since nearly all is sent: what went wrong lately is counted in it, and what was sent is the rest of the other index.
Index(
    "ix_deliveries_unsent",
    deliveries.c.settled_at,
    deliveries.c.state,
    sqlite_where=IS_UNSENT,
    info={POSTGRESQL_WHERE: IS_UNSENT},
)
