"""Patterns of two candles: `b`, then `c`."""

from __future__ import annotations

from leanib.engine.indicators.candlesticks.pattern import Candle, CandleSettingType, CandlestickPattern

__all__ = [
    "Counterattack",
    "DarkCloudCover",
    "DojiStar",
    "Engulfing",
    "Harami",
    "HaramiCross",
    "HomingPigeon",
    "InNeck",
    "Kicking",
    "KickingByLength",
    "MatchingLow",
    "OnNeck",
    "Piercing",
    "SeparatingLines",
    "Thrusting",
]

_T = CandleSettingType


class Counterattack(CandlestickPattern):
    """Two long candles of opposite colours that close at the same price."""

    uses = (_T.EQUAL, _T.BODY_LONG)
    depth = 1

    def _match(self, candles: list[Candle]) -> int:
        c, b = candles[:2]
        turns = b.color == -c.color and self._is_long(1) and self._is_long(0)
        return c.color if turns and self._near(c.close, b.close, _T.EQUAL, 1) else 0


class DarkCloudCover(CandlestickPattern):
    """A black candle opens above a long white one and closes deep in its body."""

    uses = (_T.BODY_LONG,)
    depth = 1

    def __init__(self, name: str = "", penetration: float = 0.5) -> None:
        self._penetration = penetration
        super().__init__(name)

    def _match(self, candles: list[Candle]) -> int:
        c, b = candles[:2]
        turns = b.color > 0 and self._is_long(1) and c.color < 0 and c.open > b.high
        return -int(turns and b.open < c.close < b.close - b.body * self._penetration)


class DojiStar(CandlestickPattern):
    """A doji beyond a long candle."""

    uses = (_T.BODY_LONG, _T.BODY_DOJI)
    depth = 1

    def _match(self, candles: list[Candle]) -> int:
        c, b = candles[:2]
        beyond = c.body_gaps_up(b) if b.color > 0 else c.body_gaps_down(b)
        return -b.color if self._is_long(1) and self._is_doji(0) and beyond else 0


class Engulfing(CandlestickPattern):
    """A body around the opposite body before it."""

    depth = 2

    def _match(self, candles: list[Candle]) -> int:
        c, b = candles[:2]
        return c.color if c.color == -b.color and c.top > b.top and c.bottom < b.bottom else 0


class Harami(CandlestickPattern):
    """A short body inside a long one."""

    uses = (_T.BODY_LONG, _T.BODY_SHORT)
    depth = 1

    def _match(self, candles: list[Candle]) -> int:
        c, b = candles[:2]
        inside = c.top < b.top and c.bottom > b.bottom
        return -b.color if inside and self._is_long(1) and self._is_short(0) else 0


class HaramiCross(CandlestickPattern):
    """A doji inside a long body."""

    uses = (_T.BODY_LONG, _T.BODY_DOJI)
    depth = 1

    def _match(self, candles: list[Candle]) -> int:
        c, b = candles[:2]
        inside = c.top < b.top and c.bottom > b.bottom
        return -b.color if inside and self._is_long(1) and self._is_doji(0) else 0


class HomingPigeon(CandlestickPattern):
    """A short black body inside a long black one."""

    uses = (_T.BODY_LONG, _T.BODY_SHORT)
    depth = 1

    def _match(self, candles: list[Candle]) -> int:
        c, b = candles[:2]
        inside = b.color < 0 and c.color < 0 and c.open < b.open and c.close > b.close
        return int(inside and self._is_long(1) and self._is_short(0))


class _Neck(CandlestickPattern):
    """A white candle that opens below a long black one."""

    uses = (_T.EQUAL, _T.BODY_LONG)
    depth = 1

    def _match(self, candles: list[Candle]) -> int:
        c, b = candles[:2]
        rises = b.color < 0 and self._is_long(1) and c.color > 0 and c.open < b.low
        return -int(rises and self._closes(c, b))

    def _closes(self, c: Candle, b: Candle) -> bool:
        raise NotImplementedError


class InNeck(_Neck):
    """A white candle opens below a long black one and closes at its close."""

    def _closes(self, c: Candle, b: Candle) -> bool:
        return b.close <= c.close <= b.close + self._average(_T.EQUAL, 1)


class OnNeck(_Neck):
    """A white candle opens below a long black one and closes at its low."""

    def _closes(self, c: Candle, b: Candle) -> bool:
        return self._near(c.close, b.low, _T.EQUAL, 1)


class Thrusting(_Neck):
    """A white candle opens below a long black one and closes in the lower half of its body."""

    def _closes(self, c: Candle, b: Candle) -> bool:
        return b.close + self._average(_T.EQUAL, 1) < c.close <= b.close + b.body * 0.5


class Kicking(CandlestickPattern):
    """Two marubozus of opposite colours with a gap between."""

    uses = (_T.SHADOW_VERY_SHORT, _T.BODY_LONG)
    depth = 1

    def _match(self, candles: list[Candle]) -> int:
        c, b = candles[:2]
        kicks = b.color == -c.color and (c.gaps_up(b) if b.color < 0 else c.gaps_down(b))
        return self._direction(c, b) if kicks and self._is_marubozu(1) and self._is_marubozu(0) else 0

    def _direction(self, c: Candle, b: Candle) -> int:
        return c.color

    def _is_marubozu(self, index: int) -> bool:
        return self._is_long(index) and self._no_upper(index) and self._no_lower(index)


class KickingByLength(Kicking):
    """Two marubozus of opposite colours with a gap between; the longer one gives the direction."""

    def _direction(self, c: Candle, b: Candle) -> int:
        return c.color if c.body > b.body else b.color


class MatchingLow(CandlestickPattern):
    """Two black candles that close at the same price."""

    uses = (_T.EQUAL,)
    depth = 1

    def _match(self, candles: list[Candle]) -> int:
        c, b = candles[:2]
        return int(b.color < 0 and c.color < 0 and self._near(c.close, b.close, _T.EQUAL, 1))


class Piercing(CandlestickPattern):
    """A long white candle opens below a long black one and closes in the upper half of its body."""

    uses = (_T.BODY_LONG,)
    depth = 1

    def _match(self, candles: list[Candle]) -> int:
        c, b = candles[:2]
        turns = b.color < 0 and self._is_long(1) and c.color > 0 and self._is_long(0) and c.open < b.low
        return int(turns and b.close + b.body * 0.5 < c.close < b.open)


class SeparatingLines(CandlestickPattern):
    """Two candles of opposite colours that open at the same price; the second is a long belt hold."""

    uses = (_T.SHADOW_VERY_SHORT, _T.BODY_LONG, _T.EQUAL)
    depth = 1

    def _match(self, candles: list[Candle]) -> int:
        c, b = candles[:2]
        separates = b.color == -c.color and self._near(c.open, b.open, _T.EQUAL, 1) and self._is_long(0)
        return c.color if separates and (self._no_lower(0) if c.color > 0 else self._no_upper(0)) else 0
