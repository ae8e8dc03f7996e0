"""Ids of rows, and the languages that are spoken."""

from typing import Literal, NewType

FeedId = NewType("FeedId", int)
EntryId = NewType("EntryId", int)
StoryId = NewType("StoryId", int)
ChatId = NewType("ChatId", int)  # ours, never Telegram's
EditionId = NewType("EditionId", int)
BroadcastId = NewType("BroadcastId", int)
DeliveryId = NewType("DeliveryId", int)

Language = Literal["en", "ko"]
LANGUAGES: tuple[Language, ...] = ("en", "ko")
