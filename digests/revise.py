"""What judge does with a story that rang, when more is told of it that does not ring: edits, and denials.

In the transaction of the judge, as a decision's broadcast is.
"""

from datetime import datetime

from digests.editions import revising
from digests.model import AlertContent, Revision, StoryId
from digests.store import revisions, stories
from digests.store.engine import Writing


async def revise(tx: Writing, story: StoryId, now: datetime) -> str:
    """Owe an edit of what last rang of a story, if what is told now is worth one.

    Tells why: `language` or `sources`; "" where nothing is edited. The story's entries must be written before.
    """
    told = await revisions.announced(tx, story)
    facts = await stories.facts(tx, [story]) if told else ()
    if not facts:
        return ""
    decided = revising.decide(told, facts[0], now)
    if not isinstance(decided, Revision):
        return ""
    await revisions.revise(tx, story, decided, decided_at=now, expires_at=now + revising.WORTH)
    return decided.why


async def deny(tx: Writing, story: StoryId, content: AlertContent, now: datetime) -> bool:
    """Owe a denial, silently and as a reply, to all chats whose digest showed the story. False: to nobody.

    `content` has `denial=True`, and the version that denies for its card.
    """
    owed = await revisions.deny(tx, story, content, decided_at=now, expires_at=now + revising.WORTH)
    return owed is not None
