"""Floors under the newsroom's judgement of labelled entries, a little below what is reached: docs/stories.md."""

from pathlib import Path

import pytest

from benchmarks.newsroom import SHIPPED, Measured, measure

FLOORS = {
    # set: stories in all, in English alone, in Korean alone; categories; rings' precision and recall
    "ember": (0.92, 0.90, 0.96, 0.88, 0.93, 0.93),
    "harbour": (0.86, 0.88, 0.90, 0.92, 0.90, 0.95),
    "lantern": (0.92, 0.92, 0.95, 0.95, 0.95, 0.92),
    "monsoon": (0.85, 0.86, 0.91, 0.91, 0.90, 0.91),
    "quarry": (0.87, 0.85, 0.92, 0.91, 0.88, 0.93),
    "saffron": (0.84, 0.83, 0.90, 0.87, 0.77, 0.95),
    "tidemark": (0.90, 0.88, 0.95, 0.95, 0.89, 0.89),
    "willow": (0.84, 0.78, 0.90, 0.88, 0.83, 0.93),
}


def assert_reached(found: Measured, floors: tuple[float, ...]) -> None:
    reached = (
        *(found.stories[which].f1 for which in ("all", "en", "ko")),
        found.macro,
        found.ring.precision,
        found.ring.recall,
    )
    assert all(one >= floor for one, floor in zip(reached, floors, strict=True)), (reached, floors)
    assert not found.opinions


@pytest.mark.parametrize("name", FLOORS)
def test_invented_newsrooms_are_judged_as_an_editor_would(name: str) -> None:
    assert_reached(measure(SHIPPED / name), FLOORS[name])


def test_the_newsroom_of_the_test_data_is_judged_as_an_editor_would(test_data: Path) -> None:
    assert_reached(measure(test_data / "newsroom"), (0.88, 0.88, 0.88, 0.92, 0.88, 0.85))
