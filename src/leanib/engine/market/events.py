"""Corporate events and rates in the data stream (`Common/Data/Market/{Split,Dividend,Delisting,...}.cs`)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from operator import attrgetter
from typing import TYPE_CHECKING, Any, ClassVar

from leanib.engine.market.base_data import NO_TIME, VALUE_SLOT, BaseData, MarketDataType
from leanib.engine.numbers import round_decimal, to_decimal
from leanib.engine.symbols import DelistingType, SplitType

if TYPE_CHECKING:
    from leanib.engine.market import SubscriptionDataConfig
    from leanib.engine.symbols import Symbol

__all__ = [
    "Delisting",
    "DelistingType",
    "Dividend",
    "MarginInterestRate",
    "Split",
    "SplitType",
    "SymbolChangedEvent",
]


class _Auxiliary(BaseData):
    __slots__ = ()

    data_type = MarketDataType.AUXILIARY

    def _start(self, symbol: Symbol | None, time: datetime, value: float) -> None:
        self.symbol = symbol  # type: ignore[assignment]
        self.time = time
        self.value = value
        self.is_fill_forward = False


class Split(_Auxiliary):
    """A split: the price after it is the one before times `split_factor`; `reference_price` is the close before."""

    __slots__ = ("split_factor_decimal", "type")

    reference_price: float = VALUE_SLOT

    def __init__(
        self,
        symbol: Symbol | None = None,
        date: datetime = NO_TIME,
        price: float = 0.0,
        split_factor: float | Decimal = 0.0,
        type: SplitType = SplitType.SPLIT_OCCURRED,
    ) -> None:
        self._start(symbol, date, float(price))
        self.split_factor_decimal = to_decimal(split_factor)
        self.type = type

    @property
    def split_factor(self) -> float:
        """New price over old price: 0.25 for four new shares for one old."""
        return float(self.split_factor_decimal)

    @split_factor.setter
    def split_factor(self, value: float) -> None:
        self.split_factor_decimal = to_decimal(value)

    def __str__(self) -> str:
        kind = "Split Warning" if self.type is SplitType.WARNING else "Split"
        return f"{kind}: {self.symbol}: {self.split_factor_decimal:f} | {to_decimal(self.value):f}"


class Dividend(_Auxiliary):
    """A cash dividend: `distribution` per share, `reference_price` the close before the ex-date."""

    __slots__ = ("reference_price",)

    distribution: float = VALUE_SLOT

    def __init__(
        self,
        symbol: Symbol | None = None,
        date: datetime = NO_TIME,
        distribution: float = 0.0,
        reference_price: float = 0.0,
    ) -> None:
        self._start(symbol, date, float(distribution))
        self.reference_price = float(reference_price)

    @staticmethod
    def create(
        symbol: Symbol, date: datetime, reference_price: float, price_factor_ratio: Decimal, decimal_places: int = 2
    ) -> Dividend:
        """The dividend that a factor file's ratio of price factors stands for."""
        distribution = Dividend.compute_distribution(reference_price, price_factor_ratio, decimal_places)
        return Dividend(symbol, date, float(distribution), reference_price)

    @staticmethod
    def compute_distribution(close: float, price_factor_ratio: Decimal, decimal_places: int) -> Decimal:
        """`close * (1 - ratio)`, rounded."""
        price = to_decimal(close)
        return round_decimal(price - price * price_factor_ratio, decimal_places)

    def __str__(self) -> str:
        return f"Dividend: {self.symbol}: {to_decimal(self.value):f} | {to_decimal(self.reference_price):f}"


class Delisting(_Auxiliary):
    """A delisting: the warning comes on the last trading day, the delisting after it."""

    __slots__ = ("ticket", "type")

    ticket: Any

    def __init__(
        self,
        symbol: Symbol | None = None,
        date: datetime = NO_TIME,
        price: float = 0.0,
        type: DelistingType = DelistingType.DELISTED,
    ) -> None:
        self._start(symbol, date, float(price))
        self.type = type
        self.ticket = None

    def set_order_ticket(self, ticket: Any) -> None:
        """The order that liquidates what is held."""
        self.ticket = ticket

    def __str__(self) -> str:
        kind = "Delisting Warning" if self.type is DelistingType.WARNING else "Delisted"
        return f"{kind}: {self.symbol} {self.end_time:%m/%d/%Y %H:%M:%S}"


class SymbolChangedEvent(_Auxiliary):
    """A ticker changed, or a continuous future was mapped to its next contract."""

    __slots__ = ("new_symbol", "old_symbol")

    def __init__(
        self,
        requested_symbol: Symbol | None = None,
        date: datetime = NO_TIME,
        old_symbol: str = "",
        new_symbol: str = "",
    ) -> None:
        self._start(requested_symbol, date, 0.0)
        self.old_symbol = old_symbol
        self.new_symbol = new_symbol

    def __str__(self) -> str:
        return f"{self.time:%m/%d/%Y %H:%M:%S} {self.old_symbol}->{self.new_symbol}"


class MarginInterestRate(BaseData):
    """The funding rate of a perpetual crypto future (`Common/Data/Market/MarginInterestRate.cs`)."""

    __slots__ = ("interest_rate",)

    data_type = MarketDataType.AUXILIARY
    pandas_columns: ClassVar[dict[str, Any]] = {"interestrate": attrgetter("interest_rate")}

    def __init__(self, symbol: Symbol | None = None, time: datetime = NO_TIME, interest_rate: float = 0.0) -> None:
        super().__init__()
        self.symbol = symbol  # type: ignore[assignment]
        self.time = time
        self.value = self.interest_rate = interest_rate

    def is_sparse_data(self) -> bool:
        """A market without rates is nothing to speak of."""
        return True

    def requires_mapping(self) -> bool:
        """Crypto has no map files."""
        return False

    def get_source(self, config: SubscriptionDataConfig, date: datetime, is_live_mode: bool) -> Any:
        """The symbol's file of rates."""
        from leanib.engine.custom import FileFormat, SubscriptionDataSource
        from leanib.engine.symbols import Globals, SubscriptionTransportMedium

        identifier = config.symbol.id
        folder = Globals.data_folder / identifier.security_type.security_type_to_lower() / identifier.market
        file = folder / "margin_interest" / f"{identifier.symbol.lower()}.csv"
        return SubscriptionDataSource(str(file), SubscriptionTransportMedium.LOCAL_FILE, FileFormat.CSV)

    def reader(
        self, config: SubscriptionDataConfig, line: str, date: datetime, is_live_mode: bool
    ) -> MarginInterestRate:
        """A line: the time (UTC) and the rate."""
        time, rate = line.split(",")
        return MarginInterestRate(config.symbol, datetime.strptime(time, "%Y%m%d %H:%M:%S"), float(rate))

    def __str__(self) -> str:
        return f"{self.symbol}: Rate {self.interest_rate}"
