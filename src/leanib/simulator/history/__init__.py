"""Historical data: bars of every size, ticks, schedules, head timestamps, histograms, and their live continuation."""

from leanib.simulator.history.service import History

__all__ = ["History"]
