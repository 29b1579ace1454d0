"""Goes over time steps in stretches, as long as they bring nothing but prices."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from leanib.engine.core.slice_chains import SliceChains
from leanib.engine.core.stretch import Ahead, Lane, Stretch, Track, distinct
from leanib.engine.core.stretch_course import Course
from leanib.engine.feeds.ahead_stream import AheadSubscription
from leanib.engine.feeds.block_stream import BlockSubscription
from leanib.engine.market.base_data import END_OF_TIME
from leanib.engine.securities.volatility import VolatilityModel
from leanib.engine.symbols import AlgorithmStatus

if TYPE_CHECKING:
    from leanib.engine.core.algorithm_manager import AlgorithmManager
    from leanib.engine.core.ports import StretchPorts
    from leanib.engine.core.run import Run
    from leanib.engine.securities import Security

__all__ = ["Stretches"]

_AHEAD = (BlockSubscription, AheadSubscription)
_RUNNING = AlgorithmStatus.RUNNING
_LEAST_STEPS = 4
_FEWEST_BARS, _MOST_BARS = 64, 1024  # looked at of a stream, by how far the last stretches came
_STREAMS_A_STEP = 128  # to set a stretch up costs for so many of its streams what it saves at a step
_LONGEST_WAIT = 64


class Stretches:
    """Goes on where the last time step of a run ended."""

    def __init__(self, run: Run, manager: AlgorithmManager, ports: StretchPorts) -> None:
        self._run = run
        self._ports = ports
        self._manager = manager
        self._streams = run.configurations.data_feed_subscriptions
        self._wait = self._waited = 0
        self._bars = _MOST_BARS
        self.steps = 0

    def advance(self) -> bool:
        """Take the steps that bring nothing but prices, if the next ones do; False to end the run.

        A stretch that cannot be is not tried again before some steps have gone by, the more the more often.
        """
        if self._waited < self._wait:
            self._waited += 1
            return True
        self._waited = 0
        going = True
        while going and self._strategy_runs():
            stretch = self._next_stretch()
            if stretch is None:
                self._wait = min(2 * self._wait + 1, _LONGEST_WAIT)
                return True
            going = (course := Course(self._run, self._manager, self._ports, stretch)).run()
            self.steps += course.done
            self._bars = min(max(_FEWEST_BARS, 4 * course.done, self._bars // 2), _MOST_BARS)
            was_worth_it = course.done * _STREAMS_A_STEP >= len(stretch.lanes)
            self._wait = 0 if was_worth_it else min(2 * self._wait + 1, _LONGEST_WAIT)
            if course.done:
                self._ports.feed.forget_next()
        return self._strategy_runs() or self._manager.owes_step

    def _strategy_runs(self) -> bool:
        return self._run.strategy.status is _RUNNING

    # --- whether there is one ------------------------------------------------------------------------------------

    def _next_stretch(self) -> Stretch | None:
        if not self._manager.is_warm or not self._everything_is_ordinary():
            return None
        streams, limit = self._block_streams()
        if not streams:
            return None
        lanes, steps = _lanes(streams, limit, self._bars)
        if len(steps) < _LEAST_STEPS:
            return None
        return Stretch(lanes, steps.tolist(), self._run.time_zone, SliceChains(self._run.securities.find).make)

    def _everything_is_ordinary(self) -> bool:
        run = self._run
        if run.clock.has_listeners or run.portfolio.has_own_fee_models or self._manager.splits.pending:
            return False
        return all(
            security._cache.session is None
            and security.volatility_model is VolatilityModel.NULL
            and _can_be_priced(security)
            for security in run.securities.values()
        )

    def _block_streams(self) -> tuple[list[Ahead], datetime]:
        """The streams that stand in a block, and when the others have something next; none if that is unknown."""
        found: list[Ahead] = []
        limit, streams = END_OF_TIME, self._streams.sorted()
        if not any(isinstance(stream, BlockSubscription) and stream.block is not None for stream in streams):
            return [], limit  # to read points first is not worth it
        for stream in streams:
            if stream.is_universe_selection_subscription and stream.universe.dispose_requested:
                return [], limit
            if isinstance(stream, AheadSubscription):
                stream.look_ahead()
            if isinstance(stream, _AHEAD) and stream.block is not None and stream.current is not None:
                found.append(stream)
            elif stream.current is not None:
                limit = min(limit, stream.emit_time)
            elif not stream.end_of_stream:
                return [], limit
        return found, limit


def _can_be_priced(security: Security) -> bool:
    """Whether what an option is on has had data: without, the option's are not used."""
    if not security.symbol.asset.has_underlying_security:
        return True
    return security.underlying is not None and security.underlying.has_data


def _lanes(streams: list[Ahead], limit: datetime, most: int) -> tuple[list[Lane], NDArray[np.datetime64]]:
    """The streams from where they stand to the end of the first block, or until something else comes."""
    parts: dict[tuple[int, int, int], NDArray[np.datetime64]] = {}
    keys = []
    for stream in streams:
        block = stream.block
        assert block is not None
        first = block.offset + stream.position
        key = (id(block.grid), first, min(block.offset + len(block), first + most))
        keys.append(key)
        if key not in parts:
            parts[key] = block.grid.utc[key[1] : key[2]]
    stop = min(part[-1] for part in parts.values())
    end = np.datetime64(limit)
    side = "right" if stop < end else "left"
    last = min(stop, end)
    parts = {key: part[: int(np.searchsorted(part, last, side))] for key, part in parts.items()}  # type: ignore[call-overload]
    steps = next(iter(parts.values())) if len(parts) == 1 else distinct(list(parts.values()))
    tracks = {key: Track(part, steps) for key, part in parts.items()}
    lanes = [
        Lane(stream, stream.block, tracks[key])  # type: ignore[arg-type]
        for stream, key in zip(streams, keys, strict=True)
    ]
    return lanes, steps
