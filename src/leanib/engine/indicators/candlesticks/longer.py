"""Patterns of four and more candles; `d` is the newest of four, `e` of five."""

from __future__ import annotations

from leanib.engine.indicators.candlesticks.pattern import Candle, CandleSettingType, CandlestickPattern

__all__ = [
    "Breakaway",
    "ConcealedBabySwallow",
    "Hikkake",
    "HikkakeModified",
    "LadderBottom",
    "MatHold",
    "RiseFallThreeMethods",
    "ThreeBlackCrows",
    "ThreeLineStrike",
]

_T = CandleSettingType


class ConcealedBabySwallow(CandlestickPattern):
    """Four black candles, of which the last engulfs the third."""

    uses = (_T.SHADOW_VERY_SHORT,)
    depth = 3

    def _match(self, candles: list[Candle]) -> int:
        d, c, b, a = candles[:4]
        if any(candle.color > 0 for candle in (a, b, c, d)):
            return 0
        marubozus = all(self._no_lower(i) and self._no_upper(i) for i in (3, 2))
        baby = c.body_gaps_down(b) and c.upper > self._average(_T.SHADOW_VERY_SHORT, 1) and c.high > b.close
        return int(marubozus and baby and d.high > c.high and d.low < c.low)


class ThreeBlackCrows(CandlestickPattern):
    """Three falling black candles after a white one."""

    uses = (_T.SHADOW_VERY_SHORT,)
    depth = 3

    def _match(self, candles: list[Candle]) -> int:
        d, c, b, a = candles[:4]
        black = a.color > 0 and all(candles[i].color < 0 and self._no_lower(i) for i in (2, 1, 0))
        inside = b.close < c.open < b.open and c.close < d.open < c.open
        return -int(black and inside and a.high > b.close > c.close > d.close)


class ThreeLineStrike(CandlestickPattern):
    """Three candles of one colour and an opposite one around them."""

    uses = (_T.NEAR,)
    depth = 3

    def _match(self, candles: list[Candle]) -> int:
        d, c, b, a = candles[:4]
        if not a.color == b.color == c.color == -d.color:
            return 0
        for index in (3, 2):
            first, second, near = candles[index], candles[index - 1], self._average(_T.NEAR, index)
            if not first.bottom - near <= second.open <= first.top + near:
                return 0
        if c.color > 0:
            return int(c.close > b.close > a.close and d.open > c.close and d.close < a.open)
        return -int(c.close < b.close < a.close and d.open < c.close and d.close > a.open)


class Breakaway(CandlestickPattern):
    """A long candle, a gap, two more in its direction, and an opposite one into the gap."""

    uses = (_T.BODY_LONG,)
    depth = 4

    def _match(self, candles: list[Candle]) -> int:
        e, d, c, b, a = candles[:5]
        if not (a.color == b.color == d.color == -e.color and self._is_long(4)):
            return 0
        if a.color < 0:
            falls = b.body_gaps_down(a) and b.high > c.high > d.high and b.low > c.low > d.low
            return int(falls and b.open < e.close < a.close)
        rises = b.body_gaps_up(a) and b.high < c.high < d.high and b.low < c.low < d.low
        return -int(rises and a.close < e.close < b.open)


class LadderBottom(CandlestickPattern):
    """Three falling black candles, one with an upper shadow, and a white one above."""

    uses = (_T.SHADOW_VERY_SHORT,)
    depth = 4

    def _match(self, candles: list[Candle]) -> int:
        e, d, c, b, a = candles[:5]
        falls = a.color < 0 and b.color < 0 and c.color < 0 and a.open > b.open > c.open and a.close > b.close > c.close
        shadow = d.color < 0 and d.upper > self._average(_T.SHADOW_VERY_SHORT, 1)
        return int(falls and shadow and e.color > 0 and e.open > d.open and e.close > d.high)


class MatHold(CandlestickPattern):
    """A long white candle, three short ones that hold its body, and a white one above."""

    uses = (_T.BODY_SHORT, _T.BODY_LONG)
    depth = 4
    extra = 1

    def __init__(self, name: str = "", penetration: float = 0.5) -> None:
        self._penetration = penetration
        super().__init__(name)

    def _match(self, candles: list[Candle]) -> int:
        e, d, c, b, a = candles[:5]
        if not (self._is_long(4) and self._is_shorter(3) and self._is_shorter(2) and self._is_shorter(1)):
            return 0
        if not (a.color > 0 and b.color < 0 and e.color > 0 and b.body_gaps_up(a)):
            return 0
        floor = a.close - a.body * self._penetration
        holds = floor < c.bottom < a.close and floor < d.bottom < a.close and c.top < b.open and d.top < c.top
        return int(holds and e.open > d.close and e.close > max(b.high, c.high, d.high))


class RiseFallThreeMethods(CandlestickPattern):
    """A long candle, three short opposite ones in its range, and a long one beyond."""

    uses = (_T.BODY_SHORT, _T.BODY_LONG)
    depth = 4
    extra = 1

    def _match(self, candles: list[Candle]) -> int:
        e, d, c, b, a = candles[:5]
        if not (a.color == -b.color == -c.color == -d.color == e.color and self._is_long(4) and self._is_long(0)):
            return 0
        if not (self._is_shorter(3) and self._is_shorter(2) and self._is_shorter(1)):
            return 0
        if not all(candle.bottom < a.high and candle.top > a.low for candle in (b, c, d)):
            return 0
        sign = a.color
        falls = c.close * sign < b.close * sign and d.close * sign < c.close * sign
        return sign if falls and e.open * sign > d.close * sign and e.close * sign > a.close * sign else 0


class Hikkake(CandlestickPattern):
    """An inside candle, a false break, and within three candles the break the other way (2 or -2)."""

    depth = 5

    def _start(self) -> None:
        self._index = self._result = 0

    def _match(self, candles: list[Candle]) -> int:
        if self._sets_up(candles):
            self._result = 1 if candles[0].high < candles[1].high else -1
            self._index = self.samples - 1
            return self._result
        age = self.samples - self._index
        if self._result and age <= 4 and self._is_confirmed(candles, age):
            self._index = 0
            return 2 * self._result
        return 0

    def _is_confirmed(self, candles: list[Candle], age: int) -> bool:
        close, inside = candles[0].close, candles[age]
        return close > inside.high if self._result > 0 else close < inside.low

    def _sets_up(self, candles: list[Candle]) -> bool:
        c, b, a = candles[:3]
        return _inside(b, a) and (_breaks_down(c, b) or _breaks_up(c, b))


class HikkakeModified(Hikkake):
    """A hikkake whose second candle closes near the extreme that the third breaks."""

    uses = (_T.NEAR,)

    def _sets_up(self, candles: list[Candle]) -> bool:
        d, c, b, a = candles[:4]
        if not (_inside(b, a) and _inside(c, b)):
            return False
        near = self._average(_T.NEAR, 2)
        return (_breaks_down(d, c) and b.close <= b.low + near) or (_breaks_up(d, c) and b.close >= b.high - near)


def _inside(inner: Candle, outer: Candle) -> bool:
    return inner.high < outer.high and inner.low > outer.low


def _breaks_down(new: Candle, old: Candle) -> bool:
    return new.high < old.high and new.low < old.low


def _breaks_up(new: Candle, old: Candle) -> bool:
    return new.high > old.high and new.low > old.low
