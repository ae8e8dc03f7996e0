"""Floors under the newsroom's judgement of labelled entries, a little below what is reached: docs/stories.md."""

from pathlib import Path

import pytest

from benchmarks.newsroom import SHIPPED, Measured, measure

FLOORS = {
    # set: stories in all, in English alone, in Korean alone; categories; rings' precision and recall
    "ember": (0.90, 0.90, 0.95, 0.88, 0.80, 0.90),
    "harbour": (0.84, 0.86, 0.88, 0.92, 0.85, 0.92),
    "lantern": (0.92, 0.91, 0.94, 0.94, 0.89, 0.89),
    "monsoon": (0.84, 0.86, 0.89, 0.91, 0.86, 0.87),
    "tidemark": (0.90, 0.88, 0.94, 0.93, 0.87, 0.89),
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
