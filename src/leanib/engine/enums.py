"""LEAN's enumerations that describe securities and their data (`Common/Global.cs`); values are LEAN's."""

from __future__ import annotations

from datetime import timedelta

from leanib.engine.naming import LeanIntEnum

__all__ = [
    "AccountType",
    "AlgorithmStatus",
    "CashBookUpdateType",
    "DataMappingMode",
    "DataNormalizationMode",
    "DelistingType",
    "MarketDataType",
    "OptionRight",
    "OptionStyle",
    "PositionSide",
    "Resolution",
    "SecurityType",
    "SettlementType",
    "SplitType",
    "SubscriptionTransportMedium",
    "TickType",
]


class SecurityType(LeanIntEnum):
    """What kind of thing is traded."""

    BASE = 0
    EQUITY = 1
    OPTION = 2
    COMMODITY = 3
    FOREX = 4
    FUTURE = 5
    CFD = 6
    CRYPTO = 7
    FUTURE_OPTION = 8
    INDEX = 9
    INDEX_OPTION = 10
    CRYPTO_FUTURE = 11

    def is_option(self) -> bool:
        """Whether it is an option on anything."""
        return self in _OPTION_TYPES

    def security_type_to_lower(self) -> str:
        """The type's name in data folder paths: `equity`, `futureoption` ..."""
        return self.name.replace("_", "").lower()


_OPTION_TYPES = frozenset({SecurityType.OPTION, SecurityType.FUTURE_OPTION, SecurityType.INDEX_OPTION})


class Resolution(LeanIntEnum):
    """How fine data is."""

    TICK = 0
    SECOND = 1
    MINUTE = 2
    HOUR = 3
    DAILY = 4

    def to_time_span(self) -> timedelta:
        """The length of one bar; zero for ticks (`Extensions.ToTimeSpan`)."""
        return _TIME_SPANS[self]


_TIME_SPANS = (timedelta(0), timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1))


class TickType(LeanIntEnum):
    """What a tick, or the bars made of ticks, tell."""

    TRADE = 0
    QUOTE = 1
    OPEN_INTEREST = 2


class MarketDataType(LeanIntEnum):
    """The kind of a data point."""

    BASE = 0
    TRADE_BAR = 1
    TICK = 2
    AUXILIARY = 3
    QUOTE_BAR = 4
    OPTION_CHAIN = 5
    FUTURES_CHAIN = 6

    def __set__(self, point: object, value: object) -> None:
        # A point's type is a constant of its class. Without this, `bar.data_type = other.data_type`, which algorithms
        # write, would be an error; having no `__get__`, reading the constant costs nothing more.
        if value is not self:
            raise AttributeError(f"the data type of a {type(point).__name__} is {self} and cannot be {value}")


class OptionRight(LeanIntEnum):
    """Call or put."""

    CALL = 0
    PUT = 1


class OptionStyle(LeanIntEnum):
    """When an option may be exercised."""

    AMERICAN = 0
    EUROPEAN = 1


class SettlementType(LeanIntEnum):
    """How a derivative is settled."""

    PHYSICAL_DELIVERY = 0
    CASH = 1


class AccountType(LeanIntEnum):
    """Margin or cash account."""

    MARGIN = 0
    CASH = 1


class DataNormalizationMode(LeanIntEnum):
    """How splits, dividends and rolls show in prices."""

    RAW = 0
    ADJUSTED = 1
    SPLIT_ADJUSTED = 2
    TOTAL_RETURN = 3
    FORWARD_PANAMA_CANAL = 4
    BACKWARDS_PANAMA_CANAL = 5
    BACKWARDS_RATIO = 6
    SCALED_RAW = 7


class DataMappingMode(LeanIntEnum):
    """When a continuous future rolls to the next contract."""

    LAST_TRADING_DAY = 0
    FIRST_DAY_MONTH = 1
    OPEN_INTEREST = 2
    OPEN_INTEREST_ANNUAL = 3


class DelistingType(LeanIntEnum):
    """A delisting is announced, then it happens."""

    WARNING = 0
    DELISTED = 1


class SplitType(LeanIntEnum):
    """A split is announced, then it happens."""

    WARNING = 0
    SPLIT_OCCURRED = 1


class PositionSide(LeanIntEnum):
    """Which way a position goes."""

    SHORT = -1
    NONE = 0
    LONG = 1


class CashBookUpdateType(LeanIntEnum):
    """What happened to a currency of the cash book."""

    ADDED = 0
    REMOVED = 1
    UPDATED = 2


class SubscriptionTransportMedium(LeanIntEnum):
    """Where custom data come from."""

    LOCAL_FILE = 0
    REMOTE_FILE = 1
    REST = 2
    STREAMING = 3
    OBJECT_STORE = 4


class AlgorithmStatus(LeanIntEnum):
    """The state of a running algorithm."""

    DEPLOY_ERROR = 0
    IN_QUEUE = 1
    RUNNING = 2
    STOPPED = 3
    LIQUIDATED = 4
    DELETED = 5
    COMPLETED = 6
    RUNTIME_ERROR = 7
    INVALID = 8
    LOGGING_IN = 9
    INITIALIZING = 10
    HISTORY = 11
    PENDING_INPUT = 12
    IDLE = 13
