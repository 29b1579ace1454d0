"""What each brokerage may be told beyond the order itself (`Common/Orders/*OrderProperties.cs`)."""

from __future__ import annotations

import copy
from enum import Enum
from typing import Any, ClassVar

from leanib.engine.naming import LeanObject
from leanib.engine.orders.enums import OrderPosition
from leanib.engine.orders.exchanges import Exchange
from leanib.engine.orders.properties import OrderProperties

__all__ = [
    "AlpacaOrderProperties",
    "BinanceOrderProperties",
    "BitfinexOrderProperties",
    "BloombergFixOrderProperties",
    "BybitOrderProperties",
    "CharlesSchwabOrderProperties",
    "CoinbaseOrderProperties",
    "EzeOrderProperties",
    "FTXOrderProperties",
    "FixOrderProperties",
    "GDAXOrderProperties",
    "IndiaOrderProperties",
    "InteractiveBrokersFixOrderProperties",
    "InteractiveBrokersOrderProperties",
    "KrakenOrderProperties",
    "PublicOrderProperties",
    "RBIOrderProperties",
    "StrategyField",
    "StrategyParameters",
    "TDAmeritradeOrderProperties",
    "TastytradeOrderProperties",
    "TerminalLinkOrderProperties",
    "TradeStationOrderProperties",
    "TradierOrderProperties",
    "TradingTechnologiesOrderProperties",
    "WebullOrderProperties",
    "WolverineOrderProperties",
    "dYdXOrderProperties",
]


class AlpacaOrderProperties(OrderProperties):
    """Alpaca."""

    json_members = ("outside_regular_trading_hours",)
    outside_regular_trading_hours: bool = False


class BinanceOrderProperties(OrderProperties):
    """Binance."""

    json_members = ("post_only",)
    post_only: bool = False


class BitfinexOrderProperties(OrderProperties):
    """Bitfinex."""

    json_members = ("post_only", "hidden")
    post_only: bool = False
    hidden: bool = False


class BybitOrderProperties(OrderProperties):
    """Bybit."""

    json_members = ("post_only", "reduce_only")
    post_only: bool = False
    reduce_only: bool | None = None


class CharlesSchwabOrderProperties(OrderProperties):
    """Charles Schwab."""

    json_members = ("extended_regular_trading_hours",)
    extended_regular_trading_hours: bool = False


class CoinbaseOrderProperties(OrderProperties):
    """Coinbase."""

    json_members = ("post_only", "self_trade_prevention_id")
    post_only: bool = False
    self_trade_prevention_id: bool = False


class GDAXOrderProperties(CoinbaseOrderProperties):
    """Coinbase under its old name."""


class EzeOrderProperties(OrderProperties):
    """Eze."""

    json_members = ("route", "account", "notes", "account_type")

    def __init__(
        self,
        route: str = "",
        account: str = "",
        exchange: Exchange | None = None,
        notes: str = "",
        account_type: str = "",
    ) -> None:
        super().__init__(exchange)
        self.route = route
        self.account = account
        self.notes = notes
        self.account_type = account_type


class FTXOrderProperties(OrderProperties):
    """FTX."""

    json_members = ("post_only", "reduce_only")
    post_only: bool = False
    reduce_only: bool = False


class FixOrderProperties(OrderProperties):
    """Brokerages reached through FIX."""

    json_members: ClassVar[tuple[str, ...]] = ("additional_properties", "handle_instruction", "notes")
    AUTOMATED_EXECUTION_ORDER_PRIVATE = "1"
    AUTOMATED_EXECUTION_ORDER_PUBLIC = "2"
    MANUAL_ORDER = "3"

    def __init__(self, exchange: Exchange | None = None) -> None:
        super().__init__(exchange)
        self.additional_properties: dict[str, str] = {}
        self.handle_instruction: str | None = None
        self.notes: str | None = None

    def clone(self) -> OrderProperties:
        """A copy that may be changed."""
        clone = copy.copy(self)
        clone.additional_properties = dict(self.additional_properties)
        return clone


def _fix_tag(number: str) -> property:
    """A property that is kept among the FIX tags."""

    def read(self: FixOrderProperties) -> str | None:
        return self.additional_properties.get(number)

    def write(self: FixOrderProperties, value: str | None) -> None:
        if value is None:
            self.additional_properties.pop(number, None)
        else:
            self.additional_properties[number] = value

    return property(read, write)


class BloombergFixOrderProperties(FixOrderProperties):
    """Bloomberg through FIX."""

    json_members = ("locate_broker", "locate_reqd", *FixOrderProperties.json_members)
    locate_broker = _fix_tag("5700")
    locate_reqd = _fix_tag("114")


class TradingTechnologiesOrderProperties(FixOrderProperties):
    """Trading Technologies."""


class IndiaOrderProperties(OrderProperties):
    """Samco and Zerodha."""

    class IndiaProductType(Enum):
        """Intraday, delivery, or carried derivatives."""

        MIS = 0
        CNC = 1
        NRML = 2

    json_members = ("product_type",)

    def __init__(self, exchange: Exchange | None = None, product_type: IndiaProductType | None = None) -> None:
        super().__init__(exchange)
        self.product_type = product_type.name if product_type is not None else None


class InteractiveBrokersFixOrderProperties(OrderProperties):
    """Interactive Brokers through FIX."""

    json_members = ("account",)
    account: str | None = None


class InteractiveBrokersOrderProperties(OrderProperties):
    """Interactive Brokers: account or financial advisor allocation, and trading outside regular hours."""

    json_members = (
        "account",
        "fa_group",
        "fa_method",
        "fa_percentage",
        "fa_profile",
        "outside_regular_trading_hours",
    )
    account: str | None = None
    fa_group: str | None = None
    fa_method: str | None = None
    fa_percentage: int = 0
    fa_profile: str | None = None
    outside_regular_trading_hours: bool = False


class KrakenOrderProperties(OrderProperties):
    """Kraken."""

    json_members = ("post_only", "fee_in_base", "fee_in_quote", "no_market_price_protection", "conditional_order")
    post_only: bool = False
    no_market_price_protection: bool = False
    conditional_order: Any = None
    _fee_in_base: bool = False
    _fee_in_quote: bool = False

    @property
    def fee_in_base(self) -> bool:
        """Whether the fee is taken in the base currency; excludes `fee_in_quote`."""
        return self._fee_in_base

    @fee_in_base.setter
    def fee_in_base(self, value: bool) -> None:
        self._fee_in_base = value
        self._fee_in_quote = self._fee_in_quote and not value

    @property
    def fee_in_quote(self) -> bool:
        """Whether the fee is taken in the quote currency; excludes `fee_in_base`."""
        return self._fee_in_quote

    @fee_in_quote.setter
    def fee_in_quote(self, value: bool) -> None:
        self._fee_in_quote = value
        self._fee_in_base = self._fee_in_base and not value


class PublicOrderProperties(OrderProperties):
    """Public.com."""

    json_members = ("outside_regular_trading_hours", "use_margin")
    outside_regular_trading_hours: bool = False
    use_margin: bool | None = None


class RBIOrderProperties(OrderProperties):
    """RBI."""


class TDAmeritradeOrderProperties(OrderProperties):
    """TD Ameritrade."""


class TastytradeOrderProperties(OrderProperties):
    """Tastytrade."""


class StrategyField(LeanObject):
    """One value of a TerminalLink strategy."""

    def __init__(self, value: str | None = None) -> None:
        self.value = value
        self.has_value = value is not None


class StrategyParameters(LeanObject):
    """A TerminalLink strategy and its fields."""

    def __init__(self, name: str, fields: list[StrategyField]) -> None:
        self.name = name
        self.fields = fields


class TerminalLinkOrderProperties(OrderProperties):
    """Bloomberg TerminalLink."""

    json_members = (
        "additional_properties",
        "notes",
        "handling_instruction",
        "execution_instruction",
        "custom_notes1",
        "custom_notes2",
        "custom_notes3",
        "custom_notes4",
        "custom_notes5",
        "account",
        "broker",
        "locate_broker",
        "locate_id",
        "is_cfd_trade",
        "strategy",
        "automatic_position_sides",
        "position_side",
    )
    notes: str | None = None
    handling_instruction: str | None = None
    execution_instruction: str | None = None
    custom_notes1: str | None = None
    custom_notes2: str | None = None
    custom_notes3: str | None = None
    custom_notes4: str | None = None
    custom_notes5: str | None = None
    account: str | None = None
    broker: str | None = None
    locate_broker: str | None = None
    locate_id: str | None = None
    strategy: StrategyParameters | None = None
    automatic_position_sides: bool = False
    position_side: OrderPosition | None = None

    def __init__(self, exchange: Exchange | None = None) -> None:
        super().__init__(exchange)
        self.additional_properties: dict[str, str] = {}

    @property
    def is_cfd_trade(self) -> bool:
        """Whether the order is flagged as a CFD trade."""
        return self.additional_properties.get("EMSX_CFD_FLAG") == "1"

    @is_cfd_trade.setter
    def is_cfd_trade(self, value: bool) -> None:
        self.additional_properties.pop("EMSX_CFD_FLAG", None)
        if value:
            self.additional_properties["EMSX_CFD_FLAG"] = "1"

    def clone(self) -> OrderProperties:
        """A copy that may be changed."""
        clone = copy.copy(self)
        clone.additional_properties = dict(self.additional_properties)
        return clone


class TradeStationOrderProperties(OrderProperties):
    """TradeStation."""

    json_members = ("all_or_none", "outside_regular_trading_hours", "post_only")
    all_or_none: bool = False
    outside_regular_trading_hours: bool = False
    post_only: bool = False


class TradierOrderProperties(OrderProperties):
    """Tradier."""

    json_members = ("outside_regular_trading_hours",)
    outside_regular_trading_hours: bool = False


class WebullOrderProperties(OrderProperties):
    """Webull."""

    json_members = ("outside_regular_trading_hours",)
    outside_regular_trading_hours: bool = False


class WolverineOrderProperties(OrderProperties):
    """Wolverine."""

    json_members = ("exchange_post_fix", "locate_broker", "position_side")
    exchange_post_fix: str | None = None
    locate_broker: str | None = None
    position_side: OrderPosition | None = None


class dYdXOrderProperties(OrderProperties):  # noqa: N801 (LEAN's name)
    """dYdX."""

    json_members = ("gas_limit", "reduce_only", "good_til_block_offset")
    gas_limit: int = 1_000_000
    reduce_only: bool = False
    good_til_block_offset: int = 20


TerminalLinkOrderProperties.StrategyParameters = StrategyParameters  # type: ignore[attr-defined]  # nested in LEAN


TerminalLinkOrderProperties.StrategyField = StrategyField  # type: ignore[attr-defined]
