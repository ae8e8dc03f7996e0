"""Each message bears the mark of the debt it pays, so that Telegram's side can tell without asking the database."""

import re
from dataclasses import dataclass, replace
from datetime import datetime

from bot.formatter.message import Message
from bot.sending.rendering import Renderer
from digests.model import Delivery

_MARK = re.compile(r"⟦(\d+) (\d+) (\S+) (\d+)⟧")


@dataclass(frozen=True, order=True)
class Mark:
    """A part of a delivery."""

    delivery: int
    chat: int  # ours
    key: str
    part: int

    def __str__(self) -> str:
        return f"⟦{self.delivery} {self.chat} {self.key} {self.part}⟧"

    @property
    def kind(self) -> str:
        return self.key.partition(":")[0]


def mark_of(text: str) -> Mark | None:
    found = _MARK.search(text)
    return Mark(int(found[1]), int(found[2]), found[3], int(found[4])) if found else None


class MarkingRenderer(Renderer):
    """The real one; below each message stands its mark."""

    async def messages(self, delivery: Delivery, now: datetime) -> tuple[Message, ...]:
        made = await super().messages(delivery, now)
        return tuple(
            replace(one, html=f"{one.html}\n{Mark(delivery.id, delivery.chat.id, delivery.key, part)}")
            for part, one in enumerate(made)
        )
