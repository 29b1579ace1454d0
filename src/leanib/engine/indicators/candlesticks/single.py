"""Patterns of one candle, and of one candle against the one before."""

from __future__ import annotations

from leanib.engine.indicators.candlesticks.pattern import Candle, CandleSettingType, CandlestickPattern

__all__ = [
    "BeltHold",
    "ClosingMarubozu",
    "Doji",
    "DragonflyDoji",
    "GravestoneDoji",
    "Hammer",
    "HangingMan",
    "HighWaveCandle",
    "InvertedHammer",
    "LongLeggedDoji",
    "LongLineCandle",
    "Marubozu",
    "RickshawMan",
    "ShootingStar",
    "ShortLineCandle",
    "SpinningTop",
    "Takuri",
]

_T = CandleSettingType


class BeltHold(CandlestickPattern):
    """A long candle that opens at its extreme."""

    uses = (_T.BODY_LONG, _T.SHADOW_VERY_SHORT)

    def _match(self, candles: list[Candle]) -> int:
        c = candles[0]
        return c.color if self._is_long(0) and (self._no_lower(0) if c.color > 0 else self._no_upper(0)) else 0


class ClosingMarubozu(CandlestickPattern):
    """A long candle that closes at its extreme."""

    uses = (_T.BODY_LONG, _T.SHADOW_VERY_SHORT)

    def _match(self, candles: list[Candle]) -> int:
        c = candles[0]
        return c.color if self._is_long(0) and (self._no_upper(0) if c.color > 0 else self._no_lower(0)) else 0


class Marubozu(CandlestickPattern):
    """A long candle without shadows."""

    uses = (_T.BODY_LONG, _T.SHADOW_VERY_SHORT)

    def _match(self, candles: list[Candle]) -> int:
        return candles[0].color if self._is_long(0) and self._no_upper(0) and self._no_lower(0) else 0


class Doji(CandlestickPattern):
    """Open and close are nearly the same."""

    uses = (_T.BODY_DOJI,)

    def _match(self, candles: list[Candle]) -> int:
        return int(self._is_doji(0))


class DragonflyDoji(CandlestickPattern):
    """A doji with a shadow below only."""

    uses = (_T.BODY_DOJI, _T.SHADOW_VERY_SHORT)

    def _match(self, candles: list[Candle]) -> int:
        below = candles[0].lower > self._average(_T.SHADOW_VERY_SHORT, 0)
        return int(self._is_doji(0) and self._no_upper(0) and below)


class GravestoneDoji(CandlestickPattern):
    """A doji with a shadow above only."""

    uses = (_T.BODY_DOJI, _T.SHADOW_VERY_SHORT)

    def _match(self, candles: list[Candle]) -> int:
        above = candles[0].upper > self._average(_T.SHADOW_VERY_SHORT, 0)
        return int(self._is_doji(0) and self._no_lower(0) and above)


class LongLeggedDoji(CandlestickPattern):
    """A doji with a long shadow."""

    uses = (_T.BODY_DOJI, _T.SHADOW_LONG)

    def _match(self, candles: list[Candle]) -> int:
        c = candles[0]
        return int(self._is_doji(0) and max(c.lower, c.upper) > self._average(_T.SHADOW_LONG, 0))


class RickshawMan(CandlestickPattern):
    """A doji in the middle of two long shadows."""

    uses = (_T.BODY_DOJI, _T.SHADOW_LONG, _T.NEAR)

    def _match(self, candles: list[Candle]) -> int:
        c, long_shadow = candles[0], self._average(_T.SHADOW_LONG, 0)
        if not (self._is_doji(0) and c.lower > long_shadow and c.upper > long_shadow):
            return 0
        middle, near = c.low + (c.high - c.low) / 2, self._average(_T.NEAR, 0)
        return int(c.bottom <= middle + near and c.top >= middle - near)


class Takuri(CandlestickPattern):
    """A dragonfly doji with a very long shadow."""

    uses = (_T.BODY_DOJI, _T.SHADOW_VERY_SHORT, _T.SHADOW_VERY_LONG)

    def _match(self, candles: list[Candle]) -> int:
        below = candles[0].lower > self._average(_T.SHADOW_VERY_LONG, 0)
        return int(self._is_doji(0) and self._no_upper(0) and below)


class HighWaveCandle(CandlestickPattern):
    """A short body between very long shadows."""

    uses = (_T.BODY_SHORT, _T.SHADOW_VERY_LONG)

    def _match(self, candles: list[Candle]) -> int:
        c, very_long = candles[0], self._average(_T.SHADOW_VERY_LONG, 0)
        return c.color if self._is_shorter(0) and c.upper > very_long and c.lower > very_long else 0


class LongLineCandle(CandlestickPattern):
    """A long body between short shadows."""

    uses = (_T.BODY_LONG, _T.SHADOW_SHORT)

    def _match(self, candles: list[Candle]) -> int:
        c = candles[0]
        return c.color if self._is_long(0) and max(c.upper, c.lower) < self._average(_T.SHADOW_SHORT, 0) else 0


class ShortLineCandle(CandlestickPattern):
    """A short body between short shadows."""

    uses = (_T.BODY_SHORT, _T.SHADOW_SHORT)

    def _match(self, candles: list[Candle]) -> int:
        c = candles[0]
        return c.color if self._is_shorter(0) and max(c.upper, c.lower) < self._average(_T.SHADOW_SHORT, 0) else 0


class SpinningTop(CandlestickPattern):
    """A short body between shadows longer than it."""

    uses = (_T.BODY_SHORT,)

    def _match(self, candles: list[Candle]) -> int:
        c = candles[0]
        return c.color if self._is_shorter(0) and c.upper > c.body and c.lower > c.body else 0


class Hammer(CandlestickPattern):
    """A short body over a long shadow, at the low before."""

    uses = (_T.BODY_SHORT, _T.SHADOW_LONG, _T.SHADOW_VERY_SHORT, _T.NEAR)
    depth = 1

    def _match(self, candles: list[Candle]) -> int:
        c = candles[0]
        shape = self._is_shorter(0) and c.lower > self._average(_T.SHADOW_LONG, 0) and self._no_upper(0)
        return int(shape and c.bottom <= candles[1].low + self._average(_T.NEAR, 1))


class HangingMan(CandlestickPattern):
    """A short body over a long shadow, at the high before."""

    uses = (_T.BODY_SHORT, _T.SHADOW_LONG, _T.SHADOW_VERY_SHORT, _T.NEAR)
    depth = 1

    def _match(self, candles: list[Candle]) -> int:
        c = candles[0]
        shape = self._is_shorter(0) and c.lower > self._average(_T.SHADOW_LONG, 0) and self._no_upper(0)
        return -int(shape and c.bottom >= candles[1].high - self._average(_T.NEAR, 1))


class InvertedHammer(CandlestickPattern):
    """A short body under a long shadow, below the body before."""

    uses = (_T.BODY_SHORT, _T.SHADOW_LONG, _T.SHADOW_VERY_SHORT)
    depth = 1

    def _match(self, candles: list[Candle]) -> int:
        c = candles[0]
        shape = self._is_shorter(0) and c.upper > self._average(_T.SHADOW_LONG, 0) and self._no_lower(0)
        return int(shape and c.body_gaps_down(candles[1]))


class ShootingStar(CandlestickPattern):
    """A short body under a long shadow, above the body before."""

    uses = (_T.BODY_SHORT, _T.SHADOW_LONG, _T.SHADOW_VERY_SHORT)
    depth = 1

    def _match(self, candles: list[Candle]) -> int:
        c = candles[0]
        shape = self._is_shorter(0) and c.upper > self._average(_T.SHADOW_LONG, 0) and self._no_lower(0)
        return -int(shape and c.body_gaps_up(candles[1]))
