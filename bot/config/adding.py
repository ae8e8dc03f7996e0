"""A feed that is added by command or in a chat, held to the same rules as one of the file."""

from collections.abc import Mapping, Sequence

from pydantic import ValidationError

from bot.config.model import FeedConfig, name_for
from bot.config.sentences import sentence
from bot.errors import ConfigError
from digests.store.added import NewFeed


def new_feed(
    url: str,
    categories: Sequence[str],
    *,
    name: str = "",
    language: str = "",
    breaking: bool = False,
    interval: str = "",
    category_map: Mapping[str, str] | None = None,
    show: str = "excerpt",
    legacy_tls: bool = False,
) -> NewFeed:
    """Check the values as the file's are. Raises ConfigError, which names every one that cannot be used."""
    said = {
        "url": url,
        "categories": list(categories),
        "name": name,
        "language": language,
        "breaking": breaking,
        "category_map": dict(category_map or {}),
        "show": show,
        "legacy_tls": legacy_tls,
    }
    try:
        checked = FeedConfig.model_validate(said | {"interval": interval or None})
    except ValidationError as error:
        raise ConfigError("\n".join(sentence(detail) for detail in error.errors())) from None
    return NewFeed(
        url=checked.url,
        name=checked.name or name_for(checked.url),
        categories=checked.categories,
        language=checked.language,
        breaking=checked.breaking,
        interval=checked.interval,
        category_map=checked.category_map,
        show=checked.show,
        legacy_tls=checked.legacy_tls,
    )
