"""Floors under the newsroom's judgement of labelled entries, a little below what is reached: docs/stories.md."""

from pathlib import Path

import pytest

from benchmarks.newsroom import SHIPPED, Measured, measure

FLOORS = {
    # set: stories in all, in English alone, in Korean alone; categories; rings' precision and recall
    "harbour": (0.82, 0.85, 0.87, 0.92, 0.80, 0.90),
    "monsoon": (0.82, 0.85, 0.88, 0.90, 0.82, 0.80),
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
