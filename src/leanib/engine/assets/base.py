"""What depends on the kind of a security: facts, and hooks that make what a kind has of its own.

An asset knows nothing but LEAN's enumerations, so that symbols, market data, securities and orders may all ask it;
what its hooks make is imported when it is asked for.
"""

from __future__ import annotations

from decimal import Decimal
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

from leanib.data.paths import check_ticker
from leanib.engine.enums import (
    DataMappingMode,
    DataNormalizationMode,
    OptionStyle,
    Resolution,
    SecurityType,
    SettlementType,
    TickType,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime, timedelta

    from ib_async import Contract

    from leanib.engine.market import SubscriptionDataConfig
    from leanib.engine.securities.security import Security
    from leanib.engine.symbols.map_files import MapFile
    from leanib.engine.symbols.security_identifier import SecurityIdentifier
    from leanib.engine.symbols.symbol import Symbol

__all__ = ["LOW_RESOLUTIONS", "Asset", "OrderDay"]

LOW_RESOLUTIONS = (Resolution.HOUR, Resolution.DAILY)


class OrderDay(Enum):
    """When the day of an order ends (`Common/Orders/TimeInForces/*.cs`)."""

    MARKET_CLOSE = auto()
    FIVE_IN_NEW_YORK = auto()
    MIDNIGHT = auto()


class Asset:
    """A kind of security. What a module of this package does not say is as here."""

    kind: SecurityType

    # --- identity: symbols, identifiers, data bases ------------------------------------------------------------------

    default_market = "usa"
    #: whether an identifier's date means something: first day of a ticker, or expiry
    is_dated = True
    is_option = False
    #: whether the rows of its chains tell implied volatility, Greeks and open interest, for filters
    has_greeks_in_chains = True
    #: whether contracts of it expire, and follow from a canonical symbol
    has_contracts = False
    #: the kind of the options on it
    option_kind: SecurityType | None = None
    #: of an option: the kind of what it is on
    underlying_kind: SecurityType | None = None
    option_style = OptionStyle.AMERICAN
    #: whether the contracts in its lists have a ticker of their own, and not their underlying's
    lists_own_ticker = False
    #: whether prices by default are worked out with the dividends of what an option is on
    is_priced_with_dividends = True
    #: how contracts end
    settlement_type = SettlementType.PHYSICAL_DELIVERY
    #: whether its ticker depends on the date
    maps_tickers = False
    #: the kind whose folder has its map files
    map_file_kind: SecurityType | None = None
    #: the kind in whose market hours and symbol properties it is found where it has none of its own
    hours_kind: SecurityType | None = None
    is_custom_data = False
    is_share = False
    #: whether a canonical symbol has prices of its own: those of the contract it stands for
    has_continuous_contract = False
    has_primary_exchange = False

    def identifier(self, ticker: str, market: str) -> SecurityIdentifier:
        """That of a ticker of today; of a kind with contracts, the canonical one."""
        raise ValueError(f"a symbol of type {self.kind.lean_name} cannot be created from a ticker and a market alone")

    def universe_identifier(self, ticker: str, market: str) -> SecurityIdentifier:
        """That of a universe of such securities, whose name is no ticker."""
        return self.identifier(ticker, market)

    def alias(self, identifier: SecurityIdentifier, underlying: Symbol | None) -> str | None:
        """The symbol's text where it follows from the identifier; None where it is the ticker."""
        return None

    def canonical(self, symbol: Symbol) -> Symbol:
        """The symbol that stands for all contracts of this one's kind."""
        raise ValueError(f"{symbol.value} has no canonical symbol; only options and futures have one")

    def is_canonical(self, identifier: SecurityIdentifier) -> bool:
        """Whether it stands for all contracts."""
        return False

    def requires_mapping(self, symbol: Symbol) -> bool:
        """Whether a symbol's ticker depends on the date (`Extensions.RequiresMapping`)."""
        return self.maps_tickers

    def mapped(self, symbol: Symbol, ticker: str, contract_depth_offset: int) -> Symbol:
        """The same security when it, or what it is on, has another ticker from now on."""
        underlying = symbol.underlying
        if underlying is not None:
            underlying = underlying.update_mapped_symbol(ticker, contract_depth_offset)
        return symbol.under(self.mapped_text(symbol, ticker), underlying)

    def mapped_key(self, symbol: Symbol, ticker: str) -> str:
        """What a map file calls the security that a ticker was mapped to."""
        return ticker

    def mapped_text(self, symbol: Symbol, ticker: str) -> str:
        """The symbol's text then."""
        return ticker if symbol.requires_mapping() else symbol.value

    def database_key(self, symbol: Symbol) -> str:
        """Its ticker in the market hours and symbol properties databases."""
        return symbol.value

    def option_ticker(self, ticker: str) -> str:
        """What the options on it are called."""
        return ticker

    def market_of(self, ticker: str) -> str | None:
        """The ticker's market where it has one of its own; None where the brokerage model's default is meant."""
        return None

    def underlying_ticker(self, ticker: str) -> str | None:
        """What it is on is called, where the ticker alone says so (entries of the market hours database)."""
        return None

    def osi_underlying(self, ticker: str, expiry: datetime, market: str) -> tuple[Symbol, str | None]:
        """What the option of an OSI text is on, and the option's own ticker where that is another."""
        from leanib.engine.dotnet.exceptions import NotImplementedException

        raise NotImplementedException(f"ParseOptionTickerOSI(): Security type {self.kind.lean_name} not implemented")

    # --- data ------------------------------------------------------------------------------------------------------

    #: what there is, in the order in which it is subscribed to
    tick_types: tuple[TickType, ...] = (TickType.TRADE,)
    has_quotes_at_low_resolution = True
    has_margin_interest_data = False
    #: whether the files have prices in ten-thousandths
    is_scaled_in_files = False
    #: whether hourly and daily files are named by the ticker alone
    has_one_file_for_all = False
    #: whether quotes are main data beside trades: they set the price, and are what `slice[symbol]` finds
    quotes_are_main = True
    #: whether trades come before quotes in histories
    trades_come_first = False
    #: what ticks are taken to be where nobody says (`LeanData.GetCommonTickType`)
    common_tick_type = TickType.TRADE
    #: whether its session's bars are made of quotes
    session_of_quotes = False
    has_factor_files = False
    is_always_raw = False
    needs_trade_size = True
    #: index levels of its frames: time and symbol, and what tells contracts apart
    frame_levels = 2

    def data_file(self, symbol: Symbol, mapped_ticker: str, day: datetime, resolution: Resolution, tick: str) -> str:
        """The zip that holds a day, or the whole history, below `<type>/<market>/<resolution>/`."""
        ticker = check_ticker(mapped_ticker).lower()
        if resolution not in LOW_RESOLUTIONS:
            return f"{ticker}/{day:%Y%m%d}_{tick}.zip"
        return f"{ticker}.zip" if self.has_one_file_for_all else f"{ticker}_{tick}.zip"

    def file_key(self, mapped_ticker: str, day: datetime) -> object:
        """What tells the file of hours or days that holds a day from others of the same security."""
        return mapped_ticker

    def data_entry(self, symbol: Symbol, day: datetime, resolution: Resolution, tick: str) -> str | None:
        """The file's entry in that zip; None where there is only one (`LeanData.GenerateZipEntryName`)."""
        return None

    def chain_type(self) -> type:
        """The class of a day's contracts, of a kind that has contracts."""
        raise ValueError(f"{self.kind.lean_name} has no contracts")

    def universe_folder(self, canonical: Symbol) -> str:
        """Where the lists of its contracts are, below `<type>/<market>/universes/`."""
        from leanib.engine.dotnet.exceptions import ArgumentOutOfRangeException

        raise ArgumentOutOfRangeException(f"Unsupported security type {self.kind.lean_name}")

    def is_standard_contract(self, symbol: Symbol) -> bool:
        """Whether a filter for standard contracts keeps it."""
        raise ValueError(f"{self.kind.lean_name} has no contracts")

    def settlement_time(self, symbol: Symbol, expiry: datetime) -> datetime:
        """When an option's value is settled whose last close is `expiry`, both in the exchange's zone."""
        return expiry

    def default_mapping(self, mode: DataMappingMode, market: str) -> DataMappingMode:
        """The mapping mode where only that of universes in general is known."""
        return mode

    def default_normalization(self, mode: DataNormalizationMode) -> DataNormalizationMode:
        """The normalization mode where only that of universes in general is known."""
        return mode

    def contract_factors(self, config: SubscriptionDataConfig) -> Any:
        """What joins the prices of the contracts that a stream goes through; None where nothing has to."""
        return None

    def delisting_date(self, symbol: Symbol, map_file: MapFile) -> datetime:
        """The last day, in the exchange's zone, of contracts with its time of day; the end of time for most."""
        return map_file.delisting_date

    def has_data(self, resolution: Resolution, tick_type: TickType) -> bool:
        """Whether there is such data (`LeanData.IsValidConfiguration`)."""
        return self.has_quotes_at_low_resolution or resolution not in LOW_RESOLUTIONS or tick_type is not TickType.QUOTE

    def frame_keys(self, symbol: Symbol) -> list[Any]:
        """Expiry, strike and right in frames of contracts; blanks for what has none."""
        return ["", "", ""]

    def has_strict_end_times(self, market: str) -> bool:
        """Whether daily bars end with the market where the setting asks for it."""
        return True

    # --- currencies and value ----------------------------------------------------------------------------------------

    #: whether it is a pair of currencies by its name
    is_pair = False
    #: whether a pair is named by three letters and three letters
    is_pair_of_codes = False
    has_base_currency = False
    #: whether a security of it knows the security that it is on
    has_underlying_security = False
    #: a stand-in for the volume of a minute that quotes lack; None where their sizes say something
    assumed_minute_volume: Decimal | None = None
    #: whether a fill swaps two amounts of the cash book
    swaps_currencies = False
    #: whether a fill pays only fees and profit, and holdings count with their profit only
    only_profit_counts = False
    #: whether a pair of it may give a currency's rate, and in which order kinds are asked; 0 for none
    rate_order = 0
    #: the kind whose markets are tried too for a rate
    rate_sibling: SecurityType | None = None
    #: the markets of which pairs may give rates; None for all
    rate_markets: tuple[str, ...] | None = None
    fee_may_reduce_quantity = False
    #: whether the symbol properties database must list it
    must_be_listed = False

    # --- trading -----------------------------------------------------------------------------------------------------

    leverage = 1.0
    has_leverage = True
    is_tradable = True
    #: whether brokerages charge an exercise as an order
    exercise_costs = True
    order_day = OrderDay.MARKET_CLOSE
    reports_volume = True
    #: whether splits and dividends happen to it
    has_corporate_actions = False
    can_be_delisted = False
    #: whether its price moves in hundredths of a cent below a dollar (SEC rule 612)
    has_sub_penny_steps = False
    trades_around_the_clock = False
    trades_when_closed = False
    #: units in which it stands beside options in a combo
    combo_unit = Decimal(1)
    #: arguments of the filter that a chain of it has unless somebody sets another
    default_filter: tuple[Any, ...] = ()
    #: days and time of day until proceeds are settled in a cash account
    settlement: tuple[int, timedelta] | None = None

    def security_class(self) -> type:
        """The class of its securities."""
        from leanib.engine.securities.security import Security

        return Security

    def fill_model(self) -> Any:
        """How its orders fill unless a brokerage says otherwise."""
        from leanib.engine.orders.fills import ImmediateFillModel

        return ImmediateFillModel()

    def fee_model(self) -> Any:
        """What its fills cost unless a brokerage says otherwise."""
        from leanib.engine.numbers import ZERO
        from leanib.engine.orders.fees import ConstantFeeModel

        return ConstantFeeModel(ZERO)

    def settlement_model(self, is_cash_account: bool) -> Any:
        """When cash moves unless a brokerage says otherwise."""
        from leanib.engine.securities.settlement import DelayedSettlementModel, ImmediateSettlementModel

        if is_cash_account and self.settlement is not None:
            return DelayedSettlementModel(*self.settlement)
        return ImmediateSettlementModel()

    def buying_power_model(self, security: Security, leverage: float, free_percent: float, is_cash: bool) -> Any:
        """What may be held unless a brokerage says otherwise."""
        from leanib.engine.securities.buying_power import CashBuyingPowerModel, SecurityMarginModel

        if is_cash and self.swaps_currencies:
            return CashBuyingPowerModel()
        return SecurityMarginModel(leverage, free_percent)

    def margin_model(self, security: Security, free_percent: float = 0.0) -> Any:
        """What a contract's margin is worked out by before a brokerage model sets it up."""
        raise ValueError(f"{self.kind.lean_name} has no contracts")

    def price_model(self, symbol: Symbol, securities: Mapping[Symbol, Any]) -> Any:
        """What an option should cost, and its Greeks; `securities` has the mirror contract."""
        raise ValueError(f"{self.kind.lean_name} is not a type of option")

    def dividend_yield_model(self, symbol: Symbol) -> Any:
        """What the security under an option pays: nothing."""
        from leanib.engine.derivatives.pricing.dividends import ConstantDividendYieldModel

        return ConstantDividendYieldModel(0)

    # --- at Interactive Brokers --------------------------------------------------------------------------------------

    #: IB's security type (`secType`); empty where none of it is known
    ib_type = ""

    def ib_name(self, symbol: Symbol) -> str | None:
        """What `leanib.ib` calls it; None where Interactive Brokers does not trade it."""
        return None

    def of_ib(self, contract: Contract, today: datetime) -> Symbol | None:
        """The symbol of a contract of this kind at IB; None where no symbol means just that.

        Args:
            contract: As IB tells it, with all its terms.
            today: Naive UTC; which future is under an option depends on what is listed.
        """
        return None

    def ib_chain(self, symbol: Symbol) -> Contract | None:
        """What to ask IB for to hear of all contracts of a canonical symbol, but for their expiry; None: of nothing."""
        return None

    def ib_price_factor(self, symbol: Symbol) -> Decimal:
        """What IB's prices are to LEAN's: 100 where IB quotes in cents."""
        return Decimal(1)
