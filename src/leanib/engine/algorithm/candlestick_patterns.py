"""`self.candlestick_patterns`: a helper for each pattern (`Algorithm/CandlestickPatterns.cs`)."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from leanib.engine.indicators import candlesticks as i
from leanib.engine.naming import LeanObject
from leanib.engine.symbols.any_symbol import AnySymbol

if TYPE_CHECKING:
    from leanib.engine.algorithm import QCAlgorithm
    from leanib.engine.symbols import Resolution

__all__ = ["CandlestickPatterns"]


def _pattern(kind: Any) -> Callable[..., Any]:
    """A helper `(symbol, resolution=None, selector=None)`."""

    def helper(
        self: CandlestickPatterns,
        symbol: AnySymbol,
        resolution: Resolution | None = None,
        selector: Callable[[Any], Any] | None = None,
    ) -> Any:
        return self._make(kind, kind.__name__.upper(), symbol, resolution, selector)

    helper.__doc__ = kind.__doc__
    return helper


def _penetrating(kind: Any) -> Callable[..., Any]:
    """A helper `(symbol, penetration=..., resolution=None, selector=None)`."""
    usual: float = list(inspect.signature(kind.__init__).parameters.values())[-1].default

    def helper(
        self: CandlestickPatterns,
        symbol: AnySymbol,
        penetration: float = usual,
        resolution: Resolution | None = None,
        selector: Callable[[Any], Any] | None = None,
    ) -> Any:
        return self._make(kind, kind.__name__.upper(), symbol, resolution, selector, penetration)

    helper.__doc__ = kind.__doc__
    return helper


class CandlestickPatterns(LeanObject):
    """Makes a pattern, feeds it with the security's bars, and warms it up when the settings say so."""

    def __init__(self, algorithm: QCAlgorithm) -> None:
        self._make = algorithm._qc_make

    two_crows = _pattern(i.TwoCrows)
    three_black_crows = _pattern(i.ThreeBlackCrows)
    three_inside = _pattern(i.ThreeInside)
    three_line_strike = _pattern(i.ThreeLineStrike)
    three_outside = _pattern(i.ThreeOutside)
    three_stars_in_south = _pattern(i.ThreeStarsInSouth)
    three_white_soldiers = _pattern(i.ThreeWhiteSoldiers)
    abandoned_baby = _penetrating(i.AbandonedBaby)
    advance_block = _pattern(i.AdvanceBlock)
    belt_hold = _pattern(i.BeltHold)
    breakaway = _pattern(i.Breakaway)
    closing_marubozu = _pattern(i.ClosingMarubozu)
    concealed_baby_swallow = _pattern(i.ConcealedBabySwallow)
    counterattack = _pattern(i.Counterattack)
    dark_cloud_cover = _penetrating(i.DarkCloudCover)
    doji = _pattern(i.Doji)
    doji_star = _pattern(i.DojiStar)
    dragonfly_doji = _pattern(i.DragonflyDoji)
    engulfing = _pattern(i.Engulfing)
    evening_doji_star = _penetrating(i.EveningDojiStar)
    evening_star = _penetrating(i.EveningStar)
    gap_side_by_side_white = _pattern(i.GapSideBySideWhite)
    gravestone_doji = _pattern(i.GravestoneDoji)
    hammer = _pattern(i.Hammer)
    hanging_man = _pattern(i.HangingMan)
    harami = _pattern(i.Harami)
    harami_cross = _pattern(i.HaramiCross)
    high_wave_candle = _pattern(i.HighWaveCandle)
    hikkake = _pattern(i.Hikkake)
    hikkake_modified = _pattern(i.HikkakeModified)
    homing_pigeon = _pattern(i.HomingPigeon)
    identical_three_crows = _pattern(i.IdenticalThreeCrows)
    in_neck = _pattern(i.InNeck)
    inverted_hammer = _pattern(i.InvertedHammer)
    kicking = _pattern(i.Kicking)
    kicking_by_length = _pattern(i.KickingByLength)
    ladder_bottom = _pattern(i.LadderBottom)
    long_legged_doji = _pattern(i.LongLeggedDoji)
    long_line_candle = _pattern(i.LongLineCandle)
    marubozu = _pattern(i.Marubozu)
    matching_low = _pattern(i.MatchingLow)
    mat_hold = _penetrating(i.MatHold)
    morning_doji_star = _penetrating(i.MorningDojiStar)
    morning_star = _penetrating(i.MorningStar)
    on_neck = _pattern(i.OnNeck)
    piercing = _pattern(i.Piercing)
    rickshaw_man = _pattern(i.RickshawMan)
    rise_fall_three_methods = _pattern(i.RiseFallThreeMethods)
    separating_lines = _pattern(i.SeparatingLines)
    shooting_star = _pattern(i.ShootingStar)
    short_line_candle = _pattern(i.ShortLineCandle)
    spinning_top = _pattern(i.SpinningTop)
    stalled_pattern = _pattern(i.StalledPattern)
    stick_sandwich = _pattern(i.StickSandwich)
    takuri = _pattern(i.Takuri)
    tasuki_gap = _pattern(i.TasukiGap)
    thrusting = _pattern(i.Thrusting)
    tristar = _pattern(i.Tristar)
    unique_three_river = _pattern(i.UniqueThreeRiver)
    upside_gap_two_crows = _pattern(i.UpsideGapTwoCrows)
    up_down_gap_three_methods = _pattern(i.UpDownGapThreeMethods)
