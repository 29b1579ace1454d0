"""Patterns of three candles: `a`, `b`, then `c`."""

from __future__ import annotations

from typing import ClassVar

from leanib.engine.indicators.candlesticks.pattern import Candle, CandleSettingType, CandlestickPattern

__all__ = [
    "AbandonedBaby",
    "AdvanceBlock",
    "EveningDojiStar",
    "EveningStar",
    "GapSideBySideWhite",
    "IdenticalThreeCrows",
    "MorningDojiStar",
    "MorningStar",
    "StalledPattern",
    "StickSandwich",
    "TasukiGap",
    "ThreeInside",
    "ThreeOutside",
    "ThreeStarsInSouth",
    "ThreeWhiteSoldiers",
    "Tristar",
    "TwoCrows",
    "UniqueThreeRiver",
    "UpDownGapThreeMethods",
    "UpsideGapTwoCrows",
]

_T = CandleSettingType


class _Star(CandlestickPattern):
    """A long candle, a small one beyond it, and a third back into the first's body."""

    depth = 2
    uses: ClassVar[tuple[CandleSettingType, ...]] = (_T.BODY_SHORT, _T.BODY_LONG)
    color = 1

    def __init__(self, name: str = "", penetration: float = 0.3) -> None:
        self._penetration = penetration
        super().__init__(name)

    def _is_star(self) -> bool:
        return self._is_short(1)

    def _match(self, candles: list[Candle]) -> int:
        c, b, a = candles[:3]
        if not (a.color == -self.color == -c.color and self._is_long(2) and self._is_star()):
            return 0
        if not (b.body_gaps_down(a) if self.color > 0 else b.body_gaps_up(a)) or self._is_short(0):
            return 0
        return self.color if (c.close - a.close) * self.color > a.body * self._penetration else 0


class MorningStar(_Star):
    """A long black candle, a short one below it, and a white one back into its body."""


class EveningStar(_Star):
    """A long white candle, a short one above it, and a black one back into its body."""

    color = -1


class MorningDojiStar(_Star):
    """A morning star around a doji."""

    uses = (_T.BODY_DOJI, _T.BODY_LONG, _T.BODY_SHORT)

    def _is_star(self) -> bool:
        return self._is_doji(1)


class EveningDojiStar(MorningDojiStar):
    """An evening star around a doji."""

    color = -1


class AbandonedBaby(CandlestickPattern):
    """A doji with a gap to the candles of opposite colours at both sides."""

    uses = (_T.BODY_DOJI, _T.BODY_LONG, _T.BODY_SHORT)
    depth = 2

    def __init__(self, name: str = "", penetration: float = 0.3) -> None:
        self._penetration = penetration
        super().__init__(name)

    def _match(self, candles: list[Candle]) -> int:
        c, b, a = candles[:3]
        if not (a.color == -c.color and self._is_long(2) and self._is_doji(1) and not self._is_short(0)):
            return 0
        alone = b.gaps_up(a) and c.gaps_down(b) if a.color > 0 else b.gaps_down(a) and c.gaps_up(b)
        return c.color if alone and (c.close - a.close) * c.color > a.body * self._penetration else 0


class AdvanceBlock(CandlestickPattern):
    """Three white candles that climb with less and less strength."""

    uses = (_T.SHADOW_LONG, _T.SHADOW_SHORT, _T.FAR, _T.NEAR, _T.BODY_LONG)
    depth = 2

    def _match(self, candles: list[Candle]) -> int:
        c, b, a = candles[:3]
        climbs = a.color > 0 and b.color > 0 and c.color > 0 and c.close > b.close > a.close
        if not climbs or not a.open < b.open <= a.close + self._average(_T.NEAR, 2):
            return 0
        if not b.open < c.open <= b.close + self._average(_T.NEAR, 1) or not self._is_long(2):
            return 0
        return -int(a.upper < self._average(_T.SHADOW_SHORT, 2) and self._weakens(c, b, a))

    def _weakens(self, c: Candle, b: Candle, a: Candle) -> bool:
        if b.body < a.body - self._average(_T.FAR, 2) and c.body < b.body + self._average(_T.NEAR, 1):
            return True
        if c.body < b.body - self._average(_T.FAR, 1):
            return True
        shadows = c.upper > self._average(_T.SHADOW_SHORT, 0) or b.upper > self._average(_T.SHADOW_SHORT, 1)
        if c.body < b.body < a.body and shadows:
            return True
        return c.body < b.body and c.upper > self._average(_T.SHADOW_LONG, 0)


class GapSideBySideWhite(CandlestickPattern):
    """Two similar white candles beyond the one before."""

    uses = (_T.NEAR, _T.EQUAL)
    depth = 2

    def _match(self, candles: list[Candle]) -> int:
        c, b, a = candles[:3]
        up = b.body_gaps_up(a) and c.body_gaps_up(a)
        down = b.body_gaps_down(a) and c.body_gaps_down(a)
        if not (up or down) or b.color < 0 or c.color < 0:
            return 0
        alike = self._near(c.body, b.body, _T.NEAR, 1) and self._near(c.open, b.open, _T.EQUAL, 1)
        return (1 if up else -1) if alike else 0


class IdenticalThreeCrows(CandlestickPattern):
    """Three black candles, each opening at the close before."""

    uses = (_T.SHADOW_VERY_SHORT, _T.EQUAL)
    depth = 2

    def _match(self, candles: list[Candle]) -> int:
        c, b, a = candles[:3]
        black = all(candles[i].color < 0 and self._no_lower(i) for i in range(3))
        stairs = self._near(b.open, a.close, _T.EQUAL, 2) and self._near(c.open, b.close, _T.EQUAL, 1)
        return -int(black and stairs and a.close > b.close > c.close)


class StalledPattern(CandlestickPattern):
    """Two long white candles and a short one that makes no way."""

    uses = (_T.BODY_LONG, _T.BODY_SHORT, _T.SHADOW_VERY_SHORT, _T.NEAR)
    depth = 2

    def _match(self, candles: list[Candle]) -> int:
        c, b, a = candles[:3]
        climbs = a.color > 0 and b.color > 0 and c.color > 0 and c.close > b.close > a.close
        if not (climbs and self._is_long(2) and self._is_long(1) and self._no_upper(1)):
            return 0
        if not a.open < b.open <= a.close + self._average(_T.NEAR, 2):
            return 0
        return -int(self._is_shorter(0) and c.open >= b.close - c.body - self._average(_T.NEAR, 1))


class StickSandwich(CandlestickPattern):
    """A white candle between two black ones that close at the same price."""

    uses = (_T.EQUAL,)
    depth = 2

    def _match(self, candles: list[Candle]) -> int:
        c, b, a = candles[:3]
        between = a.color < 0 and b.color > 0 and c.color < 0 and b.low > a.close
        return int(between and self._near(c.close, a.close, _T.EQUAL, 2))


class TasukiGap(CandlestickPattern):
    """A gap, a candle in its direction, and one of like size back into the gap."""

    uses = (_T.NEAR,)
    depth = 2

    def _match(self, candles: list[Candle]) -> int:
        c, b, a = candles[:3]
        if not (b.color == -c.color and b.bottom < c.open < b.top and abs(b.body - c.body) < self._average(_T.NEAR, 1)):
            return 0
        if b.color > 0:
            return int(b.body_gaps_up(a) and a.top < c.close < b.open)
        return -int(b.body_gaps_down(a) and b.open < c.close < a.bottom)


class ThreeInside(CandlestickPattern):
    """A harami and a third candle that confirms the turn."""

    uses = (_T.BODY_SHORT, _T.BODY_LONG)
    depth = 2

    def _match(self, candles: list[Candle]) -> int:
        c, b, a = candles[:3]
        inside = b.top < a.top and b.bottom > a.bottom and self._is_long(2) and self._is_short(1)
        confirms = c.color == -a.color and (c.close - a.open) * c.color > 0
        return -a.color if inside and confirms else 0


class ThreeOutside(CandlestickPattern):
    """An engulfing and a third candle that confirms it."""

    depth = 2

    def _match(self, candles: list[Candle]) -> int:
        c, b, a = candles[:3]
        engulfs = b.color == -a.color and b.top > a.top and b.bottom < a.bottom
        return b.color if engulfs and (c.close - b.close) * b.color > 0 else 0


class ThreeStarsInSouth(CandlestickPattern):
    """Three black candles that fall less and less."""

    uses = (_T.SHADOW_VERY_SHORT, _T.SHADOW_LONG, _T.BODY_LONG, _T.BODY_SHORT)
    depth = 2

    def _match(self, candles: list[Candle]) -> int:
        c, b, a = candles[:3]
        black = a.color < 0 and b.color < 0 and c.color < 0
        if not (black and self._is_long(2) and a.lower > self._average(_T.SHADOW_LONG, 2)):
            return 0
        second = b.body < a.body and a.close < b.open <= a.high and a.low <= b.low < a.close
        if not (second and b.lower > self._average(_T.SHADOW_VERY_SHORT, 1)):
            return 0
        third = self._is_shorter(0) and self._no_lower(0) and self._no_upper(0)
        return int(third and c.low > b.low and c.high < b.high)


class ThreeWhiteSoldiers(CandlestickPattern):
    """Three white candles that climb with strength."""

    uses = (_T.SHADOW_VERY_SHORT, _T.BODY_SHORT, _T.FAR, _T.NEAR)
    depth = 2

    def _match(self, candles: list[Candle]) -> int:
        c, b, a = candles[:3]
        white = all(candles[i].color > 0 and self._no_upper(i) for i in range(3)) and c.close > b.close > a.close
        if not (white and a.open < b.open <= a.close + self._average(_T.NEAR, 2)):
            return 0
        if not b.open < c.open <= b.close + self._average(_T.NEAR, 1):
            return 0
        strong = b.body > a.body - self._average(_T.FAR, 2) and c.body > b.body - self._average(_T.FAR, 1)
        return int(strong and not self._is_short(0))


class Tristar(CandlestickPattern):
    """Three dojis, the middle one beyond the others."""

    uses = (_T.BODY_DOJI,)
    depth = 2

    def _match(self, candles: list[Candle]) -> int:
        c, b, a = candles[:3]
        if max(a.body, b.body, c.body) > self._average(_T.BODY_DOJI, 2):
            return 0
        if b.body_gaps_down(a) and c.bottom > b.bottom:
            return 1
        return -int(b.body_gaps_up(a) and c.top < b.top)


class TwoCrows(CandlestickPattern):
    """A long white candle, a black one above it, and a black one that closes in its body."""

    uses = (_T.BODY_LONG,)
    depth = 2

    def _match(self, candles: list[Candle]) -> int:
        c, b, a = candles[:3]
        above = a.color > 0 and self._is_long(2) and b.color < 0 and b.body_gaps_up(a)
        return -int(above and c.color < 0 and b.close < c.open < b.open and a.open < c.close < a.close)


class UniqueThreeRiver(CandlestickPattern):
    """A long black candle, a black one with a new low in its body, and a short white one."""

    uses = (_T.BODY_LONG, _T.BODY_SHORT)
    depth = 2

    def _match(self, candles: list[Candle]) -> int:
        c, b, a = candles[:3]
        falls = a.color < 0 and self._is_long(2) and b.color < 0 and b.close > a.close and b.open <= a.open
        return int(falls and b.low < a.low and self._is_shorter(0) and c.color > 0 and c.open > b.low)


class UpDownGapThreeMethods(CandlestickPattern):
    """Two candles of one colour with a gap, and an opposite one that closes it."""

    depth = 2

    def _match(self, candles: list[Candle]) -> int:
        c, b, a = candles[:3]
        gap = b.body_gaps_up(a) if a.color > 0 else b.body_gaps_down(a)
        closes = b.bottom < c.open < b.top and a.bottom < c.close < a.top
        return a.color if a.color == b.color == -c.color and gap and closes else 0


class UpsideGapTwoCrows(CandlestickPattern):
    """A long white candle, a short black one above it, and a black one around that."""

    uses = (_T.BODY_LONG, _T.BODY_SHORT)
    depth = 2

    def _match(self, candles: list[Candle]) -> int:
        c, b, a = candles[:3]
        above = a.color > 0 and self._is_long(2) and b.color < 0 and self._is_short(1) and b.body_gaps_up(a)
        return -int(above and c.color < 0 and c.open > b.open and a.close < c.close < b.close)
