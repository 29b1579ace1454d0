"""What every candlestick pattern is (`CandlestickPatterns/{CandlestickPattern,CandleSettings,CandleEnums}.cs`).

A pattern compares candles with the average of the candles before them: how long bodies and shadows usually are. The
rules are TA-Lib's, which LEAN follows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from leanib.engine.indicators.base import BarIndicator
from leanib.engine.indicators.rolling_window import RollingWindow
from leanib.engine.naming import LeanEnum, LeanObject
from leanib.engine.symbols import PerRun

if TYPE_CHECKING:
    from leanib.engine.market import QuoteBar, TradeBar

__all__ = [
    "Candle",
    "CandleColor",
    "CandleRangeType",
    "CandleSetting",
    "CandleSettingType",
    "CandleSettings",
    "CandlestickPattern",
]


class CandleColor(LeanEnum):
    """White closes at or above its open, black below."""

    WHITE = 1
    BLACK = -1


class CandleRangeType(LeanEnum):
    """Which part of a candle is measured."""

    REAL_BODY = 0
    HIGH_LOW = 1
    SHADOWS = 2


class CandleSettingType(LeanEnum):
    """What a pattern calls long, short, near, far or equal."""

    BODY_LONG = 0
    BODY_VERY_LONG = 1
    BODY_SHORT = 2
    BODY_DOJI = 3
    SHADOW_LONG = 4
    SHADOW_VERY_LONG = 5
    SHADOW_SHORT = 6
    SHADOW_VERY_SHORT = 7
    NEAR = 8
    FAR = 9
    EQUAL = 10


class CandleSetting(LeanObject):
    """The part to measure, over how many candles to average it (0: the candle itself), and a factor."""

    def __init__(self, range_type: CandleRangeType, average_period: int, factor: float) -> None:
        self.range_type = range_type
        self.average_period = average_period
        self.factor = float(factor)


def _defaults() -> dict[CandleSettingType, CandleSetting]:
    return {
        CandleSettingType.BODY_LONG: CandleSetting(CandleRangeType.REAL_BODY, 10, 1),
        CandleSettingType.BODY_VERY_LONG: CandleSetting(CandleRangeType.REAL_BODY, 10, 3),
        CandleSettingType.BODY_SHORT: CandleSetting(CandleRangeType.REAL_BODY, 10, 1),
        CandleSettingType.BODY_DOJI: CandleSetting(CandleRangeType.HIGH_LOW, 10, 0.1),
        CandleSettingType.SHADOW_LONG: CandleSetting(CandleRangeType.REAL_BODY, 0, 1),
        CandleSettingType.SHADOW_VERY_LONG: CandleSetting(CandleRangeType.REAL_BODY, 0, 2),
        CandleSettingType.SHADOW_SHORT: CandleSetting(CandleRangeType.SHADOWS, 10, 1),
        CandleSettingType.SHADOW_VERY_SHORT: CandleSetting(CandleRangeType.HIGH_LOW, 10, 0.1),
        CandleSettingType.NEAR: CandleSetting(CandleRangeType.HIGH_LOW, 5, 0.2),
        CandleSettingType.FAR: CandleSetting(CandleRangeType.HIGH_LOW, 5, 0.6),
        CandleSettingType.EQUAL: CandleSetting(CandleRangeType.HIGH_LOW, 5, 0.05),
    }


_SETTINGS = PerRun(_defaults)


class CandleSettings(LeanObject):
    """The settings in force; patterns read them."""

    @classmethod
    def get(cls, type: CandleSettingType) -> CandleSetting:
        """The setting of that type."""
        return _SETTINGS()[type]

    @classmethod
    def set(cls, type: CandleSettingType, setting: CandleSetting) -> None:
        """Change the setting of that type."""
        _SETTINGS()[type] = setting


class Candle:
    """A bar as patterns see it."""

    __slots__ = ("body", "bottom", "close", "color", "high", "low", "lower", "open", "top", "upper")

    def __init__(self, bar: TradeBar | QuoteBar) -> None:
        self.open, self.high, self.low, self.close = bar.open, bar.high, bar.low, bar.close
        self.color = 1 if self.close >= self.open else -1
        self.top, self.bottom = (self.close, self.open) if self.color > 0 else (self.open, self.close)
        self.body = self.top - self.bottom
        self.upper = self.high - self.top
        self.lower = self.bottom - self.low

    def size(self, part: CandleRangeType) -> float:
        """The length of a part."""
        if part is CandleRangeType.REAL_BODY:
            return self.body
        if part is CandleRangeType.HIGH_LOW:
            return self.high - self.low
        return self.upper + self.lower

    def gaps_up(self, before: Candle) -> bool:
        """Whether the whole candle is above another."""
        return self.low > before.high

    def gaps_down(self, before: Candle) -> bool:
        """Whether the whole candle is below another."""
        return self.high < before.low

    def body_gaps_up(self, before: Candle) -> bool:
        """Whether the body is above another's body."""
        return self.bottom > before.top

    def body_gaps_down(self, before: Candle) -> bool:
        """Whether the body is below another's body."""
        return self.top < before.bottom


class CandlestickPattern(BarIndicator):
    """1 when a bullish pattern is complete, -1 when a bearish one is, else 0.

    A pattern says which settings it `uses`, how many candles before the newest it looks at (`depth`), and its rule in
    `_match`.
    """

    uses: ClassVar[tuple[CandleSettingType, ...]] = ()
    depth: ClassVar[int] = 0
    extra: ClassVar[int] = 0

    def __init__(self, name: str = "") -> None:
        longest = max((CandleSettings.get(kind).average_period for kind in self.uses), default=0)
        self.period = longest + self.depth + 1
        self.warm_up_period: int = self.period + self.extra
        self._candles: RollingWindow[Candle] = RollingWindow(self.warm_up_period)
        super().__init__(name or type(self).__name__.upper())

    @property
    def is_ready(self) -> bool:
        """Whether there are enough candles for the averages."""
        return self.samples >= self.warm_up_period

    def _next(self, data: Any) -> float:
        self._candles.add(Candle(data))
        return float(self._match(list(self._candles))) if self.is_ready else 0.0

    def _match(self, candles: list[Candle]) -> int:
        """The pattern's value; the newest candle comes first."""
        raise NotImplementedError

    def _average(self, type: CandleSettingType, index: int) -> float:
        """What is usual for candle `index`, by the candles before it."""
        setting, candles = CandleSettings.get(type), self._candles
        part, count = setting.range_type, setting.average_period
        if count:
            usual = sum(candles[i].size(part) for i in range(index + 1, index + 1 + count)) / count
        else:
            usual = candles[index].size(part)
        return setting.factor * usual / (2.0 if part is CandleRangeType.SHADOWS else 1.0)

    def _is_long(self, index: int) -> bool:
        return self._candles[index].body > self._average(CandleSettingType.BODY_LONG, index)

    def _is_short(self, index: int) -> bool:
        """Not longer than usual."""
        return self._candles[index].body <= self._average(CandleSettingType.BODY_SHORT, index)

    def _is_shorter(self, index: int) -> bool:
        """Shorter than usual."""
        return self._candles[index].body < self._average(CandleSettingType.BODY_SHORT, index)

    def _is_doji(self, index: int) -> bool:
        return self._candles[index].body <= self._average(CandleSettingType.BODY_DOJI, index)

    def _no_upper(self, index: int) -> bool:
        return self._candles[index].upper < self._average(CandleSettingType.SHADOW_VERY_SHORT, index)

    def _no_lower(self, index: int) -> bool:
        return self._candles[index].lower < self._average(CandleSettingType.SHADOW_VERY_SHORT, index)

    def _near(self, a: float, b: float, type: CandleSettingType, index: int) -> bool:
        """Whether two prices are as near as the setting says."""
        distance = self._average(type, index)
        return b - distance <= a <= b + distance
