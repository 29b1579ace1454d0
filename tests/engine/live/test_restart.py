"""What the next run finds of the last one: insights, the object store."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.engine.live.test_orders import BASE, ticking
from tests.engine.live.world import live_world

__all__ = ["live_world"]

PREDICTING = BASE + """
class Predicting(Base):
    EMIT = True

    def initialize(self):
        super().initialize()
        self.found = self.object_store.read("count") if self.object_store.contains_key("count") else ""
        self.at_start = None

    def step(self, number):
        if number == 1:
            self.at_start = list(self.insights.get_active_insights(self.utc_time))
        if number == 2 and self.EMIT:
            self.object_store.save("count", "two")
            short = Insight.price(self.aapl, timedelta(seconds=20), InsightDirection.DOWN)
            long = Insight.price(self.aapl, timedelta(days=3), InsightDirection.UP, 0.02, 0.6, "model", 0.5, "tag")
            self.emit_insights([short, long])
"""


def test_predictions_that_are_not_over_are_there_again(live_world: Any) -> None:
    """With ids, ends and weights; those that have ended meanwhile are not. The object store is as it was left."""
    world = live_world()
    first = world.run(world.algorithm(PREDICTING), timedelta(seconds=60), during=ticking(world, 60)).algorithm
    made = {insight.id: insight for insight in first.insights}
    assert len(made) == 2
    quiet = world.algorithm(PREDICTING.replace("EMIT = True", "EMIT = False"), "second")
    second = world.run(quiet, timedelta(seconds=30), during=ticking(world, 60)).algorithm
    assert second.found == "two"
    assert len(second.at_start) == 1
    again = second.at_start[0]
    before = made[again.id]
    for name in (
        "symbol", "direction", "type", "magnitude", "confidence", "weight", "source_model", "tag", "period",
        "generated_time_utc", "close_time_utc", "reference_value",
    ):  # fmt: skip
        assert getattr(again, name) == getattr(before, name), name
    third = world.run(quiet, timedelta(seconds=30), during=ticking(world, 60), fresh=True).algorithm
    assert third.at_start == []


def test_predictions_survive_a_kill(live_world: Any) -> None:
    """They are written when they are made, not only at the end."""
    world = live_world()
    states: list[str] = []
    during = ticking(world, 60)
    during[40.0] = lambda: states.append(world.runs[-1]._state.get("insights"))
    world.run(world.algorithm(PREDICTING), timedelta(seconds=60), during=during)
    assert states[0].count('"id"') == 2
