"""Names of the field as buttons offer them."""

from collections.abc import Iterable

from bot.formatter.wishes import Want
from digests.model import Language, Wish
from digests.stories.names import Name, Names

MOST = 4  # buttons


def with_group(names: Names, name: Name, language: Language) -> str:
    """Call a member with the group: names of members are many people's."""
    group = names.group_of(name.id)
    return f"{name.called(language)} ({group.called(language)})" if group else name.called(language)


def offers(names: Names, words: Iterable[str], language: Language) -> list[tuple[str, Want]]:
    """Give buttons to follow the names that words surely stand for: label and wish."""
    found: dict[str, Name] = {}
    for word in words:
        for one in names.search(word):
            if one.sure:
                found.setdefault(one.name.id, one.name)
    return [
        (f"+ {with_group(names, name, language)}", Want(Wish.FOLLOW, name.id))
        for name in list(found.values())[:MOST]
    ]
