"""getUpdates and the webhook that would exclude it."""

from bot.playground.telegram.model import Shape
from bot.playground.telegram.parameters import Parameters
from bot.playground.telegram.refusals import bad
from bot.playground.telegram.world import World


async def get_updates(world: World, given: Parameters) -> list[Shape]:
    """https://core.telegram.org/bots/api#getupdates."""
    return await world.updates.get(
        given.integer("offset") or 0,
        given.integer("limit") or 100,
        float(given.integer("timeout") or 0),
        _allowed(given),
    )


def set_webhook(world: World, given: Parameters) -> bool:
    """https://core.telegram.org/bots/api#setwebhook: remembered, never called."""
    url = given.text("url") or ""
    if url and not url.startswith("https://"):
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    if (allowed := _allowed(given)) is not None:
        world.updates.allowed = tuple(allowed)
    return _webhook(world, url, given)


def delete_webhook(world: World, given: Parameters) -> bool:
    """https://core.telegram.org/bots/api#deletewebhook."""
    return _webhook(world, "", given)


def get_webhook_info(world: World, given: Parameters) -> Shape:
    """https://core.telegram.org/bots/api#getwebhookinfo."""
    del given
    shape: Shape = {
        "url": world.updates.webhook,
        "has_custom_certificate": False,
        "pending_update_count": len(world.updates),
    }
    if world.updates.allowed:
        shape["allowed_updates"] = list(world.updates.allowed)
    return shape


def _webhook(world: World, url: str, given: Parameters) -> bool:
    world.updates.webhook = url
    if given.flag("drop_pending_updates"):
        world.updates.drop()
    return True


def _allowed(given: Parameters) -> list[str] | None:
    allowed = given.structure("allowed_updates")
    if allowed is None:
        return None
    if not isinstance(allowed, list) or not all(isinstance(kind, str) for kind in allowed):
        raise bad("can't parse allowed_updates: Expected an Array of String")
    return allowed
