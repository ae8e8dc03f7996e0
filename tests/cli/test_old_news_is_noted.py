"""poll --once at a feed that was quiet for months: it says what it did not show."""

from datetime import timedelta

from tests.cli.terminal import sosik
from tests.process import World, machine_now


async def test_poll_once_says_how_much_was_too_old_to_be_shown(world: World) -> None:
    world.write_config()
    long_ago = machine_now() - timedelta(days=90)
    for day in range(6):
        world.newsroom.publish_text(
            "han-river-post", f"Old report {day}", "Text.", at=long_ago + timedelta(days=day)
        )
    # Of this paper younger stories are there, so that none of the old ones is shown.
    first = await sosik("poll", "--once", cwd=world.folder)
    assert first.code == 0, first.err
    assert "Old report" not in first.out
    shown = len(world.newsroom.stories) - 6
    assert first.out.splitlines()[-1] == (
        f"{shown} new entries, 0 that ring; 6 too old to be shown; 0 of 6 feeds failed."
    )
    again = await sosik("poll", "--once", cwd=world.folder)
    assert again.out.strip() == "0 new entries, 0 that ring; 0 of 6 feeds failed."
